"""How a scale is scored, what has changed since the baseline, and what the suicide item asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from clinic_api.errors import Unacceptable
from clinic_api.protocols.rules.instrument import Instrument, SafetyRule


class SafetyStep(StrEnum):
    """What the answer about suicide asks for, before the dose."""

    NOTHING = "nothing"
    SAFETY_PLAN = "safety_plan"
    TASK = "task"
    ASK = "ask"


@dataclass(frozen=True)
class Score:
    """What the answers come to.

    Args:
        total: None where too much is missing; never a sum of what is there.
        band: the name of the total's range, None without one.
        prorated: the total was scaled up for missing answers, and must be shown so.
        flagged: the suicide item was answered above nothing, whatever the total.
    """

    total: int | None
    band: str | None
    answered: int
    prorated: bool
    flagged: bool


@dataclass(frozen=True)
class Change:
    """How a score stands against the series' baseline; None is undefined, not "no".

    Args:
        fall_percent: share of the baseline that is gone, exact.
    """

    fall_percent: Fraction | None
    response: bool | None
    remission: bool | None


@dataclass(frozen=True)
class Safety:
    """What the suicide item shows and asks for."""

    flagged: bool
    step: SafetyStep


@dataclass(eq=False)
class UnknownItem(Unacceptable):
    """An answer was sent to an item that the scale does not have."""

    instrument: str
    item: int

    def __str__(self) -> str:
        return f"{self.instrument} has no item {self.item}; was another version of the scale used?"


@dataclass(eq=False)
class ImpossibleAnswer(Unacceptable):
    """An answer is not one of those the scale offers."""

    item: int
    answer: Any
    lowest: int
    highest: int

    def __str__(self) -> str:
        return (
            f"item {self.item} cannot be {self.answer}; answer a whole number from {self.lowest} to {self.highest}, "
            "or leave it out"
        )


def score(instrument: Instrument, answers: Mapping[int, int | None]) -> Score:
    """Score one set of answers; a missing answer is missing, never 0.

    Args:
        instrument: the version of the scale that was used.
        answers: by item number; an item left out, or None, is not answered.

    Raises:
        UnknownItem: an item number that the scale does not have.
        ImpossibleAnswer: an answer out of range, or no whole number.
    """
    given = {item: answer for item, answer in answers.items() if answer is not None}
    for item, answer in given.items():
        _check_answer(instrument, item, answer)
    total = _total(instrument, given)
    return Score(
        total=total,
        band=next((b.name for b in instrument.bands if total is not None and b.least <= total <= b.most), None),
        answered=len(given),
        prorated=total is not None and len(given) < len(instrument.items),
        flagged=_flagged(instrument.safety, given),
    )


def change(instrument: Instrument, *, baseline: int | None, now: int | None) -> Change:
    """How far a score has come from the series' baseline; from a baseline of 0 no share can be taken."""
    rule = instrument.outcome
    if rule is None or now is None:
        return Change(fall_percent=None, response=None, remission=None)
    remission = now <= rule.remission_most
    if not baseline:
        return Change(fall_percent=None, response=None, remission=remission)
    fall = Fraction((baseline - now) * 100, baseline)
    return Change(fall_percent=fall, response=fall >= rule.response_percent, remission=remission)


def judge_safety(rule: SafetyRule, *, answer: int | None, previous: int | None, interview: int | None) -> Safety:
    """What the suicide item asks for. A 1 that has not risen is one tap with the safety plan's date.

    Args:
        rule: the limits, the medical director's.
        answer: this visit's answer, None if there is none.
        previous: the last visit's; without one nothing counts as unchanged.
        interview: the highest question answered yes in the C-SSRS screener, None if it was not held.
    """
    interview_grave = interview is not None and interview >= rule.interview_task_from
    if answer is None:
        return Safety(flagged=interview_grave, step=SafetyStep.TASK if interview_grave else SafetyStep.ASK)
    flagged = answer >= rule.flag_from
    risen = rule.task_on_rise and flagged and (previous is None or answer > previous)
    if interview_grave or risen or answer >= rule.task_from:
        return Safety(flagged=True, step=SafetyStep.TASK)
    return Safety(flagged=flagged, step=SafetyStep.SAFETY_PLAN if flagged else SafetyStep.NOTHING)


def _check_answer(instrument: Instrument, item: int, answer: Any) -> None:
    allowed = instrument.answers
    if item not in {it.number for it in instrument.items}:
        raise UnknownItem(instrument.key, item)
    if type(answer) is not int or not allowed.lowest <= answer <= allowed.highest:
        raise ImpossibleAnswer(item, answer, allowed.lowest, allowed.highest)


def _total(instrument: Instrument, given: Mapping[int, int]) -> int | None:
    """The sum, prorated for few missing answers, half to even; None where too much is missing."""
    items = len(instrument.items)
    if items - len(given) > instrument.missing.at_most or not set(instrument.missing.never) <= set(given):
        return None
    return round(Fraction(sum(given.values()) * items, len(given)))


def _flagged(rule: SafetyRule | None, given: Mapping[int, int]) -> bool:
    return rule is not None and given.get(rule.item, 0) >= rule.flag_from
