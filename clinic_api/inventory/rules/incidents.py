"""What already happened against a rule: always recorded, with the rules that it went against, and reviewed after."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from clinic_api.errors import Conflict, NotPermitted, Unacceptable
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


class OrderStanding(StrEnum):
    """What has become of the order that an incident had or lacked."""

    NOT_MISSING = "not_missing"
    MISSING = "missing"
    OVERDUE = "overdue"
    ATTACHED = "attached"
    ATTACHED_LATE = "attached_late"
    NONE_WILL_COME = "none_will_come"


@dataclass(frozen=True, slots=True)
class IncidentReviewed:
    """What somebody else found; ``no_order_because`` says why a missing order will not come."""

    finding: str
    no_order_because: str | None = None


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


class NoOrderMissing(Conflict):
    """There was an order when it happened."""

    def __str__(self) -> str:
        return "Nothing is to be attached; if the entry is wrong, say so in the review."


class OrderAttachedBefore(Conflict):
    """This incident has its order."""

    def __str__(self) -> str:
        return "One order covers it and stays; if it was the wrong one, say so in the review."


class ReviewedWithoutOrder(Conflict):
    """This incident was reviewed as one that gets no order."""

    def __str__(self) -> str:
        return "Its review stays as it is; what came up later belongs into a discrepancy."


class CoversOwnIncident(NotPermitted):
    """Who recorded an incident does not cover it with an order of their own."""

    def __str__(self) -> str:
        return "Ask another prescriber to look at it, to sign an order and to attach that."


class OrderStillMissing(Conflict):
    """The order of this incident is neither attached nor given up."""

    def __str__(self) -> str:
        return "A prescriber attaches a signed order (POST /incidents/{id}/order), or the review says why none comes."


class NoOrderAwaited(Unacceptable):
    """Why no order will come is said of an incident that waits for none."""

    def __str__(self) -> str:
        return "Leave the reason out: the order is attached, or none was missing."


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


def check_waits_for_order(*, missing: bool, attached: bool, reviewed: bool) -> None:
    """Refuse an order for an incident that had one, has got one, or was reviewed as one that gets none.

    However late it comes, it is taken, and shows as late.

    Raises:
        NoOrderMissing, OrderAttachedBefore, ReviewedWithoutOrder: so it is.
    """
    if not missing:
        raise NoOrderMissing
    if attached:
        raise OrderAttachedBefore
    if reviewed:
        raise ReviewedWithoutOrder


def check_covers(*, recorded_by: UUID, prescriber: UUID, alone_allowed: bool) -> bool:
    """Whether recorder and prescriber are one person; refused unless the practice profile has only one.

    Args:
        alone_allowed: one practitioner orders, gives and reviews; the record then says so.

    Raises:
        CoversOwnIncident: they are one, and there are others to ask.
    """
    alone = recorded_by == prescriber
    if alone and not alone_allowed:
        raise CoversOwnIncident
    return alone


def check_order_settled(*, missing: bool, attached: bool, no_order_because: str | None) -> None:
    """Refuse a review that leaves open what becomes of a missing order, or gives one up that is not awaited.

    Raises:
        OrderStillMissing, NoOrderAwaited: so it is.
    """
    awaited = missing and not attached
    if awaited and no_order_because is None:
        raise OrderStillMissing
    if not awaited and no_order_because is not None:
        raise NoOrderAwaited


def standing_of_order(
    *, missing: bool, due_at: datetime, attached_at: datetime | None, given_up: bool, at: datetime
) -> OrderStanding:
    """What has become of the order.

    Args:
        due_at: the last moment, UTC, at which it is in time; that moment itself still counts.
        attached_at: when it was attached, UTC; None while it was not.
        given_up: it was reviewed without one.
        at: now, UTC.
    """
    if not missing:
        return OrderStanding.NOT_MISSING
    if attached_at is not None:
        return OrderStanding.ATTACHED if attached_at <= due_at else OrderStanding.ATTACHED_LATE
    if given_up:
        return OrderStanding.NONE_WILL_COME
    return OrderStanding.MISSING if at <= due_at else OrderStanding.OVERDUE
