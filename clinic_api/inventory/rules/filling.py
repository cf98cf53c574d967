"""Filling an order for schedule II: in its time, and never more than was ordered."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from clinic_api.errors import Conflict
from clinic_api.inventory.rules.settling import Settled
from clinic_api.inventory.rules.stock_orders import OrderLine, StockOrder


@dataclass(frozen=True, slots=True)
class Filled:
    """So many vials of a receipt's line come under one line of the order.

    Args:
        place: which line of the receipt.
        before: how many of the order's line had come before.
    """

    place: int
    line: UUID
    before: int
    quantity: int


@dataclass(eq=False)
class OrderLapsed(Conflict):
    """The order's time is over."""

    number: str
    last_day: date

    def __str__(self) -> str:
        return f"{self.number} was to be filled by {self.last_day}; refuse the delivery and sign a new order"


@dataclass(eq=False)
class MoreThanOrdered(Conflict):
    """More is received than was ordered and has not come yet."""

    number: str
    ndc: str
    open: int
    received: int

    def __str__(self) -> str:
        return (
            f"{self.number}, {self.ndc}: {self.open} are still open, not {self.received}; "
            "count the others as turned away, with the reason, and send them back"
        )


def check_in_its_time(order: StockOrder, *, on: date, within: timedelta) -> None:
    """Refuse what comes after the order's last day; OrderLapsed.

    Args:
        on: the day on which the delivery came, at the site.
        within: from the signature on.

    Source:
        21 CFR 1305.13(b).
    """
    last_day = order.signed_on + within
    if on > last_day:
        raise OrderLapsed(number=order.number, last_day=last_day)


def fill(order: StockOrder, lines: Sequence[Settled]) -> tuple[Filled, ...]:
    """Under which lines of the order a receipt's vials come, first lines first.

    Raises:
        MoreThanOrdered: by one vial is enough.
    """
    received = Counter[str]()
    for line in lines:
        received[line.ndc] += line.received
    for ndc, vials in received.items():
        left = sum(each.open for each in order.lines if each.ndc == ndc)
        if vials > left:
            raise MoreThanOrdered(number=order.number, ndc=ndc, open=left, received=vials)
    return tuple(_filled(order.lines, lines))


def _filled(ordered: Sequence[OrderLine], lines: Sequence[Settled]) -> Iterable[Filled]:
    come = {each.id: each.received for each in ordered}
    for place, line in enumerate(lines):
        left = line.received
        for each in ordered:
            quantity = min(left, each.ordered - come[each.id]) if each.ndc == line.ndc else 0
            if quantity:
                yield Filled(place, each.id, come[each.id], quantity)
                come[each.id] += quantity
                left -= quantity
