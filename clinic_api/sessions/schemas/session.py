"""What goes out: a session in short, the whole of it, the sets that are due, the board."""

from typing import Any, Final

from marshmallow import fields

from clinic_api.http.fields import Body, MassField, Moment, YesNo
from clinic_api.http.serializers import fast
from clinic_api.monitoring.rules.due import DueState
from clinic_api.monitoring.schemas import AlertOut, ScoreOut, SetsField
from clinic_api.orders.schemas import OrderOut, RatioField
from clinic_api.protocols.rules.alerts import Tier
from clinic_api.protocols.rules.discharge import Step
from clinic_api.sessions.rules.answers import Fact
from clinic_api.sessions.rules.closing import BlockerKind
from clinic_api.sessions.rules.gates import Gate
from clinic_api.sessions.rules.life import Act, State
from clinic_api.sessions.schemas.doses import PreparationOut, SubstitutionOut, WorkingOut
from clinic_api.signatures.schemas import AttestationOut


class SessionOut(Body):
    """A session in short, as an act leaves it."""

    id = fields.UUID()
    patient = fields.UUID()
    site = fields.UUID()
    chair = fields.UUID()
    appointment = fields.UUID(allow_none=True)
    protocol = fields.UUID()
    profile = fields.UUID()
    state = fields.Enum(State, by_value=True)
    version = fields.Integer()
    owner = fields.UUID()
    series_order = fields.UUID(allow_none=True)
    identifiers_checked = fields.List(fields.String())
    checked_in_at = Moment(attribute="at")
    started_at = Moment(allow_none=True)
    stopped_at = Moment(allow_none=True)
    left_at = Moment(allow_none=True)


class GivenOut(Body):
    """How a dose ended."""

    administered_mg = MassField(attribute="administered")
    waste_due_mg = MassField(attribute="waste_due")
    syringe = fields.UUID()


class StoppedOut(Body):
    """A session whose dose has ended; ``given`` is null where the ledger could not follow yet."""

    session = fields.Nested(SessionOut(), attribute="infusion")
    given = fields.Nested(GivenOut(), allow_none=True)


class DueOut(Body):
    """One set that the protocol asks for."""

    minute = fields.Integer()
    due_at = Moment()
    state = fields.Enum(DueState, by_value=True)
    taken_at = Moment(allow_none=True)
    late = YesNo()


class DuePage(Body):
    """The sets of a session, in order."""

    items = fields.List(fields.Nested(DueOut()))
    next = fields.Nested(DueOut(), allow_none=True)


class WhoOut(Body):
    """The patient, as this screen may show them."""

    id = fields.UUID()
    initials = fields.String()
    name = fields.String(allow_none=True)
    date_of_birth = fields.Date(allow_none=True)
    mrn = fields.String(allow_none=True)


class ProtocolOut(Body):
    """Which version of which protocol."""

    key = fields.String()
    version = fields.Integer()
    title = fields.String()


class LiveOut(Body):
    """Where the dose stands at this moment; an amount that does not end in decimals is rounded for showing only."""

    pump = fields.String()
    ml_per_h = RatioField()
    delivered_mg = MassField(attribute="delivered")
    delivered_ml = RatioField()
    left_mg = MassField(attribute="left")
    waste_due_mg = MassField(attribute="waste_due")
    running_seconds = fields.Integer()
    emptied = YesNo()


class ReleaseOut(Body):
    """The release that holds."""

    id = fields.UUID()
    released_by = fields.UUID()
    series_order = fields.UUID()
    at = Moment()


class AnswerOut(Body):
    """One fact as it was told."""

    fact = fields.Enum(Fact, by_value=True)
    value = fields.Raw()
    occurred_at = Moment()
    recorded_at = Moment()
    by = fields.UUID(allow_none=True)


class EventOut(Body):
    """One act."""

    id = fields.UUID()
    act = fields.Enum(Act, by_value=True)
    from_state = fields.Enum(State, by_value=True)
    to_state = fields.Enum(State, by_value=True)
    occurred_at = Moment()
    recorded_at = Moment()
    claimed_at = Moment(allow_none=True)
    marks = fields.List(fields.String())
    reason = fields.String(allow_none=True)
    by = fields.UUID(allow_none=True)
    device = fields.UUID(allow_none=True)


class UnmetOut(Body):
    """A gate that is not met, and the way out."""

    gate = fields.Enum(Gate, by_value=True)
    what = fields.String()
    way_out = fields.String()


class CriterionOut(Body):
    """A line of the discharge proof."""

    name = fields.String()
    step = fields.Enum(Step, by_value=True)
    met = YesNo()
    value = fields.String(allow_none=True)
    limit = fields.String()
    age_seconds = fields.Function(lambda it: _seconds(it.age), metadata={"type": "integer"})
    may_override = YesNo()


class BlockerOut(Body):
    """What keeps a session from being signed, and the way out."""

    kind = fields.Enum(BlockerKind, by_value=True)
    sentence = fields.String()
    way_out = fields.String()


class WholeOut(Body):
    """A session and all that hangs on it."""

    session = fields.Nested(SessionOut(), attribute="infusion")
    patient = fields.Nested(WhoOut())
    chair_name = fields.String()
    protocol = fields.Nested(ProtocolOut())
    possible = fields.List(fields.Enum(Act, by_value=True))
    order = fields.Nested(OrderOut(), allow_none=True)
    working = fields.Nested(WorkingOut(), allow_none=True)
    substitutions = fields.List(fields.Nested(SubstitutionOut()))
    preparation = fields.Nested(PreparationOut(), allow_none=True)
    live = fields.Nested(LiveOut(), allow_none=True)
    release = fields.Nested(ReleaseOut(), allow_none=True)
    readings = SetsField()
    due = fields.List(fields.Nested(DueOut()))
    alerts = fields.List(fields.Nested(AlertOut()))
    scores = fields.List(fields.Nested(ScoreOut()))
    answers = fields.List(fields.Nested(AnswerOut()))
    events = fields.List(fields.Nested(EventOut()))
    unmet = fields.List(fields.Nested(UnmetOut()))
    discharge = fields.List(fields.Nested(CriterionOut()))
    blockers = fields.List(fields.Nested(BlockerOut()))
    signatures = fields.List(fields.Nested(AttestationOut()))


class BoardChairOut(Body):
    """One chair on the board: initials only."""

    session = fields.UUID()
    chair = fields.UUID()
    chair_name = fields.String()
    initials = fields.String()
    state = fields.Enum(State, by_value=True)
    minutes = fields.Integer(allow_none=True)
    next_due = fields.Nested(DueOut(), allow_none=True)
    open_alerts = fields.Integer()
    worst = fields.Enum(Tier, by_value=True, allow_none=True)


class BoardOut(Body):
    """Who sits where at a site now."""

    items = fields.List(fields.Nested(BoardChairOut()))


def _seconds(age: Any) -> int | None:
    return None if age is None else int(age.total_seconds())


#: What the hot routes answer with, generated once.
WHOLE: Final = fast(WholeOut())
BOARD: Final = fast(BoardOut())
DUE: Final = fast(DuePage())
