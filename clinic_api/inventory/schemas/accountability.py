"""Shapes of the accountability audit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import fields, post_load

from clinic_api.http.fields import Body, MassField, Moment, VolumeField
from clinic_api.inventory.rules.accountability import Finding, Line
from clinic_api.inventory.rules.products import Method
from clinic_api.inventory.schemas.amounts import Difference, Fluid, Percent, Strength


@dataclass(frozen=True, slots=True)
class PeriodAsked:
    """From when to when, UTC."""

    since: datetime
    until: datetime


class PeriodQuery(Body):
    """Which period."""

    since = Moment(required=True)
    until = Moment(required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> PeriodAsked:
        return PeriodAsked(**data)


class MeasuredOut(Body):
    """How many containers were counted by one method, and how far off that may be in all."""

    method = fields.Enum(Method, by_value=True)
    containers = fields.Integer()
    found_mg = MassField(attribute="found")
    resolution_mg = MassField(attribute="resolution")


class PhysicalCountOut(Body):
    """What complete counts found, with the book beside it."""

    at = Moment()
    counts = fields.List(fields.UUID())
    full = fields.Integer()
    opened = fields.Integer()
    opened_volume_ml = VolumeField(attribute="opened_volume")
    missing = fields.Integer()
    found_mg = MassField(attribute="found")
    book_mg = MassField(attribute="book")
    variance_mg = Difference(attribute="variance_ug")
    methods = fields.List(fields.Nested(MeasuredOut()))


class AccountLineOut(Body):
    """One line of an audit; ``side`` is A for accountable for and B for accounted for."""

    line = fields.Enum(Line, by_value=True)
    side = fields.String()
    containers = fields.Integer()
    volume_ml = Fluid(attribute="exact_ul")
    mass_mg = Difference(attribute="mass_ug")
    evidence = fields.List(fields.UUID())


class LateEntryOut(Body):
    """A move that was written down late, or on the other side of a count."""

    move = fields.UUID()
    line = fields.Enum(Line, by_value=True, allow_none=True)
    mass_mg = MassField(attribute="mass")
    occurred_at = Moment()
    recorded_at = Moment()
    reason = fields.String(allow_none=True)
    counted = fields.Boolean()


class AccountFaultOut(Body):
    """One place where our own sums do not agree."""

    finding = fields.Enum(Finding, by_value=True)
    difference_mg = Difference(attribute="difference_ug")
    containers = fields.List(fields.String())


class AccountOut(Body):
    """The audit of one product; amounts that need a count are null without it."""

    registration = fields.UUID(attribute="of.registration")
    dea_number = fields.String(attribute="of.dea_number")
    product = fields.String(attribute="of.product")
    product_name = fields.String(attribute="of.product_name")
    ndc = fields.String(attribute="of.ndc")
    strength_mg_per_ml = Strength(attribute="of.concentration")
    opening = fields.Nested(PhysicalCountOut(), allow_none=True)
    closing = fields.Nested(PhysicalCountOut(), allow_none=True)
    lines = fields.List(fields.Nested(AccountLineOut()))
    accountable_for_mg = Difference(attribute="accountable_for_ug", allow_none=True)
    accounted_for_mg = Difference(attribute="accounted_for_ug", allow_none=True)
    variance_mg = Difference(attribute="variance_ug", allow_none=True)
    variance_percent = Percent(allow_none=True)
    late = fields.List(fields.Nested(LateEntryOut()))
    faults = fields.List(fields.Nested(AccountFaultOut()))


class AccountPage(Body):
    """The audit of a registration, product by product."""

    items = fields.List(fields.Nested(AccountOut()))
