"""What complete counts found of one product, and by which methods; the book only stands beside it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from clinic_api.inventory.rules.products import Method
from clinic_api.quantities import NOTHING, Mass, Volume

#: How a container is counted that is not taken as full.
MEASURED: Final = frozenset(Method) - {Method.COUNTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One container of a physical count; without a method it was not found.

    Args:
        made_up: it is a syringe or a bag, so it is no full container of the product, and its fluid may be diluted.
    """

    method: Method | None
    volume: Volume | None
    found: Mass | None
    expected: Mass
    resolution: Mass
    made_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How many containers were counted by one method, what they held, and how far off that may be in all."""

    method: Method
    containers: int
    found: Mass
    resolution: Mass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What complete counts found of one product, never copied from the book, which stands beside it.

    Args:
        at: when; the latest, where several locations were counted.
        counts: the count of each location.
        full: containers that were counted as full.
        opened: containers that were measured, and whatever was made up.
        opened_volume: what was measured, undiluted; of what was made up only the micrograms count.
        missing: containers that should hold something and were not found.
        methods: each method with its resolution.
    """

    at: datetime
    counts: tuple[UUID, ...]
    full: int
    opened: int
    opened_volume: Volume
    missing: int
    found: Mass
    book: Mass
    methods: tuple[Measured, ...]

    @property
    def variance_ug(self) -> int:
        """Found less book, micrograms."""
        return self.found.ug - self.book.ug


def tally(at: datetime, counts: Iterable[UUID], entries: Iterable[Counted]) -> Tally:
    """The entries of one product, from one or more counts, as one line."""
    made = list(entries)
    by_method: dict[Method, list[Counted]] = defaultdict(list)
    for entry in made:
        if entry.method is not None:
            by_method[entry.method].append(entry)
    full = [entry for entry in by_method.get(Method.COUNTED, []) if not entry.made_up]
    measured = [entry for entry in made if entry.method in MEASURED and not entry.made_up]
    made_up = sum(entry.made_up and entry.method is not None for entry in made)
    return Tally(
        at=at,
        counts=tuple(counts),
        full=len(full),
        opened=len(measured) + made_up,
        opened_volume=Volume.total(entry.volume for entry in measured if entry.volume is not None),
        missing=sum(entry.method is None for entry in made),
        found=_found(made),
        book=Mass.total(entry.expected for entry in made),
        methods=tuple(_measured(method, by_method[method]) for method in Method if method in by_method),
    )


def _found(entries: Iterable[Counted]) -> Mass:
    return Mass.total(NOTHING if entry.found is None else entry.found for entry in entries)


def _measured(method: Method, entries: list[Counted]) -> Measured:
    resolution = Mass.total(entry.resolution for entry in entries)
    return Measured(method=method, containers=len(entries), found=_found(entries), resolution=resolution)
