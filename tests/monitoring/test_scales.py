"""How the PHQ-9 scores, what has changed since baseline, and what the suicide item asks for."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from clinic_api.monitoring.rules.scales import (
    Change,
    ImpossibleAnswer,
    SafetyStep,
    UnknownItem,
    change,
    judge_safety,
    score,
)
from clinic_api.protocols.rules.instrument import SafetyRule, read_instrument
from tests.protocols.shipped import phq9, shipped

PHQ9 = phq9()
TAP = read_instrument(shipped("instruments/dissociation-nrs"))


def rule() -> SafetyRule:
    """The shipped limits of the suicide item."""
    assert PHQ9.safety is not None
    return PHQ9.safety


def answered(*answers: int | None) -> Mapping[int, int | None]:
    """Answers in the order of the items."""
    return dict(enumerate(answers, start=1))


def test_oracle_one_is_severe_and_flagged() -> None:
    found = score(PHQ9, answered(3, 3, 3, 3, 2, 3, 2, 1, 1))
    assert (found.total, found.band, found.flagged, found.prorated, found.answered) == (21, "severe", True, False, 9)


def test_oracle_two_is_minimal_and_flagged_whatever_the_total() -> None:
    found = score(PHQ9, answered(0, 0, 0, 0, 0, 0, 0, 0, 1))
    assert (found.total, found.band, found.flagged) == (1, "minimal", True)


def test_oracle_three_prorates_seven_answers_to_fifteen_and_says_so() -> None:
    found = score(PHQ9, answered(2, 2, 2, 2, 2, 2, None, None, 0))
    assert (found.total, found.band, found.prorated, found.answered) == (15, "moderately severe", True, 7)


def test_three_missing_answers_give_no_score() -> None:
    found = score(PHQ9, answered(3, 3, 3, 3, 3, None, None, None, 0))
    assert (found.total, found.band, found.prorated, found.answered) == (None, None, False, 6)


def test_a_missing_suicide_item_gives_no_score_and_is_not_a_zero() -> None:
    found = score(PHQ9, answered(1, 1, 1, 1, 1, 1, 1, 1, None))
    assert (found.total, found.flagged, found.answered) == (None, False, 8)


def test_the_suicide_item_flags_even_where_there_is_no_score() -> None:
    found = score(PHQ9, {9: 1})
    assert (found.total, found.flagged) == (None, True)


def test_nothing_answered_is_no_score() -> None:
    assert score(PHQ9, {}).total is None


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, "minimal"),
        (4, "minimal"),
        (5, "mild"),
        (9, "mild"),
        (10, "moderate"),
        (14, "moderate"),
        (15, "moderately severe"),
        (19, "moderately severe"),
        (20, "severe"),
        (27, "severe"),
    ],
)
def test_bands_meet_at_their_edges(total: int, band: str) -> None:
    threes, rest = divmod(total, 3)
    answers = [3] * threes + ([rest] if rest else [])
    found = score(PHQ9, answered(*answers, *[0] * (9 - len(answers))))
    assert (found.total, found.band) == (total, band)


@pytest.mark.parametrize("answer", [-1, 4, 1.5, True, "2"])
def test_an_answer_the_scale_does_not_offer_is_refused(answer: Any) -> None:
    with pytest.raises(ImpossibleAnswer) as refusal:
        score(PHQ9, {3: answer})
    assert str(refusal.value).startswith(f"item 3 cannot be {answer}; answer a whole number from 0 to 3")


@pytest.mark.parametrize("item", [0, 10])
def test_an_answer_to_an_item_of_another_version_is_refused(item: int) -> None:
    with pytest.raises(UnknownItem) as refusal:
        score(PHQ9, {item: 1})
    assert str(refusal.value) == f"phq-9 has no item {item}; was another version of the scale used?"


@pytest.mark.parametrize("tap", [0, 10])
def test_one_tap_is_its_own_total_without_a_band_or_a_flag(tap: int) -> None:
    found = score(TAP, {1: tap})
    assert (found.total, found.band, found.flagged) == (tap, None, False)


def test_oracle_four_half_is_a_response_and_less_is_not() -> None:
    assert change(PHQ9, baseline=20, now=10) == Change(fall_percent=Fraction(50), response=True, remission=False)
    less = change(PHQ9, baseline=21, now=11)
    assert (less.fall_percent, less.response) == (Fraction(1000, 21), False)


@pytest.mark.parametrize(("now", "remission"), [(4, True), (5, False)])
def test_remission_ends_at_four(now: int, remission: bool) -> None:
    assert change(PHQ9, baseline=20, now=now).remission is remission


@pytest.mark.parametrize("baseline", [0, None])
def test_without_a_baseline_above_zero_a_response_is_undefined(baseline: int | None) -> None:
    assert change(PHQ9, baseline=baseline, now=3) == Change(fall_percent=None, response=None, remission=True)


def test_without_a_score_or_an_outcome_rule_nothing_is_known() -> None:
    unknown = Change(fall_percent=None, response=None, remission=None)
    assert change(PHQ9, baseline=20, now=None) == unknown
    assert change(TAP, baseline=8, now=2) == unknown


@pytest.mark.parametrize(
    ("answer", "previous", "interview", "flagged", "step"),
    [
        (0, 0, None, False, SafetyStep.NOTHING),
        (0, None, None, False, SafetyStep.NOTHING),
        (0, 3, 2, False, SafetyStep.NOTHING),
        (1, 1, None, True, SafetyStep.SAFETY_PLAN),
        (1, 2, None, True, SafetyStep.SAFETY_PLAN),
        (1, 0, None, True, SafetyStep.TASK),
        (1, None, None, True, SafetyStep.TASK),
        (2, 2, None, True, SafetyStep.TASK),
        (2, 3, None, True, SafetyStep.TASK),
        (1, 1, 2, True, SafetyStep.SAFETY_PLAN),
        (1, 1, 3, True, SafetyStep.TASK),
        (0, 0, 3, True, SafetyStep.TASK),
        (None, 0, None, False, SafetyStep.ASK),
        (None, 0, 2, False, SafetyStep.ASK),
        (None, None, 3, True, SafetyStep.TASK),
    ],
)
def test_the_suicide_item_asks_for_what_the_practice_agreed(
    answer: int | None, previous: int | None, interview: int | None, flagged: bool, step: SafetyStep
) -> None:
    found = judge_safety(rule(), answer=answer, previous=previous, interview=interview)
    assert (found.flagged, found.step) == (flagged, step)


def test_a_clinic_that_does_not_act_on_a_rise_still_acts_on_two() -> None:
    lenient = replace(rule(), task_on_rise=False)
    assert judge_safety(lenient, answer=1, previous=0, interview=None).step is SafetyStep.SAFETY_PLAN
    assert judge_safety(lenient, answer=2, previous=0, interview=None).step is SafetyStep.TASK
