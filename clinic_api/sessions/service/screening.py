"""Screening a patient, and the prescriber's release."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.dosing import queries as doses
from clinic_api.identifiers import new_id
from clinic_api.sessions.models import InfusionSession, Release
from clinic_api.sessions.rules.answers import Fact
from clinic_api.sessions.rules.asked import Releasing, Tap
from clinic_api.sessions.rules.gates import Gate, check_gates, check_ready, ready_unmet
from clinic_api.sessions.rules.life import Act, State, after
from clinic_api.sessions.rules.record import Event, TaskKind
from clinic_api.sessions.rules.times import Happened
from clinic_api.sessions.service.answers import begin_screening, opened, tell
from clinic_api.sessions.service.duties import close_duties, open_duty
from clinic_api.sessions.service.facts import ready_facts
from clinic_api.sessions.service.moves import move
from clinic_api.sessions.service.orders import order_now
from clinic_api.sessions.service.pinned import protocol_of
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning


def complete_screening(visit: UUID, *, scope: Scope) -> InfusionSession:
    """All but the release is there; the prescriber is asked for it.

    Raises:
        GatesUnmet: names all that is missing.
        NotNow: the patient is not being screened.
    """
    infusion = opened(visit)
    begin_screening(infusion, scope=scope)
    after(infusion.state, Act.MAKE_READY)
    protocol = protocol_of(infusion)
    unmet = ready_unmet(ready_facts(infusion, protocol, at=scope.at), screening=protocol.screening, at=scope.at)
    check_gates(tuple(it for it in unmet if it.gate is not Gate.RELEASE))
    open_duty(infusion, TaskKind.RELEASE, due_at=scope.at, scope=scope)
    return infusion


def release(visit: UUID, decided: Releasing, *, scope: Scope) -> InfusionSession:
    """The prescriber releases today's dose, clearing with a reason what needs clearing; the patient is ready.

    A release that has grown old is given again from ``ready``.

    Raises:
        NotNow: a dose is running or over.
        GatesUnmet: names all that is missing, the order included.
        OrderExpired, OrderUsedUp, …: the newest order does not hold.
    """
    infusion = opened(visit)
    begin_screening(infusion, scope=scope)
    tell(infusion, _said(decided), Happened(scope.at), scope=scope)
    if infusion.state is State.READY:
        move(infusion, Act.WITHDRAW_RELEASE, Happened(scope.at), reason="released anew", scope=scope)
    after(infusion.state, Act.MAKE_READY)
    order, protocol = order_now(infusion, at=scope.at), protocol_of(infusion)
    facts = replace(ready_facts(infusion, protocol, at=scope.at), released_at=scope.at)
    check_ready(facts, screening=protocol.screening, at=scope.at)
    _keep(infusion, order.id, scope=scope)
    move(infusion, Act.MAKE_READY, Happened(scope.at), scope=scope)
    close_duties(visit, TaskKind.RELEASE, outcome="released", scope=scope)
    return infusion


def withdraw_release(visit: UUID, tap: Tap, *, scope: Scope) -> InfusionSession:
    """Take the release back: the patient is screened again.

    Raises:
        NotNow: the patient is not waiting for the dose.
    """
    infusion = opened(visit)
    move(infusion, Act.WITHDRAW_RELEASE, Happened(scope.at), reason=tap.reason, scope=scope)
    return infusion


def _said(decided: Releasing) -> Iterator[tuple[Fact, Any]]:
    if decided.pressure_hold_reason is not None:
        yield Fact.PRESSURE_HOLD_CLEARED, {"reason": decided.pressure_hold_reason}
    if decided.safety_plan_on is not None:
        yield Fact.SAFETY_PLAN_ON, decided.safety_plan_on.isoformat()
    if decided.safety_action is not None:
        yield Fact.SAFETY_ACTION, decided.safety_action


def _keep(infusion: InfusionSession, order: UUID, *, scope: Scope) -> Release:
    working = doses.working_of(infusion.id)
    row = put(
        Release(
            organisation=scope.organisation,
            id=new_id(scope.at),
            visit=infusion.id,
            series_order=order,
            working=None if working is None else working.id,
            released_by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.RELEASED, infusion, row)
    signatures.sign(row, Meaning.RELEASED, scope=scope)
    return row
