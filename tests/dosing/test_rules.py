"""What the patient got and what is left, against the oracles of the domain notes (D1, D8, D9, D10), exactly."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from clinic_api.dosing.rules.balance import (
    AccountedTwice,
    Case,
    MoreThanDrawn,
    NotAccountedFor,
    check_balanced,
    waste_due,
)
from clinic_api.dosing.rules.delivered import (
    Delivered,
    MoreThanPrepared,
    OverTheCap,
    SegmentsCannotBe,
    check_cumulative,
    delivered,
    injected,
)
from clinic_api.dosing.rules.line import Line, Primed, line_residual
from clinic_api.dosing.rules.pump import PumpAct, PumpEvent, Segment, pump_record
from clinic_api.orders.rules.working import work_out
from clinic_api.quantities import NOTHING, Concentration, Mass, Volume
from tests.orders.examples import IV_SERIES, STRONG, made_up_to, weighing

TEN = datetime(2026, 1, 5, 10, tzinfo=UTC)
BAG = Volume.ml(50)
DILUTED = Concentration.mg_per_ml("0.7")
DRAWN = Mass.mg(35)
RATE = Fraction(75)


def after_ten(minutes: int) -> datetime:
    """So many minutes past ten."""
    return TEN + timedelta(minutes=minutes)


def given(*segments: Segment, at: int) -> Delivered:
    """What oracle D1's bag gave in these stretches, reckoned to so many minutes past ten."""
    return delivered(segments, concentration=DILUTED, prepared=BAG, at=after_ten(at))


def test_d1_stopped_at_12_minutes_gave_10_5_mg_and_leaves_24_5_mg_to_waste() -> None:
    working = work_out(IV_SERIES, weighing("70"), label=STRONG, diluent=made_up_to("50"))
    assert working.ml_per_h is not None
    record = pump_record([PumpEvent(PumpAct.START, TEN, working.ml_per_h), PumpEvent(PumpAct.STOP, after_ten(12))])
    done = delivered(record.segments, concentration=working.final, prepared=working.final_volume, at=after_ten(90))
    assert (done.volume_ul, done.mass) == (Fraction(15_000), Mass.mg("10.5"))
    assert (done.running, done.wall, done.emptied) == (timedelta(minutes=12), timedelta(minutes=12), False)
    assert waste_due(drawn=working.drawn, administered=done.mass, returned=NOTHING) == Mass.mg("24.5")


def test_a_running_time_is_kept_to_the_nearest_second() -> None:
    breath = timedelta(milliseconds=2)
    assert given(Segment(RATE, TEN + breath, after_ten(12)), at=12).running_seconds == 720
    assert given(Segment(RATE, TEN - breath, after_ten(12)), at=12).running_seconds == 720


def test_d1_run_to_its_end_gives_all_of_it_and_leaves_nothing_to_waste() -> None:
    done = given(Segment(RATE, TEN, after_ten(40)), at=40)
    assert (done.volume_ul, done.mass, done.emptied) == (Fraction(50_000), DRAWN, True)
    assert waste_due(drawn=DRAWN, administered=done.mass, returned=NOTHING) == NOTHING


def test_d8_a_pause_and_a_halved_rate_are_counted_stretch_by_stretch() -> None:
    record = pump_record(
        [
            PumpEvent(PumpAct.START, TEN, RATE),
            PumpEvent(PumpAct.PAUSE, after_ten(18)),
            PumpEvent(PumpAct.RESUME, after_ten(24), Fraction("37.5")),
            PumpEvent(PumpAct.STOP, after_ten(50)),
        ]
    )
    done = given(*record.segments, at=120)
    assert [segment.rate_ml_per_h for segment in record.segments] == [RATE, Fraction("37.5")]
    assert (done.volume_ul, done.mass) == (Fraction(38_750), Mass.mg("27.125"))
    assert (done.running, done.wall) == (timedelta(minutes=44), timedelta(minutes=50))
    left = waste_due(drawn=DRAWN, administered=done.mass, returned=NOTHING)
    assert (BAG.ul - done.volume_ul, left) == (Fraction(11_250), Mass.mg("7.875"))
    assert done.mass + left == DRAWN


@pytest.mark.parametrize(
    ("at", "ul", "running"), [(0, 0, 0), (6, 7_500, 6), (18, 22_500, 18), (21, 22_500, 18), (26, 23_750, 20)]
)
def test_the_dose_to_date_grows_while_the_pump_runs_and_stands_while_it_is_paused(
    at: int, ul: int, running: int
) -> None:
    stretches = (Segment(RATE, TEN, after_ten(18)), Segment(Fraction("37.5"), after_ten(24)))
    done = given(*stretches, at=at)
    assert (done.volume_ul, done.running) == (Fraction(ul), timedelta(minutes=running))


def test_before_the_start_nothing_has_been_given() -> None:
    nothing = Delivered(Fraction(0), NOTHING, timedelta(0), timedelta(0), emptied=False)
    assert given(at=40) == nothing
    assert given(Segment(RATE, after_ten(5)), at=0) == nothing


def test_a_pump_left_running_never_gives_more_than_was_prepared() -> None:
    nearly = delivered(
        [Segment(RATE, TEN)], concentration=DILUTED, prepared=BAG, at=after_ten(40) - timedelta(microseconds=1)
    )
    assert not nearly.emptied
    assert nearly.volume_ul < BAG.ul
    done = given(Segment(RATE, TEN), at=300)
    assert (done.volume_ul, done.mass, done.emptied) == (Fraction(50_000), DRAWN, True)


@pytest.mark.parametrize(("ul", "ug"), [(1, 0), (3, 2), (5, 2), (7, 4)])
def test_the_dose_is_rounded_half_to_even_and_only_once(ul: int, ug: int) -> None:
    half = Concentration.mg_per_ml("0.5")
    assert injected(Volume(ul), concentration=half, prepared=BAG).mass == Mass(ug)
    hour = timedelta(hours=1)
    thirds = [Segment(Fraction(ul, 3000), TEN + hour * n, TEN + hour * (n + 1)) for n in range(3)]
    assert delivered(thirds, concentration=half, prepared=BAG, at=TEN + hour * 3).mass == Mass(ug)


@pytest.mark.parametrize(
    "stretches",
    [
        [Segment(RATE, after_ten(1), TEN)],
        [Segment(RATE, TEN, after_ten(10)), Segment(RATE, after_ten(9), after_ten(20))],
    ],
)
def test_stretches_that_end_before_they_start_or_overlap_are_refused(stretches: list[Segment]) -> None:
    with pytest.raises(SegmentsCannotBe, match="ends at 10:"):
        given(*stretches, at=30)


def test_a_stretch_without_an_end_is_the_last_one() -> None:
    with pytest.raises(SegmentsCannotBe, match="starts at 10:00:00 UTC has no end"):
        given(Segment(RATE, TEN), Segment(RATE, after_ten(9)), at=30)


def test_d10_an_injection_is_given_at_once_and_has_no_running_time() -> None:
    done = injected(Volume.ml("0.8"), concentration=STRONG, prepared=Volume.ml("0.8"))
    assert done == Delivered(Fraction(800), Mass.mg(40), timedelta(0), timedelta(0), emptied=True)
    assert not injected(Volume.ml("0.79"), concentration=STRONG, prepared=Volume.ml("0.8")).emptied


def test_no_more_is_injected_than_the_syringe_holds() -> None:
    with pytest.raises(MoreThanPrepared, match=r"holds 0\.8 mL, so 0\.801 mL cannot have been injected"):
        injected(Volume.ml("0.801"), concentration=STRONG, prepared=Volume.ml("0.8"))


def test_a_second_bag_may_take_the_visit_to_its_cap_and_not_a_microgram_over() -> None:
    check_cumulative(Mass.mg(35), further=Mass.mg(25), cap=Mass.mg(60))
    check_cumulative(Mass.mg(35), further=Mass.mg(500), cap=None)
    with pytest.raises(OverTheCap, match=r"35 mg given and 25\.001 mg to come are more than the cap of 60 mg"):
        check_cumulative(Mass.mg(35), further=Mass.mg("25.001"), cap=Mass.mg(60))


def test_what_was_returned_is_not_wasted() -> None:
    assert waste_due(drawn=DRAWN, administered=Mass.mg("10.5"), returned=Mass.mg("24.499")) == Mass(1)


def test_more_than_was_drawn_cannot_have_been_given_and_returned() -> None:
    with pytest.raises(MoreThanDrawn, match=r"35 mg was drawn, so 35 mg given and 0\.001 mg returned cannot"):
        waste_due(drawn=DRAWN, administered=DRAWN, returned=Mass(1))


CLOSED = Case(
    container="Syringe 12", drawn=DRAWN, administered=Mass.mg("10.5"), wasted=Mass.mg(20), returned=Mass.mg("4.5")
)


def test_a_case_closes_when_drawn_is_given_wasted_and_returned() -> None:
    check_balanced(CLOSED)


def test_a_microgram_that_is_missing_is_named_with_its_container() -> None:
    with pytest.raises(NotAccountedFor) as refusal:
        check_balanced(replace(CLOSED, wasted=Mass.mg("19.999")))
    assert str(refusal.value) == (
        "Syringe 12: 0.001 mg of the 35 mg drawn is neither given, wasted nor returned; "
        "waste it with a witness, return it, or correct an entry"
    )


def test_a_microgram_too_many_is_named_with_its_container() -> None:
    with pytest.raises(AccountedTwice) as refusal:
        check_balanced(replace(CLOSED, returned=Mass.mg("4.501")))
    assert str(refusal.value) == (
        "Syringe 12: 0.001 mg more is given, wasted and returned than the 35 mg drawn; correct the entry that is wrong"
    )


@pytest.mark.parametrize(
    ("primed_with", "minutes", "flushed", "mg"),
    [
        (Primed.DRUG, 40, "0", "14"),  # 20 mL of 0.7 mg/mL
        (Primed.DRUG, 0, "0", "14"),
        (Primed.PLAIN, 0, "0", "0"),
        (Primed.PLAIN, 12, "0", "10.5"),  # 15 mL have run and none has arrived
        (Primed.PLAIN, 40, "0", "14"),
        (Primed.PLAIN, 40, "19.99", "0.007"),
        (Primed.DRUG, 40, "20", "0"),
        (Primed.DRUG, 40, "30", "0"),
    ],
)
def test_the_drug_still_in_the_line_is_shown_until_it_is_flushed(
    primed_with: Primed, minutes: int, flushed: str, mg: str
) -> None:
    line = Line(volume=Volume.ml(20), primed_with=primed_with, flushed=Volume.ml(flushed))
    done = given(Segment(RATE, TEN, after_ten(minutes)), at=120)
    assert line_residual(line, done, concentration=DILUTED) == Mass.mg(mg)
