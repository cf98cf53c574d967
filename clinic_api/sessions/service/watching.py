"""Watching a patient: readings, their corrections, the alerts they raise, and the scales."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.database.scope import Scope
from clinic_api.monitoring import service as monitoring
from clinic_api.monitoring.rules.entries import KeptReading, NewAnswer, NewCorrection, NewReading, NewScore, Watch
from clinic_api.patients.rules.visits import check_unsealed
from clinic_api.protocols import queries as protocols
from clinic_api.protocols.rules.protocol import Protocol
from clinic_api.sessions import queries
from clinic_api.sessions.models import InfusionSession
from clinic_api.sessions.rules.answers import Fact
from clinic_api.sessions.rules.asked import Rescue
from clinic_api.sessions.rules.life import Act, State
from clinic_api.sessions.rules.record import Mark, check_open
from clinic_api.sessions.rules.times import Happened, urgent_time
from clinic_api.sessions.service.answers import begin_screening, opened, tell
from clinic_api.sessions.service.moves import move, touched
from clinic_api.sessions.service.pinned import protocol_of
from clinic_api.sessions.service.urgent import time_of

if TYPE_CHECKING:
    from clinic_api.monitoring.rules.entries import KeptAlert, KeptScore


def record_reading(visit: UUID, new: NewReading, *, scope: Scope) -> KeptReading:
    """Write down a set of readings in whatever state the visit is; a tablet whose clock runs ahead is set right.

    This is the commonest entry of a visit: it locks nothing but the visit, and changes the session only where a
    patient found fit is no longer so.

    Raises:
        NoSuchSession: not here.
        VisitSealed, SessionSigned: it is signed.
        NothingRead, ImpossibleValue, LateReasonMissing, …: see ``monitoring.service``.
    """
    infusion = queries.watched(visit)
    check_unsealed(infusion.sealed_at)
    check_open(infusion.state)
    protocol = protocols.pinned(infusion.protocol).protocol
    watch = Watch(protocol=protocol, started_at=infusion.started_at, known=infusion.known)
    kept = monitoring.record_reading(visit, _in_time(new, protocol, scope), watch=watch, scope=scope)
    if infusion.state is State.CHECKED_IN:
        begin_screening(queries.held(visit), scope=scope)
    if infusion.state is State.DISCHARGE_READY and kept.alerts:
        find_unfit(visit, reason="a new sign out of its limits", scope=scope)
    return kept


def correct_reading(visit: UUID, original: UUID, new: NewCorrection, *, scope: Scope) -> KeptReading:
    """Write down what a set should have said; the original stays beside it.

    Raises:
        NoSuchReading: not of this visit.
        AlreadyCorrected: another set has replaced it.
        VisitSealed, SessionSigned, and the others: as for a new set.
    """
    infusion = opened(visit)
    watch = Watch(protocol=protocol_of(infusion), started_at=infusion.started_at)
    touched(infusion)
    return monitoring.correct_reading(visit, original, new, watch=watch, scope=scope)


def answer_alert(visit: UUID, alert: UUID, new: NewAnswer, *, scope: Scope) -> "KeptAlert":
    """Answer an alert: real, or an artefact.

    Raises:
        NoSuchAlert: not of this visit.
        VisitSealed, SessionSigned: it is signed.
    """
    touched(opened(visit))
    return monitoring.answer_alert(visit, alert, new, scope=scope)


def record_score(visit: UUID, new: NewScore, *, scope: Scope) -> "KeptScore":
    """Score a scale the patient has answered, under the version that holds now.

    Raises:
        NoSuchPolicy: the clinic has no such scale.
        UnknownItem, ImpossibleAnswer: see ``monitoring.rules.scales``.
        VisitSealed, SessionSigned: the session is signed.
    """
    infusion, scale = opened(visit), protocols.current_instrument(new.instrument)
    begin_screening(infusion, scope=scope)
    touched(infusion)
    return monitoring.record_score(
        visit,
        new,
        patient=infusion.patient,
        scale=(scale.id, scale.instrument),
        limits=protocol_of(infusion).late_entry,
        scope=scope,
    )


def record_rescue(visit: UUID, given: Rescue, *, scope: Scope) -> InfusionSession:
    """A rescue drug was given; taken always, and the time until discharge begins anew.

    Who is said to have ordered it and is not known here is written down as not known: it holds nothing up, and is
    not taken for a standing order.

    Raises:
        NoSuchVisit, NoSuchSession: not here.
        VisitSealed, SessionSigned: it is signed.
    """
    infusion = opened(visit)
    happened = time_of(infusion, given, scope=scope)
    told = {
        "drug": given.drug,
        "dose": given.dose,
        "route": given.route,
        "indication": given.reason,
        **_ordered(given.ordered_by),
    }
    tell(infusion, [(Fact.RESCUE, told)], happened, scope=scope)
    find_unfit(visit, reason="a rescue drug was given", scope=scope)
    return infusion


def _ordered(by: UUID | None) -> dict[str, Any]:
    if by is None:
        return {"ordered_by": None}
    try:
        return {"ordered_by": str(people.account(by).id)}
    except people.NoSuchAccount:
        return {"ordered_by": None, "orderer_unknown": True}


def find_unfit(visit: UUID, *, reason: str, scope: Scope) -> None:
    """Something new has come up: a patient who was found fit to leave is watched again."""
    infusion = queries.held(visit)
    if infusion.state is State.DISCHARGE_READY:
        move(infusion, Act.FIND_UNFIT, Happened(scope.at), reason=reason, scope=scope)


def _in_time(new: NewReading, protocol: Protocol, scope: Scope) -> NewReading:
    """The set with the server's time, where the tablet's lies ahead; how far it was off is kept."""
    happened = urgent_time(new.occurred_at, recorded_at=scope.at, reason=new.late_reason, limits=protocol.late_entry)
    if Mark.CLOCK_AHEAD not in happened.marks:
        return new
    return replace(new, occurred_at=None, device_at=new.device_at or happened.claimed_at)
