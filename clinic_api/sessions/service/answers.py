"""Telling facts about a visit: each is a row, the newest of a name counts."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.patients import service as visits
from clinic_api.protocols.rules.signs import Plausibility
from clinic_api.quantities import Weight
from clinic_api.sessions import queries
from clinic_api.sessions.models import InfusionSession, SessionAnswer
from clinic_api.sessions.rules.answers import SEALED, Fact, check_may_tell
from clinic_api.sessions.rules.asked import Answers
from clinic_api.sessions.rules.body import check_body
from clinic_api.sessions.rules.life import Act, State
from clinic_api.sessions.rules.record import Event, TaskKind, check_open
from clinic_api.sessions.rules.times import Happened, check_told, planned_time
from clinic_api.sessions.service.duties import close_duties
from clinic_api.sessions.service.moves import move, touched
from clinic_api.sessions.service.pinned import protocol_of


def answer(visit: UUID, told: Answers, *, scope: Scope) -> InfusionSession:
    """Tell facts about a visit; the first of them begins the screening.

    Raises:
        NoSuchVisit, NoSuchSession: not here.
        VisitSealed, SessionSigned: it is signed.
        ForAPrescriber: a fact is a prescriber's decision.
        TimeInTheFuture, LateReasonMissing: see ``planned_time``.
        NotYetHappened: what was eaten or what befell lies ahead.
        ImpossibleMeasure: a weight or height that nobody has.
    """
    infusion = opened(visit)
    check_may_tell([fact for fact, _ in told.facts], roles=scope.roles)
    protocol = protocol_of(infusion)
    happened = planned_time(told.occurred_at, recorded_at=scope.at, reason=told.late_reason, limits=protocol.late_entry)
    check_told(told.facts, recorded_at=scope.at, limits=protocol.late_entry)
    _check_measured(dict(told.facts), protocol.plausibility)
    begin_screening(infusion, scope=scope)
    tell(infusion, told.facts, happened, late_reason=told.late_reason, scope=scope)
    if any(fact is Fact.PRESCRIBER_TOLD for fact, _ in told.facts):
        close_duties(visit, TaskKind.TELL_PRESCRIBER, outcome="told", scope=scope)
    return infusion


def _check_measured(facts: dict[Fact, Any], limits: Plausibility) -> None:
    weight = facts.get(Fact.WEIGHT)
    check_body(weight=None if weight is None else Weight.kg(weight), height_mm=facts.get(Fact.HEIGHT), limits=limits)


def opened(visit: UUID) -> InfusionSession:
    """A session that may still be added to, held until the transaction ends."""
    visits.hold(visit)
    infusion = queries.held(visit)
    check_open(infusion.state)
    return infusion


def begin_screening(infusion: InfusionSession, *, scope: Scope) -> None:
    """A patient who is only checked in is being screened from the first fact on."""
    if infusion.state is State.CHECKED_IN:
        move(infusion, Act.SCREEN, Happened(scope.at), scope=scope)


def tell(
    infusion: InfusionSession,
    facts: Iterable[tuple[Fact, Any]],
    happened: Happened,
    *,
    late_reason: str | None = None,
    scope: Scope,
) -> list[SessionAnswer]:
    """Write facts down; what names a person or is free text goes under seal."""
    rows = [
        put(_row(infusion.id, fact, value, happened, late_reason=late_reason, scope=scope)) for fact, value in facts
    ]
    if rows:
        touched(infusion)
        audit.record(Event.ANSWERED, infusion, *rows, answered=[str(row.fact) for row in rows])
    return rows


def _row(
    visit: UUID, fact: Fact, value: Any, happened: Happened, *, late_reason: str | None, scope: Scope
) -> SessionAnswer:
    id = new_id(scope.at)
    sealed = fact in SEALED
    return SessionAnswer(
        organisation=scope.organisation,
        id=id,
        visit=visit,
        fact=fact,
        value=None if sealed else value,
        sealed=queries.closed(value, id) if sealed else None,
        occurred_at=happened.at,
        recorded_at=scope.at,
        late_reason=late_reason,
        by=scope.actor,
        device=scope.device,
    )
