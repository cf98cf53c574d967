"""The one place where a session's state changes, and where each act leaves its row."""

from clinic_api.audit import service as audit
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.sessions.models import InfusionSession, SessionEvent
from clinic_api.sessions.rules.life import LIFE, Act, State, after
from clinic_api.sessions.rules.record import EVENTS, Mark
from clinic_api.sessions.rules.times import Happened


def move(
    infusion: InfusionSession, act: Act, happened: Happened, *, reason: str | None = None, scope: Scope
) -> SessionEvent:
    """Do an act that the session's state allows.

    Raises:
        NotNow: it does not; says what is possible instead.
    """
    return _write(infusion, act, happened, to=after(infusion.state, act), reason=reason, scope=scope)


def take(
    infusion: InfusionSession, act: Act, happened: Happened, *, reason: str | None = None, scope: Scope
) -> SessionEvent:
    """Write down what happened, whatever the state says: where the table has no such step, nothing moves.

    The caller has made sure that the session is open: once it is signed, a later word is an addendum.
    """
    to = LIFE[infusion.state].get(act)
    marks = happened.marks if to is not None else (*happened.marks, Mark.OUT_OF_ORDER)
    told = Happened(happened.at, happened.claimed_at, marks)
    return _write(infusion, act, told, to=to or infusion.state, reason=reason, scope=scope)


def touched(infusion: InfusionSession) -> InfusionSession:
    """The session says more than before: its version grows."""
    infusion.version += 1
    return infusion


def _write(
    infusion: InfusionSession, act: Act, happened: Happened, *, to: State, reason: str | None, scope: Scope
) -> SessionEvent:
    event = put(
        SessionEvent(
            organisation=scope.organisation,
            id=new_id(scope.at),
            visit=infusion.id,
            act=act,
            from_state=infusion.state,
            to_state=to,
            occurred_at=happened.at,
            recorded_at=scope.at,
            claimed_at=happened.claimed_at,
            marks=[str(mark) for mark in happened.marks],
            reason=reason,
            by=scope.actor,
            device=scope.device,
        )
    )
    touched(infusion).state = to
    audit.record(EVENTS[act], infusion, event, act=act, to=to, marks=[str(mark) for mark in happened.marks])
    return event
