"""Shapes of deliveries before they are in the book."""

from typing import Any

from marshmallow import fields, post_load, validate

from clinic_api.http.fields import Body, Day, Moment, Text, WholeNumber
from clinic_api.inventory.rules.deliveries import Claimed, NewDelivery, State
from clinic_api.inventory.rules.papers import Group, Paper, PaperKind
from clinic_api.inventory.rules.settling import CountedLine, DocumentLine
from clinic_api.inventory.schemas.receipts import (
    MOST_LINES,
    MOST_VIALS,
    AttachmentIn,
    CautionOut,
    ReceiptOut,
    SupplierIn,
    serials_in,
    supplier_from,
)
from clinic_api.signatures.schemas import ChallengeOut


class NewDeliveryLine(Body):
    """One line of the document; lot and expiry only where it says both."""

    ndc = Text(required=True, longest=20)
    vials_invoiced = WholeNumber(least=0, most=MOST_VIALS, required=True, attribute="invoiced")
    lot = Text(load_default=None, longest=60)
    expiry = Day(load_default=None)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> DocumentLine:
        return DocumentLine(**data)


class NewDeliveryIn(SupplierIn):
    """POST /deliveries"""

    location = fields.UUID(required=True)
    document = fields.Enum(PaperKind, by_value=True, required=True)
    document_number = Text(required=True, longest=100)
    document_date = Day(required=True)
    order = fields.UUID(load_default=None)
    attachment = fields.Nested(AttachmentIn(), load_default=None, allow_none=True)
    lines = fields.List(fields.Nested(NewDeliveryLine()), required=True, validate=validate.Length(1, MOST_LINES))
    carrier = Text(required=True)
    condition = Text(required=True, longest=400)
    arrived_at = Moment(load_default=None)
    late_reason = Text(load_default=None, longest=400)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewDelivery:
        paper = Paper(
            kind=data.pop("document"),
            number=data.pop("document_number"),
            date=data.pop("document_date"),
            order=data.pop("order"),
            attachment=data.pop("attachment"),
        )
        return NewDelivery(supplier=supplier_from(data), paper=paper, lines=tuple(data.pop("lines")), **data)


class NewCountedLine(Body):
    """What was there of one lot: to be accepted, and turned away with the reason."""

    ndc = Text(required=True, longest=20)
    lot = Text(required=True, longest=60)
    expiry = Day(required=True)
    vials_received = WholeNumber(least=0, most=MOST_VIALS, required=True, attribute="received")
    vials_turned_away = WholeNumber(least=0, most=MOST_VIALS, required=True, attribute="turned_away")
    turned_away_reason = Text(load_default=None, longest=400)
    patient = fields.UUID(load_default=None)
    prescription = Text(load_default=None, longest=60)
    serials = serials_in()

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> CountedLine:
        return CountedLine(serials=tuple(data.pop("serials")), **data)


class NewDeliveryCount(Body):
    """POST /deliveries/{id}/count; an empty list says that the parcel held nothing."""

    lines = fields.List(fields.Nested(NewCountedLine()), required=True, validate=validate.Length(0, MOST_LINES))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> tuple[CountedLine, ...]:
        return tuple(data["lines"])


class NewAcceptance(Body):
    """POST /deliveries/{id}/acceptance"""

    received_at = Moment(load_default=None)
    late_reason = Text(load_default=None, longest=400)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Claimed:
        return Claimed(data["received_at"], data["late_reason"])


class NewDeliveryRefusal(Body):
    """POST /deliveries/{id}/refusal"""

    reason = Text(required=True, longest=400)


class DeliveryLineOut(Body):
    """A line of the document; ``vials_invoiced`` is null until a blind count is in."""

    ndc = fields.Function(lambda pair: pair[0].ndc, metadata={"type": "string"})
    lot = fields.Function(lambda pair: pair[0].lot, metadata={"type": ["string", "null"]})
    expiry = fields.Function(
        lambda pair: None if pair[0].expiry is None else pair[0].expiry.isoformat(),
        metadata={"type": ["string", "null"]},
    )
    vials_invoiced = fields.Function(lambda pair: pair[1], metadata={"type": ["integer", "null"]})


class CountedLineOut(Body):
    """What was there of one lot."""

    ndc = fields.String()
    lot = fields.String()
    expiry = fields.Date()
    vials_received = fields.Integer(attribute="received")
    vials_turned_away = fields.Integer(attribute="turned_away")
    turned_away_reason = fields.String(allow_none=True)
    patient = fields.UUID(allow_none=True)
    prescription = fields.String(allow_none=True)
    serials = fields.List(fields.String())


class DeliveryCountOut(Body):
    """The count that holds; ``blind`` where the document's figures were withheld from the one who counted."""

    number = fields.Integer()
    counted_by = fields.UUID()
    blind = fields.Boolean()
    at = Moment()
    lines = fields.List(fields.Nested(CountedLineOut()))


class DeliverySignatureOut(Body):
    """Who signed for it, in which place."""

    place = fields.Integer()
    signer = fields.UUID()
    name = fields.String()
    at = Moment()


class DeliveryOut(Body):
    """A delivery as far as it has come, and as far as it may be told."""

    id = fields.UUID()
    state = fields.Enum(State, by_value=True)
    location = fields.UUID(attribute="delivery.location")
    group = fields.Enum(Group, by_value=True, attribute="delivery.drug_group")
    document = fields.Enum(PaperKind, by_value=True, attribute="delivery.document")
    document_number = fields.String(attribute="delivery.document_number")
    document_date = fields.Date(attribute="delivery.document_date")
    order = fields.UUID(attribute="delivery.stock_order", allow_none=True)
    attachment_name = fields.String(attribute="delivery.attachment_name", allow_none=True)
    attachment_sha256 = fields.String(attribute="delivery.attachment_sha256", allow_none=True)
    supplier = fields.UUID(attribute="supplier.id")
    supplier_name = fields.String(attribute="supplier.name")
    supplier_address = fields.String(attribute="supplier.address")
    supplier_dea_number = fields.String(attribute="supplier.dea_number")
    carrier = fields.String(attribute="delivery.carrier", allow_none=True)
    condition = fields.String(attribute="delivery.condition", allow_none=True)
    arrived_at = Moment(attribute="delivery.arrived_at")
    recorded_at = Moment(attribute="delivery.recorded_at")
    late_reason = fields.String(attribute="delivery.late_reason", allow_none=True)
    logged_by = fields.UUID(attribute="delivery.by")
    persons = fields.Integer(attribute="delivery.persons")
    profile = fields.String(attribute="delivery.profile")
    profile_version = fields.Integer(attribute="delivery.profile_version")
    lines = fields.List(fields.Nested(DeliveryLineOut()))
    count = fields.Nested(DeliveryCountOut(), allow_none=True)
    signatures = fields.List(fields.Nested(DeliverySignatureOut()))
    refused_because = fields.String(attribute="ending.reason", dump_default=None, allow_none=True)
    receipt = fields.UUID(attribute="ending.receipt", dump_default=None, allow_none=True)
    warnings = fields.List(fields.Nested(CautionOut()))


class CustodyOut(Body):
    """A delivery that was signed for: its receipt, or what a second person is asked to sign first."""

    delivery = fields.Nested(DeliveryOut())
    receipt = fields.Nested(ReceiptOut(), allow_none=True)
    challenge = fields.Nested(ChallengeOut(), allow_none=True)


class DeliveryPage(Body):
    """Some of a site's deliveries of one group."""

    items = fields.List(fields.Nested(DeliveryOut()))
    next = fields.String(allow_none=True)
