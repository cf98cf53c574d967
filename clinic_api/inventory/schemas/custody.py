"""Shapes of keys and codes that change hands."""

from typing import Any

from marshmallow import fields

from clinic_api.http.fields import Body, Moment, Text
from clinic_api.inventory.rules.custody import Means
from clinic_api.signatures.schemas import ChallengeOut


class NewHandOver(Body):
    """POST /locations/{id}/hand-overs"""

    means = fields.Enum(Means, by_value=True, required=True)
    count = fields.UUID(load_default=None)
    reason = Text(load_default=None, longest=400)


class HandOverOut(Body):
    """A hand-over; ``holder`` is null until somebody accepted."""

    id = fields.UUID()
    location = fields.UUID()
    means = fields.Enum(Means, by_value=True)
    held_by = fields.UUID(allow_none=True)
    count = fields.UUID(allow_none=True)
    reason = fields.String(allow_none=True)
    by = fields.UUID()
    by_name = fields.String()
    at = Moment()
    holder = fields.UUID(allow_none=True)
    holder_name = fields.String(allow_none=True)
    accepted_at = Moment(allow_none=True)


class HandedOverOut(HandOverOut):
    """A hand-over, and what the other person is asked to sign."""

    challenge = fields.Nested(ChallengeOut())

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The challenge stands beside the hand-over; everything else is the hand-over's."""
        return super().get_attribute(obj if attr == "challenge" else obj.hand_over, attr, default)


class HandOverPage(Body):
    """Some of a location's hand-overs."""

    items = fields.List(fields.Nested(HandOverOut()))
    next = fields.String(allow_none=True)


class HolderOut(Body):
    """Who holds the keys or the code, since when."""

    means = fields.Enum(Means, by_value=True)
    account = fields.UUID()
    name = fields.String()
    since = Moment()


class HolderPage(Body):
    """Who holds what opens a location."""

    items = fields.List(fields.Nested(HolderOut()))
