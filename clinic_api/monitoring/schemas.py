"""Shapes of readings, alerts and scores on the wire."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validate

from clinic_api.http.fields import Body, Moment, Text, WholeNumber, YesNo
from clinic_api.http.serializers import fast, moment_passed_on
from clinic_api.monitoring.queries import SAID
from clinic_api.monitoring.rules.entries import NewAnswer, NewCorrection, NewReading, NewScore, Source
from clinic_api.monitoring.rules.readings import Confirmation, DoubtKind, NotObtained
from clinic_api.monitoring.rules.scales import SafetyStep
from clinic_api.protocols.rules.alerts import Tier, When
from clinic_api.protocols.rules.signs import Sign

#: Only what keeps the number a number; what a sign can be is the protocol's to say.
LARGEST: Final = 9999


def _sign() -> WholeNumber:
    return WholeNumber(least=0, most=LARGEST, load_default=None, allow_none=True)


class ReadingIn(Body):
    """POST /sessions/{id}/readings: what was read; what was not is left out or null, which is never 0."""

    occurred_at = Moment(load_default=None, allow_none=True)
    systolic_mmhg = _sign()
    diastolic_mmhg = _sign()
    heart_rate_bpm = _sign()
    spo2_percent = _sign()
    respiratory_rate_per_min = _sign()
    moaas = _sign()
    dissociation_nrs = _sign()
    distress_nrs = _sign()
    not_obtained = fields.Dict(
        keys=fields.Enum(Sign, by_value=True), values=fields.Enum(NotObtained, by_value=True), load_default=dict
    )
    late_reason = Text(longest=400, load_default=None, allow_none=True)
    source = fields.Enum(Source, by_value=True, load_default=Source.TYPED)
    device_at = Moment(load_default=None, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewReading:
        read = {str(sign): data.pop(sign) for sign in Sign}
        return NewReading(signs={sign: value for sign, value in read.items() if value is not None}, **data)


class CorrectionIn(Body):
    """POST /sessions/{id}/readings/{reading}/corrections: the whole set as it should be, and why."""

    reason = Text(required=True, longest=400)
    reading = fields.Nested(ReadingIn(), required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewCorrection:
        return NewCorrection(**data)


class AlertAnswerIn(Body):
    """POST /sessions/{id}/alerts/{alert}/answers"""

    answer = fields.Enum(Confirmation, by_value=True, required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewAnswer:
        return NewAnswer(**data)


class ScoreIn(Body):
    """POST /sessions/{id}/scores: answers by item number; an item left out, or null, was not answered."""

    instrument = Text(required=True, longest=60)
    answers = fields.Dict(
        keys=fields.String(validate=validate.Regexp(r"\A[1-9][0-9]{0,2}\Z")),
        values=fields.Raw(allow_none=True),
        required=True,
    )
    occurred_at = Moment(load_default=None, allow_none=True)
    late_reason = Text(longest=400, load_default=None, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewScore:
        answers = {int(item): answer for item, answer in data.pop("answers").items()}
        if any(type(answer) is not int for answer in answers.values() if answer is not None):
            raise ValidationError({"answers": ["Answer whole numbers."]})
        return NewScore(answers=answers, **data)


class AlertOut(Body):
    """An alert: the limit that was broken, and the answer that counts."""

    id = fields.UUID()
    reading = fields.UUID()
    sign = fields.Enum(Sign, by_value=True)
    tier = fields.Enum(Tier, by_value=True)
    value = fields.Integer()
    comparison = fields.Enum(When, by_value=True)
    threshold = fields.Integer()
    baseline = fields.Integer(allow_none=True)
    confirmed = YesNo()
    at = Moment()
    answer = fields.Enum(Confirmation, by_value=True, allow_none=True)
    answered_by = fields.UUID(allow_none=True)
    answered_at = Moment(allow_none=True)


class DoubtOut(Body):
    """A value that is kept and asked about: real or artefact?"""

    sign = fields.Enum(Sign, by_value=True)
    value = fields.Integer()
    kind = fields.Enum(DoubtKind, by_value=True)


class ReadingOut(Body):
    """A set as kept."""

    id = fields.UUID()
    visit = fields.UUID()
    occurred_at = Moment()
    recorded_at = Moment()
    systolic_mmhg = fields.Integer(allow_none=True)
    diastolic_mmhg = fields.Integer(allow_none=True)
    heart_rate_bpm = fields.Integer(allow_none=True)
    spo2_percent = fields.Integer(allow_none=True)
    respiratory_rate_per_min = fields.Integer(allow_none=True)
    moaas = fields.Integer(allow_none=True)
    dissociation_nrs = fields.Integer(allow_none=True)
    distress_nrs = fields.Integer(allow_none=True)
    not_obtained = fields.Dict()
    late_reason = fields.String(allow_none=True)
    needs_countersign = YesNo()
    replaces = fields.UUID(allow_none=True)
    reason = fields.String(allow_none=True)
    source = fields.Enum(Source, by_value=True)
    by = fields.UUID(allow_none=True)
    device = fields.UUID(allow_none=True)
    device_clock_skew_ms = fields.Integer(allow_none=True)
    corrected_by = fields.UUID(allow_none=True)


class SetsField(fields.List[Any]):
    """Sets as one statement said them, a hundred at a time: passed on as ``ReadingOut`` would say them."""

    def __init__(self) -> None:
        super().__init__(fields.Nested(ReadingOut()))

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> list[Any]:
        return [_said(row, value.corrected_by) for _, row in value.kept]


def _said(row: Sequence[Any], corrected_by: Mapping[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = dict(zip(SAID, row, strict=True))
    taken_at, recorded_at, why = said["occurred_at"], said["recorded_at"], said["not_obtained"]
    said["occurred_at"] = passed_on = moment_passed_on(taken_at)
    said["recorded_at"] = passed_on if recorded_at == taken_at else moment_passed_on(recorded_at)
    said["not_obtained"] = {} if why == "{}" else json.loads(why)
    said["needs_countersign"] = bool(said["needs_countersign"])  # SQLite says 0 and 1
    said["corrected_by"] = corrected_by.get(said["id"])
    return said


class RecordedOut(ReadingOut):
    """A set as it was just recorded, with what it alarms about and what it is asked about."""

    alerts = fields.List(fields.Nested(AlertOut()))
    doubts = fields.List(fields.Nested(DoubtOut()))


class SafetyOut(Body):
    """What the suicide item asks for."""

    flagged = YesNo()
    step = fields.Enum(SafetyStep, by_value=True)


class ScoreOut(Body):
    """A scale as scored; without a total too much was missing."""

    id = fields.UUID()
    visit = fields.UUID()
    instrument = fields.UUID()
    key = fields.String()
    answers = fields.Dict()
    total = fields.Integer(allow_none=True)
    band = fields.String(allow_none=True)
    answered = fields.Integer()
    prorated = YesNo()
    flagged = YesNo()
    safety_answer = fields.Integer(allow_none=True)
    occurred_at = Moment()
    recorded_at = Moment()
    late_reason = fields.String(allow_none=True)
    needs_countersign = YesNo()
    by = fields.UUID()
    safety = fields.Nested(SafetyOut(), allow_none=True)


#: What the two hot routes answer with, generated once.
RECORDED: Final = fast(RecordedOut())
