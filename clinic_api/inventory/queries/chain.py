"""The chain of custody of some containers, by person: whoever had them in their own hands, and how."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.inventory.models.corrections import Reversal
from clinic_api.inventory.models.counts import CountEntry, CountSheet, CountSignature, CountTally
from clinic_api.inventory.models.discrepancies import Discrepancy, RefusedTake
from clinic_api.inventory.models.findings import DiscrepancyAdjustment
from clinic_api.inventory.models.moves import Move, Waste, WastePosting
from clinic_api.inventory.models.removals import RemovalLine, RemovalSignature
from clinic_api.inventory.models.stock import Container, Puncture, Receipt, ReceiptLine
from clinic_api.inventory.queries import holds, lineage
from clinic_api.inventory.queries.phrases import at_an_end, kind_of_move, refers_to
from clinic_api.inventory.rules.closing import (
    ADJUSTED,
    ASKED_FOR_MORE,
    CORRECTED,
    COUNTED,
    OPENED,
    PROPOSED_WASTE,
    RECEIVED,
    REMOVED,
    WITNESSED,
)
from clinic_api.inventory.rules.discrepancies import Origin


def chain(
    containers: Collection[UUID], *, receipt_line: UUID | None = None, discrepancy: UUID | None = None
) -> Mapping[UUID, frozenset[str]]:
    """What each person did with the containers concerned and with what was drawn from them.

    Args:
        receipt_line: the line of a receipt that differs; who received it belongs to the chain without any vial.
        discrepancy: whose proposed adjustments count as a part, whatever container they name.
    """
    parts: dict[UUID, set[str]] = {}
    for person, part in _parts(_family(containers), receipt_line, discrepancy):
        if person is not None:
            parts.setdefault(person, set()).add(part)
    return {person: frozenset(did) for person, did in parts.items()}


def of(row: Discrepancy) -> Mapping[UUID, frozenset[str]]:
    """What each person did with what a discrepancy is about."""
    line = row.subject if row.origin is Origin.RECEIPT else None
    return chain(holds.linked(row.id), receipt_line=line, discrepancy=row.id)


def _family(containers: Collection[UUID]) -> frozenset[UUID]:
    """The containers, those that continue their numbers, and whatever drug of them went into."""
    drawn = sa.select(Container.id).where(Container.parent.in_(containers))
    return lineage.onward(frozenset(containers) | frozenset(db.session.execute(drawn).scalars()))


def _parts(
    family: Collection[UUID], receipt_line: UUID | None, discrepancy: UUID | None
) -> Iterable[tuple[UUID | None, str]]:
    moved = sa.select(Move).where(at_an_end(family))
    for move in db.session.execute(moved).scalars():
        yield move.by, str(kind_of_move(move))
    for query, part in _other(family, receipt_line, discrepancy):
        for person in db.session.execute(query).scalars():
            yield person, part


def _other(
    family: Collection[UUID], receipt_line: UUID | None, discrepancy: UUID | None
) -> Iterable[tuple[sa.Select[Any], str]]:
    """Who did what besides moving drug, each as a query for the people."""
    entered = sa.select(CountEntry.count).where(CountEntry.container.in_(family))
    removed = sa.select(RemovalLine.removal).where(RemovalLine.container.in_(family))
    moved = sa.select(Move.id).where(at_an_end(family))
    wastes = sa.select(Waste.id).where(Waste.container.in_(family))
    lines = sa.select(Container.receipt_line).where(Container.id.in_(family))
    return (
        (sa.select(Waste.by).where(Waste.container.in_(family)), PROPOSED_WASTE),
        (sa.select(WastePosting.witness).where(WastePosting.id.in_(wastes)), WITNESSED),
        (sa.select(RemovalSignature.signer).where(RemovalSignature.removal.in_(removed)), REMOVED),
        (sa.select(Reversal.second).where(Reversal.original.in_(moved)), CORRECTED),
        (sa.select(CountSheet.counted_by).where(CountSheet.id.in_(entered)), COUNTED),
        (sa.select(CountTally.counted_by).where(CountTally.count.in_(entered)), COUNTED),
        (sa.select(CountSignature.signer).where(CountSignature.count.in_(entered)), COUNTED),
        (sa.select(RefusedTake.by).where(RefusedTake.container.in_(family)), ASKED_FOR_MORE),
        (sa.select(Puncture.by).where(Puncture.id.in_(family)), OPENED),
        (
            sa.select(Receipt.received_by)
            .join(ReceiptLine, refers_to(ReceiptLine.receipt, Receipt))
            .where(sa.or_(ReceiptLine.id.in_(lines), ReceiptLine.id == receipt_line)),
            RECEIVED,
        ),
        (
            sa.select(DiscrepancyAdjustment.by).where(
                sa.or_(DiscrepancyAdjustment.container.in_(family), DiscrepancyAdjustment.discrepancy == discrepancy)
            ),
            ADJUSTED,
        ),
    )
