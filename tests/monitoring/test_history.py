"""What a new set is held against."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from clinic_api.monitoring.rules.alerts import alerts
from clinic_api.monitoring.rules.entries import AlreadyCorrected, check_not_corrected, skew_ms
from clinic_api.monitoring.rules.history import History, baseline_of
from clinic_api.monitoring.rules.readings import Reading
from tests.protocols.shipped import iv_ketamine

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
RULES = iv_ketamine().alerts


def read(minute: int, **signs: Any) -> Reading:
    """A set so many minutes from the start."""
    return Reading(taken_at=START + timedelta(minutes=minute), **signs)


def test_the_baseline_is_of_each_sign_the_newest_before_the_start() -> None:
    sets = [read(-3, spo2_percent=98), read(-10, systolic_mmhg=128, spo2_percent=95), read(5, systolic_mmhg=170)]
    assert baseline_of(sets, started_at=START) == read(-3, systolic_mmhg=128, spo2_percent=98)


def test_a_set_at_the_very_start_is_a_baseline_and_one_a_second_later_is_not() -> None:
    at_start = read(0, systolic_mmhg=128)
    after = replace(at_start, taken_at=START + timedelta(seconds=1))
    assert baseline_of([at_start], started_at=START) == at_start
    assert baseline_of([after], started_at=START) is None


def test_before_the_start_there_is_no_baseline() -> None:
    assert baseline_of([read(-3, systolic_mmhg=128)], started_at=None) is None
    assert baseline_of([], started_at=START) is None


def test_the_set_before_is_the_newest_earlier_one() -> None:
    history = History(before=[read(20), read(0), read(10)])
    assert history.previous_to(START + timedelta(minutes=11)) == read(10)
    assert history.previous_to(START) is None


def test_a_whole_history_settles_everything() -> None:
    lonely = read(30, systolic_mmhg=165)
    found = alerts(lonely, before=(), baseline=None, rules=RULES)
    assert not found[0].confirmed
    assert History(whole=True).enough_for(lonely, found)


def test_the_newest_sets_settle_what_is_in_order_and_what_is_confirmed() -> None:
    known = History(before=[read(10, systolic_mmhg=165)], whole=False)
    fine, again = read(20, systolic_mmhg=120), read(20, systolic_mmhg=166)
    assert known.enough_for(fine, alerts(fine, before=known.before, baseline=None, rules=RULES))
    assert known.enough_for(again, alerts(again, before=known.before, baseline=None, rules=RULES))


def test_an_unconfirmed_alert_or_an_older_set_asks_for_the_whole_visit() -> None:
    known = History(before=[read(10, spo2_percent=97)], whole=False)
    first, older = read(20, systolic_mmhg=165), read(10, systolic_mmhg=120)
    assert not known.enough_for(first, alerts(first, before=known.before, baseline=None, rules=RULES))
    assert not known.enough_for(older, ())


def test_a_set_is_corrected_once() -> None:
    check_not_corrected(None)
    with pytest.raises(AlreadyCorrected) as refusal:
        check_not_corrected(UUID(int=1))
    assert str(refusal.value) == "Read the sets again and correct the one that holds."


def test_how_far_a_tablets_clock_is_off_is_kept_where_it_said() -> None:
    assert skew_ms(None, at=START) is None
    assert skew_ms(START + timedelta(milliseconds=1500), at=START) == 1500
    assert skew_ms(START - timedelta(minutes=3), at=START) == -180_000
