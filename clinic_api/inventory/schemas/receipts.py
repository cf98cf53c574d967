"""Shapes of receipts, and of what all papers of a delivery have; a price is in none of them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import fields, post_load, validate

from clinic_api.http.fields import Body, Day, Moment, PageQuery, Text, WholeNumber
from clinic_api.http.paging import PageAsked
from clinic_api.inventory.rules.papers import Group, PaperKind
from clinic_api.inventory.rules.receiving import Attachment, DeliveredLine, Delivery, Supplier

MOST_VIALS = 500
MOST_LINES = 50
#: What element 21 of a code holds at most.
LONGEST_SERIAL = 20
#: SHA-256 as it is usually written.
HEX_64 = validate.Regexp(r"\A[0-9a-f]{64}\Z", error="64 hexadecimal digits, in small letters.")


class AttachmentIn(Body):
    """The scan of a document, by reference."""

    name = Text(required=True)
    sha256 = fields.String(required=True, validate=HEX_64)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Attachment:
        return Attachment(**data)


class SupplierIn(Body):
    """Who sent it, as the document says."""

    supplier_name = Text(required=True)
    supplier_address = Text(required=True, longest=400)
    supplier_dea_number = Text(required=True, longest=40)


def supplier_from(data: dict[str, Any]) -> Supplier:
    """Take the supplier's fields out of what was sent."""
    return Supplier(
        name=data.pop("supplier_name"),
        address=data.pop("supplier_address"),
        dea_number=data.pop("supplier_dea_number"),
    )


def serials_in() -> "fields.List[str]":
    """Serial numbers in the order of what they stand on: one for each vial, or one for each package."""
    return fields.List(Text(longest=LONGEST_SERIAL), load_default=[], validate=validate.Length(max=MOST_VIALS))


class NewReceiptLine(Body):
    """One line of an invoice; vials, not boxes, are counted. A kit for one patient names them and the prescription."""

    ndc = Text(required=True, longest=20)
    lot = Text(required=True, longest=60)
    expiry = Day(required=True)
    vials_invoiced = WholeNumber(least=0, most=MOST_VIALS, required=True)
    vials_received = WholeNumber(least=0, most=MOST_VIALS, required=True)
    patient = fields.UUID(load_default=None)
    prescription = Text(load_default=None, longest=60)
    serials = serials_in()

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> DeliveredLine:
        read = tuple(data.pop("serials"))
        return DeliveredLine(
            invoiced=data.pop("vials_invoiced"), received=data.pop("vials_received"), serials=read, **data
        )


class NewReceipt(SupplierIn):
    """POST /receipts"""

    location = fields.UUID(required=True)
    invoice_number = Text(required=True, longest=100)
    invoice_date = Day(required=True)
    lines = fields.List(fields.Nested(NewReceiptLine()), required=True, validate=validate.Length(1, MOST_LINES))
    received_at = Moment(load_default=None)
    late_reason = Text(load_default=None, longest=400)
    order = fields.UUID(load_default=None)
    attachment = fields.Nested(AttachmentIn(), load_default=None, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Delivery:
        return Delivery(supplier=supplier_from(data), lines=tuple(data.pop("lines")), **data)


class VialOut(Body):
    """A vial that was just given its number, with the serial number of its package where that was read."""

    id = fields.UUID()
    label = fields.String()
    serial = fields.String(allow_none=True)


class FillingOut(Body):
    """So many vials came, on a day, under a line of a schedule II order."""

    order_line = fields.UUID()
    receipt_line = fields.UUID()
    vials = fields.Integer(attribute="quantity")
    received_on = fields.Date()


class KitDeadlineOut(Body):
    """A vial that is one patient's, and its last day."""

    container = fields.UUID()
    patient = fields.UUID()
    prescription = fields.String()
    last_day = fields.Date()


class ReceiptLineOut(Body):
    """One line as it was accepted, with its vials; the two numbers stay as they are."""

    id = fields.UUID(attribute="line.id")
    ndc = fields.String(attribute="line.ndc")
    lot = fields.String(attribute="line.lot")
    expiry = fields.Date(attribute="line.expiry")
    vials_invoiced = fields.Integer(attribute="line.invoiced")
    vials_received = fields.Integer(attribute="line.received")
    containers = fields.List(fields.Nested(VialOut()), attribute="vials")
    patient = fields.UUID(allow_none=True)
    kits = fields.List(fields.Nested(KitDeadlineOut()))
    order_fillings = fields.List(fields.Nested(FillingOut()), attribute="fillings")


class CautionOut(Body):
    """Something to look at; it stopped nothing."""

    type = fields.String(attribute="code")
    detail = fields.String()


class ReceiptOut(Body):
    """A receipt; ``delivery`` is null for one from before deliveries were logged."""

    id = fields.UUID(attribute="receipt.id")
    delivery = fields.UUID(attribute="delivery.id", dump_default=None, allow_none=True)
    group = fields.Enum(Group, by_value=True)
    document = fields.Enum(PaperKind, by_value=True)
    order = fields.UUID(attribute="delivery.stock_order", dump_default=None, allow_none=True)
    location = fields.UUID(attribute="receipt.location")
    supplier_name = fields.String(attribute="receipt.supplier_name")
    supplier_address = fields.String(attribute="receipt.supplier_address")
    supplier_dea_number = fields.String(attribute="receipt.supplier_dea_number")
    invoice_number = fields.String(attribute="receipt.invoice_number")
    invoice_date = fields.Date(attribute="receipt.invoice_date")
    received_at = Moment(attribute="receipt.occurred_at")
    recorded_at = Moment(attribute="receipt.recorded_at")
    late_reason = fields.String(attribute="receipt.late_reason", allow_none=True)
    received_by = fields.UUID(attribute="receipt.received_by")
    lines = fields.List(fields.Nested(ReceiptLineOut()))
    warnings = fields.List(fields.Nested(CautionOut()))


@dataclass(frozen=True, slots=True)
class RecordsAsked:
    """Which site's records of which group, and which part of them."""

    site: UUID
    group: Group
    page: PageAsked


class RecordsQuery(PageQuery):
    """GET /receipts and GET /deliveries: always of one group."""

    site = fields.UUID(required=True)
    group = fields.Enum(Group, by_value=True, required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> RecordsAsked:
        return RecordsAsked(site=data.pop("site"), group=data.pop("group"), page=PageAsked(**data))


class ReceiptPage(Body):
    """Some of a site's receipts of one group."""

    items = fields.List(fields.Nested(ReceiptOut()))
    next = fields.String(allow_none=True)
