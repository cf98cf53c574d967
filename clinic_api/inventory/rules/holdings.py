"""What was on hand at a moment: by when things happened, and by what was known of them then."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from clinic_api.quantities import Concentration


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment of the ledger.

    Args:
        at: what had happened until then, UTC, that moment included.
        known_at: of that, what had been written down until then, UTC; a later entry is not known yet.
    """

    at: datetime
    known_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One container at a moment; of those that were empty by then one stands for all.

    Args:
        held_ug: what came into it less what went out, micrograms. Below zero where something was known to have left
            before it was known to have come.
        hidden: its location is being counted, blind.
    """

    product: str
    product_name: str
    ndc: str
    concentration: Concentration
    held_ug: int
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OnHand:
    """What was held of one product at a moment; strengths are never pooled.

    Args:
        containers: how many held something.
        held_ug: all of it, in whatever condition, micrograms.

    Both are None while a location that holds some of it is being counted, blind.
    """

    product: str
    product_name: str
    ndc: str
    concentration: Concentration
    containers: int | None
    held_ug: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What was on hand, and at which moment that was."""

    at: datetime
    known_at: datetime
    items: tuple[OnHand, ...]


def moment(at: datetime | None, known_at: datetime | None, *, now: datetime) -> Moment:
    """The moment that was asked for; what was left out is now, UTC."""
    return Moment(at=at or now, known_at=known_at or now)


def held_at(moment: Moment, holdings: Iterable[Holding]) -> Held:
    """What was on hand at a moment, by product."""
    return Held(at=moment.at, known_at=moment.known_at, items=by_product(holdings))


def by_product(holdings: Iterable[Holding]) -> tuple[OnHand, ...]:
    """Holdings summed by product, in the order of their keys."""
    held: dict[str, list[Holding]] = defaultdict(list)
    for each in holdings:
        held[each.product].append(each)
    return tuple(_summed(held[product]) for product in sorted(held))


def _summed(held: list[Holding]) -> OnHand:
    newest, hidden = held[-1], any(each.hidden for each in held)
    return OnHand(
        product=newest.product,
        product_name=newest.product_name,
        ndc=newest.ndc,
        concentration=newest.concentration,
        containers=None if hidden else sum(each.held_ug != 0 for each in held),
        held_ug=None if hidden else sum(each.held_ug for each in held),
    )
