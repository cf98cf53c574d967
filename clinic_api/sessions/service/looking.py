"""Looking at a visit: the whole session as the chair shows it, the sets that are due, the board of a site."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.database.scope import Scope
from clinic_api.dosing import queries as doses
from clinic_api.dosing.service import pumping as dosing
from clinic_api.errors import Refusal
from clinic_api.inventory.queries import cases
from clinic_api.monitoring import queries as monitoring
from clinic_api.monitoring.rules.due import DueSet
from clinic_api.monitoring.rules.entries import KeptAlert, KeptScore
from clinic_api.patients.queries import patients
from clinic_api.patients.rules.identity import Identity
from clinic_api.protocols.rules.alerts import Tier
from clinic_api.protocols.rules.protocol import Protocol
from clinic_api.quantities import Mass
from clinic_api.sessions import queries
from clinic_api.sessions.models import InfusionSession, Release, SessionEvent
from clinic_api.sessions.rules.answers import SEALED, Answer, told_of
from clinic_api.sessions.rules.closing import Blocker, close_blockers
from clinic_api.sessions.rules.discharge import CriterionResult
from clinic_api.sessions.rules.gates import Unmet, start_unmet
from clinic_api.sessions.rules.life import LIFE, Act, State
from clinic_api.sessions.rules.telling import initials, minutes_between
from clinic_api.sessions.rules.times import Happened
from clinic_api.sessions.service.closing import close_facts
from clinic_api.sessions.service.facts import start_facts
from clinic_api.sessions.service.leaving import proof_now
from clinic_api.sessions.service.pinned import protocol_of
from clinic_api.sessions.service.sets import next_due, sets_asked, sets_of

if TYPE_CHECKING:
    from clinic_api.dosing.models import DoseWorkingRow, Preparation, Substitution
    from clinic_api.orders.models import SeriesOrderRow
    from clinic_api.signatures.models import Attestation


@dataclass(frozen=True)
class Who:
    """The patient as this screen may show them: a tablet alone shows initials and no more."""

    id: UUID
    initials: str
    name: str | None
    date_of_birth: date | None
    mrn: str | None


@dataclass(frozen=True)
class Live:
    """Where the dose stands at this moment.

    Args:
        waste_due: what would have to be wasted if it stopped now; once it has stopped, what still has to be.
    """

    pump: str
    ml_per_h: Fraction
    delivered: Mass
    delivered_ml: Fraction
    left: Mass
    waste_due: Mass
    running_seconds: int
    emptied: bool


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A session and all that hangs on it, as the chair shows it.

    Args:
        unmet: before the dose, every gate that keeps it from starting.
        discharge: after it, every discharge criterion as it stands.
        blockers: once the patient has left, what keeps the session from being signed.
    """

    infusion: InfusionSession
    patient: Who
    chair_name: str
    protocol: Protocol
    order: "SeriesOrderRow | None"
    working: "DoseWorkingRow | None"
    substitutions: "Sequence[Substitution]"
    preparation: "Preparation | None"
    live: Live | None
    release: Release | None
    readings: monitoring.Sets
    due: Sequence[DueSet]
    alerts: Sequence[KeptAlert]
    scores: Sequence[KeptScore]
    answers: Sequence[Answer]
    events: Sequence[SessionEvent]
    unmet: Sequence[Unmet]
    discharge: Sequence[CriterionResult]
    blockers: Sequence[Blocker]
    signatures: "Sequence[Attestation]"

    @property
    def id(self) -> UUID:
        """The session's id."""
        return self.infusion.id

    @property
    def version(self) -> int:
        """The session's version, for the ETag."""
        return self.infusion.version

    @property
    def possible(self) -> Sequence[Act]:
        """What can be done next, by the table."""
        return sorted(LIFE[self.infusion.state])


@dataclass(frozen=True)
class OnTheBoard:
    """One chair, as a screen on the wall may show it."""

    session: UUID
    chair: UUID
    chair_name: str
    initials: str
    state: State
    minutes: int | None
    next_due: DueSet | None
    open_alerts: int
    worst: Tier | None


def whole(visit: UUID, *, scope: Scope) -> Whole:
    """The whole session as it stands at this moment.

    Raises:
        NoSuchSession: not here.
    """
    found = queries.everything(visit)
    infusion, at = found["sessions"][0], scope.at
    sets = monitoring.Sets(found["readings"])
    return Whole(
        infusion=infusion,
        patient=_who(patients.newest_identity(found["identities"]), scope=scope),
        chair_name=found["chairs"][0].name,
        protocol=protocol_of(infusion),
        order=_newest(found["orders"]),
        working=_newest(found["workings"]),
        substitutions=found["substitutions"],
        preparation=_newest(found["preparations"]),
        live=_live(found, at=at),
        release=queries.holding(found["releases"], found["events"]),
        readings=sets,
        due=sets_asked(infusion, sets.held_at(), at=at),
        alerts=monitoring.answered([row._asdict() for row in found["alerts"]], found["alert_answers"]),
        scores=[monitoring.kept_score(row) for row in found["scores"]],
        answers=_answers(found["answers"], scope=scope),
        events=found["events"],
        unmet=_unmet(infusion, at=at),
        discharge=_discharge(infusion, at=at),
        blockers=_blockers(infusion, at=at),
        signatures=_signatures(found),
    )


def due(visit: UUID, *, scope: Scope) -> dict[str, Any]:
    """The sets that the protocol asks for, with their states, and which is next.

    Raises:
        NoSuchSession: not here.
    """
    infusion = queries.infusion(visit)
    audit.shows(infusion.patient)
    sets = sets_of(infusion, at=scope.at)
    return {"items": sets, "next": next_due(sets)}


def board(site: UUID, *, scope: Scope) -> list[OnTheBoard]:
    """Who sits where at a site now: chair and initials, no name.

    Raises:
        NoSuchSite: not here.
    """
    here = queries.on_the_board(clinics.site(site).id)
    chairs = {chair.id: chair.name for chair in clinics.chairs(site)}
    known = patients.identities({infusion.patient for infusion in here}) if here else {}
    return [_line(it, chairs[it.chair], known[it.patient].name, at=scope.at) for it in here]


def _line(infusion: InfusionSession, chair_name: str, name: str, *, at: datetime) -> OnTheBoard:
    alerts = monitoring.open_alerts(infusion.id)
    worst = max((alert.tier for alert in alerts), key=lambda tier: tier.rank, default=None)
    return OnTheBoard(
        session=infusion.id,
        chair=infusion.chair,
        chair_name=chair_name,
        initials=initials(name),
        state=infusion.state,
        minutes=None if infusion.started_at is None else minutes_between(infusion.started_at, at),
        next_due=next_due(sets_of(infusion, at=at)),
        open_alerts=len(alerts),
        worst=worst,
    )


def _newest(rows: Sequence[Any]) -> Any:
    return rows[-1] if rows else None


def _who(known: Identity, *, scope: Scope) -> Who:
    if scope.actor is None:
        return Who(known.id, initials(known.name), None, None, None)
    return Who(known.id, initials(known.name), known.name, known.date_of_birth, known.mrn)


def _answers(rows: Sequence[Any], *, scope: Scope) -> Sequence[Answer]:
    """What was told; a tablet without a person shows nothing that is kept sealed."""
    told = told_of(queries.opened(row) for row in rows).answers
    return told if scope.actor is not None else [answer for answer in told if answer.fact not in SEALED]


def _live(found: dict[str, list[Any]], *, at: datetime) -> Live | None:
    """What was given by now; None where the pump's record contradicts itself and a person must look."""
    preparation, stopped = _newest(found["preparations"]), bool(found["administrations"])
    if preparation is None:
        return None
    with suppress(Refusal):
        progress = dosing.progress_of(preparation, doses.as_pump_events(found["pump_events"]), at=at)
        return Live(
            pump=str(progress.record.state),
            ml_per_h=progress.record.rate,
            delivered=progress.delivered.mass,
            delivered_ml=progress.delivered.volume_ul / 1000,
            left=progress.left,
            waste_due=_owed(preparation.visit) if stopped else progress.left,
            running_seconds=progress.delivered.running_seconds,
            emptied=progress.delivered.emptied,
        )
    return None


def _owed(visit: UUID) -> Mass:
    """What of the visit's draws is neither given, wasted nor returned."""
    return Mass.total(balance.left for balance in cases.case_balances(visit))


def _unmet(infusion: InfusionSession, *, at: datetime) -> tuple[Unmet, ...]:
    """Before the dose: every gate that keeps it from starting."""
    if Act.RECORD_START not in LIFE[infusion.state]:
        return ()
    protocol = protocol_of(infusion)
    return start_unmet(start_facts(infusion, protocol, at=at), screening=protocol.screening, at=at)


def _discharge(infusion: InfusionSession, *, at: datetime) -> tuple[CriterionResult, ...]:
    """After the dose: every discharge criterion as it stands."""
    if infusion.state not in {State.RECOVERING, State.DISCHARGE_READY}:
        return ()
    return proof_now(infusion, Happened(at))[0]


def _blockers(infusion: InfusionSession, *, at: datetime) -> tuple[Blocker, ...]:
    """After the patient has left: what keeps the session from being signed."""
    if Act.SIGN not in LIFE[infusion.state]:
        return ()
    return close_blockers(close_facts(infusion, at=at))


def _signatures(found: dict[str, list[Any]]) -> "Sequence[Attestation]":
    """The signatures on the record's newest version."""
    record = _newest(found["signed_records"])
    return () if record is None else [each for each in found["attestations"] if each.subject == record.id]
