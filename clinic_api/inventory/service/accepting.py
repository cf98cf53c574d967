"""Taking custody of a delivery: signed for by those whom the practice profile asks, and only then in the book."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics import service as standing
from clinic_api.clinics.rules.standing import day_ends, day_in
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.deliveries import DeliveryCount, DeliveryEnding, DeliveryRow, DeliverySignature
from clinic_api.inventory.models.stock import Location, Receipt
from clinic_api.inventory.queries import deliveries, numbering, receipts, stock_orders, storage, suppliers
from clinic_api.inventory.queries.deliveries import DeliveryShown
from clinic_api.inventory.queries.receipts import Received
from clinic_api.inventory.queries.storage import TakenIn
from clinic_api.inventory.rules.deliveries import (
    Act,
    Claimed,
    NewDelivery,
    after,
    check_not_before,
    check_one_receives,
    check_second_receiver,
)
from clinic_api.inventory.rules.filling import fill
from clinic_api.inventory.rules.moves import Event
from clinic_api.inventory.rules.papers import Paper, PaperKind
from clinic_api.inventory.rules.places import PlaceAct
from clinic_api.inventory.rules.receiving import DeliveredLine, Delivery, check_delivery, check_moment
from clinic_api.inventory.rules.settling import CountedLine, DocumentLine, Settlement, settle
from clinic_api.inventory.service import delivering, kits, ordering, places, serials
from clinic_api.inventory.service.storage import difference, take_in
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning
from clinic_api.tasks import service as tasks

if TYPE_CHECKING:
    from clinic_api.signatures.models import Attestation, Challenge


@dataclass(frozen=True, slots=True)
class Custody:
    """A delivery that was signed for: its receipt, or what a second person is asked to sign first."""

    delivery: DeliveryShown
    receipt: Received | None
    challenge: "Challenge | None"


@dataclass(frozen=True, slots=True)
class _Case:
    """All that belongs to a delivery while it is accepted."""

    delivery: DeliveryRow
    location: Location
    count: DeliveryCount
    settled: Settlement
    zone: str

    @property
    def came_on(self) -> date:
        """The day, at the site, on which it came."""
        return day_in(self.zone, self.delivery.arrived_at)


def receive(delivery: Delivery, *, scope: Scope) -> Received:
    """Log, count and accept a delivery in one call, as one person who has all of it before them.

    Raises:
        NoSuchLocation, NoSuchStockOrder, NoSuchPatient: not here.
        SecondReceiverNeeded: the practice profile asks for two people.
        EmptyLine, NotYetReceived, ReceiptReasonMissing: see ``rules.receiving``.
        And whatever ``delivering.log``, ``delivering.count`` and ``accept`` refuse.
    """
    check_one_receives(persons=clinics.profile().custody_persons)
    for line in delivery.lines:
        check_delivery(delivery, recorded_at=scope.at, limits=storage.stocked_under(line.ndc).drug.late_entry)
    logged = delivering.log(_as_logged(delivery), scope=scope)
    delivering.count(logged.id, [_as_counted(line) for line in delivery.lines], scope=scope)
    custody = accept(logged.id, Claimed(delivery.received_at, delivery.late_reason), scope=scope)
    assert custody.receipt is not None  # noqa: S101  (one person receives, as was checked)
    return custody.receipt


def accept(id: UUID, claimed: Claimed, *, scope: Scope) -> Custody:
    """The acting person signs for what was counted; where one is enough, it is in the book.

    Raises:
        NoSuchDelivery: not here.
        DeliveryNotReady: it was not counted, or was signed for, accepted or refused.
        NotHereToday: who signs is not checked in at the site.
        NotOnAccessList: the location's list has others.
        NotYetReceived, ReceiptReasonMissing, BeforeItCame: the time cannot be.
        RegistrationNotValid: it does not cover a product's schedule on the day of receipt.
        OrderVoided, OrderLapsed, MoreThanOrdered: see ``rules.stock_orders``.
    """
    after(deliveries.state(id), Act.SIGN)
    case, at = _case(id), claimed.at or scope.at
    standing.check_here_today(scope.by, site=case.location.site, scope=scope)
    places.check_may(case.location.id, PlaceAct.RECEIVE, scope=scope)
    for line in case.settled.lines:
        limits = storage.stocked_under(line.ndc).drug.late_entry
        check_moment(claimed.at, reason=claimed.late_reason, recorded_at=scope.at, limits=limits)
    check_not_before(at, arrived_at=case.delivery.arrived_at)
    _check_lawful(case, at)
    given = signatures.sign(case.count, Meaning.RECEIVED, scope=scope)
    signed = _sign(case, given, Claimed(at, claimed.late_reason), place=1, scope=scope)
    if case.delivery.persons > 1:
        asked = signatures.challenge(case.count, Meaning.RECEIVED, scope=scope)
        return Custody(deliveries.shown(id), None, asked)
    return _in_the_book(case, signed, scope)


def second(id: UUID, attestation: "Attestation", *, scope: Scope) -> Custody:
    """A second person has signed for exactly what was counted, and it is in the book.

    Args:
        attestation: their signature, just given with their own PIN.

    Raises:
        NoSuchDelivery: not here.
        DeliveryNotReady: nobody signed first, or it was accepted or refused.
        NotAsAttested: the signature is about something else.
        SecondReceiverIsTheSamePerson, MayNotReceive: see ``rules.deliveries``.
        NotHereToday: the second person is not checked in at the site.
        RegistrationNotValid, OrderVoided, OrderLapsed, MoreThanOrdered: as for ``accept``.
    """
    after(deliveries.state(id), Act.ACCEPT)
    case, first = _case(id), deliveries.signatures(id)[0]
    signatures.check_attests(attestation, case.count, Meaning.RECEIVED)
    roles = people.roles_of(attestation.signer)
    check_second_receiver(first=first.signer, second=attestation.signer, name=attestation.printed_name, roles=roles)
    standing.check_here_today(attestation.signer, site=case.location.site, scope=scope)
    _check_lawful(case, first.occurred_at)
    _sign(case, attestation, Claimed(first.occurred_at, first.late_reason), place=2, scope=scope)
    return _in_the_book(case, first, scope)


def _case(id: UUID) -> _Case:
    delivery, count = deliveries.delivery(id), deliveries.newest_count(id)
    assert count is not None  # noqa: S101  (its state says that it was counted)
    location = storage.location(delivery.location)
    return _Case(
        delivery=delivery,
        location=location,
        count=count,
        settled=settle(deliveries.document_lines(id), deliveries.counted_lines(count)),
        zone=clinics.site(location.site).zone,
    )


def _check_lawful(case: _Case, at: datetime) -> None:
    holder = clinics.registration(case.location.registration)
    for line in case.settled.lines:
        schedule = storage.stocked_under(line.ndc).drug.registration_schedule
        standing.check_registration(holder, schedule=schedule, on=day_in(case.zone, at))
    paper = _paper(case.delivery)
    supplier = suppliers.supplier(case.delivery.supplier).dea_number
    delivering.check_order_of(paper, supplier=supplier, location=case.location, on=case.delivery.arrived_at)
    if paper.order is not None:
        fill(stock_orders.order(paper.order), case.settled.lines)


def _sign(case: _Case, given: "Attestation", claimed: Claimed, *, place: int, scope: Scope) -> DeliverySignature:
    signed = put(
        DeliverySignature(
            organisation=scope.organisation,
            id=new_id(scope.at),
            delivery=case.delivery.id,
            count=case.count.id,
            place=place,
            signer=given.signer,
            attestation=given.id,
            occurred_at=claimed.at,
            late_reason=claimed.late_reason,
            at=scope.at,
        )
    )
    audit.record(Event.DELIVERY_SIGNED, signed)
    return signed


def _in_the_book(case: _Case, signed: DeliverySignature, scope: Scope) -> Custody:
    numbering.next_number()  # whoever else accepts under the same order waits here, and then sees what came
    receipt = _receipt(case, signed, scope)
    taken = take_in(receipt, case.settled.lines, location=case.location, scope=scope)
    ending = put(
        DeliveryEnding(
            organisation=scope.organisation,
            id=case.delivery.id,
            outcome=after(deliveries.state(case.delivery.id), Act.ACCEPT),
            receipt=receipt.id,
            signature=signed.id,
            reason=None,
            by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.DELIVERY_ACCEPTED, ending)
    _fill_order(case, taken, scope)
    for each, said in zip(taken, case.settled.lines, strict=True):
        kits.bind(each, said, site=case.location.site, received_on=case.came_on, scope=scope)
        serials.bind(each, said, units=storage.stocked_under(said.ndc).package.units, scope=scope)
    _ask_for_the_missing(case, scope)
    return Custody(deliveries.shown(case.delivery.id), receipts.received(receipt.id), None)


def _fill_order(case: _Case, taken: list[TakenIn], scope: Scope) -> None:
    if case.delivery.stock_order is None:
        return
    order = stock_orders.order(case.delivery.stock_order)
    for each in fill(order, case.settled.lines):
        ordering.fill(order, each, taken[each.place], received_on=case.came_on, scope=scope)


def _ask_for_the_missing(case: _Case, scope: Scope) -> None:
    """Lines of the document of which no lot was found at all have no line of the receipt; their own is asked about."""
    missing = list(case.settled.missing)
    for row in deliveries.document_rows(case.delivery.id):
        said = DocumentLine(ndc=row.ndc, invoiced=row.invoiced, lot=row.lot, expiry=row.expiry)
        if said in missing:
            missing.remove(said)
            tasks.open_task(difference(row, due_at=day_ends(case.zone, scope.at)), scope=scope)


def _receipt(case: _Case, signed: DeliverySignature, scope: Scope) -> Receipt:
    supplier = suppliers.supplier(case.delivery.supplier)
    return Receipt(
        organisation=scope.organisation,
        id=new_id(scope.at),
        location=case.location.id,
        supplier_name=supplier.name,
        supplier_address=supplier.address,
        supplier_dea_number=supplier.dea_number,
        invoice_number=case.delivery.document_number,
        invoice_date=case.delivery.document_date,
        received_by=signed.signer,
        occurred_at=signed.occurred_at,
        recorded_at=scope.at,
        late_reason=signed.late_reason,
        operation_id=scope.key,
    )


def _paper(delivery: DeliveryRow) -> Paper:
    return Paper(
        kind=delivery.document,
        number=delivery.document_number,
        date=delivery.document_date,
        order=delivery.stock_order,
    )


def _as_logged(delivery: Delivery) -> NewDelivery:
    """The one call as a delivery: under the invoice, or under the form of the order that it names."""
    kind = PaperKind.INVOICE if delivery.order is None else stock_orders.row(delivery.order).kind
    return NewDelivery(
        location=delivery.location,
        supplier=delivery.supplier,
        paper=Paper(
            kind=kind,
            number=delivery.invoice_number,
            date=delivery.invoice_date,
            order=delivery.order,
            attachment=delivery.attachment,
        ),
        lines=tuple(
            DocumentLine(ndc=line.ndc, invoiced=line.invoiced, lot=line.lot, expiry=line.expiry)
            for line in delivery.lines
        ),
        carrier=None,
        condition=None,
        arrived_at=delivery.received_at,
        late_reason=delivery.late_reason,
        at_once=True,
    )


def _as_counted(line: DeliveredLine) -> CountedLine:
    return CountedLine(
        ndc=line.ndc,
        lot=line.lot,
        expiry=line.expiry,
        received=line.received,
        patient=line.patient,
        prescription=line.prescription,
        serials=line.serials,
    )
