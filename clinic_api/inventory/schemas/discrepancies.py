"""Shapes of discrepancies: what people ask for. Free words may have several lines."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from clinic_api.http.fields import Body, Day, MassField, Moment, Note, PageQuery, Text, WholeNumber, YesNo
from clinic_api.http.paging import PageAsked
from clinic_api.inventory.queries.discrepancies import Asked
from clinic_api.inventory.rules.adjusting import Direction, NewAdjustment
from clinic_api.inventory.rules.closing import NewClosing
from clinic_api.inventory.rules.containment import Containment, Measure
from clinic_api.inventory.rules.discrepancies import Origin, State
from clinic_api.inventory.rules.investigating import Cause, EvidenceKind, NewEvidence
from clinic_api.inventory.rules.losses import Determination, Finding, NewNotice, NoticeKind, Weighed, Weight

WORDS = 4000
MOST_CONTAINERS = 100
SHA256 = validate.Regexp(r"\A[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw, where and when."""

    site: UUID
    seen: str
    found_at: datetime
    containers: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who answers from now on, and why."""

    owner: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Freed:
    """A container to release, and why."""

    container: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class DiscrepanciesAsked:
    """Which discrepancies, and which part of them."""

    which: Asked
    page: PageAsked


class NewReport(Body):
    """POST /discrepancies"""

    site = fields.UUID(required=True)
    seen = Note(required=True, longest=WORDS)
    found_at = Moment(required=True)
    containers = fields.List(fields.UUID(), load_default=list, validate=validate.Length(0, MOST_CONTAINERS))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Seen:
        return Seen(**data | {"containers": tuple(data["containers"])})


class DiscrepanciesQuery(PageQuery):
    """GET /discrepancies"""

    site = fields.UUID(load_default=None)
    state = fields.Enum(State, by_value=True, load_default=None)
    origin = fields.Enum(Origin, by_value=True, load_default=None)
    owner = fields.UUID(load_default=None)
    container = fields.UUID(load_default=None)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> DiscrepanciesAsked:
        page = PageAsked(limit=data.pop("limit"), cursor=data.pop("cursor"))
        return DiscrepanciesAsked(which=Asked(**data), page=page)


class NewAssignment(Body):
    """POST /discrepancies/{id}/owner"""

    owner = fields.UUID(required=True)
    reason = Note(required=True, longest=WORDS)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Assignment:
        return Assignment(**data)


class NewContainment(Body):
    """POST /discrepancies/{id}/containment; the reason says why there is nothing to keep, where that is so."""

    measure = fields.Enum(Measure, by_value=True, required=True)
    reason = Note(load_default=None, longest=WORDS)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Containment:
        return Containment(**data)


class NewLink(Body):
    """POST /discrepancies/{id}/containers"""

    container = fields.UUID(required=True)


class NewRelease(Body):
    """POST /discrepancies/{id}/release"""

    container = fields.UUID(required=True)
    reason = Note(required=True, longest=WORDS)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Freed:
        return Freed(**data)


class InWords(Body):
    """An act that is explained in words: an explanation, a reason, a review."""

    words = Note(required=True, longest=WORDS)


class NewPiece(Body):
    """POST /discrepancies/{id}/evidence"""

    kind = fields.Enum(EvidenceKind, by_value=True, required=True)
    words = Note(required=True, longest=WORDS)
    sha256 = fields.String(load_default=None, validate=SHA256)
    refers_to = fields.UUID(load_default=None)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewEvidence:
        return NewEvidence(**data)


class NewWeighed(Body):
    """One factor as a person weighs it."""

    factor = Text(required=True, longest=60)
    weight = fields.Enum(Weight, by_value=True, required=True)
    words = Note(required=True, longest=WORDS)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Weighed:
        return Weighed(**data)


class NewDetermination(Body):
    """POST /discrepancies/{id}/determinations"""

    finding = fields.Enum(Finding, by_value=True, required=True)
    rationale = Note(required=True, longest=WORDS)
    factors = fields.List(
        fields.Nested(NewWeighed()), required=True, attribute="weighed", validate=validate.Length(1, 50)
    )

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Determination:
        return Determination(**data | {"weighed": tuple(data["weighed"])})


class NewSent(Body):
    """POST /discrepancies/{id}/notices"""

    kind = fields.Enum(NoticeKind, by_value=True, required=True)
    reference = Text(required=True, longest=200)
    channel = Text(required=True, longest=200)
    sent_at = Moment(required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewNotice:
        return NewNotice(**data)


class NewSubstance(Body):
    """A product that is missing; the lot where it is known."""

    ndc = Text(required=True, longest=20)
    lot = Text(load_default=None, longest=60)
    quantity = Text(required=True, longest=60)


class NewAnswer(Body):
    """One field of the form with its answer, in the one of five that its kind takes."""

    field = Text(required=True, longest=60)
    text = Note(longest=WORDS)
    date = Day()
    whole = WholeNumber(least=0, most=100_000)
    yes_no = YesNo()
    substances = fields.List(fields.Nested(NewSubstance()), validate=validate.Length(1, 50))

    @validates_schema
    def _one_answer(self, data: dict[str, Any], **_: Any) -> None:
        answers = data.keys() - {"field"}
        if len(answers) > 1:
            message = "Answer each field once, in what its kind takes."
            raise ValidationError(message)
        if not answers:
            message = "A field that is not answered is left out."
            raise ValidationError(message)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> tuple[str, Any]:
        key = data.pop("field")
        value = next(iter(data.values()))
        return key, tuple(value) if isinstance(value, list) else value


class NewForm(Body):
    """POST /discrepancies/{id}/form-106: the whole of it; nothing is carried over from the version before."""

    answers = fields.List(fields.Nested(NewAnswer()), required=True, validate=validate.Length(1, 100))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        answers = dict(data["answers"])
        if len(answers) != len(data["answers"]):
            message = "Answer each field once."
            raise ValidationError(message, field_name="answers")
        return answers


class NewAdjusting(Body):
    """POST /discrepancies/{id}/adjustments"""

    container = fields.UUID(required=True)
    direction = fields.Enum(Direction, by_value=True, required=True)
    mass_mg = MassField(required=True, attribute="mass")
    reason = Note(required=True, longest=WORDS)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewAdjustment:
        return NewAdjustment(**data)


class NewEnd(Body):
    """POST /discrepancies/{id}/closing"""

    cause = fields.Enum(Cause, by_value=True, required=True)
    words = Note(required=True, longest=WORDS)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewClosing:
        return NewClosing(**data)
