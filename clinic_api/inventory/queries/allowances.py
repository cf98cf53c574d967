"""What was recorded so far of what a container may only have so much of: overfill found, and drug left in hubs."""

from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.queries.phrases import sum_of
from clinic_api.inventory.rules.moves import Place
from clinic_api.quantities import Mass

#: The move that another one takes back.
_ORIGINAL: Final[Any] = Move.__table__.alias("original")


def overfill_found(id: UUID) -> Mass:
    """The overfill that was recorded in a vial so far, less what was taken back.

    What an incident found beyond the book is not overfill.
    """
    found = sa.select(sum_of(Move.mass)).where(
        Move.to_container == id, Move.from_place == Place.OVERFILL, Move.incident.is_(None)
    )
    was_overfill = sa.select(sa.literal(1)).where(
        _ORIGINAL.c.organisation == Move.organisation, _ORIGINAL.c.id == Move.reverses, _ORIGINAL.c.incident.is_(None)
    )
    back = sa.select(sum_of(Move.mass)).where(
        Move.from_container == id, Move.to_place == Place.OVERFILL, was_overfill.exists()
    )
    total: Mass = db.session.execute(found).scalar_one() - db.session.execute(back).scalar_one()
    return total


def hub_loss(id: UUID) -> Mass:
    """What was recorded as staying in needle and hub out of a container so far, less what was taken back."""
    gone = sa.select(sum_of(Move.mass)).where(Move.from_container == id, Move.to_place == Place.HUB)
    back = sa.select(sum_of(Move.mass)).where(Move.to_container == id, Move.from_place == Place.HUB)
    lost: Mass = db.session.execute(gone).scalar_one() - db.session.execute(back).scalar_one()
    return lost
