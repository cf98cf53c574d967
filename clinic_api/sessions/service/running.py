"""The dose runs: start, pause, resume, change of rate, stop. Pause and stop are taken from anybody, always."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics import service as clinics
from clinic_api.database.scope import Scope
from clinic_api.dosing.service import pumping as dosing
from clinic_api.monitoring import queries as monitoring
from clinic_api.protocols.rules.alerts import Tier
from clinic_api.sessions import queries
from clinic_api.sessions.models import InfusionSession
from clinic_api.sessions.rules.answers import PRESCRIBER, Fact
from clinic_api.sessions.rules.asked import GoOnTap, StartTap, Tap
from clinic_api.sessions.rules.gates import check_gates, check_start, resume_unmet
from clinic_api.sessions.rules.incident import check_starter
from clinic_api.sessions.rules.life import LIFE, Act, State, after
from clinic_api.sessions.rules.record import Mark, TaskKind
from clinic_api.sessions.rules.times import Happened, planned_time
from clinic_api.sessions.service.answers import opened, tell
from clinic_api.sessions.service.duties import open_duty
from clinic_api.sessions.service.facts import start_facts
from clinic_api.sessions.service.moves import move, take, touched
from clinic_api.sessions.service.orders import usable
from clinic_api.sessions.service.pinned import profile_of, protocol_of
from clinic_api.sessions.service.urgent import end_dose, marked, reckoned, tap_of, time_of

if TYPE_CHECKING:
    from clinic_api.dosing.service.pumping import Given

GRAVE = frozenset({Tier.URGENT, Tier.CRITICAL})
#: The pump holds drug for this patient and may be running.
ON_THE_PUMP = frozenset({State.INFUSING, State.PAUSED})


@dataclass(frozen=True)
class Stopped:
    """A session whose dose has ended; ``given`` is None where it could not be reckoned yet."""

    infusion: InfusionSession
    given: "Given | None"


def start(visit: UUID, tap: StartTap, *, scope: Scope) -> InfusionSession:
    """The infusion starts, in one tap; or it has started already, and that is written down.

    Raises:
        NotNow: drug is running, or the visit is over.
        GatesUnmet: names all that is missing.
        ReleaserStartsIt: the practice has two people for release and start.
    """
    infusion = opened(visit)
    if tap.already_happened:
        return _record_start(infusion, tap, scope=scope)
    if Act.RECORD_START not in LIFE[infusion.state]:
        after(infusion.state, Act.START)
    protocol = protocol_of(infusion)
    check_start(start_facts(infusion, protocol, at=scope.at), screening=protocol.screening, at=scope.at)
    released = queries.release(visit)
    check_starter(
        scope.by, released_by=None if released is None else released.released_by, profile=profile_of(infusion)
    )
    happened = _planned(infusion, tap, scope=scope)
    dosing.start(replace(tap_of(infusion, happened.at, tap.reason), ml_per_h=tap.ml_per_h), scope=scope)
    move(infusion, Act.START, happened, reason=tap.reason, scope=scope)
    infusion.started_at, infusion.owner = happened.at, scope.by
    return infusion


def _record_start(infusion: InfusionSession, tap: StartTap, *, scope: Scope) -> InfusionSession:
    """An incident: drug runs without its gates. The record takes it; the order is attached afterwards."""
    happened = time_of(infusion, tap, scope=scope)
    pump = replace(tap_of(infusion, happened.at, tap.reason), ml_per_h=tap.ml_per_h)
    _, marks = reckoned(lambda: dosing.start(pump, scope=scope), scope=scope)
    happened = marked(infusion, happened, (Mark.INCIDENT, *marks), scope=scope)
    take(infusion, Act.RECORD_START, happened, reason=tap.reason, scope=scope)
    if infusion.started_at is None or happened.at < infusion.started_at:
        infusion.started_at = happened.at
    if usable(infusion, at=scope.at) is None:
        due = scope.at + profile_of(infusion).order_attached_within
        open_duty(infusion, TaskKind.ATTACH_ORDER, due_at=due, scope=scope)
    return infusion


def pause(visit: UUID, tap: Tap, *, scope: Scope) -> InfusionSession:
    """The pump is paused; taken from anybody, also from a tablet alone.

    Raises:
        NoSuchVisit, NoSuchSession: not here.
        VisitSealed, SessionSigned: the session is signed.
    """
    infusion = opened(visit)
    happened = time_of(infusion, tap, scope=scope)
    marks: tuple[Mark, ...] = ()
    if infusion.state in ON_THE_PUMP:
        _, marks = reckoned(lambda: dosing.pause(tap_of(infusion, happened.at, tap.reason), scope=scope), scope=scope)
    take(infusion, Act.PAUSE, marked(infusion, happened, marks, scope=scope), reason=tap.reason, scope=scope)
    return infusion


def resume(visit: UUID, tap: GoOnTap, *, scope: Scope) -> InfusionSession:
    """The infusion goes on.

    Raises:
        NotNow: it is not paused.
        GatesUnmet: the pause was too long, or a grave alert is open and no prescriber agreed.
    """
    infusion = opened(visit)
    after(infusion.state, Act.RESUME)
    happened = _planned(infusion, tap, scope=scope)
    check_gates(
        resume_unmet(
            paused_at=_paused_at(infusion),
            at=happened.at,
            max_pause=protocol_of(infusion).max_pause,
            alert_open=any(it.confirmed and it.tier in GRAVE for it in monitoring.open_alerts(visit)),
            prescriber_agrees=_agrees(infusion, tap, happened, scope=scope),
        )
    )
    dosing.resume(replace(tap_of(infusion, happened.at, tap.reason), ml_per_h=tap.ml_per_h), scope=scope)
    move(infusion, Act.RESUME, happened, reason=tap.reason, scope=scope)
    return infusion


def change_rate(visit: UUID, tap: GoOnTap, *, scope: Scope) -> InfusionSession:
    """The pump is set to another rate; a new stretch begins.

    Raises:
        PumpCannot: it has not started, or has stopped.
        RateUnfit: no rate, or one of nothing.
    """
    infusion = opened(visit)
    happened = _planned(infusion, tap, scope=scope)
    dosing.change_rate(replace(tap_of(infusion, happened.at, tap.reason), ml_per_h=tap.ml_per_h), scope=scope)
    return touched(infusion)


def stop(visit: UUID, tap: Tap, *, scope: Scope) -> Stopped:
    """The dose ends; taken from anybody, in any state, also from a tablet alone and also late.

    Raises:
        NoSuchVisit, NoSuchSession: not here.
        VisitSealed, SessionSigned: the session is signed.
    """
    infusion = opened(visit)
    happened = time_of(infusion, tap, scope=scope)
    given, marks = end_dose(infusion, happened.at, reason=tap.reason, scope=scope)
    take(infusion, Act.STOP, marked(infusion, happened, marks, scope=scope), reason=tap.reason, scope=scope)
    return Stopped(infusion, given)


def _planned(infusion: InfusionSession, tap: Tap, *, scope: Scope) -> Happened:
    limits = protocol_of(infusion).late_entry
    return planned_time(tap.occurred_at, recorded_at=scope.at, reason=tap.reason, limits=limits)


def _paused_at(infusion: InfusionSession) -> datetime:
    pauses = [event for event in queries.events(infusion.id) if event.to_state is State.PAUSED]
    return max(event.occurred_at for event in pauses if event.from_state is State.INFUSING)


def _agrees(infusion: InfusionSession, tap: GoOnTap, happened: Happened, *, scope: Scope) -> bool | None:
    """Whether a prescriber said to go on: the one who taps, or the one who is named and stands by it on record."""
    if PRESCRIBER in scope.roles:
        return True
    if tap.agreed_by is None or Role.PRESCRIBER not in people.roles_of(tap.agreed_by):
        return None
    clinics.check_here_today(tap.agreed_by, site=infusion.site, scope=scope)
    tell(infusion, [(Fact.PRESCRIBER_AGREES, str(tap.agreed_by))], happened, scope=scope)
    return True
