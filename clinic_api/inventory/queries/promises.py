"""What is said of a container beside its balance, as parts of a query: what it promised, and what was taken back."""

from typing import Any

import sqlalchemy as sa

from clinic_api.inventory.models.corrections import Reversal
from clinic_api.inventory.models.moves import Move, Waste
from clinic_api.inventory.models.removals import RemovalLine, RemovalPosting, RemovalWithdrawal
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries.phrases import refers_to, still_pending, sum_of
from clinic_api.inventory.rules.moves import GONE


def held_for_waste() -> sa.ScalarSelect[Any]:
    """What was promised to wastes that nobody has witnessed yet."""
    return (
        sa.select(sum_of(Waste.mass))
        .where(Waste.organisation == Container.organisation, Waste.container == Container.id, still_pending())
        .scalar_subquery()
    )


def promised() -> sa.ScalarSelect[Any]:
    """What was promised to removals that two people have not signed yet."""
    return (
        sa.select(sum_of(RemovalLine.mass))
        .outerjoin(RemovalPosting, refers_to(RemovalLine.removal, RemovalPosting))
        .outerjoin(RemovalWithdrawal, refers_to(RemovalLine.removal, RemovalWithdrawal))
        .where(
            RemovalLine.organisation == Container.organisation,
            RemovalLine.container == Container.id,
            RemovalPosting.id.is_(None),
            RemovalWithdrawal.id.is_(None),
        )
        .scalar_subquery()
    )


def taken_back_whole() -> sa.Exists:
    """Whether all of a move was taken back."""
    return (
        sa.select(Reversal.id)
        .where(Reversal.organisation == Move.organisation, Reversal.original == Move.id, Reversal.total == Move.mass)
        .exists()
    )


def gone() -> sa.Exists:
    """Whether some of it left so that the rest is no longer for use; what was taken back whole did not leave."""
    return (
        sa.select(Move.id)
        .where(
            Move.organisation == Container.organisation,
            Move.from_container == Container.id,
            Move.to_place.in_(GONE),
            Move.reverses.is_(None),  # what goes back to where a transfer came from did not leave
            ~taken_back_whole(),
        )
        .exists()
    )
