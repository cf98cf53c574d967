"""What the pump did, read from a record whose entries may be late, doubled or out of order."""

import itertools
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from clinic_api.dosing.rules.pump import (
    LIFE,
    PumpAct,
    PumpCannot,
    PumpEvent,
    PumpRecord,
    PumpState,
    RateUnfit,
    Segment,
    after,
    check_event,
    pump_record,
)

TEN = datetime(2026, 1, 5, 10, tzinfo=UTC)
FULL = Fraction(75)
HALF = Fraction("37.5")


def after_ten(minutes: int) -> datetime:
    """So many minutes past ten."""
    return TEN + timedelta(minutes=minutes)


START = PumpEvent(PumpAct.START, TEN, FULL)
PAUSE = PumpEvent(PumpAct.PAUSE, after_ten(18))
RESUME = PumpEvent(PumpAct.RESUME, after_ten(24))
SLOWER = PumpEvent(PumpAct.RATE, after_ten(30), HALF)
STOP = PumpEvent(PumpAct.STOP, after_ten(50))


@pytest.mark.parametrize(("state", "act"), list(itertools.product(PumpState, PumpAct)))
def test_each_act_on_a_pump_is_in_the_table_or_refused(state: PumpState, act: PumpAct) -> None:
    if act in LIFE[state]:
        assert after(state, act) is LIFE[state][act]
    else:
        with pytest.raises(PumpCannot, match=f"a pump that is {state} cannot {act}"):
            after(state, act)


@pytest.mark.parametrize("state", list(PumpState))
def test_nobody_is_ever_kept_from_pausing_or_stopping(state: PumpState) -> None:
    assert after(state, PumpAct.STOP) is PumpState.STOPPED
    assert after(state, PumpAct.PAUSE) is not PumpState.RUNNING


def test_without_events_the_pump_is_ready_and_has_not_run() -> None:
    assert pump_record([]) == PumpRecord()


def test_a_pause_ends_a_stretch_and_a_resume_begins_one_at_the_same_rate() -> None:
    record = pump_record([START, PAUSE, RESUME])
    assert record.segments == (Segment(FULL, TEN, after_ten(18)), Segment(FULL, after_ten(24)))
    assert record.state is PumpState.RUNNING


def test_a_change_of_rate_opens_a_new_stretch() -> None:
    record = pump_record([START, SLOWER, STOP])
    assert record.segments == (Segment(FULL, TEN, after_ten(30)), Segment(HALF, after_ten(30), after_ten(50)))
    assert (record.state, record.rate) == (PumpState.STOPPED, HALF)


def test_a_rate_changed_in_a_pause_counts_from_the_resume() -> None:
    paused = PumpEvent(PumpAct.RATE, after_ten(20), HALF)
    record = pump_record([START, PAUSE, paused, RESUME])
    assert record.segments == (Segment(FULL, TEN, after_ten(18)), Segment(HALF, after_ten(24)))


def test_a_stop_written_down_late_falls_into_its_place() -> None:
    early_stop = PumpEvent(PumpAct.STOP, after_ten(12))
    record = pump_record([START, PAUSE, RESUME, early_stop])
    assert record.segments == (Segment(FULL, TEN, after_ten(12)),)
    assert record.unfit == (RESUME,)


def test_of_two_starts_the_earlier_counts_and_the_other_is_kept_for_a_person_to_see() -> None:
    second = PumpEvent(PumpAct.START, after_ten(1), HALF)
    record = pump_record([second, START])
    assert record.segments == (Segment(FULL, TEN),)
    assert (record.rate, record.unfit) == (FULL, (second,))


def test_of_two_stops_the_earlier_counts_and_a_stop_before_the_start_is_no_dose() -> None:
    record = pump_record([START, STOP, PumpEvent(PumpAct.STOP, after_ten(55))])
    assert (record.segments, record.unfit) == ((Segment(FULL, TEN, after_ten(50)),), ())
    assert pump_record([STOP]) == PumpRecord(state=PumpState.STOPPED)


@pytest.mark.parametrize("act", [PumpAct.START, PumpAct.RATE])
@pytest.mark.parametrize("rate", [None, Fraction(0), Fraction(-1)])
def test_a_start_or_a_change_says_a_rate_above_nothing(act: PumpAct, rate: Fraction | None) -> None:
    with pytest.raises(RateUnfit, match=f"{act} needs a rate above 0 mL/h; a rate of nothing is a pause"):
        check_event(PumpEvent(act, TEN, rate))


def test_a_resume_may_say_a_rate_but_not_nothing() -> None:
    check_event(PumpEvent(PumpAct.RESUME, TEN, HALF))
    check_event(PumpEvent(PumpAct.RESUME, TEN))
    with pytest.raises(RateUnfit):
        check_event(PumpEvent(PumpAct.RESUME, TEN, Fraction(0)))


@pytest.mark.parametrize("act", [PumpAct.PAUSE, PumpAct.STOP])
def test_a_pause_or_a_stop_has_no_rate(act: PumpAct) -> None:
    with pytest.raises(RateUnfit, match=f"a {act} has no rate"):
        pump_record([START, PumpEvent(act, after_ten(1), HALF)])
