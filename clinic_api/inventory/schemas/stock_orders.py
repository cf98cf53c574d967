"""Shapes of schedule II orders and of the right to sign them."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from clinic_api.http.fields import Body, Day, Moment, Text, WholeNumber
from clinic_api.inventory.rules.papers import PaperKind
from clinic_api.inventory.rules.powers import Named, NewPower
from clinic_api.inventory.rules.stock_orders import NewStockOrder, OrderedLine
from clinic_api.inventory.schemas.receipts import MOST_LINES, MOST_VIALS, FillingOut, SupplierIn, supplier_from


class NewOrderedLine(Body):
    """One numbered line of an order; vials, not boxes."""

    ndc = Text(required=True, longest=20)
    vials_ordered = WholeNumber(least=1, most=MOST_VIALS, required=True, attribute="ordered")

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> OrderedLine:
        return OrderedLine(**data)


class NewStockOrderIn(SupplierIn):
    """POST /stock-orders"""

    registration = fields.UUID(required=True)
    kind = fields.Enum(PaperKind, by_value=True, required=True)
    number = Text(required=True, longest=60)
    lines = fields.List(fields.Nested(NewOrderedLine()), required=True, validate=validate.Length(1, MOST_LINES))
    signed_by = fields.UUID(required=True)
    signed_on = Day(required=True)
    replaces = fields.UUID(load_default=None)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewStockOrder:
        return NewStockOrder(supplier=supplier_from(data), lines=tuple(data.pop("lines")), **data)


class NewVoid(Body):
    """POST /stock-orders/{id}/void"""

    reason = Text(required=True, longest=400)


class OrderLineOut(Body):
    """A line of an order, and what may still come under it."""

    id = fields.UUID()
    ndc = fields.String()
    vials_ordered = fields.Integer(attribute="ordered")
    vials_received = fields.Integer(attribute="received")
    vials_open = fields.Integer(attribute="open")


class StockOrderOut(Body):
    """An order as it was signed, and what became of it."""

    id = fields.UUID()
    registration = fields.UUID(attribute="row.registration")
    kind = fields.Enum(PaperKind, by_value=True, attribute="row.kind")
    number = fields.String(attribute="row.number")
    supplier = fields.UUID(attribute="supplier.id")
    supplier_name = fields.String(attribute="supplier.name")
    supplier_address = fields.String(attribute="supplier.address")
    supplier_dea_number = fields.String(attribute="supplier.dea_number")
    signed_by = fields.UUID(attribute="row.signed_by")
    signed_on = fields.Date(attribute="row.signed_on")
    power = fields.UUID(attribute="row.power", allow_none=True)
    last_day = fields.Date()
    lines = fields.List(fields.Nested(OrderLineOut()), attribute="order.lines")
    fillings = fields.List(fields.Nested(FillingOut()))
    voided_at = Moment(allow_none=True)
    void_reason = fields.String(allow_none=True)
    replaces = fields.UUID(allow_none=True)
    replaced_by = fields.UUID(allow_none=True)


class StockOrderPage(Body):
    """A registration's orders for schedule II."""

    items = fields.List(fields.Nested(StockOrderOut()))


class SignerIn(Body):
    """POST /registrations/{id}/signer"""

    account = fields.UUID(required=True)


class SignerOut(Body):
    """Who signed a registration's last application."""

    id = fields.UUID()
    registration = fields.UUID()
    account = fields.UUID()
    at = Moment()


class PersonIn(Body):
    """Somebody on a paper: one of the staff, or a typed name; not both."""

    account = fields.UUID(load_default=None)
    name = Text(load_default=None)

    @validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("account") is None) == (data.get("name") is None):
            raise ValidationError("Name an account, or type a name.", "name")

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Named:
        return Named(data["account"], data["name"] or "")


class NewPowerIn(Body):
    """POST /powers-of-attorney"""

    registration = fields.UUID(required=True)
    grantor = fields.Nested(PersonIn(), required=True)
    grantee = fields.UUID(required=True)
    witnesses = fields.List(fields.Nested(PersonIn()), required=True, validate=validate.Length(equal=2))
    valid_from = Day(required=True)
    valid_until = Day(load_default=None)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewPower:
        return NewPower(witnesses=tuple(data.pop("witnesses")), **data)


class NewRevocation(Body):
    """POST /powers-of-attorney/{id}/revocation"""

    reason = Text(required=True, longest=400)


class PowerOut(Body):
    """A power of attorney as the paper says it, and its early end where it had one."""

    id = fields.UUID(attribute="row.id")
    registration = fields.UUID(attribute="row.registration")
    grantor = fields.UUID(attribute="row.grantor", allow_none=True)
    grantor_name = fields.String(attribute="row.grantor_name")
    grantee = fields.UUID(attribute="row.grantee")
    first_witness_name = fields.String(attribute="row.first_witness_name")
    second_witness_name = fields.String(attribute="row.second_witness_name")
    valid_from = fields.Date(attribute="row.valid_from")
    valid_until = fields.Date(attribute="row.valid_until", allow_none=True)
    revoked_on = fields.Date(attribute="power.revoked_on", allow_none=True)
    revoked_because = fields.String(attribute="revocation.reason", dump_default=None, allow_none=True)
    recorded_at = Moment(attribute="row.at")


class PowerPage(Body):
    """A registration's powers of attorney."""

    items = fields.List(fields.Nested(PowerOut()))
