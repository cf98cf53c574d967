"""Gathering what the rules ask: before the dose, before going on, before leaving, before signing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics import queries as clinics
from clinic_api.dosing import queries as doses
from clinic_api.monitoring import queries as monitoring
from clinic_api.monitoring.rules.entries import KeptScore
from clinic_api.monitoring.rules.history import baseline_of
from clinic_api.monitoring.rules.scales import judge_safety
from clinic_api.patients.queries import records
from clinic_api.protocols import queries as protocols
from clinic_api.protocols.rules.instrument import Instrument
from clinic_api.protocols.rules.protocol import Protocol
from clinic_api.sessions import queries
from clinic_api.sessions.models import InfusionSession
from clinic_api.sessions.rules.answers import Fact, Told
from clinic_api.sessions.rules.baseline import gate_baseline
from clinic_api.sessions.rules.discharge import DischargeFacts
from clinic_api.sessions.rules.dose_check import ThisDose, moments_of
from clinic_api.sessions.rules.gates import ReadyFacts, StartFacts
from clinic_api.sessions.rules.safety import SafetyTold, safety_answered
from clinic_api.sessions.service.orders import usable
from clinic_api.sessions.service.pinned import profile_of


@dataclass(frozen=True)
class Asked:
    """The scale with the suicide item, as the patient last answered it."""

    instrument: Instrument | None
    score: KeptScore | None


def questionnaire(infusion: InfusionSession, protocol: Protocol) -> Asked:
    """The newest answers to the protocol's scale that has a suicide item."""
    scales = [protocols.current_instrument(key).instrument for key in protocol.instruments]
    scale = next((scale for scale in scales if scale.safety is not None), None)
    answered = () if scale is None else monitoring.series(infusion.patient, scale.key)
    return Asked(scale, answered[-1] if answered else None)


def safety(infusion: InfusionSession, asked: Asked, told: Told) -> bool | None:
    """Whether what the suicide item asks for is done; where it was not asked, whether a clinician says what was."""
    if asked.instrument is None or asked.instrument.safety is None or asked.score is None:
        return True if told.newest(Fact.SAFETY_ACTION) is not None else None
    since = asked.score.occurred_at
    before = monitoring.safety_answer_before(infusion.patient, asked.score.key, visit=asked.score.visit)
    judged = judge_safety(
        asked.instrument.safety,
        answer=asked.score.safety_answer,
        previous=before,
        interview=told.value(Fact.SAFETY_INTERVIEW, since=since),
    )
    plan, action = told.newest(Fact.SAFETY_PLAN_ON), told.newest(Fact.SAFETY_ACTION)
    done = SafetyTold(
        plan_at=None if plan is None else plan.occurred_at, action_at=None if action is None else action.occurred_at
    )
    return safety_answered(judged.step, done, asked_at=since)


def ready_facts(infusion: InfusionSession, protocol: Protocol, *, at: datetime) -> ReadyFacts:
    """What is known of the patient before the dose."""
    told, asked = queries.told(infusion.id), questionnaire(infusion, protocol)
    baseline = gate_baseline(monitoring.taken(infusion.id), signs=protocol.screening.signs)
    cleared = told.newest(Fact.PRESSURE_HOLD_CLEARED, since=None if baseline is None else baseline.pressure_at)
    released = queries.release(infusion.id)
    return ReadyFacts(
        consents_in_force=frozenset(str(kind) for kind in records.consents_in_force(infusion.patient, at=at)),
        last_solids_at=told.moment(Fact.LAST_SOLIDS),
        last_clear_fluids_at=told.moment(Fact.LAST_CLEAR_FLUIDS),
        escort_named=True if told.newest(Fact.ESCORT) is not None else None,
        baseline=None if baseline is None else baseline.reading,
        pressure_hold_cleared=True if cleared is not None else None,
        questionnaire_at=None if asked.score is None else asked.score.occurred_at,
        safety_answered=safety(infusion, asked, told),
        released_at=None if released is None else released.at,
    )


def start_facts(infusion: InfusionSession, protocol: Protocol, *, at: datetime) -> StartFacts:
    """What is known at the moment of the start."""
    preparation = doses.preparation_of(infusion.id)
    return StartFacts(
        ready=ready_facts(infusion, protocol, at=at),
        order_active=usable(infusion, at=at) is not None,
        drug_drawn=preparation is not None,
        dose_check_required=bool(dose_check_moments(infusion, protocol)),
        dose_checked=dose_checked(infusion.id, since=None if preparation is None else preparation.at),
        prescriber_on_site=bool(prescribers_here(infusion.site, at=at)),
    )


def dose_check_moments(infusion: InfusionSession, protocol: Protocol) -> tuple[str, ...]:
    """Why the practice profile asks for a second check of this dose; empty where it does not."""
    working = doses.working_of(infusion.id)
    if working is None:
        return ()
    earlier = [it.id for it in queries.sessions_of(infusion.patient) if it.id != infusion.id and it.started_at]
    last = doses.last_working_of_patient(earlier) if earlier else None
    dose = ThisDose(
        route=protocol.route,
        ordered=working.ordered,
        last_ordered=None if last is None else last.ordered,
        strength=working.label,
        last_strength=None if last is None else last.label,
    )
    return tuple(str(moment) for moment in moments_of(dose, profile_of(infusion).dose_check))


def dose_checked(visit: UUID, *, since: datetime | None) -> bool | None:
    """Whether the newest second look since the dose was made up agreed; None where nobody looked."""
    seen = queries.told(visit).value(Fact.DOSE_CHECK, since=since)
    return None if seen is None else not seen["differs"]


def prescribers_here(site: UUID, *, at: datetime) -> list[UUID]:
    """The prescribers who are checked in at a site at a moment."""
    accounts = {presence.account for presence in clinics.present(site, at=at)}
    return [account for account in accounts if Role.PRESCRIBER in people.roles_of(account)]


def discharge_facts(infusion: InfusionSession) -> DischargeFacts:
    """What is known of a patient who wants to leave; what was seen while drug ran does not count."""
    told, sets, stopped = queries.told(infusion.id), monitoring.taken(infusion.id), infusion.stopped_at
    rescues = [answer.occurred_at for answer in told.every(Fact.RESCUE)]
    return DischargeFacts(
        stay_from=None if stopped is None else max([stopped, *rescues]),
        baseline=baseline_of(sets, started_at=infusion.started_at),
        readings=sets,
        aldrete=told.value(Fact.ALDRETE, since=stopped),
        gait_steady=told.value(Fact.GAIT_STEADY, since=stopped),
        nausea_controlled=told.value(Fact.NAUSEA_CONTROLLED, since=stopped),
        suicide_item_rechecked=told.value(Fact.SUICIDE_ITEM_RECHECKED, since=stopped),
        line_removed=told.value(Fact.LINE_REMOVED, since=stopped),
        instructions_given=told.value(Fact.INSTRUCTIONS_GIVEN, since=stopped),
        escort_identified=told.value(Fact.ESCORT_IDENTIFIED, since=stopped),
    )
