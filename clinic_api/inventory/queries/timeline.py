"""A container's whole life as one timeline: received, opened, drawn from, counted, set apart, wasted, given back."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.inventory.models.moves import Waste
from clinic_api.inventory.models.stock import (
    Container,
    FurtherReturn,
    Puncture,
    Quarantine,
    Receipt,
    ReceiptLine,
    Return,
)
from clinic_api.inventory.queries import returns, tracing
from clinic_api.inventory.queries.phrases import refers_to
from clinic_api.inventory.rules.moves import Kind
from clinic_api.inventory.rules.tracing import Deed, Happening, in_order


def timeline(container: UUID) -> Sequence[Happening]:
    """Everything that happened to a container, in the order in which it happened.

    Whether it may be told at all (a blind count) is for the one who asks.
    """
    rest = tracing.named([*_opened(container), *_set_apart(container), *_proposed(container)])
    invoice, given = _invoice(container), returns.returns_of(container)
    moved = [
        replace(each, document=invoice if each.what == Kind.RECEIVED else _returned(each, given))
        for each in tracing.moves_and_counts_of(container)
    ]
    return in_order([*moved, *rest])


def _opened(container: UUID) -> Sequence[Happening]:
    row = db.session.execute(sa.select(Puncture).where(Puncture.id == container)).scalar_one_or_none()
    return [] if row is None else [_happened(row, Deed.PUNCTURED, container)]


def _set_apart(container: UUID) -> Sequence[Happening]:
    row = db.session.execute(sa.select(Quarantine).where(Quarantine.id == container)).scalar_one_or_none()
    return [] if row is None else [replace(_happened(row, Deed.QUARANTINED, container), reason=row.reason)]


def _proposed(container: UUID) -> Sequence[Happening]:
    rows = db.session.execute(sa.select(Waste).where(Waste.container == container)).scalars()
    return [
        replace(_happened(row, Deed.WASTE_PROPOSED, container), mass=row.mass, reason=row.reason, visit=row.visit)
        for row in rows
    ]


def _happened(row: Puncture | Quarantine | Waste, what: Deed, container: UUID) -> Happening:
    return Happening(
        id=row.id,
        record=row.id,
        what=what,
        occurred_at=row.at,
        recorded_at=row.at,
        by=row.by,
        container=container,
    )


def _invoice(container: UUID) -> str | None:
    query = (
        sa.select(Receipt.supplier_name, Receipt.invoice_number)
        .select_from(Container)
        .join(ReceiptLine, refers_to(Container.receipt_line, ReceiptLine))
        .join(Receipt, refers_to(ReceiptLine.receipt, Receipt))
        .where(Container.id == container)
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else f"{row.supplier_name}, {row.invoice_number}"


def _returned(happened: Happening, given: Sequence[Return | FurtherReturn]) -> str | None:
    """The paper of a return, or of the one that a reversal takes back: the newest by then, as ids are ordered."""
    if happened.what != Kind.RETURNED:
        return None
    row = next(each for each in reversed(given) if each.id <= happened.id)
    return f"{row.receiver_name}, {row.document}"
