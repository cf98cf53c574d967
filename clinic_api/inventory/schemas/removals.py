"""Shapes of removals, of what goes back unopened, and of what stays in the hub."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import fields, post_load, validate

from clinic_api.http.fields import Body, MassField, Moment, Text, YesNo
from clinic_api.inventory.rules.moves import Place
from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.inventory.rules.removals import RemovalOrder, RemovalState
from clinic_api.inventory.schemas.amounts import more_than_nothing
from clinic_api.inventory.schemas.disputes import DisputeOut
from clinic_api.quantities import Mass
from clinic_api.signatures.schemas import ChallengeOut

SOME_WORDS = validate.Length(10)
REMOVALS = (Place.DESTROYED, Place.REVERSE_DISTRIBUTOR, Place.TRANSFERRED, Place.BROKEN)


class Beside(Body):
    """What was proposed, and beside it what the second person is asked to sign."""

    challenge = fields.Nested(ChallengeOut())
    beside = ""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The challenge stands beside; everything else is what was proposed."""
        return super().get_attribute(obj if attr == "challenge" else getattr(obj, self.beside), attr, default)


class NewRemovalContent(Body):
    """One container; without a mass, all that it holds."""

    container = fields.UUID(required=True)
    mass_mg = MassField(load_default=None, attribute="mass", validate=more_than_nothing)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> tuple[UUID, Mass | None]:
        return data["container"], data["mass"]


class ReceiverIn(Body):
    """To whom it goes."""

    name = Text(required=True)
    address = Text(required=True, longest=400)
    dea_number = Text(required=True, longest=40)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Supplier:
        return Supplier(**data)


class NewRemoval(Body):
    """POST /removals"""

    kind = fields.Enum(Place, by_value=True, required=True, validate=validate.OneOf(REMOVALS))
    contents = fields.List(fields.Nested(NewRemovalContent()), required=True, validate=validate.Length(1, 200))
    reason = Text(required=True, longest=400, validate=SOME_WORDS)
    method = Text(load_default=None, longest=200)
    receiver = fields.Nested(ReceiverIn(), load_default=None)
    document = Text(load_default=None, longest=100)
    to_location = fields.UUID(load_default=None)
    occurred_at = Moment(load_default=None)
    late_reason = Text(load_default=None, longest=400)

    @post_load
    def _order(self, data: dict[str, Any], **_: Any) -> RemovalOrder:
        return RemovalOrder(contents=tuple(data.pop("contents")), **data)


class RemovalContentOut(Body):
    """One container of a removal; the mass is null while that would tell a counter what the book says."""

    container = fields.UUID()
    label = fields.String()
    mass_mg = MassField(attribute="mass", allow_none=True)


class RemovalSignedOut(Body):
    """One of the two."""

    signer = fields.UUID()
    attestation = fields.UUID()
    at = Moment()


class RemovalOut(Body):
    """A removal as both people read it."""

    id = fields.UUID()
    kind = fields.Enum(Place, by_value=True)
    state = fields.Enum(RemovalState, by_value=True)
    registration = fields.UUID()
    reason = fields.String()
    method = fields.String(allow_none=True)
    receiver_name = fields.String(allow_none=True)
    receiver_address = fields.String(allow_none=True)
    receiver_dea_number = fields.String(allow_none=True)
    document = fields.String(allow_none=True)
    to_location = fields.UUID(allow_none=True)
    seen_registration = fields.UUID(allow_none=True)
    share_percent = fields.String(allow_none=True)
    contents = fields.List(fields.Nested(RemovalContentOut()))
    signatures = fields.List(fields.Nested(RemovalSignedOut()))
    digest = fields.String()
    by = fields.UUID()
    occurred_at = Moment()
    at = Moment()
    late_reason = fields.String(allow_none=True)
    posted_at = Moment(allow_none=True)
    withdrawn_reason = fields.String(allow_none=True)
    acknowledged_document = fields.String(allow_none=True)
    arrived_as_sent = fields.Boolean(allow_none=True)
    acknowledged_remarks = fields.String(allow_none=True)
    disputes = fields.List(fields.Nested(DisputeOut()))


class ProposedRemovalOut(Beside, RemovalOut):
    """A pending removal, and what a second person is asked to sign."""

    beside = "removal"


class RemovalPage(Body):
    """Some removals."""

    items = fields.List(fields.Nested(RemovalOut()))
    next = fields.String(allow_none=True)


class Withdrawal(Body):
    """POST /removals/{id}/withdrawal"""

    reason = Text(required=True, longest=400, validate=SOME_WORDS)


class NewAcknowledgement(Body):
    """POST /removals/{id}/acknowledgement"""

    document = Text(required=True, longest=100)
    arrived_as_sent = YesNo(required=True)
    remarks = Text(load_default=None, longest=400)
    received_at = Moment(required=True)


@dataclass(frozen=True, slots=True)
class EligibilityAsked:
    """Whether a person may be one of the two at a destruction, and why."""

    account: UUID
    eligible: bool
    basis: str


class NewDestructionWitness(Body):
    """POST /destruction-witnesses"""

    account = fields.UUID(required=True)
    eligible = YesNo(required=True)
    basis = Text(required=True, longest=400, validate=SOME_WORDS)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> EligibilityAsked:
        return EligibilityAsked(**data)


class DestructionWitnessOut(Body):
    """The word on one person."""

    id = fields.UUID()
    account = fields.UUID()
    eligible = fields.Boolean()
    basis = fields.String()
    by = fields.UUID()
    at = Moment()


class NewHubLoss(Body):
    """POST /containers/{id}/hub-loss"""

    mass_mg = MassField(required=True, attribute="mass", validate=more_than_nothing)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Mass:
        mass: Mass = data["mass"]
        return mass


class NewReturn(Body):
    """POST /containers/{id}/return"""

    receiver = fields.Nested(ReceiverIn(), required=True)
    document = Text(required=True, longest=100)


class ReturnOut(Body):
    """What went back."""

    id = fields.UUID()
    container = fields.UUID(attribute="from_container")
    mass_mg = MassField(attribute="mass")
    balance_mg = MassField(attribute="from_balance")
    occurred_at = Moment()


class HubLossOut(Body):
    """What stayed in needle and hub; the balance is null while its location is being counted, blind."""

    id = fields.UUID(attribute="move.id")
    container = fields.UUID(attribute="move.from_container")
    mass_mg = MassField(attribute="move.mass")
    balance_mg = MassField(attribute="balance", allow_none=True)
    occurred_at = Moment(attribute="move.occurred_at")
