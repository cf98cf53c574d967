"""Statutory inventories: what must be on one, who may sign it, and when the next is due."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from clinic_api.errors import Conflict, NotPermitted, Unacceptable
from clinic_api.inventory.rules.kinds import STATUTORY, CountKind
from clinic_api.inventory.rules.products import Method
from clinic_api.quantities import NOTHING, Concentration, Mass, Volume

#: Schedule II stands on a list of its own.
APART: Final = "CII"
LISTS: Final = ("CII", "CIII-CV")


class Business(StrEnum):
    """The moment of an inventory: before the day's first movement, or after its last."""

    OPENING = "opening"
    CLOSE = "close"


class InventoryState(StrEnum):
    """How far an inventory has come."""

    COUNTING = "counting"
    COUNTED = "counted"
    SIGNED = "signed"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class NewInventory:
    """An inventory to open."""

    registration: UUID
    kind: CountKind
    business: Business


@dataclass(frozen=True, slots=True, kw_only=True)
class OnShelf:
    """One container as an inventory found it.

    Args:
        method, found: None where it was not found.
        opened: it was punctured, or is a syringe.
        reason: why it is set apart; None where it is not.
    """

    label: str
    location: str
    product: str
    lot: str
    method: Method | None
    volume: Volume | None
    found: Mass | None
    resolution: Mass
    opened: bool
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A product as it stands on an inventory, also when none of it is there."""

    key: str
    name: str
    ndc: str
    schedule: str
    form: str
    concentration: Concentration
    volume: Volume
    content: Mass


@dataclass(eq=False)
class NotAnInventory(Unacceptable):
    """The law knows no inventory of this kind."""

    kind: CountKind

    def __str__(self) -> str:
        return (
            f"An inventory is {', '.join(sorted(STATUTORY))}; a count of kind {self.kind} is opened with POST /counts."
        )


class NowhereToCount(Conflict):
    """The registration has no storage location."""

    def __str__(self) -> str:
        return "Name the place first (POST /locations); an empty one is counted as holding nothing."


@dataclass(eq=False)
class CountsNotComplete(Conflict):
    """A location of the registration is not counted and signed yet."""

    locations: tuple[str, ...]

    def __str__(self) -> str:
        return f"Finish the counts of {', '.join(self.locations)}; an inventory covers the whole registration."


class FrozenBefore(Conflict):
    """This inventory is signed; what it says never changes."""

    def __str__(self) -> str:
        return "Take another inventory to say what is there now; both stay."


class NotATaker(NotPermitted):
    """Who signs an inventory took part in counting it."""

    def __str__(self) -> str:
        return "Somebody who counted signs, each with their own login and PIN and once."


class NotFrozenYet(Conflict):
    """The first of those who took the inventory has not signed it yet."""

    def __str__(self) -> str:
        return "The first of those who counted signs it first (POST /inventories/{id}/signature)."


def check_inventory(kind: CountKind, *, locations: int) -> None:
    """Refuse an inventory that is none, or of nowhere.

    Raises:
        NotAnInventory, NowhereToCount: so it is.
    """
    if kind not in STATUTORY:
        raise NotAnInventory(kind=kind)
    if not locations:
        raise NowhereToCount


def check_freeze(*, frozen: bool, incomplete: Sequence[str], takers: Collection[UUID], by: UUID) -> None:
    """Refuse to freeze what is frozen, not counted throughout, or not this person's to sign.

    Args:
        incomplete: the names of locations whose counts are not complete.
        takers: who made an entry in any of its counts.

    Raises:
        FrozenBefore, CountsNotComplete, NotATaker: so it is.
    """
    if frozen:
        raise FrozenBefore
    if incomplete:
        raise CountsNotComplete(locations=tuple(incomplete))
    if by not in takers:
        raise NotATaker


def check_second_taker(state: InventoryState, *, takers: Collection[UUID], first: UUID | None, second: UUID) -> None:
    """Refuse a second signature that is not due, or not of somebody else who counted.

    Args:
        first: who signed first.

    Raises:
        NotFrozenYet, FrozenBefore, NotATaker: so it is.
    """
    if state is InventoryState.COMPLETE:
        raise FrozenBefore
    if state is not InventoryState.SIGNED:
        raise NotFrozenYet
    if second == first or second not in takers:
        raise NotATaker


def state_of(*, counted: bool, signatures: int, persons: int) -> InventoryState:
    """How far an inventory has come."""
    if signatures >= persons:
        return InventoryState.COMPLETE
    if signatures:
        return InventoryState.SIGNED
    return InventoryState.COUNTED if counted else InventoryState.COUNTING


def next_kind(last: CountKind | None) -> CountKind | None:
    """What is due after an inventory: the first one, then one every so often, and none after the closing one."""
    if last is None:
        return CountKind.INITIAL
    return None if last is CountKind.REGISTRATION_CLOSING else CountKind.BIENNIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class NextInventory:
    """When a registration's next inventory is due, and by which rule.

    Args:
        last, counted_on: the last one that was taken, and the day of its counts; None before the first.
        due_on: the last day on which the next is in time; None where none is asked for any more, and before the
            first one, which is due on the first day.
        every_months, grace_days: the shortest interval that a jurisdiction asks for.
        rule: every rule that asks for it.
    """

    registration: UUID
    kind: CountKind | None
    last: UUID | None
    counted_on: date | None
    due_on: date | None
    every_months: int
    grace_days: int
    rule: str


def listing(products: Iterable[Listed], found: Iterable[OnShelf]) -> dict[str, Any]:
    """The contents of an inventory: schedule II by itself, and each product, also where there is none of it.

    Sealed containers are a number times a size, and named; what is opened stands line by line with its method and
    resolution; what is set apart has its reason. All of it is on hand.

    Args:
        products: everything that the clinic may stock or holds.
        found: what the counts found, in their order.

    Source:
        21 CFR 1304.04(f), 1304.11(a) and (e).
    """
    shelf = list(found)
    lines = [_product(product, [each for each in shelf if each.product == product.key]) for product in products]
    apart = [line for line in lines if line["schedule"] == APART]
    others = [line for line in lines if line["schedule"] != APART]
    return {name: _list(on_it) for name, on_it in zip(LISTS, (apart, others), strict=True)}


def _list(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"none_on_hand": all(line["total_mg"] == "0" for line in lines), "products": list(lines)}


def _product(product: Listed, shelf: Sequence[OnShelf]) -> dict[str, Any]:
    here = [each for each in shelf if each.found is not None]
    sealed = [each for each in here if each.method is Method.COUNTED and not each.opened and each.reason is None]
    apart = [each for each in here if each.reason is not None]
    opened = [each for each in here if each not in sealed and each not in apart]
    return {
        "product": product.key,
        "name": product.name,
        "ndc": product.ndc,
        "schedule": product.schedule,
        "form": product.form,
        "strength_mg_per_ml": product.concentration.as_text(),
        "sealed": {
            "containers": len(sealed),
            "size_ml": product.volume.as_ml_text(),
            "size_mg": product.content.as_mg_text(),
            "method": str(Method.COUNTED),
            "resolution_mg": NOTHING.as_mg_text(),
            "each": [{"container": one.label, "location": one.location, "lot": one.lot} for one in sealed],
        },
        "opened": [_line(each) for each in opened],
        "opened_mg": _total(opened),
        "set_apart": [_line(each) | {"reason": each.reason} for each in apart],
        "set_apart_mg": _total(apart),
        "not_found": [each.label for each in shelf if each.found is None],
        "total_mg": _total(here),
    }


def _line(each: OnShelf) -> dict[str, Any]:
    return {
        "container": each.label,
        "location": each.location,
        "lot": each.lot,
        "method": str(each.method),
        "volume_ml": None if each.volume is None else each.volume.as_ml_text(),
        "found_mg": (each.found or NOTHING).as_mg_text(),
        "resolution_mg": each.resolution.as_mg_text(),
    }


def _total(shelf: Iterable[OnShelf]) -> str:
    return Mass.total(each.found for each in shelf if each.found is not None).as_mg_text()
