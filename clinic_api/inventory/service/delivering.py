"""A delivery before it is in the book: logged as it arrives, counted, or refused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics import service as standing
from clinic_api.clinics.rules.standing import day_in
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import DeaNumber, new_id
from clinic_api.inventory.models.deliveries import (
    DeliveryCount,
    DeliveryCountLine,
    DeliveryEnding,
    DeliveryLine,
    DeliveryRow,
)
from clinic_api.inventory.models.stock import Location
from clinic_api.inventory.models.suppliers import SupplierRow
from clinic_api.inventory.queries import deliveries, law, stock_orders, storage
from clinic_api.inventory.queries.deliveries import DeliveryShown
from clinic_api.inventory.queries.storage import Stocked
from clinic_api.inventory.rules.deliveries import Act, NewDelivery, after
from clinic_api.inventory.rules.filling import check_in_its_time
from clinic_api.inventory.rules.moves import Event
from clinic_api.inventory.rules.papers import Group, Paper, check_paper, one_group
from clinic_api.inventory.rules.receiving import check_moment
from clinic_api.inventory.rules.settling import CountedLine, DocumentLine, check_counted_line, check_document_line
from clinic_api.inventory.rules.stock_orders import check_under
from clinic_api.inventory.service import serials, supplying
from clinic_api.patients.queries import patients


def log(new: NewDelivery, *, scope: Scope) -> DeliveryRow:
    """Write down what came to the door: who brought it, from whom, under which paper. Nothing is in the book yet.

    Raises:
        NoSuchLocation, NoSuchStockOrder: not here.
        NotHereToday: who logs it is not checked in at the site.
        InvalidNdc, AmbiguousNdc, UnknownProduct: a line names nothing that the clinic stocks.
        HalfALot, GroupsMixed, WrongPaper, OrderMissing, OrderNotWanted, NotYetReceived, ReceiptReasonMissing,
            OrderVoided, NotThisOrder: see ``rules.settling``, ``papers``, ``receiving`` and ``stock_orders``.
        InvalidDeaNumber: the supplier's number fails its checksum.
    """
    location = storage.location(new.location)
    standing.check_here_today(scope.by, site=location.site, scope=scope)
    charged = [(line, storage.stocked_under(line.ndc)) for line in new.lines]
    for line, stocked in charged:
        check_document_line(line)
        check_moment(new.arrived_at, reason=new.late_reason, recorded_at=scope.at, limits=stocked.drug.late_entry)
    group = one_group([stocked.drug.schedule for _, stocked in charged])
    check_paper(new.paper, group)
    number = str(DeaNumber.parse(new.supplier.dea_number))
    check_order_of(new.paper, supplier=number, location=location)
    delivery = put(_delivery(new, supplying.remember(new.supplier, scope=scope), group, scope))
    lines = [
        put(_document_line(line, stocked, delivery, place, scope))
        for place, (line, stocked) in enumerate(charged, start=1)
    ]
    audit.record(Event.DELIVERY_LOGGED, delivery, *lines)
    return delivery


def count(id: UUID, lines: Sequence[CountedLine], *, scope: Scope) -> DeliveryShown:
    """Write down what really came, lot by lot; only then is it told what the document says.

    Until somebody has signed, it may be counted anew: both counts stay, and the newest one holds.

    Raises:
        NoSuchDelivery, NoSuchPatient: not here.
        DeliveryNotReady: it was signed for, accepted or refused.
        NotHereToday: who counts is not checked in at the site.
        InvalidNdc, AmbiguousNdc, UnknownProduct: a line names nothing that the clinic stocks.
        GroupsMixed, EmptyLine, TurnedAwayUnexplained, KitHalfNamed, KitNotForScheduleTwo: see ``rules.settling``.
        UnreadableScan, SerialTwice, SerialsDoNotFit, SerialKnown: see ``service.serials``.
    """
    delivery = deliveries.delivery(id)
    after(deliveries.state(id), Act.COUNT)
    standing.check_here_today(scope.by, site=storage.location(delivery.location).site, scope=scope)
    found = [(line, storage.stocked_under(line.ndc)) for line in lines]
    one_group([delivery.drug_group, *(stocked.drug.schedule for _, stocked in found)])
    serials.check(found)
    charged, counted = deliveries.document_lines(id), [_as_kept(line, stocked) for line, stocked in found]
    for line in counted:
        check_counted_line(line, group=delivery.drug_group, charged=charged)
        if line.patient is not None:
            patients.patient(line.patient)
    _write_count(delivery, counted, scope)
    return deliveries.shown(id)


def refuse(id: UUID, reason: str, *, scope: Scope) -> DeliveryShown:
    """The delivery is sent back and never comes into the book.

    Raises:
        NoSuchDelivery: not here.
        DeliveryNotReady: it was accepted or refused before.
        NotHereToday: who refuses it is not checked in at the site.
    """
    delivery = deliveries.delivery(id)
    outcome = after(deliveries.state(id), Act.REFUSE)
    standing.check_here_today(scope.by, site=storage.location(delivery.location).site, scope=scope)
    ended = put(
        DeliveryEnding(
            organisation=scope.organisation,
            id=delivery.id,
            outcome=outcome,
            receipt=None,
            signature=None,
            reason=reason,
            by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.DELIVERY_REFUSED, ended)
    return deliveries.shown(id)


def check_order_of(paper: Paper, *, supplier: str, location: Location, on: datetime | None = None) -> None:
    """Refuse a delivery that does not belong to the schedule II order it names; the others name none.

    Args:
        supplier: the DEA number of the one who sent it.
        on: when it came, UTC, if its time is to be looked at too.
    """
    if paper.order is None:
        return
    order = stock_orders.order(paper.order)
    check_under(order, paper, supplier=supplier, registration=location.registration)
    if on is not None:
        zone = clinics.site(location.site).zone
        within = law.filled_within(order.registration, signed_on=order.signed_on)
        check_in_its_time(order, on=day_in(zone, on), within=within)


def _delivery(new: NewDelivery, supplier: SupplierRow, group: Group, scope: Scope) -> DeliveryRow:
    profile, scan = clinics.profile(), new.paper.attachment
    return DeliveryRow(
        organisation=scope.organisation,
        id=new_id(scope.at),
        location=new.location,
        supplier=supplier.id,
        drug_group=group,
        document=new.paper.kind,
        document_number=new.paper.number,
        document_date=new.paper.date,
        stock_order=new.paper.order,
        carrier=new.carrier,
        condition=new.condition,
        attachment_name=None if scan is None else scan.name,
        attachment_sha256=None if scan is None else scan.sha256,
        blind=profile.counts.blind and not new.at_once,
        persons=profile.custody_persons,
        profile=profile.key,
        profile_version=profile.version,
        by=scope.by,
        arrived_at=new.arrived_at or scope.at,
        recorded_at=scope.at,
        late_reason=new.late_reason,
        operation_id=scope.key,
    )


def _document_line(
    line: DocumentLine, stocked: Stocked, delivery: DeliveryRow, place: int, scope: Scope
) -> DeliveryLine:
    return DeliveryLine(
        organisation=scope.organisation,
        id=new_id(scope.at),
        delivery=delivery.id,
        place=place,
        ndc=str(stocked.package.ndc),
        invoiced=line.invoiced,
        lot=line.lot,
        expiry=line.expiry,
    )


def _as_kept(line: CountedLine, stocked: Stocked) -> CountedLine:
    """The line under the one spelling of its package's code."""
    return replace(line, ndc=str(stocked.package.ndc))


def _write_count(delivery: DeliveryRow, counted: Sequence[CountedLine], scope: Scope) -> None:
    before = deliveries.newest_count(delivery.id)
    number = 1 if before is None else before.number + 1
    lines = [
        put(_count_line(line, delivery, number=number, place=place, scope=scope))
        for place, line in enumerate(counted, start=1)
    ]
    read = [row for kept, line in zip(lines, counted, strict=True) for row in serials.keep(kept, line, scope=scope)]
    made = put(
        DeliveryCount(
            organisation=scope.organisation,
            id=new_id(scope.at),
            delivery=delivery.id,
            number=number,
            counted_by=scope.by,
            blind=delivery.blind and before is None,
            lines=[each.hex() for each in (delivery.digest, *(r.digest for r in lines), *(r.digest for r in read))],
            at=scope.at,
        )
    )
    audit.record(Event.DELIVERY_COUNTED, made, *lines, *read)


def _count_line(
    line: CountedLine, delivery: DeliveryRow, *, number: int, place: int, scope: Scope
) -> DeliveryCountLine:
    id = new_id(scope.at)
    return DeliveryCountLine(
        organisation=scope.organisation,
        id=id,
        delivery=delivery.id,
        number=number,
        place=place,
        ndc=line.ndc,
        lot=line.lot,
        expiry=line.expiry,
        received=line.received,
        turned_away=line.turned_away,
        turned_away_reason=line.turned_away_reason,
        patient=line.patient,
        prescription=deliveries.sealed(line.prescription, id),
    )
