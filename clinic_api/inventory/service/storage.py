"""Places for drug, and receiving it into them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic_api.accounts.rules import Role
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics import service as standing
from clinic_api.clinics.rules.standing import day_ends, day_in
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import DeaNumber, new_id
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container, Location, Product, Receipt, ReceiptLine
from clinic_api.inventory.queries import containers, storage
from clinic_api.inventory.queries.storage import Stocked
from clinic_api.inventory.rules.moves import Event, Place
from clinic_api.inventory.rules.places import PlaceAct
from clinic_api.inventory.rules.receiving import (
    DeliveredLine,
    Delivery,
    LocationTaken,
    check_delivery,
    vial_label,
)
from clinic_api.inventory.service import moving, places, showing
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

#: The task that a difference between invoice and delivery opens.
DIFFERENCE = "receipt-difference"


@dataclass(frozen=True, slots=True)
class Accepted:
    """One line of a receipt with the vials that it put into the book."""

    line: ReceiptLine
    vials: Sequence[Container]


@dataclass(frozen=True, slots=True)
class Received:
    """A receipt with its lines."""

    receipt: Receipt
    lines: Sequence[Accepted]


def make_location(registration: UUID, name: str, *, scope: Scope) -> Location:
    """Name a locked place at the registration's site.

    Raises:
        NoSuchRegistration: not here.
        LocationTaken: the registration has one of that name.
    """
    holder = clinics.registration(registration)
    if storage.location_called(holder.id, name) is not None:
        raise LocationTaken(name=name)
    location = put(
        Location(
            organisation=scope.organisation,
            id=new_id(scope.at),
            site=holder.site,
            registration=holder.id,
            name=name,
            at=scope.at,
            by=scope.by,
        )
    )
    audit.record(Event.LOCATION_MADE, location)
    return location


def receive(delivery: Delivery, *, scope: Scope) -> Received:
    """Accept a delivery: each vial becomes a container with its own number, each difference a task.

    Raises:
        NoSuchLocation: not here.
        InvalidDeaNumber: the supplier's number fails its checksum.
        InvalidNdc, AmbiguousNdc, UnknownProduct: a line names nothing that the clinic stocks.
        EmptyLine, NotYetReceived, ReceiptReasonMissing: see ``rules.receiving``.
        NotHereToday: the receiver is not checked in at the site.
        NotOnAccessList: the location's list has others.
        RegistrationNotValid: it does not cover the product's schedule on the day of receipt.
    """
    location = storage.location(delivery.location)
    places.check_may(location.id, PlaceAct.RECEIVE, scope=scope)
    zone = clinics.site(location.site).zone
    standing.check_here_today(scope.by, site=location.site, scope=scope)
    received_at = delivery.received_at or scope.at
    ordered = [(line, storage.stocked_under(line.ndc)) for line in delivery.lines]
    holder = clinics.registration(location.registration)
    for _, stocked in ordered:
        check_delivery(delivery, recorded_at=scope.at, limits=stocked.drug.late_entry)
        standing.check_registration(holder, schedule=stocked.drug.registration_schedule, on=day_in(zone, received_at))
    receipt = put(_receipt(delivery, received_at, scope))
    audit.record(Event.STOCK_RECEIVED, receipt)
    accepted = [_accept(line, stocked, receipt, location, scope) for line, stocked in ordered]
    for each in accepted:
        if each.line.invoiced != each.line.received:
            tasks.open_task(_difference(each.line, due_at=day_ends(zone, scope.at)), scope=scope)
            showing.receipt_differs(each.line, [vial.id for vial in each.vials], receipt, location, scope=scope)
    places.review_par(location.id, *(stocked.package.key for _, stocked in ordered), scope=scope)
    return Received(receipt, accepted)


def _receipt(delivery: Delivery, received_at: datetime, scope: Scope) -> Receipt:
    return Receipt(
        organisation=scope.organisation,
        id=new_id(scope.at),
        location=delivery.location,
        supplier_name=delivery.supplier.name,
        supplier_address=delivery.supplier.address,
        supplier_dea_number=str(DeaNumber.parse(delivery.supplier.dea_number)),
        invoice_number=delivery.invoice_number,
        invoice_date=delivery.invoice_date,
        received_by=scope.by,
        occurred_at=received_at,
        recorded_at=scope.at,
        late_reason=delivery.late_reason,
        operation_id=scope.key,
    )


def _accept(line: DeliveredLine, stocked: Stocked, receipt: Receipt, location: Location, scope: Scope) -> Accepted:
    first = containers.next_number()  # first: whoever else receives waits here, and then sees the product
    product = _product(stocked, scope)
    row = put(
        ReceiptLine(
            organisation=scope.organisation,
            id=new_id(scope.at),
            receipt=receipt.id,
            product=product.id,
            ndc=product.ndc,
            lot=line.lot,
            expiry=line.expiry,
            invoiced=line.invoiced,
            received=line.received,
        )
    )
    vials = [
        put(_vial(vial_label(product.drug, number), product=product, line=row, location=location, scope=scope))
        for number in range(first, first + line.received)
    ]
    moves = [_came_in(vial, receipt, scope) for vial in vials]
    audit.record(Event.VIALS_ACCEPTED, row, *vials, *moves)
    return Accepted(row, vials)


def _vial(label: str, *, product: Product, line: ReceiptLine, location: Location, scope: Scope) -> Container:
    return Container(
        organisation=scope.organisation,
        id=new_id(scope.at),
        kind=product.kind,
        label=label,
        product=product.id,
        registration=location.registration,
        site=location.site,
        location=location.id,
        lot=line.lot,
        expiry=line.expiry,
        concentration=product.concentration,
        content=product.content,
        volume=product.volume,
        receipt_line=line.id,
        made_by=scope.by,
        made_at=scope.at,
        balance=product.content,
    )


def _came_in(vial: Container, receipt: Receipt, scope: Scope) -> Move:
    return moving.write(
        Move(
            from_place=Place.SUPPLIER,
            to_container=vial.id,
            mass=vial.content,
            volume=vial.volume,
            to_balance=vial.content,
            occurred_at=receipt.occurred_at,
            late_reason=receipt.late_reason,
        ),
        ours=vial,
        scope=scope,
    )


def _product(stocked: Stocked, scope: Scope) -> Product:
    """The package as today's policy describes it, kept from the first time it was received under it."""
    drug, package = stocked.drug, stocked.package
    known = storage.product_of(stocked.policy, package.key)
    if known is not None:
        return known
    product = put(
        Product(
            organisation=scope.organisation,
            id=new_id(scope.at),
            policy=stocked.policy,
            key=package.key,
            drug=drug.drug,
            name=package.name,
            labeler=package.labeler,
            ndc=str(package.ndc),
            schedule=drug.schedule,
            registration_schedule=drug.registration_schedule,
            kind=package.kind,
            concentration=package.concentration.exact,
            volume=package.volume,
            content=package.content,
            beyond_use_days=drug.beyond_use.days,
            overfill_cap=drug.overfill_cap(package),
            hub_cap=drug.hub_cap(package),
            resolutions={str(method): volume.ul for method, volume in drug.resolutions.items()},
            at=scope.at,
        )
    )
    audit.record(Event.PRODUCT_LISTED, product)
    return product


def _difference(line: ReceiptLine, *, due_at: datetime) -> NewTask:
    return NewTask(
        kind=DIFFERENCE, subject_table=line.__tablename__, subject=line.id, role=Role.CUSTODIAN, due_at=due_at
    )
