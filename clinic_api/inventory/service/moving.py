"""What every act on the ledger is made of: a balance changes, and the move that explains it is written."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm.attributes import set_committed_value

from clinic_api.database.rows import db, put
from clinic_api.database.scope import Scope
from clinic_api.database.types import Micrograms
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import containers
from clinic_api.inventory.rules.moves import NotEnoughLeft
from clinic_api.inventory.service import leftovers
from clinic_api.quantities import Mass

_T: Final[Any] = Container.__table__
_MASS: Final = sa.bindparam("mass", type_=Micrograms())
_THIS: Final = sa.and_(_T.c.organisation == sa.bindparam("o"), _T.c.id == sa.bindparam("c"))
#: Takes only what is there: of two who want the last of a vial, one finds no row.
_TAKE: Final = (
    sa.update(_T)
    .where(_THIS, _T.c.balance >= _MASS)
    .values({_T.c.balance: _T.c.balance - _MASS})
    .returning(_T.c.balance)
)
_ADD: Final = sa.update(_T).where(_THIS).values({_T.c.balance: _T.c.balance + _MASS}).returning(_T.c.balance)


def take(container: Container, mass: Mass) -> Mass:
    """Take drug out of a container; what it then holds.

    Raises:
        NotEnoughLeft: it holds less; nothing is taken.
    """
    left: Mass | None = _changed(_TAKE, container, mass)
    if left is None:
        hidden = container.location in containers.being_counted()
        raise NotEnoughLeft(container=container.label, asked=mass, left=None if hidden else container.balance)
    return left


def add(container: Container, mass: Mass) -> Mass:
    """Put drug into a container; what it then holds."""
    held: Mass | None = _changed(_ADD, container, mass)
    assert held is not None  # noqa: S101  (it was held a moment ago)
    return held


def write(move: Move, *, ours: Container, scope: Scope) -> Move:
    """Write a move down, under the registration and the product of the container that is ours."""
    move.organisation, move.id = scope.organisation, new_id(scope.at)
    move.registration, move.product = ours.registration, ours.product
    move.by, move.device, move.operation_id = scope.actor, scope.device, scope.key
    move.recorded_at = scope.at
    leftovers.moved(move, ours=ours, scope=scope)
    return put(move)


def _changed(statement: Any, container: Container, mass: Mass) -> Mass | None:
    named = {"o": container.organisation, "c": container.id, "mass": mass}
    balance: Mass | None = db.session.execute(statement, named).scalar_one_or_none()
    if balance is not None:
        set_committed_value(container, "balance", balance)
    return balance
