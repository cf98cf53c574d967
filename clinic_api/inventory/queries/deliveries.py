"""Reading deliveries and receipts. What a document charged is not told until a blind count is in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.accounts import queries as people
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.database.keys import Place, seal, unseal
from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.inventory.models.deliveries import (
    DeliveryCount,
    DeliveryCountLine,
    DeliveryEnding,
    DeliveryLine,
    DeliveryRow,
    DeliverySignature,
)
from clinic_api.inventory.models.stock import Location
from clinic_api.inventory.queries import serials, suppliers
from clinic_api.inventory.queries.phrases import refers_to
from clinic_api.inventory.queries.suppliers import SupplierShown
from clinic_api.inventory.rules.deliveries import State, state_of
from clinic_api.inventory.rules.papers import Group
from clinic_api.inventory.rules.settling import CountedLine, DocumentLine
from clinic_api.inventory.rules.suppliers import Caution, cautions


class NoSuchDelivery(NotFound):
    """There is no such delivery here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountShown:
    """What was counted, by whom, and whether the document's figures were withheld from them."""

    number: int
    counted_by: UUID
    blind: bool
    at: datetime
    lines: Sequence[CountedLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureShown:
    """Who signed for it, in which place, under the name they had then."""

    place: int
    signer: UUID
    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryShown:
    """A delivery as far as it may be told; ``invoiced`` of its lines is None while it is to be counted blind."""

    delivery: DeliveryRow
    state: State
    supplier: SupplierShown
    lines: Sequence[tuple[DocumentLine, int | None]]
    count: CountShown | None
    signatures: Sequence[SignatureShown]
    ending: DeliveryEnding | None
    warnings: Sequence[Caution]

    @property
    def id(self) -> UUID:
        """The delivery's."""
        return self.delivery.id


def delivery(id: UUID) -> DeliveryRow:
    """A delivery.

    Raises:
        NoSuchDelivery: not here.
    """
    row = db.session.execute(sa.select(DeliveryRow).where(DeliveryRow.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchDelivery
    return row


def state(id: UUID) -> State:
    """How far a delivery has come.

    Raises:
        NoSuchDelivery: not here.
    """
    id = delivery(id).id
    ended = ending(id)
    return state_of(
        counted=newest_count(id) is not None,
        signed=bool(signatures(id)),
        accepted=ended is not None and ended.outcome is State.ACCEPTED,
        refused=ended is not None and ended.outcome is State.REFUSED,
    )


def document_rows(id: UUID) -> Sequence[DeliveryLine]:
    """The document's lines in its order."""
    query = sa.select(DeliveryLine).where(DeliveryLine.delivery == id).order_by(DeliveryLine.place)
    return db.session.execute(query).scalars().all()


def document_lines(id: UUID) -> list[DocumentLine]:
    """The document's lines as the rules read them."""
    return [_charged(row) for row in document_rows(id)]


def newest_count(id: UUID) -> DeliveryCount | None:
    """The count that holds; None while nobody counted."""
    query = sa.select(DeliveryCount).where(DeliveryCount.delivery == id).order_by(DeliveryCount.number.desc()).limit(1)
    return db.session.execute(query).scalar_one_or_none()


def counted_lines(count: DeliveryCount) -> list[CountedLine]:
    """What was counted, in the order of its entry."""
    query = sa.select(DeliveryCountLine).where(
        DeliveryCountLine.delivery == count.delivery, DeliveryCountLine.number == count.number
    )
    return [_counted(row) for row in db.session.execute(query.order_by(DeliveryCountLine.place)).scalars()]


def sealed(prescription: str | None, line: UUID) -> bytes | None:
    """A prescription's number for its place in a counted line; None for none."""
    return None if prescription is None else seal(prescription.encode(), _place(line))


def signatures(id: UUID) -> Sequence[DeliverySignature]:
    """The signatures for a delivery, first one first."""
    query = sa.select(DeliverySignature).where(DeliverySignature.delivery == id).order_by(DeliverySignature.place)
    return db.session.execute(query).scalars().all()


def ending(id: UUID) -> DeliveryEnding | None:
    """What became of a delivery."""
    return db.session.execute(sa.select(DeliveryEnding).where(DeliveryEnding.id == id)).scalar_one_or_none()


def shown(id: UUID) -> DeliveryShown:
    """A delivery as far as it may be told.

    Raises:
        NoSuchDelivery: not here.
    """
    return _shown(delivery(id))


def page(site: UUID, group: Group, *, after: UUID | None, limit: int) -> Sequence[DeliveryShown]:
    """A site's deliveries of one group, oldest first; one more than ``limit`` says that there is more.

    Raises:
        NoSuchSite: not here.
    """
    query = (
        sa.select(DeliveryRow)
        .join(Location, refers_to(DeliveryRow.location, Location))
        .where(Location.site == clinics.site(site).id, DeliveryRow.drug_group == group)
        .order_by(DeliveryRow.id)
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(DeliveryRow.id > after)
    return [_shown(row) for row in db.session.execute(query).scalars().all()]


def _shown(row: DeliveryRow) -> DeliveryShown:
    count, supplier = newest_count(row.id), suppliers.shown(row.supplier)
    hidden = row.blind and count is None and ending(row.id) is None
    return DeliveryShown(
        delivery=row,
        state=state(row.id),
        supplier=supplier,
        lines=[(line, None if hidden else line.invoiced) for line in document_lines(row.id)],
        count=None if count is None else _count(count),
        signatures=_signatures(row.id),
        ending=ending(row.id),
        warnings=cautions(supplier.told, verified=supplier.verified is not None),
    )


def _count(row: DeliveryCount) -> CountShown:
    lines = counted_lines(row)
    audit.shows(*(line.patient for line in lines if line.patient is not None))
    return CountShown(number=row.number, counted_by=row.counted_by, blind=row.blind, at=row.at, lines=lines)


def _signatures(id: UUID) -> list[SignatureShown]:
    rows = signatures(id)
    names = people.names([row.signer for row in rows])
    return [SignatureShown(place=row.place, signer=row.signer, name=names[row.signer], at=row.at) for row in rows]


def _place(line: UUID) -> Place:
    return Place("delivery_count_lines", "prescription", line)


def _charged(row: Any) -> DocumentLine:
    return DocumentLine(ndc=row.ndc, invoiced=row.invoiced, lot=row.lot, expiry=row.expiry)


def _counted(row: Any) -> CountedLine:
    return CountedLine(
        ndc=row.ndc,
        lot=row.lot,
        expiry=row.expiry,
        received=row.received,
        turned_away=row.turned_away,
        turned_away_reason=row.turned_away_reason,
        patient=row.patient,
        prescription=None if row.prescription is None else unseal(row.prescription, _place(row.id)).decode(),
        serials=serials.counted(row.id),
    )
