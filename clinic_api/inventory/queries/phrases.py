"""Phrases that queries here share: what a column refers to, a sum that stays a mass, a waste that still waits."""

from typing import Any

import sqlalchemy as sa

from clinic_api.database.types import Micrograms
from clinic_api.inventory.models.moves import Waste, WastePosting, WasteWithdrawal
from clinic_api.quantities import NOTHING, Mass


def refers_to(column: Any, to: Any) -> sa.ColumnElement[bool]:
    """The row of ``to`` whose id stands in ``column``; both keys, so that the index is found."""
    return sa.and_(to.organisation == column.class_.organisation, to.id == column)


def sum_of(column: Any) -> sa.ColumnElement[Mass]:
    """A sum as a mass; of no rows, nothing (PostgreSQL's own sum of whole numbers is a decimal)."""
    return sa.cast(sa.func.coalesce(sa.func.sum(column), sa.literal(NOTHING, Micrograms())), Micrograms())


def still_pending() -> sa.ColumnElement[bool]:
    """A waste that was neither witnessed nor taken back."""
    return sa.and_(
        ~sa.select(WastePosting.id).where(refers_to(Waste.id, WastePosting)).exists(),
        ~sa.select(WasteWithdrawal.id).where(refers_to(Waste.id, WasteWithdrawal)).exists(),
    )
