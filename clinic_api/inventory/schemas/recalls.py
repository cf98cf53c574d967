"""Shapes of recalls."""

from typing import Any

from marshmallow import fields, post_load, validate

from clinic_api.http.fields import Body, MassField, Moment, Note, Text
from clinic_api.inventory.rules.moves import Kind
from clinic_api.inventory.rules.recalls import RecallOrder
from clinic_api.inventory.rules.vials import State


class NewRecall(Body):
    """POST /recalls"""

    ndc = Text(required=True, longest=20)
    lots = fields.List(Text(longest=60), required=True, validate=validate.Length(1, 50))
    reason = Text(required=True, longest=300)
    reference = Text(required=True, longest=60)
    due_at = Moment(required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> RecallOrder:
        return RecallOrder(lots=tuple(data.pop("lots")), **data)


class FoundOut(Body):
    """One container as the recall found it; what it held is null while it is being counted, blind."""

    container = fields.UUID()
    label = fields.String()
    site = fields.UUID()
    location = fields.UUID()
    lot = fields.String()
    state = fields.Enum(State, by_value=True)
    held_mg = MassField(attribute="held", allow_none=True)
    set_apart = fields.Boolean()


class GivenOfLotOut(Body):
    """Somebody got drug of the lots."""

    move = fields.UUID()
    patient = fields.UUID()
    identity_version = fields.UUID()
    visit = fields.UUID()
    container = fields.UUID()
    label = fields.String()
    mass_mg = MassField(attribute="mass")
    occurred_at = Moment()


class WentOut(Body):
    """How much left a container by one kind of move."""

    kind = fields.Enum(Kind, by_value=True)
    mass_mg = MassField(attribute="mass")


class OutcomeOut(Body):
    """What became of one container."""

    container = fields.UUID()
    label = fields.String()
    went = fields.List(fields.Nested(WentOut()), attribute="lines")


class RecallOut(Body):
    """A recall as it was frozen, and what became of it."""

    id = fields.UUID()
    product = fields.String()
    ndc = fields.String()
    lots = fields.List(fields.String())
    reason = fields.String()
    reference = fields.String()
    due_at = Moment()
    by = fields.UUID()
    at = Moment()
    digest = fields.String()
    containers = fields.List(fields.Nested(FoundOut()))
    given = fields.List(fields.Nested(GivenOfLotOut()))
    closed_at = Moment(allow_none=True)
    closed_by = fields.UUID(allow_none=True)
    outcomes = fields.List(fields.Nested(OutcomeOut()), allow_none=True)
    letters = fields.String(allow_none=True)
    note = fields.String(allow_none=True)


class RecallLineOut(Body):
    """A recall in a list, without what it found."""

    id = fields.UUID()
    product = fields.String()
    ndc = fields.String()
    lots = fields.List(fields.String())
    reference = fields.String()
    due_at = Moment()
    at = Moment()


class RecallPage(Body):
    """Some of the recalls."""

    items = fields.List(fields.Nested(RecallLineOut()))
    next = fields.String(allow_none=True)


class NewClosing(Body):
    """POST /recalls/{id}/closing; ``letters`` says how patients were told, where somebody got some."""

    note = Note(required=True, longest=2000)
    letters = Note(load_default=None, longest=2000)
