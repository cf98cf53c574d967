"""The order that a visit is given under: the newest in force, or the one attached afterwards."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.database.scope import Scope
from clinic_api.dosing import queries as doses
from clinic_api.errors import Refusal
from clinic_api.orders import queries as orders
from clinic_api.orders import service as ordering
from clinic_api.sessions.models import InfusionSession
from clinic_api.sessions.rules.gates import Gate, GatesUnmet, Unmet
from clinic_api.sessions.rules.incident import OrderOfAnother
from clinic_api.sessions.rules.record import Event, TaskKind
from clinic_api.sessions.service.answers import opened
from clinic_api.sessions.service.duties import close_duties
from clinic_api.sessions.service.moves import touched
from clinic_api.signatures import queries as signed
from clinic_api.signatures.rules import Meaning

if TYPE_CHECKING:
    from clinic_api.orders.models import SeriesOrderRow

NO_ORDER = Unmet(Gate.ORDER, "no active order", "have a prescriber sign one")


def usable(infusion: InfusionSession, *, at: datetime) -> "SeriesOrderRow | None":
    """The order under which a dose may be given now; None where none holds."""
    order = orders.active_order(infusion.patient, at=at)
    if order is None:
        return None
    try:
        check_holds(infusion, order, at=at)
    except Refusal:
        return None
    return order


def order_now(infusion: InfusionSession, *, at: datetime) -> "SeriesOrderRow":
    """The order under which a dose may be given now; pinned to the session.

    Raises:
        GatesUnmet: no order is in force.
        OrderExpired, OrderUsedUp, …: the newest does not hold; it says why.
    """
    order = orders.active_order(infusion.patient, at=at)
    if order is None:
        raise GatesUnmet((NO_ORDER,))
    check_holds(infusion, order, at=at)
    infusion.series_order = order.id
    return order


def check_holds(infusion: InfusionSession, order: "SeriesOrderRow", *, at: datetime) -> None:
    """Refuse an order that does not hold now; see ``orders.service.check_usable``."""
    ordering.check_usable(order, at=at, visits_used=doses.visits_used(order.id, without=infusion.id))


def attach_order(visit: UUID, order_id: UUID, *, scope: Scope) -> InfusionSession:
    """Attach the order to a dose that was given before it was written; the incident stays on record.

    Raises:
        NoSuchVisit, NoSuchSession, NoSuchOrder: not here.
        VisitSealed, SessionSigned: the session is signed.
        OrderOfAnother: the order is another patient's.
    """
    infusion, order = opened(visit), orders.order(order_id)
    if order.patient != infusion.patient:
        raise OrderOfAnother
    infusion.series_order = order.id
    audit.record(Event.ORDER_ATTACHED, touched(infusion), order=order.id)
    close_duties(visit, TaskKind.ATTACH_ORDER, outcome="attached", scope=scope)
    return infusion


def prescriber_of(order: "SeriesOrderRow") -> UUID:
    """Who signed an order; while nobody has (a verbal order), who wrote it down."""
    signers = [it.signer for it in signed.attestations_of(order.id) if it.meaning is Meaning.ORDERED]
    return signers[-1] if signers else order.drafted_by
