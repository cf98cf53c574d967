"""Writing, signing and using the prescriber's order."""

from datetime import datetime
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.clinics import service as standing
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.queries import incidents
from clinic_api.inventory.queries.incidents import IncidentShown
from clinic_api.inventory.service import incidents as recording
from clinic_api.orders import queries
from clinic_api.orders.models import SeriesOrderRow
from clinic_api.orders.rules.attaching import check_attachable
from clinic_api.orders.rules.guards import check_mg_per_kg
from clinic_api.orders.rules.intake import Event, NewOrder
from clinic_api.orders.rules.series import OrderAct, OrderState, after, check_active, check_order
from clinic_api.patients.queries import patients, visits
from clinic_api.protocols import queries as protocols
from clinic_api.quantities import DosePerWeight
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning


def draft_order(new: NewOrder, *, scope: Scope) -> SeriesOrderRow:
    """Write a series order down; it holds once it is signed.

    Raises:
        NoSuchPatient, NoSuchPolicy: not here.
        NothingOrdered, DurationUnfit, DoseOutsideRange, OrderExpired, NotByWeight: see ``check_order``.
        DoseTooHigh: above what the protocol ever allows.
    """
    patients.patient(new.patient)
    pinned = protocols.current(new.protocol)
    check_order(new.series(), at=scope.at)
    for dose in (new.mg_per_kg, new.titration_high):
        if dose is not None:
            check_mg_per_kg(dose, pinned.protocol.guards)
    order = put(_row(new, protocol=pinned.id, scope=scope))
    audit.record(Event.DRAFTED, order, patient=new.patient)
    return order


def sign_order(order_id: UUID, *, scope: Scope) -> SeriesOrderRow:
    """The prescriber signs; from here on it holds, and an older order of the same protocol no longer does.

    Raises:
        NoSuchOrder: not here.
        OrderCannot: it is not a draft or a verbal order.
        OrderExpired: it ran out before it was signed.
    """
    order = queries.order(order_id)
    signed = after(order.state, OrderAct.SIGN)
    check_order(order.series(), at=scope.at)
    for older in queries.in_force(order.patient, order.protocol):
        if older.id != order.id:
            older.state = after(older.state, OrderAct.SUPERSEDE)
            audit.record(Event.SUPERSEDED, older, by=order.id)
    order.state = signed
    attestation = signatures.sign(order, Meaning.ORDERED, scope=scope)
    audit.record(Event.SIGNED, order, attestation=attestation.id)
    return order


def cancel_order(order_id: UUID, *, scope: Scope) -> SeriesOrderRow:
    """The prescriber withdraws an order; what was given under it stays.

    Raises:
        NoSuchOrder: not here.
        OrderCannot: it no longer holds anyway.
    """
    order = queries.order(order_id)
    order.state = after(order.state, OrderAct.CANCEL)
    audit.record(Event.CANCELLED, order, cancelled_by=scope.by)
    return order


def attach_order(incident_id: UUID, order_id: UUID, *, scope: Scope) -> IncidentShown:
    """The prescriber who signed an order says that it covers what was done without one.

    Raises:
        NoSuchIncident, NoSuchOrder: not here.
        OrderNotSigned, OrderOfAnotherPatient, OrderOfAnotherPrescriber: see ``rules.attaching``.
        OrderSuperseded, OrderCancelled, OrderExpired: it does not hold now.
        NotHereToday, NoValidLicence: the prescriber has no standing today.
        NoOrderMissing, OrderAttachedBefore, ReviewedWithoutOrder, CoversOwnIncident: see ``inventory``.
    """
    incident, order = incidents.incident(incident_id), queries.order(order_id)
    visit = None if incident.visit is None else visits.visit(incident.visit)
    check_attachable(
        signed_by=queries.signer(order.id),
        by=scope.by,
        ordered_for=order.patient,
        drawn_for=None if visit is None else visit.patient,
    )
    check_usable(order, at=scope.at, visits_used=0)
    assert visit is not None  # noqa: S101  (an order is of some patient, so nobody's was refused)
    standing.check_standing(scope.by, site=visit.site, scope=scope)
    return recording.attach_order(incident.id, order.id, scope=scope)


def check_usable(order: SeriesOrderRow, *, at: datetime, visits_used: int) -> None:
    """Refuse a dose under an order that does not hold now; see ``rules.series.check_active``."""
    check_active(order.series(), state=order.state, at=at, visits_used=visits_used)


def _row(new: NewOrder, *, protocol: UUID, scope: Scope) -> SeriesOrderRow:
    return SeriesOrderRow(
        organisation=scope.organisation,
        id=new_id(scope.at),
        patient=new.patient,
        protocol=protocol,
        route=new.route,
        visits=new.visits,
        mg_per_kg=new.mg_per_kg.exact,
        minutes=new.minutes,
        basis=new.basis,
        cap=new.cap,
        titration_low=_exact(new.titration_low),
        titration_high=_exact(new.titration_high),
        valid_until=new.valid_until,
        indication=new.indication,
        drafted_by=scope.by,
        at=scope.at,
        state=OrderState.DRAFT,
    )


def _exact(dose: DosePerWeight | None) -> object:
    return None if dose is None else dose.exact
