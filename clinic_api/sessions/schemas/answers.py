"""What can be told about a visit: each field is a fact; what is left out is not told, and nothing is filled in."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validate

from clinic_api.http.fields import Body, Day, Moment, Note, Text, WeightField, WholeNumber, YesNo
from clinic_api.orders.rules.weights import FormulaSex
from clinic_api.quantities import Weight
from clinic_api.sessions.rules.answers import Fact
from clinic_api.sessions.rules.asked import Answers

#: Fields of the request that are no facts.
AROUND: Final = frozenset({"occurred_at", "late_reason"})
MM_PER_CM: Final = 10


class EscortShape(Body):
    """The adult who takes the patient home."""

    name = Text(required=True, longest=200)
    phone = Text(required=True, longest=40)
    relation = Text(longest=60)
    transport = Text(longest=100)


class MissedShape(Body):
    """Why a set was missed, by its minute from the start."""

    minute = WholeNumber(least=-60, most=1440, required=True)
    reason = Text(required=True, longest=400)


class AdverseEventShape(Body):
    """Something untoward; grade by CTCAE, 1 to 5."""

    term = Text(required=True, longest=200)
    grade = WholeNumber(least=1, most=5, required=True)
    serious = YesNo(required=True)
    onset_at = Moment(required=True)
    ended_at = Moment(required=True, allow_none=True)
    relatedness = Text(required=True, longest=100)
    action = Text(required=True, longest=400)
    treatment = Text(required=True, longest=400, allow_none=True)
    outcome = Text(required=True, longest=200)


class AnswersIn(Body):
    """POST /sessions/{id}/answers"""

    occurred_at = Moment(load_default=None, allow_none=True)
    late_reason = Text(longest=400, load_default=None, allow_none=True)
    last_solids_at = Moment()
    last_clear_fluids_at = Moment()
    escort = fields.Nested(EscortShape())
    weight_kg = WeightField()
    height_cm = WholeNumber(least=1, most=300)
    formula_sex = fields.Enum(FormulaSex, by_value=True)
    line_placed = Text(longest=200)
    equipment_checked = YesNo()
    time_out = YesNo()
    pressure_hold_cleared = Text(longest=400)
    safety_interview = WholeNumber(least=0, most=6)
    safety_plan_on = Day()
    safety_action = Note(longest=2000)
    aldrete = WholeNumber(least=0, most=10)
    gait_steady = YesNo()
    nausea_controlled = YesNo()
    suicide_item_rechecked = YesNo()
    line_removed = YesNo()
    instructions_given = YesNo()
    escort_identified = YesNo()
    missed_sets = fields.List(fields.Nested(MissedShape()), validate=validate.Length(1, 50))
    adverse_event = fields.Nested(AdverseEventShape())
    prescriber_told = Text(longest=400)
    note = Note(longest=10_000)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Answers:
        facts = [fact for name, value in data.items() if name not in AROUND for fact in _facts(name, value)]
        if not facts:
            raise ValidationError("Tell at least one fact.")
        return Answers(facts=tuple(facts), occurred_at=data["occurred_at"], late_reason=data["late_reason"])


def _facts(name: str, value: Any) -> list[tuple[Fact, Any]]:
    if name == "missed_sets":
        return [(Fact.MISSED_SET, each) for each in value]
    if name == "height_cm":
        return [(Fact.HEIGHT, value * MM_PER_CM)]
    if name == "pressure_hold_cleared":
        return [(Fact.PRESSURE_HOLD_CLEARED, {"reason": value})]
    return [(Fact(name), _plain(value))]


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return next((say(value) for kind, say in _SAYINGS.items() if isinstance(value, kind)), value)


#: Times first: a time is also a date.
_SAYINGS: Final[Mapping[type, Callable[[Any], str]]] = {
    datetime: lambda moment: str(moment.isoformat()).replace("+00:00", "Z"),
    date: date.isoformat,
    Weight: Weight.as_kg_text,
    FormulaSex: str,
}
