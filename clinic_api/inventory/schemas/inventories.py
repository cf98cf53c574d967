"""Shapes of statutory inventories."""

from typing import Any

from marshmallow import fields, post_load

from clinic_api.http.fields import Body, Moment
from clinic_api.inventory.rules.inventories import Business, InventoryState, NewInventory
from clinic_api.inventory.rules.kinds import CountKind
from clinic_api.inventory.rules.sheets import CountState
from clinic_api.signatures.schemas import ChallengeOut


class OpenInventory(Body):
    """POST /inventories; ``business`` says whether it stands for the opening or the close of business."""

    registration = fields.UUID(required=True)
    kind = fields.Enum(CountKind, by_value=True, required=True)
    business = fields.Enum(Business, by_value=True, required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewInventory:
        return NewInventory(**data)


class CountOfOut(Body):
    """The count of one location."""

    count = fields.UUID()
    location = fields.UUID()
    location_name = fields.String()
    state = fields.Enum(CountState, by_value=True)


class TakerOut(Body):
    """Who signed, under the name they had then."""

    signer = fields.UUID()
    name = fields.String()
    at = Moment()


class InventoryOut(Body):
    """An inventory as far as it has come; its counts are entered and signed under /counts."""

    id = fields.UUID()
    registration = fields.UUID()
    kind = fields.Enum(CountKind, by_value=True)
    business = fields.Enum(Business, by_value=True)
    state = fields.Enum(InventoryState, by_value=True)
    persons = fields.Integer()
    opened_by = fields.UUID()
    opened_at = Moment()
    counts = fields.List(fields.Nested(CountOfOut()))
    record = fields.UUID(allow_none=True)
    counted_on = fields.Date(allow_none=True)
    signatures = fields.List(fields.Nested(TakerOut()))


class SignedInventoryOut(InventoryOut):
    """An inventory with its first signature, and what a second taker is asked to sign, where one is needed."""

    challenge = fields.Nested(ChallengeOut(), allow_none=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The challenge stands beside the inventory; everything else is the inventory's."""
        return super().get_attribute(obj if attr == "challenge" else obj.inventory, attr, default)


class RegistrationPrinted(Body):
    """Whose inventory it is."""

    id = fields.String()
    dea_number = fields.String()
    registrant = fields.String()
    kind = fields.String()
    address = fields.String()
    schedules = fields.List(fields.String())


class ProfilePrinted(Body):
    """Under which practice profile it was counted, and what that replaces."""

    key = fields.String()
    version = fields.Integer()
    replaced = fields.String(allow_none=True)


class TakerPrinted(Body):
    """Who counted where."""

    account = fields.String()
    name = fields.String()
    location = fields.String()
    entered_at = fields.String()


class SealedOnePrinted(Body):
    """One sealed container."""

    container = fields.String()
    location = fields.String()
    lot = fields.String()


class SealedPrinted(Body):
    """Sealed containers: a number times a size; a record from before they were named has no ``each``."""

    containers = fields.Integer()
    size_ml = fields.String()
    size_mg = fields.String()
    method = fields.String()
    resolution_mg = fields.String()
    each = fields.List(fields.Nested(SealedOnePrinted()))


class OpenedPrinted(Body):
    """One opened container, with how it was measured and how finely."""

    container = fields.String()
    location = fields.String()
    lot = fields.String()
    method = fields.String()
    volume_ml = fields.String(allow_none=True)
    found_mg = fields.String()
    resolution_mg = fields.String()


class ApartPrinted(OpenedPrinted):
    """One container that is set apart, with the reason."""

    reason = fields.String()


class ProductPrinted(Body):
    """One product, also where there is none of it; milligrams."""

    product = fields.String()
    name = fields.String()
    ndc = fields.String()
    schedule = fields.String()
    form = fields.String()
    strength_mg_per_ml = fields.String()
    sealed = fields.Nested(SealedPrinted())
    opened = fields.List(fields.Nested(OpenedPrinted()))
    opened_mg = fields.String()
    set_apart = fields.List(fields.Nested(ApartPrinted()))
    set_apart_mg = fields.String()
    not_found = fields.List(fields.String())
    total_mg = fields.String()


class ListPrinted(Body):
    """One list of an inventory."""

    none_on_hand = fields.Boolean()
    products = fields.List(fields.Nested(ProductPrinted()))


class InventoryRecordOut(Body):
    """An inventory as it was signed; schedule II stands on a list of its own."""

    kind = fields.String()
    business = fields.String()
    counted_on = fields.String()
    counted_from = fields.String()
    counted_until = fields.String()
    zone = fields.String()
    registration = fields.Nested(RegistrationPrinted())
    profile = fields.Nested(ProfilePrinted())
    takers = fields.List(fields.Nested(TakerPrinted()))
    lists = fields.Dict(keys=fields.String(), values=fields.Nested(ListPrinted()))


class NextInventoryOut(Body):
    """When the next inventory is due; ``due_on`` is null before the first one, which is due on the first day."""

    registration = fields.UUID()
    kind = fields.Enum(CountKind, by_value=True, allow_none=True)
    last = fields.UUID(allow_none=True)
    counted_on = fields.Date(allow_none=True)
    due_on = fields.Date(allow_none=True)
    every_months = fields.Integer()
    grace_days = fields.Integer()
    rule = fields.String()
