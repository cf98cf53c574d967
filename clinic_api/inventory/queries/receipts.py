"""Reading receipts, of one group at a time, and never what they cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.inventory.models.deliveries import DeliveryEnding, DeliveryRow
from clinic_api.inventory.models.kits import PatientKit
from clinic_api.inventory.models.serials import ContainerSerial
from clinic_api.inventory.models.stock import Container, Location, Product, Receipt, ReceiptLine
from clinic_api.inventory.models.stock_orders import OrderFilling
from clinic_api.inventory.queries import kits, suppliers
from clinic_api.inventory.queries.phrases import refers_to
from clinic_api.inventory.rules.papers import TWO, Group, PaperKind
from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.inventory.rules.suppliers import Caution, cautions


class NoSuchReceipt(NotFound):
    """There is no such receipt here."""


@dataclass(frozen=True, slots=True)
class KitBound:
    """A vial that is one patient's, under which prescription, and its last day."""

    container: UUID
    patient: UUID
    prescription: str
    last_day: date


@dataclass(frozen=True, slots=True)
class Vial:
    """A container as a receipt names it, with the serial number of its package where that was read."""

    id: UUID
    label: str
    serial: str | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """One line of a receipt with the vials that it put into the book, and what it filled of a schedule II order."""

    line: ReceiptLine
    vials: Sequence[Vial]
    fillings: Sequence[OrderFilling]
    kits: Sequence[KitBound]

    @property
    def patient(self) -> UUID | None:
        """Whom its vials are for; None for stock."""
        return self.kits[0].patient if self.kits else None


@dataclass(frozen=True, slots=True)
class Received:
    """A receipt with its lines; one from before deliveries were logged has none."""

    receipt: Receipt
    lines: Sequence[Accepted]
    delivery: DeliveryRow | None
    warnings: Sequence[Caution] = ()

    @property
    def group(self) -> Group:
        """Whose records it belongs to."""
        return Group.OTHERS if self.delivery is None else self.delivery.drug_group

    @property
    def document(self) -> PaperKind:
        """Under what kind of paper it came."""
        return PaperKind.INVOICE if self.delivery is None else self.delivery.document


def receipt(id: UUID) -> Receipt:
    """A receipt.

    Raises:
        NoSuchReceipt: not here.
    """
    row = db.session.execute(sa.select(Receipt).where(Receipt.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchReceipt
    return row


def lines(receipt: UUID) -> Sequence[ReceiptLine]:
    """A receipt's lines in their order."""
    query = sa.select(ReceiptLine).where(ReceiptLine.receipt == receipt).order_by(ReceiptLine.id)
    return db.session.execute(query).scalars().all()


def received(id: UUID) -> Received:
    """A receipt as a person reads it.

    Raises:
        NoSuchReceipt: not here.
    """
    row, delivery = receipt(id), _delivery_of(id)
    return Received(row, [_accepted(line) for line in lines(id)], delivery, _warnings(row, delivery))


def page(site: UUID, group: Group, *, after: UUID | None, limit: int) -> Sequence[Received]:
    """A site's receipts of one group, oldest first; one more than ``limit`` says that there is more.

    Raises:
        NoSuchSite: not here.
    """
    schedules = sa.select(ReceiptLine.id).join(Product, refers_to(ReceiptLine.product, Product))
    of_two = schedules.where(
        ReceiptLine.organisation == Receipt.organisation,
        ReceiptLine.receipt == Receipt.id,
        Product.schedule.in_(TWO),
    ).exists()
    logged = (
        sa.select(DeliveryEnding.id)
        .join(DeliveryRow, refers_to(DeliveryEnding.id, DeliveryRow))
        .where(
            DeliveryEnding.organisation == Receipt.organisation,
            DeliveryEnding.receipt == Receipt.id,
            DeliveryRow.drug_group == Group.SCHEDULE_TWO,
        )
        .exists()
    )
    is_two = sa.or_(of_two, logged)
    query = (
        sa.select(Receipt.id)
        .join(Location, refers_to(Receipt.location, Location))
        .where(Location.site == clinics.site(site).id, is_two if group is Group.SCHEDULE_TWO else sa.not_(is_two))
        .order_by(Receipt.id)
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(Receipt.id > after)
    return [received(id) for id in db.session.execute(query).scalars().all()]


def _accepted(line: ReceiptLine) -> Accepted:
    vials = (
        sa.select(Container.id, Container.label, ContainerSerial.serial)
        .outerjoin(ContainerSerial, refers_to(Container.id, ContainerSerial))
        .where(Container.receipt_line == line.id)
        .order_by(Container.id)
    )
    fillings = sa.select(OrderFilling).where(OrderFilling.receipt_line == line.id).order_by(OrderFilling.id)
    bound = sa.select(PatientKit).where(PatientKit.receipt_line == line.id).order_by(PatientKit.id)
    kits_of = [
        KitBound(kit.id, kit.patient, kits.prescription_of(kit), kit.last_day)
        for kit in db.session.execute(bound).scalars()
    ]
    audit.shows(*{kit.patient for kit in kits_of})
    return Accepted(
        line,
        [Vial(row.id, row.label, row.serial) for row in db.session.execute(vials)],
        db.session.execute(fillings).scalars().all(),
        kits_of,
    )


def _delivery_of(receipt: UUID) -> DeliveryRow | None:
    query = sa.select(DeliveryRow).join(DeliveryEnding, refers_to(DeliveryEnding.id, DeliveryRow))
    return db.session.execute(query.where(DeliveryEnding.receipt == receipt)).scalar_one_or_none()


def _warnings(row: Receipt, delivery: DeliveryRow | None) -> Sequence[Caution]:
    if delivery is None:
        return ()
    told = Supplier(name=row.supplier_name, address=row.supplier_address, dea_number=row.supplier_dea_number)
    return cautions(told, verified=suppliers.is_verified(delivery.supplier))
