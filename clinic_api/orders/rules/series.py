"""The series order: signed once for several visits, and what it still allows today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from clinic_api.errors import Conflict, Unacceptable
from clinic_api.protocols.rules.dose import WeightBasis
from clinic_api.protocols.rules.protocol import Route
from clinic_api.quantities import NOTHING, DosePerWeight, Mass


class OrderState(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    VERBAL = "verbal"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class OrderAct(StrEnum):
    """What can be done to an order."""

    READ_BACK = "read_back"
    SIGN = "sign"
    SUPERSEDE = "supersede"
    EXPIRE = "expire"
    CANCEL = "cancel"


#: The whole life of an order. A verbal order holds from its read-back; its signature follows the same day.
LIFE: Final[Mapping[OrderState, Mapping[OrderAct, OrderState]]] = {
    OrderState.DRAFT: {
        OrderAct.READ_BACK: OrderState.VERBAL,
        OrderAct.SIGN: OrderState.ACTIVE,
        OrderAct.CANCEL: OrderState.CANCELLED,
    },
    OrderState.VERBAL: {
        OrderAct.SIGN: OrderState.ACTIVE,
        OrderAct.SUPERSEDE: OrderState.SUPERSEDED,
        OrderAct.EXPIRE: OrderState.EXPIRED,
        OrderAct.CANCEL: OrderState.CANCELLED,
    },
    OrderState.ACTIVE: {
        OrderAct.SUPERSEDE: OrderState.SUPERSEDED,
        OrderAct.EXPIRE: OrderState.EXPIRED,
        OrderAct.CANCEL: OrderState.CANCELLED,
    },
    OrderState.SUPERSEDED: {},
    OrderState.EXPIRED: {},
    OrderState.CANCELLED: {},
}


@dataclass(frozen=True)
class Titration:
    """The range, both ends included, within which a visit's dose may be chosen without a new order."""

    low: DosePerWeight
    high: DosePerWeight


@dataclass(frozen=True)
class SeriesOrder:
    """What the prescriber signs for a series of visits.

    Args:
        visits: how many doses the order allows in all.
        mg_per_kg: the dose, multiplied with the weight of the day.
        duration: how long each infusion runs; None for an injection, which has no rate.
        basis: which weight it is multiplied with.
        cap: the most any visit may get; None is no cap, never a cap of nothing.
        valid_until: the first moment at which it no longer holds, UTC.
        titration: the range a visit may choose from; None is only ``mg_per_kg``.
    """

    route: Route
    visits: int
    mg_per_kg: DosePerWeight
    duration: timedelta | None
    basis: WeightBasis
    cap: Mass | None
    valid_until: datetime
    titration: Titration | None = None


@dataclass(eq=False)
class OrderCannot(Conflict):
    """The order cannot do this from where it stands."""

    act: OrderAct
    state: OrderState

    def __str__(self) -> str:
        return f"an order that is {self.state} does not allow {self.act}; write a new order"


@dataclass(eq=False)
class OrderNotSigned(Conflict):
    """The order is a draft: the prescriber signs it, or it is taken as a verbal order with a read-back."""


@dataclass(eq=False)
class OrderSuperseded(Conflict):
    """A newer order has taken this one's place: use the newer one."""


@dataclass(eq=False)
class OrderCancelled(Conflict):
    """The prescriber has cancelled this order: a dose needs a new one."""


@dataclass(eq=False)
class OrderExpired(Conflict):
    """The order is no longer valid."""

    valid_until: datetime

    def __str__(self) -> str:
        return f"the order was valid until {self.valid_until:%Y-%m-%d %H:%M} UTC; the prescriber writes a new one"


@dataclass(eq=False)
class OrderUsedUp(Conflict):
    """Every visit of the order has been used."""

    visits: int
    used: int

    def __str__(self) -> str:
        return f"the order is for {self.visits} visits and {self.used} have been given; the prescriber writes a new one"


@dataclass(eq=False)
class NothingOrdered(Unacceptable):
    """An order needs at least one visit and a dose of more than nothing."""

    visits: int
    mg_per_kg: DosePerWeight
    cap: Mass | None

    def __str__(self) -> str:
        cap = "no cap" if self.cap is None else f"a cap of {self.cap}"
        return f"{self.visits} visits of {self.mg_per_kg} with {cap} order nothing; correct the figure that is zero"


@dataclass(eq=False)
class NotByWeight(Unacceptable):
    """A drug given by this route is ordered in devices, not in milligrams per kilogram."""

    route: Route

    def __str__(self) -> str:
        return f"{self.route} doses are ordered in devices; choose the protocol of that drug"


@dataclass(eq=False)
class DurationUnfit(Unacceptable):
    """An infusion needs its duration, and an injection has none."""

    route: Route
    duration: timedelta | None

    def __str__(self) -> str:
        said = "no duration" if self.duration is None else f"a duration of {self.duration}"
        return f"an {self.route} order cannot have {said}; enter minutes for an infusion and none for an injection"


@dataclass(eq=False)
class DoseOutsideRange(Conflict):
    """The dose is not one that the order allows."""

    asked: DosePerWeight
    low: DosePerWeight
    high: DosePerWeight

    def __str__(self) -> str:
        return f"the order allows {self.low} to {self.high}, not {self.asked}; stay within it or write a new order"


def after(state: OrderState, act: OrderAct) -> OrderState:
    """The state that ``act`` leads to; ``OrderCannot`` where the table has no such step."""
    try:
        return LIFE[state][act]
    except KeyError:
        raise OrderCannot(act=act, state=state) from None


def check_order(order: SeriesOrder, *, at: datetime) -> None:
    """Refuse an order that says nothing, contradicts itself or has already run out.

    Args:
        at: when it is to be signed or read back, UTC.

    Raises:
        NotByWeight: the route is one of devices.
        NothingOrdered: no visit, no dose, or a cap of nothing.
        DurationUnfit: an infusion without a duration, or an injection with one.
        DoseOutsideRange: the dose lies outside its own titration range.
        OrderExpired: it would never be valid.
    """
    if order.route is Route.INTRANASAL:
        raise NotByWeight(order.route)
    if order.visits < 1 or order.mg_per_kg.exact == 0 or order.cap == NOTHING:
        raise NothingOrdered(visits=order.visits, mg_per_kg=order.mg_per_kg, cap=order.cap)
    _check_duration(order)
    dose_of(order, chosen=order.mg_per_kg)
    if at >= order.valid_until:
        raise OrderExpired(order.valid_until)


def _check_duration(order: SeriesOrder) -> None:
    infused = order.route is Route.INTRAVENOUS
    given = order.duration is not None
    if infused is not given or (order.duration is not None and order.duration <= timedelta(0)):
        raise DurationUnfit(route=order.route, duration=order.duration)


def dose_of(order: SeriesOrder, *, chosen: DosePerWeight | None) -> DosePerWeight:
    """The dose per kilogram of one visit: what was chosen for it, or else what the order says.

    Raises:
        DoseOutsideRange: ``chosen`` is not within the titration range, or there is none.
    """
    if chosen is None:
        return order.mg_per_kg
    low, high = (order.titration.low, order.titration.high) if order.titration else (order.mg_per_kg, order.mg_per_kg)
    if not low <= chosen <= high:
        raise DoseOutsideRange(asked=chosen, low=low, high=high)
    return chosen


#: What is said of an order that does not hold; an expired one says its date.
_NOT_IN_FORCE: Final[Mapping[OrderState, type[Conflict]]] = {
    OrderState.DRAFT: OrderNotSigned,
    OrderState.SUPERSEDED: OrderSuperseded,
    OrderState.CANCELLED: OrderCancelled,
}


def check_active(order: SeriesOrder, *, state: OrderState, at: datetime, visits_used: int) -> None:
    """Refuse a dose under an order that does not hold now.

    Args:
        state: where the order stands on record.
        at: when the dose is to be prepared or started, UTC.
        visits_used: visits that have had a dose under this order, this one not counted.

    Raises:
        OrderNotSigned: it is still a draft.
        OrderSuperseded: a newer order has replaced it.
        OrderCancelled: the prescriber has withdrawn it.
        OrderExpired: its validity is over, whether or not that has been recorded yet.
        OrderUsedUp: as many visits have had their dose as it allows.
    """
    if state in _NOT_IN_FORCE:
        raise _NOT_IN_FORCE[state]
    if state is OrderState.EXPIRED or at >= order.valid_until:
        raise OrderExpired(order.valid_until)
    if visits_used >= order.visits:
        raise OrderUsedUp(visits=order.visits, used=visits_used)
