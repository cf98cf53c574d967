"""Two phrases that every query here says: what a column refers to, and a sum that stays a mass."""

from typing import Any

import sqlalchemy as sa

from clinic_api.database.types import Micrograms
from clinic_api.quantities import NOTHING, Mass


def refers_to(column: Any, to: Any) -> sa.ColumnElement[bool]:
    """The row of ``to`` whose id stands in ``column``; both keys, so that the index is found."""
    return sa.and_(to.organisation == column.class_.organisation, to.id == column)


def sum_of(column: Any) -> sa.ColumnElement[Mass]:
    """A sum as a mass; of no rows, nothing (PostgreSQL's own sum of whole numbers is a decimal)."""
    return sa.cast(sa.func.coalesce(sa.func.sum(column), sa.literal(NOTHING, Micrograms())), Micrograms())
