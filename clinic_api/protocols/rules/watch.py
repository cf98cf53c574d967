"""When a patient must be looked at, and how late an entry may be."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final

from clinic_api.clinics.rules.content import Content, Origin
from clinic_api.protocols.rules.signs import MINUTE

SECOND: Final = timedelta(seconds=1)
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class MonitoringGrid:
    """The sets of readings that the protocol asks for, in minutes from the actual start.

    Args:
        minutes: ascending; a negative one is the baseline, taken before the start.
        grace: this far from its time a set is on time.
        overdue_after: later than this it is overdue.
        missed_after: later than this it is missed, and needs a reason.
        repeat_every: after the last one, a set this often while the patient is here.
        baseline_within: how old the baseline may be at the start.
    """

    minutes: tuple[int, ...]
    grace: timedelta
    overdue_after: timedelta
    missed_after: timedelta
    repeat_every: timedelta
    baseline_within: timedelta
    origin: Origin


@dataclass(frozen=True)
class LateEntryLimits:
    """How far the time of an act may lie from the time of its entry.

    Args:
        reason_after: later than this needs a reason.
        reason_least_characters: how long that reason must be.
        countersign_after: later than this needs a second person's approval.
        future_at_most: how far ahead of the server a clock may be.
    """

    reason_after: timedelta
    reason_least_characters: int
    countersign_after: timedelta
    future_at_most: timedelta
    origin: Origin


def read_grid(table: Content, *, baseline_within: timedelta) -> MonitoringGrid:
    """The monitoring grid.

    Raises:
        MalformedContent: a field is missing or wrong, or the times are not in order.
    """
    grid = MonitoringGrid(
        minutes=table.wholes("minutes_from_start"),
        grace=table.span("grace_minutes", MINUTE),
        overdue_after=table.span("overdue_after_minutes", MINUTE),
        missed_after=table.span("missed_after_minutes", MINUTE, least=1),
        repeat_every=table.span("repeat_every_minutes", MINUTE, least=1),
        baseline_within=baseline_within,
        origin=table.origin(),
    )
    if not any(minute >= 0 for minute in grid.minutes):
        raise table.refusal("minutes_from_start", "must hold a set from the start on")
    if any(later <= earlier for earlier, later in pairwise(grid.minutes)):
        raise table.refusal("minutes_from_start", "must ascend")
    if not grid.grace <= grid.overdue_after <= grid.missed_after:
        raise table.refusal("overdue_after_minutes", "must lie between grace and missed")
    return grid


def read_late_entry(table: Content) -> LateEntryLimits:
    """The late-entry limits.

    Raises:
        MalformedContent: a field is missing or wrong.
    """
    limits = LateEntryLimits(
        reason_after=table.span("reason_after_minutes", MINUTE),
        reason_least_characters=table.whole("reason_least_characters", least=1),
        countersign_after=table.span("countersign_after_hours", HOUR),
        future_at_most=table.span("future_at_most_seconds", SECOND),
        origin=table.origin(),
    )
    if limits.countersign_after < limits.reason_after:
        raise table.refusal("countersign_after_hours", "must not come before the reason is asked")
    return limits
