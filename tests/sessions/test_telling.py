"""A visit in a few words, and who watched over it, gaps as gaps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from clinic_api.monitoring.rules.readings import Reading
from clinic_api.quantities import Mass
from clinic_api.sessions.rules.life import State
from clinic_api.sessions.rules.supervision import NOBODY, Stretch, with_gaps
from clinic_api.sessions.rules.telling import Course, initials, minutes_between, minutes_text, result_line

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DORA, EMIL = UUID(int=1), UUID(int=2)

WHOLE = Course(
    given=Mass.mg(35),
    drawn=Mass.mg(35),
    running=40 * MINUTE,
    completed=True,
    started_at=NINE,
    readings=(
        Reading(taken_at=NINE - MINUTE, systolic_mmhg=190, diastolic_mmhg=100),
        Reading(taken_at=NINE + 10 * MINUTE, spo2_percent=98),
        Reading(taken_at=NINE + 40 * MINUTE, systolic_mmhg=141, diastolic_mmhg=87),
        Reading(taken_at=NINE + 55 * MINUTE, systolic_mmhg=130, diastolic_mmhg=80),
    ),
    rescues=0,
    adverse_events=0,
    state=State.DISCHARGED,
    escorted=True,
)


def line(**different: Any) -> str:
    """The result of a visit that went otherwise."""
    return result_line(replace(WHOLE, **different))


def test_a_whole_visit_in_one_line() -> None:
    assert line() == (
        "35 mg given over 40 min, completed. Peak BP 141/87 at 40 min. No adverse event recorded. Discharged, escorted."
    )


def test_an_infusion_stopped_early_says_of_how_much() -> None:
    assert line(given=Mass.mg("10.5"), running=12 * MINUTE, completed=False).startswith(
        "10.5 mg given over 12 min, stopped early, of 35 mg made up."
    )


@pytest.mark.parametrize(
    ("running", "said"),
    [
        (12 * MINUTE - timedelta(microseconds=1), "12"),
        (12 * MINUTE + timedelta(seconds=2), "12"),
        (39 * MINUTE + timedelta(seconds=30), "39.5"),
        (timedelta(seconds=1), "0"),
    ],
)
def test_a_running_time_is_said_to_the_nearest_tenth_and_loses_no_minute_to_a_taps_breath(
    running: timedelta, said: str
) -> None:
    assert minutes_text(running) == said
    assert f" given over {said} min, " in line(running=running)


def test_a_dose_that_is_not_reckoned_is_not_said_to_be_none() -> None:
    assert line(given=None).startswith("A dose was started; what was given is not reckoned.")
    assert line(given=None, started_at=None, readings=()).startswith("No dose given. No adverse event recorded.")


def test_an_injection_has_no_running_time() -> None:
    assert line(running=None, drawn=None, completed=False).startswith("35 mg given, completed.")


def test_a_peak_without_its_lower_value_says_so() -> None:
    high = Reading(taken_at=NINE + 5 * MINUTE, systolic_mmhg=186)
    assert "Peak BP 186/not read at 5 min." in line(readings=(high,))


def test_rescue_drugs_and_adverse_events_are_counted() -> None:
    assert "2 adverse events. 1 rescue drug." in line(rescues=1, adverse_events=2)


def test_how_the_patient_left_and_whether_somebody_came() -> None:
    assert line(escorted=False).endswith("Discharged.")
    assert line(state=State.LEFT_AMA, escorted=False).endswith("Left against advice.")
    assert line(state=State.RECOVERING).endswith("The patient is here.")


@pytest.mark.parametrize(
    ("name", "shown"), [("Zoë O'Brien-Smith", "Z.O.S."), ("Łucja Żółć", "Ł.Ż."), ("  Ann  ", "A."), ("— Wei", "W.")]
)
def test_a_screen_on_the_wall_says_initials_and_no_more(name: str, shown: str) -> None:
    assert initials(name) == shown


def test_minutes_are_whole_and_never_below_nothing() -> None:
    assert minutes_between(NINE, NINE + 2 * MINUTE - timedelta(seconds=1)) == 1
    assert minutes_between(NINE, NINE - MINUTE) == 0


def here(account: UUID, since: datetime, until: datetime | None) -> Stretch:
    """A prescriber who checked in, and out again unless they are still here."""
    return Stretch(account=account, since=since, until=until, source="checked-in")


def gap(since: datetime, until: datetime) -> Stretch:
    """Nobody recorded as here."""
    return Stretch(account=None, since=since, until=until, source=NOBODY)


def test_a_prescriber_who_is_here_all_the_time_leaves_no_gap() -> None:
    stretch = here(DORA, NINE - HOUR, None)
    assert with_gaps([stretch], since=NINE, until=NINE + HOUR) == (stretch,)


def test_nobody_here_is_one_gap() -> None:
    assert with_gaps([], since=NINE, until=NINE + HOUR) == (gap(NINE, NINE + HOUR),)


def test_gaps_stand_before_between_and_after() -> None:
    first, second = here(DORA, NINE + MINUTE, NINE + 10 * MINUTE), here(EMIL, NINE + 20 * MINUTE, NINE + 30 * MINUTE)
    assert with_gaps([second, first], since=NINE, until=NINE + HOUR) == (
        gap(NINE, NINE + MINUTE),
        first,
        gap(NINE + 10 * MINUTE, NINE + 20 * MINUTE),
        second,
        gap(NINE + 30 * MINUTE, NINE + HOUR),
    )


def test_an_overlap_is_no_gap_and_a_short_stay_inside_a_longer_one_ends_nothing() -> None:
    longer, inside = here(DORA, NINE, NINE + HOUR), here(EMIL, NINE + MINUTE, NINE + 2 * MINUTE)
    assert with_gaps([longer, inside], since=NINE, until=NINE + HOUR) == (longer, inside)
