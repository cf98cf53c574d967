"""Shapes of orders on the wire."""

from fractions import Fraction
from typing import Any

from marshmallow import fields, post_load, validate

from clinic_api.http.fields import Amount, Body, MassField, Moment, Text, WholeNumber
from clinic_api.orders.rules.intake import NewOrder
from clinic_api.protocols.rules.dose import WeightBasis
from clinic_api.protocols.rules.protocol import Route
from clinic_api.quantities import DosePerWeight, decimal_text, parse_mg_per_kg


class DoseField(Amount[DosePerWeight]):
    """Milligrams per kilogram, ``"0.5"``."""

    read = staticmethod(parse_mg_per_kg)
    say = staticmethod(DosePerWeight.as_text)


class RatioField(fields.Field[Fraction]):
    """An exact ratio, said as decimal text."""

    def _serialize(self, value: Fraction | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else decimal_text(value)


class SeriesOrderIn(Body):
    """POST /orders"""

    patient = fields.UUID(required=True)
    protocol = Text(required=True, longest=60)
    route = fields.Enum(Route, by_value=True, required=True)
    visits = WholeNumber(least=1, most=60, required=True)
    mg_per_kg = DoseField(required=True)
    minutes = WholeNumber(least=1, most=600, required=True, allow_none=True)
    basis = fields.Enum(WeightBasis, by_value=True, required=True)
    cap_mg = MassField(required=True, allow_none=True, attribute="cap")
    titration_low_mg_per_kg = DoseField(load_default=None, attribute="titration_low")
    titration_high_mg_per_kg = DoseField(load_default=None, attribute="titration_high")
    valid_until = Moment(required=True)
    indication = fields.String(required=True, validate=validate.Regexp(r"\A[A-TV-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?\Z"))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewOrder:
        return NewOrder(**data)


class OrderOut(Body):
    """A series order."""

    id = fields.UUID()
    patient = fields.UUID()
    protocol = fields.UUID()
    route = fields.Enum(Route, by_value=True)
    visits = fields.Integer()
    mg_per_kg = RatioField()
    minutes = fields.Integer(allow_none=True)
    basis = fields.Enum(WeightBasis, by_value=True)
    cap_mg = MassField(attribute="cap", allow_none=True)
    titration_low_mg_per_kg = RatioField(attribute="titration_low")
    titration_high_mg_per_kg = RatioField(attribute="titration_high")
    valid_until = Moment()
    indication = fields.String()
    drafted_by = fields.UUID()
    state = fields.String()


class NewAttachment(Body):
    """POST /incidents/{id}/order"""

    order = fields.UUID(required=True)


class OrderPage(Body):
    """A patient's orders."""

    items = fields.List(fields.Nested(OrderOut()))
