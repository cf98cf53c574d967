"""Shapes of suppliers, of costs, which stand in no other shape, and of patient-specific kits."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import fields, post_load, validate

from clinic_api.http.fields import Amount, Body, Day, Moment, Text
from clinic_api.inventory.rules.costs import LinePrice, as_dollars, parse_dollars
from clinic_api.inventory.rules.receivers import Activity, NewVerification, Seen, SeenAs
from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.inventory.schemas.receipts import MOST_LINES


class NewSupplier(Body):
    """POST /suppliers"""

    name = Text(required=True)
    address = Text(required=True, longest=400)
    dea_number = Text(required=True, longest=40)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Supplier:
        return Supplier(**data)


class SeenRegistrationIn(Body):
    """What was seen of a DEA registration."""

    seen_as = fields.Enum(SeenAs, by_value=True, required=True)
    activity = fields.Enum(Activity, by_value=True, required=True)
    schedules = fields.List(Text(longest=2), required=True, validate=validate.Length(1, 6))
    valid_until = Day(required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Seen:
        return Seen(**data | {"schedules": tuple(data["schedules"])})


class VerificationIn(Body):
    """POST /suppliers/{id}/verification; stock is sent only to somebody whose registration was seen."""

    how = Text(required=True, longest=400, validate=validate.Length(3))
    registration = fields.Nested(SeenRegistrationIn(), load_default=None)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewVerification:
        return NewVerification(**data)


class SeenRegistrationOut(Body):
    """What was seen of a DEA registration."""

    seen_as = fields.Enum(SeenAs, by_value=True)
    activity = fields.Enum(Activity, by_value=True)
    schedules = fields.List(fields.String())
    valid_until = fields.Date()


class VerificationOut(Body):
    """Who made sure of it, how and when, and what was seen of its registration."""

    by = fields.String()
    how = fields.String()
    at = Moment()
    registration = fields.Nested(SeenRegistrationOut(), allow_none=True)


class SupplierOut(Body):
    """One version of a supplier; ``verified`` is null while nobody made sure of it."""

    id = fields.UUID()
    version = fields.Integer()
    name = fields.String()
    address = fields.String()
    dea_number = fields.String()
    remembered_at = Moment()
    verified = fields.Nested(VerificationOut(), allow_none=True)


class SupplierPage(Body):
    """Every supplier as it is remembered now."""

    items = fields.List(fields.Nested(SupplierOut()))


class DollarsField(Amount[int]):
    """Dollars as plain decimal text, ``"12.50"``; cents inside."""

    read = staticmethod(parse_dollars)
    say = staticmethod(as_dollars)


class NewPrice(Body):
    """What one vial of a receipt's line cost."""

    line = fields.UUID(required=True)
    unit_price_usd = DollarsField(required=True, attribute="unit_cents")

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> LinePrice:
        return LinePrice(**data)


class NewCosts(Body):
    """POST /receipts/{id}/costs"""

    lines = fields.List(fields.Nested(NewPrice()), required=True, validate=validate.Length(1, MOST_LINES))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> tuple[LinePrice, ...]:
        return tuple(data["lines"])


class CostOut(Body):
    """What one vial of a line cost, as it was last told."""

    line = fields.UUID()
    ndc = fields.String()
    unit_price_usd = DollarsField(attribute="unit_cents")
    told = fields.Integer(attribute="version")
    by = fields.UUID()
    at = Moment()


class CostPage(Body):
    """What is known of a receipt's cost."""

    items = fields.List(fields.Nested(CostOut()))


@dataclass(frozen=True, slots=True)
class KitsAsked:
    """Which kits: all, or those due by a day."""

    until: date | None


class KitsQuery(Body):
    """GET /sites/{id}/kits"""

    until = Day(load_default=None)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> KitsAsked:
        return KitsAsked(**data)


class PatientKitOut(Body):
    """A kit that still holds drug, whose it is, and its last day; ``days_left`` below zero is overdue."""

    container = fields.UUID()
    label = fields.String()
    product_name = fields.String()
    patient = fields.UUID()
    prescription = fields.String()
    received_on = fields.Date()
    last_day = fields.Date()
    days_left = fields.Integer()


class KitPage(Body):
    """A site's patient-specific kits, soonest due first."""

    items = fields.List(fields.Nested(PatientKitOut()))
