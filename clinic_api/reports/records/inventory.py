"""A statutory inventory as it was signed: everything its paper says, read from the signed record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from clinic_api.reports.records.codec import read


@dataclass(frozen=True, kw_only=True)
class Registrant:
    """Whose inventory it is, and where."""

    id: str
    dea_number: str
    registrant: str
    kind: str
    address: str
    schedules: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Under which practice profile it was counted, and what that replaces."""

    key: str
    version: int
    replaced: str | None


@dataclass(frozen=True, kw_only=True)
class Taker:
    """Who counted where, and when their entry was in, UTC."""

    account: str
    name: str
    location: str
    entered_at: datetime


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """One container that was never opened."""

    container: str
    location: str
    lot: str


@dataclass(frozen=True, kw_only=True)
class SealedInAll:
    """Sealed containers of a product: a number times a size."""

    containers: int
    size_ml: str
    size_mg: str
    method: str
    resolution_mg: str
    each: tuple[Sealed, ...]


@dataclass(frozen=True, kw_only=True)
class Opened:
    """One opened container, how it was measured and how finely; milligrams."""

    container: str
    location: str
    lot: str
    method: str
    volume_ml: str | None
    found_mg: str
    resolution_mg: str


@dataclass(frozen=True, kw_only=True)
class Apart(Opened):
    """One container that is set apart, and why; it is on hand like the others."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class ProductLine:
    """One product, also where there is none of it; milligrams."""

    product: str
    name: str
    ndc: str
    schedule: str
    form: str
    strength_mg_per_ml: str
    sealed: SealedInAll
    opened: tuple[Opened, ...]
    opened_mg: str
    set_apart: tuple[Apart, ...]
    set_apart_mg: str
    not_found: tuple[str, ...]
    total_mg: str


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One list of an inventory: schedule II by itself, or the others."""

    name: str
    none_on_hand: bool
    products: tuple[ProductLine, ...]


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """The whole record; times are UTC, and printed by the clock of ``zone``."""

    kind: str
    business: str
    counted_on: date
    counted_from: datetime
    counted_until: datetime
    zone: str
    registration: Registrant
    profile: Profile
    takers: tuple[Taker, ...]
    lists: tuple[Listing, ...]


def inventory_from(content: Mapping[str, Any]) -> Inventory:
    """Read a signed record; the keys are the fields of the records, all of them.

    A record from before sealed containers were listed one by one prints their number alone.

    Raises:
        MissingFromContent, StrangeInContent, UnreadableInContent: see ``records.codec``.
    """
    lists = [{"name": name, **said, "products": _products(said)} for name, said in content["lists"].items()]
    return read(Inventory, {**content, "lists": lists})


def _products(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{**each, "sealed": {"each": [], **each["sealed"]}} for each in said["products"]]
