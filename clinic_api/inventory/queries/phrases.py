"""Phrases that queries here share: what a column refers to, sums, second people, what waits, and waiting one's turn."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.database.transactions import on_sqlite
from clinic_api.database.types import Micrograms
from clinic_api.inventory.models.corrections import Reversal
from clinic_api.inventory.models.moves import Move, Waste, WastePosting, WasteWithdrawal
from clinic_api.inventory.models.removals import RemovalPosting
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.rules.moves import Kind, kind_of
from clinic_api.quantities import NOTHING, Mass

_BY_TWO: Final[tuple[tuple[Any, Any], ...]] = (
    (WastePosting, Move.waste),
    (RemovalPosting, Move.removal),
    (Reversal, sa.func.coalesce(Move.reversal, Move.restates)),
)
#: The second person at whatever takes two: a waste, a removal, a correction with what it states anew.
SECOND: Final[sa.ColumnElement[UUID | None]] = sa.func.coalesce(
    WastePosting.witness, Reversal.second, RemovalPosting.second
)

#: A container that is not empty: in words and not as a bound value, so that the index of those is found.
HOLDS_DRUG: Final[sa.ColumnElement[bool]] = Container.balance > sa.literal_column("0", Micrograms())


def refers_to(column: Any, to: Any) -> sa.ColumnElement[bool]:
    """The row of ``to`` whose id stands in ``column``; both keys, so that the index is found."""
    return sa.and_(to.organisation == column.class_.organisation, to.id == column)


def sum_of(column: Any) -> sa.ColumnElement[Mass]:
    """A sum as a mass; of no rows, nothing (PostgreSQL's own sum of whole numbers is a decimal)."""
    return sa.cast(sa.func.coalesce(sa.func.sum(column), sa.literal(NOTHING, Micrograms())), Micrograms())


def finds(query: sa.Select[Any], *of: Any) -> sa.ColumnElement[bool]:
    """Whether a query, asked for each row of what it is ``of``, finds something; it stops at the first.

    As EXISTS, PostgreSQL may rather read the whole table once and remember it.
    """
    return query.limit(1).correlate(*of).scalar_subquery().is_not(None)


def at_an_end(containers: Collection[UUID]) -> sa.ColumnElement[bool]:
    """Moves out of some containers or into them, each end by its own index.

    PostgreSQL finds both where they are joined by OR. SQLite, which counts no values, then reads every move there is;
    it is given the two as one list, which PostgreSQL would only look at after joining all else.
    """
    if not on_sqlite():
        return sa.or_(Move.from_container.in_(containers), Move.to_container.in_(containers))
    ends = (sa.select(Move.id).where(end.in_(containers)) for end in (Move.from_container, Move.to_container))
    return Move.id.in_(sa.union_all(*(each.correlate(None) for each in ends)))


def kind_of_move(move: Move) -> Kind:
    """What a move is; a reversal is of the kind of what it takes back."""
    return kind_of(move.from_place, move.to_place, reverses=move.reverses is not None)


def with_second(query: sa.Select[Any]) -> sa.Select[Any]:
    """A query of moves, joined to whatever names the second person; ``SECOND`` is then that person's account."""
    for kind, column in _BY_TWO:
        query = query.outerjoin(kind, sa.and_(kind.organisation == Move.organisation, kind.id == column))
    return query


def still_pending() -> sa.ColumnElement[bool]:
    """A waste that was neither witnessed nor taken back."""
    return sa.and_(
        ~sa.select(WastePosting.id).where(refers_to(Waste.id, WastePosting)).exists(),
        ~sa.select(WasteWithdrawal.id).where(refers_to(Waste.id, WasteWithdrawal)).exists(),
    )


def wait_for(id: UUID) -> None:
    """Wait for whoever acts on the same thing until the transaction ends; SQLite lets one write at a time anyway.

    For rows that never change, which PostgreSQL lets nobody hold who may not change them.
    """
    if not on_sqlite():
        db.session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": id.int & 0x7FFFFFFFFFFFFFFF})
