"""Shapes of corrections and incidents."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import fields, post_load

from clinic_api.http.fields import Body, MassField, Moment, PageQuery, Text, VolumeField, YesNo
from clinic_api.http.paging import PageAsked
from clinic_api.inventory.rules.corrections import CorrectionOrder, CorrectionState
from clinic_api.inventory.rules.drawing import DrawOrder
from clinic_api.inventory.rules.incidents import IncidentOrder, IncidentReviewed, OrderStanding
from clinic_api.inventory.schemas.amounts import more_than_nothing
from clinic_api.inventory.schemas.disputes import DisputeOut
from clinic_api.inventory.schemas.removals import SOME_WORDS, Beside


class NewCorrection(Body):
    """POST /moves/{id}/corrections"""

    mass_mg = MassField(load_default=None, attribute="mass", validate=more_than_nothing)
    restated_mg = MassField(load_default=None, attribute="restated", validate=more_than_nothing)
    reason = Text(required=True, longest=400, validate=SOME_WORDS)


class CorrectionOut(Body):
    """A correction as both people read it."""

    id = fields.UUID()
    state = fields.Enum(CorrectionState, by_value=True)
    move = fields.UUID()
    mass_mg = MassField(attribute="mass")
    restated_mg = MassField(attribute="restated", allow_none=True)
    reason = fields.String()
    digest = fields.String()
    by = fields.UUID()
    at = Moment()
    second = fields.UUID(allow_none=True)
    posted_at = Moment(allow_none=True)
    reversing_move = fields.UUID(allow_none=True)
    restated_move = fields.UUID(allow_none=True)
    other_half = fields.UUID(allow_none=True)
    other_reversing_move = fields.UUID(allow_none=True)
    disputes = fields.List(fields.Nested(DisputeOut()))


class ProposedCorrectionOut(Beside, CorrectionOut):
    """A pending correction, and what a second person is asked to sign."""

    beside = "correction"


class NewIncident(Body):
    """POST /incidents"""

    container = fields.UUID(required=True)
    volume_ml = VolumeField(required=True, attribute="volume")
    visit = fields.UUID(required=True)
    what_happened = Text(required=True, longest=1000, validate=SOME_WORDS)
    given = YesNo(required=True)
    order_missing = YesNo(required=True)
    occurred_at = Moment(load_default=None)

    @post_load
    def _order(self, data: dict[str, Any], **_: Any) -> IncidentOrder:
        draw = DrawOrder.of_one(data.pop("container"), data.pop("volume"), data.pop("visit"))
        return IncidentOrder(draw=draw, **data)


class IncidentOut(Body):
    """An incident, and its review once there is one."""

    id = fields.UUID()
    container = fields.UUID()
    container_label = fields.String()
    visit = fields.UUID(allow_none=True)
    against = fields.List(fields.String())
    what_happened = fields.String()
    order_missing = fields.Boolean()
    order_standing = fields.Enum(OrderStanding, by_value=True)
    order_due_at = Moment(allow_none=True)
    order = fields.UUID(allow_none=True)
    ordered_by = fields.UUID(allow_none=True)
    order_attached_at = Moment(allow_none=True)
    order_alone = fields.Boolean(allow_none=True)
    by = fields.UUID()
    occurred_at = Moment()
    at = Moment()
    moves = fields.List(fields.UUID())
    syringe = fields.UUID(allow_none=True)
    finding = fields.String(allow_none=True)
    reviewer = fields.UUID(allow_none=True)
    reviewed_at = Moment(allow_none=True)
    no_order_because = fields.String(allow_none=True)


class IncidentPage(Body):
    """Some incidents."""

    items = fields.List(fields.Nested(IncidentOut()))
    next = fields.String(allow_none=True)


@dataclass(frozen=True, slots=True)
class IncidentsAsked:
    """Which incidents, and which part of them."""

    unreviewed: bool
    page: PageAsked


class IncidentsQuery(PageQuery):
    """GET /incidents"""

    unreviewed = fields.Boolean(load_default=False)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> IncidentsAsked:
        return IncidentsAsked(unreviewed=data.pop("unreviewed"), page=PageAsked(**data))


class NewReview(Body):
    """POST /incidents/{id}/review"""

    finding = Text(required=True, longest=1000, validate=SOME_WORDS)
    no_order_because = Text(load_default=None, longest=400, validate=SOME_WORDS)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> IncidentReviewed:
        return IncidentReviewed(**data)


def correction_of(move: UUID, said: dict[str, Any]) -> CorrectionOrder:
    """A correction of the move that the address names."""
    return CorrectionOrder(move=move, **said)
