"""Shapes of what happened to drug, and of what was on hand at a moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import fields, post_load

from clinic_api.http.fields import Body, MassField, PageQuery, Text
from clinic_api.http.fields import Moment as MomentField
from clinic_api.http.paging import PageAsked
from clinic_api.inventory.rules.products import Method
from clinic_api.inventory.schemas.amounts import Difference, Strength


@dataclass(frozen=True, slots=True)
class PersonAsked:
    """Which period of a person, and which part of it."""

    since: datetime
    until: datetime
    page: PageAsked


class MovementsQuery(PageQuery):
    """GET /staff/{id}/movements"""

    since = MomentField(required=True)
    until = MomentField(required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> PersonAsked:
        return PersonAsked(since=data.pop("since"), until=data.pop("until"), page=PageAsked(**data))


@dataclass(frozen=True, slots=True)
class LotAsked:
    """Which lot, and which part of what is known of it."""

    ndc: str
    lot: str
    page: PageAsked


class LotQuery(PageQuery):
    """GET /lots/touches and GET /lots/containers"""

    ndc = Text(required=True, longest=20)
    lot = Text(required=True, longest=60)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> LotAsked:
        return LotAsked(ndc=data.pop("ndc"), lot=data.pop("lot"), page=PageAsked(**data))


class HappeningOut(Body):
    """One thing that happened to drug; of a count, ``mass_mg`` is what was found."""

    record = fields.UUID()
    what = fields.String()
    occurred_at = MomentField()
    recorded_at = MomentField()
    late_reason = fields.String(allow_none=True)
    by = fields.UUID(allow_none=True)
    by_name = fields.String(allow_none=True)
    witness = fields.UUID(allow_none=True)
    witness_name = fields.String(allow_none=True)
    container = fields.UUID(allow_none=True)
    container_label = fields.String(allow_none=True)
    product = fields.String(allow_none=True)
    ndc = fields.String(allow_none=True)
    lot = fields.String(allow_none=True)
    source = fields.String(allow_none=True)
    target = fields.String(allow_none=True)
    mass_mg = MassField(attribute="mass", allow_none=True)
    method = fields.Enum(Method, by_value=True, allow_none=True)
    expected_mg = MassField(attribute="expected", allow_none=True)
    resolution_mg = MassField(attribute="resolution", allow_none=True)
    reason = fields.String(allow_none=True)
    document = fields.String(allow_none=True)
    patient = fields.UUID(allow_none=True)
    visit = fields.UUID(allow_none=True)


class HappeningPage(Body):
    """Some of what happened, as it was written down."""

    items = fields.List(fields.Nested(HappeningOut()))
    next = fields.String(allow_none=True)


@dataclass(frozen=True, slots=True)
class MomentAsked:
    """A moment by event time, and what was known of it when; None is now."""

    at: datetime | None
    known_at: datetime | None


class MomentQuery(Body):
    """At which moment, and by what was known when."""

    at = MomentField(load_default=None)
    known_at = MomentField(load_default=None)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> MomentAsked:
        return MomentAsked(**data)


class OnHandOut(Body):
    """What was held of one product; null while some of it is being counted, blind."""

    product = fields.String()
    product_name = fields.String()
    ndc = fields.String()
    strength_mg_per_ml = Strength(attribute="concentration")
    containers = fields.Integer(allow_none=True)
    on_hand_mg = Difference(attribute="held_ug", allow_none=True)


class OnHandPage(Body):
    """What was on hand, by product and strength, at the moment that was asked for."""

    at = MomentField()
    known_at = MomentField()
    items = fields.List(fields.Nested(OnHandOut()))
