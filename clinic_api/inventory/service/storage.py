"""Places for drug, and putting into them what was accepted."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.standing import day_ends
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.deliveries import DeliveryLine
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container, Location, Product, Receipt, ReceiptLine
from clinic_api.inventory.queries import numbering, storage
from clinic_api.inventory.queries.storage import Stocked, TakenIn
from clinic_api.inventory.rules.moves import Event, Place
from clinic_api.inventory.rules.receiving import LocationTaken, vial_label
from clinic_api.inventory.rules.settling import Settled
from clinic_api.inventory.service import engaging, moving, places, showing
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

#: The task that a difference between invoice and delivery opens.
DIFFERENCE = "receipt-difference"


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


def take_in(receipt: Receipt, lines: Sequence[Settled], *, location: Location, scope: Scope) -> list[TakenIn]:
    """Write a receipt: each vial becomes a container with its own number, each difference a task.

    Raises:
        UnknownProduct: a line names nothing that the clinic stocks any more.
    """
    zone = clinics.site(location.site).zone
    put(receipt)
    audit.record(Event.STOCK_RECEIVED, receipt)
    taken = [_accept(line, storage.stocked_under(line.ndc), receipt, location, scope) for line in lines]
    for each in taken:
        if each.line.invoiced != each.line.received:
            tasks.open_task(difference(each.line, due_at=day_ends(zone, scope.at)), scope=scope)
            showing.receipt_differs(each.line, [vial.id for vial in each.vials], receipt, location, scope=scope)
    engaging.engaged(location, scope=scope)
    places.review_par(location.id, *(storage.stocked_under(line.ndc).package.key for line in lines), scope=scope)
    return taken


def difference(line: ReceiptLine | DeliveryLine, *, due_at: datetime) -> NewTask:
    """What a difference between a document and what came asks of the custodian, by the end of the day."""
    return NewTask(
        kind=DIFFERENCE, subject_table=line.__tablename__, subject=line.id, role=Role.CUSTODIAN, due_at=due_at
    )


def _accept(line: Settled, stocked: Stocked, receipt: Receipt, location: Location, scope: Scope) -> TakenIn:
    first = numbering.next_number()  # first: whoever else receives waits here, and then sees the product
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
    return TakenIn(row, vials)


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
