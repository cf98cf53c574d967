"""What already happened against a rule: always recorded, with the rules that it went against, and reviewed after."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic_api.errors import Conflict, NotPermitted
from clinic_api.inventory.rules.drawing import (
    Disposed,
    DrawOrder,
    Expired,
    PastBeyondUse,
    Quarantined,
    SingleDoseUsed,
    Source,
)
from clinic_api.inventory.rules.moves import NotEnoughLeft
from clinic_api.inventory.rules.products import ContainerKind
from clinic_api.quantities import NOTHING, Mass


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentOrder:
    """A draw that has happened, in the words of who saw it.

    Args:
        given: the patient got all of it at once, as in an emergency; otherwise it is in a syringe.
        order_missing: there was no order, or none that held, when it was done.
        occurred_at: when, UTC; None for now.
    """

    draw: DrawOrder
    what_happened: str
    given: bool
    order_missing: bool
    occurred_at: datetime | None = None


class ReviewerWasThere(NotPermitted):
    """Who recorded an incident does not review it."""

    def __str__(self) -> str:
        return "Ask somebody else to look at it; who recorded it is in the record already."


class ReviewedBefore(Conflict):
    """This incident was reviewed."""

    def __str__(self) -> str:
        return "Its review stays as it is; what came up later belongs into a discrepancy."


def against(source: Source, *, mass: Mass, at: datetime) -> tuple[str, ...]:
    """The refusals that an ordinary draw would have met, by name; none is fine too.

    Args:
        mass: what was drawn.
        at: when it was drawn, UTC.
    """
    opened = source.use_by is not None
    met = {
        Quarantined: source.quarantined,
        Disposed: source.gone,
        Expired: at >= source.expires_at,
        PastBeyondUse: source.use_by is not None and at > source.use_by,
        SingleDoseUsed: opened and source.kind is ContainerKind.SINGLE_DOSE_VIAL,
        NotEnoughLeft: mass > source.left,
    }
    return tuple(refusal.__name__ for refusal, is_met in met.items() if is_met)


def beyond_the_book(source: Source, *, mass: Mass) -> Mass:
    """How much more was drawn than the book says was there; it is recorded as found, above any cap."""
    return mass - source.left if mass > source.left else NOTHING


def check_review(*, recorded_by: UUID, reviewer: UUID, reviewed: bool) -> None:
    """Refuse a review by who recorded it, and a second one.

    Raises:
        ReviewerWasThere, ReviewedBefore: so it is.
    """
    if reviewed:
        raise ReviewedBefore
    if recorded_by == reviewer:
        raise ReviewerWasThere
