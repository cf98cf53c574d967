"""Which sets are due: from the actual start, at the smallest steps, and untouched by lateness or pauses."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from clinic_api.monitoring.rules.due import DueSet, DueState, due_sets
from tests.protocols.shipped import iv_ketamine

START = datetime(2026, 3, 2, 15, 7, 30, tzinfo=UTC)
GRID = iv_ketamine().grid
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def sets(at: timedelta, taken: Sequence[timedelta] = (), left: timedelta | None = None) -> dict[int, DueSet]:
    """The grid, by minute, with times from the start."""
    found = due_sets(
        GRID,
        started_at=START,
        taken_at=[START + each for each in taken],
        at=START + at,
        left_at=None if left is None else START + left,
    )
    return {it.minute: it for it in found}


def test_the_grid_is_counted_from_the_actual_start() -> None:
    grid = sets(timedelta(0))
    assert tuple(grid) == GRID.minutes
    assert grid[10].due_at == START + 10 * MINUTE
    assert grid[-5].due_at == START - 5 * MINUTE


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (7 * MINUTE - SECOND, DueState.UPCOMING),
        (7 * MINUTE, DueState.DUE),
        (15 * MINUTE, DueState.DUE),
        (15 * MINUTE + SECOND, DueState.OVERDUE),
        (20 * MINUTE, DueState.OVERDUE),
        (20 * MINUTE + SECOND, DueState.MISSED),
    ],
)
def test_the_set_at_ten_minutes_becomes_due_overdue_and_missed_to_the_second(at: timedelta, state: DueState) -> None:
    assert sets(at)[10].state is state


@pytest.mark.parametrize(
    ("taken", "minute", "late"),
    [
        (7 * MINUTE, 10, False),
        (13 * MINUTE, 10, False),
        (13 * MINUTE + SECOND, 10, True),
        (50 * MINUTE, 40, True),
        (7 * MINUTE - SECOND, 0, True),
    ],
)
def test_a_set_counts_for_the_time_it_is_near_or_late_for_one_that_has_none(
    taken: timedelta, minute: int, late: bool
) -> None:
    found = sets(60 * MINUTE, [taken])
    assert [it.minute for it in found.values() if it.state is DueState.TAKEN] == [minute]
    assert found[minute].taken_at == START + taken
    assert found[minute].late is late


def test_a_set_later_than_missed_counts_for_nothing() -> None:
    found = sets(60 * MINUTE, [50 * MINUTE + SECOND])
    assert not [it for it in found.values() if it.state is DueState.TAKEN]
    assert found[40].state is DueState.MISSED


def test_a_late_set_moves_no_other() -> None:
    before = {minute: it.due_at for minute, it in sets(20 * MINUTE).items()}
    late = {minute: it.due_at for minute, it in sets(20 * MINUTE, [timedelta(0), 14 * MINUTE]).items()}
    assert before == late
    assert sets(25 * MINUTE, [timedelta(0), 14 * MINUTE])[20].state is DueState.DUE


def test_two_sets_near_one_time_count_once_and_the_nearer_is_taken() -> None:
    found = sets(25 * MINUTE, [timedelta(0), 9 * MINUTE, 12 * MINUTE])
    assert found[10].taken_at == START + 9 * MINUTE
    assert found[20].state is DueState.DUE


def test_a_set_before_the_start_is_the_baseline_and_fills_no_other_time() -> None:
    found = sets(timedelta(0), [-12 * MINUTE, -MINUTE])
    assert (found[-5].state, found[-5].taken_at) == (DueState.TAKEN, START - MINUTE)
    assert found[0].state is DueState.DUE


@pytest.mark.parametrize(
    ("taken", "state"),
    [(-15 * MINUTE, DueState.TAKEN), (-15 * MINUTE - SECOND, DueState.MISSED), (SECOND, DueState.MISSED)],
)
def test_a_baseline_is_taken_within_fifteen_minutes_before_the_start_or_never(
    taken: timedelta, state: DueState
) -> None:
    assert sets(MINUTE, [taken])[-5].state is state


def test_a_set_at_the_very_start_is_the_baseline_only_if_there_is_no_other() -> None:
    alone = sets(MINUTE, [timedelta(0)])
    assert (alone[-5].state, alone[0].state) == (DueState.TAKEN, DueState.DUE)
    second = sets(MINUTE, [timedelta(0), -10 * MINUTE])
    assert second[-5].taken_at == START - 10 * MINUTE
    assert second[0].taken_at == START


def test_after_the_grid_a_set_is_due_every_fifteen_minutes_while_the_patient_is_here() -> None:
    assert 135 not in sets(120 * MINUTE - SECOND)
    assert sets(120 * MINUTE)[135].state is DueState.UPCOMING
    late = sets(150 * MINUTE, [136 * MINUTE])
    assert [minute for minute in late if minute > 120] == [135, 150, 165]
    assert late[135].state is DueState.TAKEN
    assert late[150].state is DueState.DUE


def test_once_the_patient_has_left_nothing_more_becomes_due() -> None:
    found = sets(timedelta(hours=9), [85 * MINUTE], left=95 * MINUTE)
    assert found[85].state is DueState.TAKEN
    assert (found[100].state, found[120].state) == (DueState.NOT_NEEDED, DueState.NOT_NEEDED)
    assert max(found) == 120


@pytest.mark.parametrize(
    ("left", "state"), [(90 * MINUTE, DueState.NOT_NEEDED), (90 * MINUTE + SECOND, DueState.MISSED)]
)
def test_a_set_that_was_overdue_when_the_patient_left_was_missed(left: timedelta, state: DueState) -> None:
    assert sets(timedelta(hours=9), left=left)[85].state is state
