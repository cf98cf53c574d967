"""A patient arrives: the session begins, with the rules that hold from now on pinned and nothing filled in."""

from typing import TYPE_CHECKING

from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.orders import queries as orders
from clinic_api.patients import service as patients
from clinic_api.protocols import queries as protocols
from clinic_api.sessions import queries
from clinic_api.sessions.models import InfusionSession
from clinic_api.sessions.rules.asked import NewVisit, check_identified
from clinic_api.sessions.rules.incident import AlreadyHere, ChairElsewhere, WhichProtocol
from clinic_api.sessions.rules.life import FIRST
from clinic_api.sessions.rules.record import Event

if TYPE_CHECKING:
    from clinic_api.orders.models import SeriesOrderRow


def check_in(new: NewVisit, *, scope: Scope) -> InfusionSession:
    """Open the visit of a patient who has arrived and was identified in two ways.

    Raises:
        NoSuchPatient, NoSuchSite, NoSuchChair: not here.
        IdentityNotChecked: fewer than two identifiers are ticked.
        AlreadyHere: the patient sits in another session.
        ChairElsewhere: the chair is not of this site.
        WhichProtocol: neither an order nor the desk says by which, and the clinic has several.
        TooYoung: the clinic treats adults only.
    """
    check_identified(new.identifiers_checked)
    _check_place(new)
    order = orders.active_order(new.patient, at=scope.at)
    profile = clinics.profile()
    visit = patients.open_visit(new.patient, new.site, scope=scope)
    infusion = put(
        InfusionSession(
            organisation=scope.organisation,
            id=visit.id,
            patient=new.patient,
            site=new.site,
            chair=new.chair,
            appointment=new.appointment,
            protocol=protocols.current(_protocol_key(new, order)).id,
            profile=clinics.policy("profile", profile.key).id,
            identifiers_checked=sorted(set(new.identifiers_checked)),
            checked_in_by=scope.by,
            at=scope.at,
            state=FIRST,
            version=1,
            owner=scope.by,
            series_order=None if order is None else order.id,
        )
    )
    audit.record(Event.CHECKED_IN, infusion, patient=new.patient, appointment=new.appointment)
    return infusion


def _check_place(new: NewVisit) -> None:
    already = queries.here(new.patient)
    if already is not None:
        raise AlreadyHere(already.id)
    if clinics.chair(new.chair).site != clinics.site(new.site).id:
        raise ChairElsewhere


def _protocol_key(new: NewVisit, order: "SeriesOrderRow | None") -> str:
    if order is not None:
        return protocols.pinned(order.protocol).protocol.key
    if new.protocol is not None:
        return new.protocol
    adopted = clinics.policies("protocol")
    if len(adopted) != 1:
        raise WhichProtocol
    return adopted[0].key
