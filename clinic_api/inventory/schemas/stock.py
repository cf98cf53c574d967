"""Shapes of products, places and containers."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import fields, post_load

from clinic_api.http.fields import Body, MassField, Moment, PageQuery, Text, VolumeField
from clinic_api.http.paging import PageAsked
from clinic_api.inventory.rules.products import ContainerKind
from clinic_api.inventory.rules.vials import State
from clinic_api.inventory.schemas.amounts import MoveOut, Strength
from clinic_api.inventory.schemas.tracing import HappeningOut
from clinic_api.quantities import Volume


class KitOut(Body):
    """A box of so many of one device, under a code of its own."""

    ndc = fields.Function(lambda kit: str(kit.ndc), metadata={"type": "string"})
    devices = fields.Integer()


class ProductOut(Body):
    """A package that the clinic may stock; amounts are of one vial."""

    key = fields.String(attribute="package.key")
    drug = fields.String(attribute="drug.drug")
    name = fields.String(attribute="package.name")
    labeler = fields.String(attribute="package.labeler")
    ndc = fields.Function(lambda stocked: str(stocked.package.ndc), metadata={"type": "string"})
    inner_ndc = fields.Function(
        lambda stocked: None if stocked.package.inner is None else str(stocked.package.inner),
        metadata={"type": ["string", "null"]},
    )
    kits = fields.List(fields.Nested(KitOut()), attribute="package.kits")
    units = fields.Integer(attribute="package.units")
    form = fields.String(attribute="package.form", allow_none=True)
    policy = fields.UUID()
    schedule = fields.String(attribute="drug.schedule")
    registration_schedule = fields.String(attribute="drug.registration_schedule")
    kind = fields.Enum(ContainerKind, by_value=True, attribute="package.kind")
    strength_mg_per_ml = Strength(attribute="package.concentration")
    volume_ml = VolumeField(attribute="package.volume")
    content_mg = MassField(attribute="package.content")
    usual = fields.Boolean(attribute="package.default")


class ProductPage(Body):
    """What the clinic may stock."""

    items = fields.List(fields.Nested(ProductOut()))


@dataclass(frozen=True, slots=True)
class LocationAsked:
    """A locked place to name, under a registration."""

    registration: UUID
    name: str


class NewLocation(Body):
    """POST /locations"""

    registration = fields.UUID(required=True)
    name = Text(required=True, longest=100)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> LocationAsked:
        return LocationAsked(**data)


class LocationOut(Body):
    """A storage location."""

    id = fields.UUID()
    site = fields.UUID()
    registration = fields.UUID()
    name = fields.String()


@dataclass(frozen=True, slots=True)
class ContainersAsked:
    """Which site's containers, and which part of them."""

    site: UUID
    page: PageAsked


class ContainersQuery(PageQuery):
    """GET /containers"""

    site = fields.UUID(required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> ContainersAsked:
        return ContainersAsked(site=data.pop("site"), page=PageAsked(**data))


class OriginOut(Body):
    """A vial that drug in a container came from."""

    container = fields.UUID()
    label = fields.String()
    lot = fields.String()
    expiry = fields.Date()


class ContainerOut(Body):
    """A container; its amounts are null while its location is being counted, blind."""

    id = fields.UUID()
    label = fields.String()
    kind = fields.Enum(ContainerKind, by_value=True)
    state = fields.Enum(State, by_value=True)
    product = fields.String()
    product_name = fields.String()
    ndc = fields.String()
    strength_mg_per_ml = Strength(attribute="concentration")
    registration = fields.UUID()
    site = fields.UUID()
    location = fields.UUID()
    location_name = fields.String()
    lot = fields.String()
    expiry = fields.Date()
    content_mg = MassField(attribute="content")
    balance_mg = MassField(attribute="balance", allow_none=True)
    volume_left_ml = VolumeField(attribute="volume_left", allow_none=True)
    held_for_waste_mg = MassField(attribute="held", allow_none=True)
    punctured_at = Moment(allow_none=True)
    use_by = Moment(allow_none=True)
    quarantined_at = Moment(allow_none=True)
    quarantine_reason = fields.String(allow_none=True)
    parent = fields.UUID(allow_none=True)
    visit = fields.UUID(allow_none=True)
    being_counted = fields.Boolean()
    sources = fields.List(fields.Nested(OriginOut()))
    stock = fields.Boolean()
    serial = fields.String(allow_none=True)


class ContainerPage(Body):
    """Some of a site's containers."""

    items = fields.List(fields.Nested(ContainerOut()))
    next = fields.String(allow_none=True)


class ContainerHistoryOut(Body):
    """A container, every move into and out of it, and its timeline; none are told while it is being counted, blind."""

    container = fields.Nested(ContainerOut())
    moves = fields.List(fields.Nested(MoveOut()), allow_none=True)
    timeline = fields.List(fields.Nested(HappeningOut()), allow_none=True)


class NewQuarantine(Body):
    """POST /containers/{id}/quarantine"""

    reason = Text(required=True, longest=400)


class QuarantineOut(Body):
    """A container that was set apart."""

    id = fields.UUID()
    reason = fields.String()
    by = fields.UUID()
    at = Moment()


class NewOverfill(Body):
    """POST /containers/{id}/overfill"""

    volume_ml = VolumeField(required=True, attribute="volume")

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Volume:
        volume: Volume = data["volume"]
        return volume


class OverfillOut(Body):
    """Overfill as it was found; the balance is null while its location is being counted, blind."""

    id = fields.UUID(attribute="move.id")
    container = fields.UUID(attribute="move.to_container")
    mass_mg = MassField(attribute="move.mass")
    volume_ml = VolumeField(attribute="move.volume")
    balance_mg = MassField(attribute="balance", allow_none=True)
    occurred_at = Moment(attribute="move.occurred_at")


class SiteBalanceOut(Body):
    """What a site holds of one product, by the book; null while it is being counted, blind."""

    product = fields.String()
    product_name = fields.String()
    ndc = fields.String()
    strength_mg_per_ml = Strength(attribute="concentration")
    on_hand_mg = MassField(attribute="on_hand", allow_none=True)
    sealed = fields.Integer(allow_none=True)
    opened = fields.Integer(allow_none=True)
    quarantined = fields.Integer(allow_none=True)


class SiteBalancePage(Body):
    """What a site holds, by product and strength."""

    items = fields.List(fields.Nested(SiteBalanceOut()))
