"""Shapes of physical counts."""

from typing import Any

from marshmallow import fields, post_load, validate

from clinic_api.http.fields import Body, MassField, Moment, VolumeField
from clinic_api.inventory.rules.counting import CountLine
from clinic_api.inventory.rules.products import Method
from clinic_api.inventory.rules.sheets import CountKind, CountState, NewCount
from clinic_api.signatures.schemas import ChallengeOut

MOST_LINES = 500


class OpenCount(Body):
    """POST /counts"""

    location = fields.UUID(required=True)
    kind = fields.Enum(CountKind, by_value=True, required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewCount:
        return NewCount(**data)


class NewCountLine(Body):
    """What was found in one container: counted as full, or a volume with how it was measured."""

    container = fields.UUID(required=True)
    method = fields.Enum(Method, by_value=True, required=True)
    volume_ml = VolumeField(load_default=None, allow_none=False, attribute="volume")
    resolution_ml = VolumeField(load_default=None, allow_none=False, attribute="resolution")

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> CountLine:
        return CountLine(**data)


class NewEntries(Body):
    """POST /counts/{id}/entries; an empty list says that nothing was found."""

    lines = fields.List(fields.Nested(NewCountLine()), required=True, validate=validate.Length(0, MOST_LINES))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> tuple[CountLine, ...]:
        return tuple(data["lines"])


class CountLineOut(Body):
    """One container as it was found, beside the book."""

    container = fields.UUID()
    label = fields.String()
    method = fields.Enum(Method, by_value=True, allow_none=True)
    volume_ml = VolumeField(attribute="volume", allow_none=True)
    found_mg = MassField(attribute="found", allow_none=True)
    expected_mg = MassField(attribute="expected")
    resolution_mg = MassField(attribute="resolution")
    variance_ug = fields.Integer()
    explained = fields.Boolean()


class CountSignatureOut(Body):
    """Who signed, in which place."""

    place = fields.Integer()
    signer = fields.UUID()
    name = fields.String()
    at = Moment()


class CountOut(Body):
    """A count; ``lines`` is null until the entries are in, and nothing else tells what the book says."""

    id = fields.UUID()
    location = fields.UUID()
    kind = fields.Enum(CountKind, by_value=True)
    state = fields.Enum(CountState, by_value=True)
    persons = fields.Integer()
    profile = fields.String()
    profile_version = fields.Integer()
    opened_by = fields.UUID()
    opened_at = Moment()
    counted_by = fields.UUID(allow_none=True)
    entered_at = Moment(allow_none=True)
    lines = fields.List(fields.Nested(CountLineOut()), allow_none=True)
    signatures = fields.List(fields.Nested(CountSignatureOut()))


class SignedCountOut(CountOut):
    """A count with its first signature, and what a second person is asked to sign, where one is needed."""

    challenge = fields.Nested(ChallengeOut(), allow_none=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The challenge stands beside the count; everything else is the count's."""
        return super().get_attribute(obj if attr == "challenge" else obj.count, attr, default)
