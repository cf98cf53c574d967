"""How late an entry may be, to the second."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from clinic_api.monitoring.rules.lateness import (
    LateReasonMissing,
    TimeInTheFuture,
    TimeWithoutZone,
    check_entry_time,
)
from tests.protocols.shipped import iv_ketamine

NOW = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
LIMITS = iv_ketamine().late_entry
SECOND = timedelta(seconds=1)
QUARTER = timedelta(minutes=15)
DAY = timedelta(hours=24)
TEN = "cuff fault"


def test_fifteen_minutes_need_no_reason_and_one_second_more_does() -> None:
    on_time = check_entry_time(NOW - QUARTER, recorded_at=NOW, reason=None, limits=LIMITS)
    assert (on_time.late, on_time.needs_countersign, on_time.by) == (False, False, QUARTER)
    with pytest.raises(LateReasonMissing) as refusal:
        check_entry_time(NOW - QUARTER - SECOND, recorded_at=NOW, reason=None, limits=LIMITS)
    assert str(refusal.value) == "the entry is 0:15:01 late; say why, in at least 10 characters"


@pytest.mark.parametrize("reason", ["", "cuff faul", "cuff faul ", " " * 20])
def test_a_reason_of_nine_characters_is_too_short_and_blanks_do_not_count(reason: str) -> None:
    with pytest.raises(LateReasonMissing):
        check_entry_time(NOW - QUARTER - SECOND, recorded_at=NOW, reason=reason, limits=LIMITS)
    assert check_entry_time(NOW - QUARTER - SECOND, recorded_at=NOW, reason=TEN, limits=LIMITS).late


@pytest.mark.parametrize(("by", "countersign"), [(DAY, False), (DAY + SECOND, True)])
def test_more_than_a_day_needs_a_second_person_but_is_not_refused(by: timedelta, countersign: bool) -> None:
    entry = check_entry_time(NOW - by, recorded_at=NOW, reason=TEN, limits=LIMITS)
    assert (entry.late, entry.needs_countersign) == (True, countersign)


def test_a_clock_two_minutes_ahead_is_accepted_and_one_second_more_is_not() -> None:
    ahead = 2 * timedelta(minutes=1)
    assert not check_entry_time(NOW + ahead, recorded_at=NOW, reason=None, limits=LIMITS).late
    with pytest.raises(TimeInTheFuture) as refusal:
        check_entry_time(NOW + ahead + SECOND, recorded_at=NOW, reason=TEN, limits=LIMITS)
    assert "leave the time out and the server's is taken" in str(refusal.value)


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(TimeWithoutZone) as refusal:
        check_entry_time(NOW.replace(tzinfo=None), recorded_at=NOW, reason=None, limits=LIMITS)
    assert "2026-03-02T15:30:00 has no offset" in str(refusal.value)


def test_another_offset_is_the_same_moment() -> None:
    new_york = NOW.astimezone(timezone(timedelta(hours=-5)))
    assert check_entry_time(new_york, recorded_at=NOW, reason=None, limits=LIMITS).by == timedelta(0)
