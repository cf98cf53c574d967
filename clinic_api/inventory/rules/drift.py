"""Drift: differences too small to be looked into one by one, added up by container, product and person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

from clinic_api.clinics.rules.content import Content, Origin

DAY: Final = timedelta(days=1)


class Subject(StrEnum):
    """What differences are added up for."""

    CONTAINER = "container"
    PRODUCT = "product"
    COUNTER = "counter"
    HANDLER = "handler"


class Reason(StrEnum):
    """Why somebody should look."""

    ONE_SIDED = "one-sided"
    ADDS_UP = "adds-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When small differences are told.

    Args:
        one_sided_counts: so many counts in a row on the same side of the book.
        times_resolution: or what changed, added up, beyond so many times the coarsest resolution.
        within: how far back is looked.
    """

    one_sided_counts: int
    times_resolution: Fraction
    within: timedelta
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One container at one count, as the entry that counts says.

    Args:
        at: when the entries of the count were in, UTC.
        variance_ug: found less expected, micrograms.
        resolution_ug: how finely it could be told.
        explained: the difference is within the resolution; one above it is a case of its own and not summed here.
        before_ug: the variance of its count before, or 0 for a container that came since; None where that lies too
            far back to be known.
        adjusted_ug: by how much the book itself was adjusted since then, below zero where it was lowered.
        handlers: who moved drug into it or out of it since the count before.
    """

    container: UUID
    location: UUID
    product: str
    count: UUID
    at: datetime
    counter: UUID
    variance_ug: int
    resolution_ug: int
    explained: bool
    before_ug: int | None
    adjusted_ug: int = 0
    handlers: frozenset[UUID] = frozenset()

    @property
    def change_ug(self) -> int:
        """What is more or less than at the count before, against the book; 0 where that is not known.

        No count changes the book, so a variance stands there again at each: adding up variances would charge one
        old difference to everybody who counts or handles the container after it.
        """
        return 0 if self.before_ug is None else self.variance_ug - self.before_ug + self.adjusted_ug


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a sum is of. Strengths are never pooled, so a person has one sum for each product."""

    subject: Subject
    product: str
    container: UUID | None = None
    location: UUID | None = None
    person: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One count's share of a sum.

    Args:
        side_ug: on which side of the book it lies: of a person, only by what changed while they had to do with it.
        change_ug: what it adds to the sum.
    """

    at: datetime
    side_ug: int
    change_ug: int
    resolution_ug: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How far something has drifted.

    Args:
        sum_ug: what changed, added up, micrograms; below zero is a growing lack.
        resolution_ug: the coarsest among its counts.
        one_sided: how many counts in a row, up to the last, lay on the same side.
    """

    key: Key
    counts: int
    sum_ug: int
    resolution_ug: int
    one_sided: int
    since: datetime
    until: datetime

    def reason(self, limits: Limits) -> Reason | None:
        """Why somebody should look; None while nobody need."""
        if self.one_sided >= limits.one_sided_counts:
            return Reason.ONE_SIDED
        if abs(self.sum_ug) > limits.times_resolution * self.resolution_ug:
            return Reason.ADDS_UP
        return None


def read_limits(whole: Content) -> Limits | None:
    """What a drug's policy says of drift; None in a list that is older than this."""
    if not whole.has("drift"):
        return None
    table = whole.table("drift", "one_sided_counts", "times_resolution", "within_days")
    return Limits(
        one_sided_counts=table.whole("one_sided_counts", least=2),
        times_resolution=table.exact("times_resolution"),
        within=table.span("within_days", DAY, least=1),
        origin=table.origin(),
    )


def points(sightings: Iterable[Sighting]) -> Mapping[Key, Sequence[Point]]:
    """Every sum's points, oldest first, one for each count.

    Args:
        sightings: oldest first.
    """
    shares: dict[Key, dict[UUID, list[Sighting]]] = defaultdict(lambda: defaultdict(list))
    for seen in sightings:
        if seen.explained:
            for key in _keys(seen):
                shares[key][seen.count].append(seen)
    return {key: [_point(key, each) for each in counts.values()] for key, counts in shares.items()}


def drift_of(key: Key, points: Sequence[Point]) -> Drift:
    """Some points as one sum; there is at least one."""
    return Drift(
        key=key,
        counts=len(points),
        sum_ug=sum(point.change_ug for point in points),
        resolution_ug=max(point.resolution_ug for point in points),
        one_sided=_one_sided(points),
        since=points[0].at,
        until=points[-1].at,
    )


def _keys(seen: Sighting) -> Iterable[Key]:
    yield Key(subject=Subject.CONTAINER, product=seen.product, container=seen.container)
    yield Key(subject=Subject.PRODUCT, product=seen.product, location=seen.location)
    yield Key(subject=Subject.COUNTER, product=seen.product, person=seen.counter)
    for person in seen.handlers:
        yield Key(subject=Subject.HANDLER, product=seen.product, person=person)


def _point(key: Key, seen: Sequence[Sighting]) -> Point:
    change = sum(each.change_ug for each in seen)
    return Point(
        at=max(each.at for each in seen),
        side_ug=change if key.person is not None else sum(each.variance_ug for each in seen),
        change_ug=change,
        resolution_ug=max(each.resolution_ug for each in seen),
    )


def _one_sided(points: Sequence[Point]) -> int:
    """How many points from the last one back lie on its side of nothing."""
    sides = [(point.side_ug > 0) - (point.side_ug < 0) for point in reversed(points)]
    if not sides[0]:
        return 0
    return next((n for n, side in enumerate(sides) if side != sides[0]), len(sides))
