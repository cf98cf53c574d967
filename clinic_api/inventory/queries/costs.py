"""Reading what a receipt cost: for those who may, and joined to nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.inventory.models.stock import ReceiptLine
from clinic_api.inventory.models.suppliers import ReceiptCost
from clinic_api.inventory.queries import receipts
from clinic_api.inventory.queries.phrases import refers_to


@dataclass(frozen=True, slots=True, kw_only=True)
class CostShown:
    """What one vial of a line cost, as it was last told."""

    line: UUID
    ndc: str
    unit_cents: int
    version: int
    by: UUID
    at: datetime


def costs(receipt: UUID) -> Sequence[CostShown]:
    """What is known of a receipt's cost, by line.

    Raises:
        NoSuchReceipt: not here.
    """
    query = (
        sa.select(ReceiptCost, ReceiptLine.ndc)
        .join(ReceiptLine, refers_to(ReceiptCost.receipt_line, ReceiptLine))
        .where(ReceiptLine.receipt == receipts.receipt(receipt).id)
        .order_by(ReceiptLine.id, ReceiptCost.version)
    )
    newest = {
        row.receipt_line: CostShown(
            line=row.receipt_line, ndc=ndc, unit_cents=row.unit_cents, version=row.version, by=row.by, at=row.at
        )
        for row, ndc in db.session.execute(query)
    }
    return list(newest.values())


def newest_version(line: UUID) -> int:
    """How often a line's cost was told."""
    query = sa.select(sa.func.count()).select_from(ReceiptCost).where(ReceiptCost.receipt_line == line)
    return int(db.session.execute(query).scalar_one())
