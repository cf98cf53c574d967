"""Reading returns: to whom a container went back, and whether that was taken back since."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.inventory.models.corrections import Reversal
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import FurtherReturn, Return
from clinic_api.inventory.rules.moves import Place


def returns_of(container: UUID) -> Sequence[Return | FurtherReturn]:
    """Every return of a container, in the order in which they were written down."""
    first = db.session.execute(sa.select(Return).where(Return.id == container)).scalars().all()
    query = sa.select(FurtherReturn).where(FurtherReturn.container == container).order_by(FurtherReturn.id)
    return [*first, *db.session.execute(query).scalars()]


def last_taken_back(container: UUID) -> Reversal | None:
    """The reversal that took back the last of a container's newest return; None where it was never given back.

    Read it after ``hold`` and once the container is whole again: then the newest return was taken back, all of it.
    """
    query = (
        sa.select(Reversal)
        .join(Move, sa.and_(Move.organisation == Reversal.organisation, Move.id == Reversal.original))
        .where(
            Move.from_container == container,
            Move.to_place == Place.RETURNED,
            Reversal.total == Move.mass,
        )
        .order_by(Move.id.desc())
        .limit(1)
    )
    return db.session.execute(query).scalar_one_or_none()
