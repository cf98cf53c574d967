"""Reading disputes: which signatures under the ledger are no longer stood by, and what is said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.inventory.models.discrepancies import Discrepancy
from clinic_api.inventory.models.disputes import Dispute
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.queries import discrepancies
from clinic_api.inventory.rules.discrepancies import Origin


@dataclass(frozen=True, slots=True)
class DisputeShown:
    """That a signature is disputed; the words are told to those who read the discrepancy's file."""

    attestation: UUID
    by: UUID
    at: datetime
    discrepancy: UUID


def disputed(attestation: UUID) -> bool:
    """Whether a signature was disputed."""
    return db.session.execute(sa.select(Dispute.id).where(Dispute.id == attestation)).first() is not None


def disputes_of(subject: UUID) -> Sequence[DisputeShown]:
    """The disputes about a waste, a removal or a correction, oldest first, each with the discrepancy that it opened."""
    query = (
        sa.select(Dispute, Discrepancy.id.label("discrepancy"))
        .join(
            Discrepancy,
            sa.and_(
                Discrepancy.organisation == Dispute.organisation,
                Discrepancy.subject_table == Dispute.__tablename__,
                Discrepancy.subject == Dispute.id,
            ),
        )
        .where(Dispute.subject == subject)
        .order_by(Discrepancy.id)
    )
    return [
        DisputeShown(row.Dispute.id, row.Dispute.by, row.Dispute.at, row.discrepancy)
        for row in db.session.execute(query)
    ]


def seen(row: Discrepancy) -> str | None:
    """What somebody saw, in their own words: of a dispute, the words of who disputes; None where a record showed it."""
    if row.origin is not Origin.DISPUTE:
        words: str | None = discrepancies.opened(row)
        return words
    said: str = discrepancies.opened(
        db.session.execute(sa.select(Dispute).where(Dispute.id == row.subject)).scalar_one()
    )
    return said


def disputed_at() -> sa.ScalarSelect[Any]:
    """Since when a second signature under a move is disputed, as part of a query of moves."""
    signed = sa.func.coalesce(Move.waste, Move.removal, Move.reversal, Move.restates)
    return (
        sa.select(sa.func.min(Dispute.at))
        .where(Dispute.organisation == Move.organisation, Dispute.subject == signed)
        .correlate(Move)
        .scalar_subquery()
    )
