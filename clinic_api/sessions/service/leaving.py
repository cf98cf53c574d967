"""A patient leaves: discharged on a proof, or simply gone. Nobody is ever held."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.database.rows import plain, put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.protocols.rules.discharge import Step
from clinic_api.sessions import queries
from clinic_api.sessions.models import DischargeProof, InfusionSession
from clinic_api.sessions.rules.answers import Fact, check_may_tell
from clinic_api.sessions.rules.asked import LEAVING, LeavingTap, Override, Tap
from clinic_api.sessions.rules.discharge import (
    CriterionResult,
    check_discharge,
    check_fit,
    check_overridable,
    discharge_proof,
)
from clinic_api.sessions.rules.life import Act, State, after
from clinic_api.sessions.rules.record import Event, TaskKind
from clinic_api.sessions.rules.times import Happened, planned_time
from clinic_api.sessions.service.answers import opened, tell
from clinic_api.sessions.service.duties import open_duty
from clinic_api.sessions.service.facts import discharge_facts
from clinic_api.sessions.service.moves import move, take
from clinic_api.sessions.service.pinned import protocol_of
from clinic_api.sessions.service.urgent import end_dose, marked, time_of
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning


def find_fit(visit: UUID, *, scope: Scope) -> InfusionSession:
    """The patient is fit to leave; what is left is the line, the instructions and the escort.

    Raises:
        NotNow: the patient is not recovering.
        NotFitForDischarge: names each criterion that is not proven.
    """
    infusion = opened(visit)
    after(infusion.state, Act.FIND_FIT)
    proof, overridden = proof_now(infusion, Happened(scope.at))
    check_fit(proof, overridden=overridden)
    _keep(infusion, proof, Step.FIT, Happened(scope.at), scope=scope)
    move(infusion, Act.FIND_FIT, Happened(scope.at), scope=scope)
    return infusion


def discharge(visit: UUID, tap: Tap, *, scope: Scope) -> InfusionSession:
    """The patient leaves, proven fit; the proof is kept as it stood.

    Raises:
        NotNow: the patient is not recovering, or has left.
        NotFitForDischarge: names each criterion that is not proven, with its value, limit and the ways out.
    """
    infusion = opened(visit)
    if infusion.state is not State.RECOVERING:
        after(infusion.state, Act.DISCHARGE)
    limits = protocol_of(infusion).late_entry
    happened = planned_time(tap.occurred_at, recorded_at=scope.at, reason=tap.reason, limits=limits)
    proof, overridden = proof_now(infusion, happened)
    check_discharge(proof, overridden=overridden)
    if infusion.state is State.RECOVERING:
        move(infusion, Act.FIND_FIT, happened, scope=scope)
    _keep(infusion, proof, Step.LEAVING, happened, scope=scope)
    move(infusion, Act.DISCHARGE, happened, reason=tap.reason, scope=scope)
    infusion.left_at = happened.at
    return infusion


def override(visit: UUID, accepted: tuple[Override, ...], *, scope: Scope) -> InfusionSession:
    """A prescriber accepts, each with a reason, discharge criteria that are not met; printed with the summary.

    Raises:
        ForAPrescriber: the acting person is none.
        NotOverridable: a criterion the protocol wants proven, or does not know.
    """
    infusion = opened(visit)
    check_may_tell([Fact.DISCHARGE_OVERRIDE], roles=scope.roles)
    proof, _ = proof_now(infusion, Happened(scope.at))
    check_overridable(proof, [it.criterion for it in accepted])
    facts = [(Fact.DISCHARGE_OVERRIDE, asdict(it)) for it in accepted]
    for row in tell(infusion, facts, Happened(scope.at), scope=scope):
        signatures.sign(row, Meaning.OVERRIDDEN, scope=scope)
    return infusion


def leave(visit: UUID, tap: LeavingTap, *, scope: Scope) -> InfusionSession:
    """The patient left without being discharged: one tap, always, also from a tablet alone.

    Raises:
        NoSuchVisit, NoSuchSession: not here.
        VisitSealed, SessionSigned: the session is signed.
    """
    return _gone(visit, LEAVING[tap.manner], tap, scope=scope)


def emergency(visit: UUID, tap: Tap, *, scope: Scope) -> InfusionSession:
    """The patient is handed over to an ambulance: one tap, always, also from a tablet alone.

    Raises:
        NoSuchVisit, NoSuchSession: not here.
        VisitSealed, SessionSigned: the session is signed.
    """
    return _gone(visit, Act.TRANSFER, tap, scope=scope)


def abort(visit: UUID, tap: Tap, *, scope: Scope) -> InfusionSession:
    """The visit ends without a dose; what was drawn is wasted with a witness.

    Raises:
        NotNow: drug has been given.
    """
    infusion = opened(visit)
    move(infusion, Act.ABORT, Happened(scope.at), reason=tap.reason, scope=scope)
    infusion.left_at = scope.at
    return infusion


def proof_now(infusion: InfusionSession, happened: Happened) -> tuple[tuple[CriterionResult, ...], frozenset[str]]:
    """Every discharge criterion as it stands, and the names of those a prescriber accepted."""
    criteria = protocol_of(infusion).discharge
    proof = discharge_proof(discharge_facts(infusion), criteria=criteria, at=happened.at)
    accepted = queries.told(infusion.id).overrides(since=infusion.stopped_at)
    return proof, frozenset(accepted)


def _gone(visit: UUID, act: Act, tap: Tap, *, scope: Scope) -> InfusionSession:
    """Who leaves takes the pump's end along; a prescriber is told."""
    infusion = opened(visit)
    happened = time_of(infusion, tap, scope=scope)
    _, marks = end_dose(infusion, happened.at, reason=tap.reason, scope=scope)
    take(infusion, act, marked(infusion, happened, marks, scope=scope), reason=tap.reason, scope=scope)
    if infusion.left_at is None or happened.at < infusion.left_at:
        infusion.left_at = happened.at
    open_duty(infusion, TaskKind.TELL_PRESCRIBER, due_at=scope.at, scope=scope)
    return infusion


def _keep(
    infusion: InfusionSession, proof: tuple[CriterionResult, ...], step: Step, happened: Happened, *, scope: Scope
) -> DischargeProof:
    accepted = queries.told(infusion.id).overrides(since=infusion.stopped_at)
    row = put(
        DischargeProof(
            organisation=scope.organisation,
            id=new_id(scope.at),
            visit=infusion.id,
            step=step,
            criteria=[_said(it) for it in proof],
            overridden=sorted(it.name for it in proof if not it.met and it.name in accepted),
            occurred_at=happened.at,
            by=scope.actor,
            at=scope.at,
        )
    )
    audit.record(Event.DISCHARGE_PROVEN, infusion, row, step=step)
    return row


def _said(result: CriterionResult) -> dict[str, Any]:
    """A line of the proof as plain values; ages in whole seconds."""
    said = asdict(result) | {"age": None if result.age is None else int(result.age.total_seconds())}
    return {("age_seconds" if name == "age" else name): plain(value) for name, value in said.items()}
