"""Which sets of readings are due, from the actual start; a late one moves nothing, a pause stops nothing."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from clinic_api.protocols.rules.watch import MonitoringGrid

MINUTE: Final = timedelta(minutes=1)


class DueState(StrEnum):
    """Where one set of the grid stands."""

    UPCOMING = "upcoming"
    DUE = "due"
    OVERDUE = "overdue"
    MISSED = "missed"
    TAKEN = "taken"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True)
class DueSet:
    """One set that the protocol asks for.

    Args:
        minute: from the actual start; negative is the baseline.
        due_at: when it is due, UTC.
        taken_at: when it was taken, None while it was not.
        late: taken, but after its grace.
    """

    minute: int
    due_at: datetime
    state: DueState
    taken_at: datetime | None
    late: bool


def due_sets(
    grid: MonitoringGrid, *, started_at: datetime, taken_at: Iterable[datetime], at: datetime, left_at: datetime | None
) -> tuple[DueSet, ...]:
    """Every set of the grid with its state, in order; after the grid, one each interval while the patient is here.

    A set before the start can only be a baseline, and so can one at that very moment if there is no
    other. From the start on, a set counts for the time it lies within grace of; one that is late counts
    for a time that has none, until that time is missed.

    Args:
        grid: the protocol's monitoring grid.
        started_at: the actual start of the infusion, UTC.
        taken_at: when sets were taken, in any order, UTC.
        at: now, UTC.
        left_at: when the patient left, None while here; what was not overdue by then is not needed.
    """
    minutes = _minutes(grid, lasted=(at + grid.repeat_every if left_at is None else left_at) - started_at)
    due = {minute: started_at + minute * MINUTE for minute in minutes}
    taken = _matched(grid, due, taken=sorted(taken_at), started_at=started_at)
    return tuple(
        _due_set(grid, minute, due[minute], taken=taken.get(minute), clock=(at, left_at)) for minute in minutes
    )


def _minutes(grid: MonitoringGrid, *, lasted: timedelta) -> tuple[int, ...]:
    every = grid.repeat_every // MINUTE
    return (*grid.minutes, *range(grid.minutes[-1] + every, lasted // MINUTE + 1, every))


def _matched(
    grid: MonitoringGrid, due: dict[int, datetime], *, taken: Sequence[datetime], started_at: datetime
) -> dict[int, datetime]:
    """Which set was taken for which time, each at most once."""
    zero = timedelta(0)
    before = [time for time in taken if time < started_at]
    after = [time for time in taken if time >= started_at]
    found: dict[int, datetime] = {}
    baseline = {m: started_at for m in due if m < 0}
    rest = {m: time for m, time in due.items() if m >= 0}
    _take(found, before, times=baseline, early=grid.baseline_within, late=zero)
    _take(found, after, times=baseline, early=zero, late=zero)
    _take(found, after, times=rest, early=grid.grace, late=grid.grace)
    _take(found, after, times=rest, early=zero, late=grid.missed_after)
    return found


def _take(
    found: dict[int, datetime], free: list[datetime], *, times: dict[int, datetime], early: timedelta, late: timedelta
) -> None:
    """Give each time that has none the nearest free set within its window; ``free`` is in order."""
    for minute, time in times.items():
        if minute in found:
            continue
        if near := free[bisect_left(free, time - early) : bisect_right(free, time + late)]:
            found[minute] = min(near, key=lambda taken: abs(taken - time))
            free.remove(found[minute])


def _due_set(
    grid: MonitoringGrid,
    minute: int,
    due_at: datetime,
    *,
    taken: datetime | None,
    clock: tuple[datetime, datetime | None],
) -> DueSet:
    if taken is not None:
        return DueSet(minute, due_at, DueState.TAKEN, taken_at=taken, late=taken - due_at > grid.grace)
    return DueSet(minute, due_at, _untaken(grid, minute, due_at, *clock), taken_at=None, late=False)


def _untaken(grid: MonitoringGrid, minute: int, due_at: datetime, at: datetime, left_at: datetime | None) -> DueState:
    if minute < 0:
        return DueState.MISSED
    if left_at is not None:
        return DueState.MISSED if left_at - due_at > grid.overdue_after else DueState.NOT_NEEDED
    late_by = at - due_at
    if late_by > grid.missed_after:
        return DueState.MISSED
    if late_by > grid.overdue_after:
        return DueState.OVERDUE
    return DueState.DUE if late_by >= -grid.grace else DueState.UPCOMING
