"""What was seen while watching: readings, missed sets, alerts, scales and their trend."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from clinic_api.reports.records.people import Person


@dataclass(frozen=True, kw_only=True)
class NotObtained:
    """A sign that could not be read, and why."""

    sign: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One set of signs. A corrected set stays, struck, and names the set that replaces it.

    ``correction_reason`` stands on the set that corrects. ``taken_at`` is what the nurse says,
    ``recorded_at`` what the server saw.
    """

    label: str
    taken_at: datetime
    recorded_at: datetime
    by: Person
    systolic_mmhg: int | None
    diastolic_mmhg: int | None
    heart_rate_per_min: int | None
    spo2_percent: int | None
    oxygen: str | None
    respirations_per_min: int | None
    sedation: str | None
    dissociation: str | None
    not_obtained: tuple[NotObtained, ...]
    late: bool
    late_reason: str | None
    replaces: str | None
    replaced_by: str | None
    correction_reason: str | None

    @property
    def measured(self) -> tuple[int | None, ...]:
        """The five numbers, in the order they are printed."""
        return (
            self.systolic_mmhg,
            self.diastolic_mmhg,
            self.heart_rate_per_min,
            self.spo2_percent,
            self.respirations_per_min,
        )


@dataclass(frozen=True, kw_only=True)
class MissedSet:
    """A set that was due and was not taken."""

    due_at: datetime
    reason: str
    by: Person | None


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A limit that was crossed, and who answered when."""

    at: datetime
    tier: str
    text: str
    answered_at: datetime | None
    answered_by: Person | None
    answer: str | None


@dataclass(frozen=True, kw_only=True)
class Score:
    """A scale rated during the visit, by instrument and version; no total where it cannot be scored."""

    instrument: str
    version: str
    at: datetime
    total: int | None
    remark: str | None


@dataclass(frozen=True, kw_only=True)
class TrendPoint:
    """One visit's total. ``item_nine`` is the suicide item, where the instrument has one."""

    on: date
    session: int | None
    total: int | None
    item_nine: int | None


@dataclass(frozen=True, kw_only=True)
class Trend:
    """An outcome scale over the series. ``verdict`` says response and remission in words."""

    instrument: str
    version: str
    highest: int
    baseline: int | None
    verdict: str
    points: tuple[TrendPoint, ...]


def identical_neighbours(readings: tuple[Reading, ...]) -> tuple[tuple[Reading, Reading], ...]:
    """Pairs of standing readings, one after the other, whose five numbers are all the same.

    Printed because a reader will wonder whether the second was taken or copied. A set with
    nothing measured is not a copy of another.
    """
    standing = sorted((r for r in readings if r.replaced_by is None), key=lambda r: r.taken_at)
    pairs = pairwise(standing)
    return tuple((a, b) for a, b in pairs if a.measured == b.measured and any(n is not None for n in a.measured))
