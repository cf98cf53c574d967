"""What can be booked, and what becomes of an appointment."""

import itertools
import tomllib
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from clinic_api.schedule.rules.asked import Move
from clinic_api.schedule.rules.booking import (
    LIFE,
    Act,
    AppointmentCannot,
    AppointmentChanged,
    ChairElsewhere,
    ChairTaken,
    LengthUnfit,
    Limits,
    NotBookable,
    NotToday,
    PatientBooked,
    State,
    StillExpected,
    after,
    check_bookable,
    check_length,
    check_missed,
    check_today,
    check_version,
    read_limits,
)
from clinic_api.schedule.rules.next_visit import Following, NextVisitUnclear, NoneBecause, check_following
from clinic_api.settings import CONFIG

NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)
TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
LIMITS = Limits(
    late_at_most=60 * MINUTE,
    ahead_at_most=timedelta(days=730),
    least=15 * MINUTE,
    most=600 * MINUTE,
    no_show_after=30 * MINUTE,
    no_shows_at_most=1,
)


def test_the_shipped_limits_are_the_ones_tested_here() -> None:
    assert read_limits(tomllib.loads((CONFIG / "schedule" / "booking.toml").read_text(encoding="utf-8"))) == LIMITS


@pytest.mark.parametrize(("state", "act"), list(itertools.product(State, Act)))
def test_each_act_is_either_in_the_table_or_refused(state: State, act: Act) -> None:
    if act in LIFE[state]:
        assert after(state, act) is LIFE[state][act]
    else:
        with pytest.raises(AppointmentCannot, match=f"is {state.replace('_', ' ')} stays so"):
            after(state, act)


def test_an_appointment_may_be_an_hour_late_or_two_years_ahead_and_not_a_microsecond_more() -> None:
    earliest, latest = NOW - timedelta(hours=1), NOW + timedelta(days=730)
    for fine in (earliest, latest):
        check_bookable(fine, at=NOW, limits=LIMITS)
    for wrong in (earliest - TICK, latest + TICK):
        with pytest.raises(NotBookable, match="from 2026-03-02 13:00 to 2028-03-01 14:00 UTC"):
            check_bookable(wrong, at=NOW, limits=LIMITS)


def test_a_chair_is_taken_for_15_to_600_minutes() -> None:
    for fine in (15, 600):
        check_length(fine, limits=LIMITS)
    for wrong in (14, 601):
        with pytest.raises(LengthUnfit, match="15 to 600 minutes"):
            check_length(wrong, limits=LIMITS)


def test_a_patient_is_given_up_after_30_minutes() -> None:
    check_missed(NOW - 30 * MINUTE, at=NOW, limits=LIMITS)
    with pytest.raises(StillExpected, match="from 14:00 UTC on"):
        check_missed(NOW - 30 * MINUTE, at=NOW - TICK, limits=LIMITS)


def test_a_patient_is_checked_in_on_the_day_that_was_booked() -> None:
    check_today(date(2026, 3, 2), on=date(2026, 3, 2))
    with pytest.raises(NotToday, match="booked for 2026-03-03; move it to today"):
        check_today(date(2026, 3, 3), on=date(2026, 3, 2))


def test_only_the_newest_version_may_be_moved() -> None:
    check_version(sent=3, current=3)
    with pytest.raises(AppointmentChanged, match="Version 3 holds now") as refusal:
        check_version(sent=2, current=3)
    assert refusal.value.status == 412


def test_a_clash_says_what_is_in_the_way() -> None:
    assert "14:00 to 16:00 UTC" in str(ChairTaken(starts_at=NOW, ends_at=NOW + timedelta(hours=2)))
    assert "Move that appointment" in str(PatientBooked(appointment=UUID(int=1)))
    assert "same site" in str(ChairElsewhere())


def following(
    *, chair: UUID | None = None, start: str | None = None, minutes: int | None = None, none: NoneBecause | None = None
) -> Following:
    return Following(chair=chair, local_start=start, minutes=minutes, none_because=none, plan=None)


def test_the_next_visit_is_booked_or_there_is_a_reason() -> None:
    chair = UUID(int=1)
    booked = check_following(following(chair=chair, start="2026-03-10T09:00", minutes=120))
    assert booked == Move(chair=chair, local_start="2026-03-10T09:00", minutes=120)
    assert check_following(following(none=NoneBecause.SERIES_COMPLETE)) is None


@pytest.mark.parametrize(
    "asked",
    [
        following(),
        following(chair=UUID(int=1)),
        following(chair=UUID(int=1), start="2026-03-10T09:00"),
        following(start="2026-03-10T09:00", minutes=120),
        following(minutes=120, none=NoneBecause.SERIES_COMPLETE),
        following(chair=UUID(int=1), start="x", minutes=1, none=NoneBecause.SERIES_COMPLETE),
    ],
)
def test_both_neither_or_half_of_one_is_refused(asked: Following) -> None:
    with pytest.raises(NextVisitUnclear, match="none_because alone"):
        check_following(asked)
