"""Shapes of wastes."""

from typing import Any

from marshmallow import fields, post_load, validate

from clinic_api.http.fields import Body, MassField, Moment, Text
from clinic_api.inventory.rules.waste import WasteOrder, WasteState
from clinic_api.inventory.schemas.amounts import more_than_nothing
from clinic_api.inventory.schemas.disputes import DisputeOut
from clinic_api.signatures.schemas import ChallengeOut

SOME_WORDS = validate.Length(3)


class NewWaste(Body):
    """POST /wastes"""

    container = fields.UUID(required=True)
    mass_mg = MassField(required=True, attribute="mass", validate=more_than_nothing)
    reason = Text(required=True, longest=200, validate=SOME_WORDS)
    method = Text(required=True, longest=200, validate=SOME_WORDS)
    bag = Text(load_default=None, longest=60)

    @post_load
    def _order(self, data: dict[str, Any], **_: Any) -> WasteOrder:
        return WasteOrder(**data)


class WithdrawalIn(Body):
    """POST /wastes/{id}/withdrawal"""

    reason = Text(required=True, longest=400, validate=SOME_WORDS)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> str:
        reason: str = data["reason"]
        return reason


class WasteOut(Body):
    """A waste, as both people read it; pending until somebody has watched or it was taken back."""

    id = fields.UUID()
    state = fields.Enum(WasteState, by_value=True)
    container = fields.UUID()
    container_label = fields.String()
    visit = fields.UUID(allow_none=True)
    mass_mg = MassField(attribute="mass")
    reason = fields.String()
    method = fields.String()
    bag = fields.String(allow_none=True)
    by = fields.UUID()
    at = Moment()
    due_at = Moment()
    digest = fields.String()
    witness = fields.UUID(allow_none=True)
    witnessed_at = Moment(allow_none=True)
    withdrawn_by = fields.UUID(allow_none=True)
    withdrawn_at = Moment(allow_none=True)
    withdrawal_reason = fields.String(allow_none=True)
    disputes = fields.List(fields.Nested(DisputeOut()))


class ProposedWasteOut(WasteOut):
    """A pending waste, and what the second person is asked to sign."""

    challenge = fields.Nested(ChallengeOut())

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The challenge stands beside the waste; everything else is the waste's."""
        return super().get_attribute(obj if attr == "challenge" else obj.waste, attr, default)
