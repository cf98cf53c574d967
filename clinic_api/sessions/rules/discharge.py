"""Discharge as a proof: each criterion with its value, its age and its limit; what is missing is not met."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from clinic_api.errors import Conflict
from clinic_api.monitoring.rules.readings import Reading
from clinic_api.protocols.rules.discharge import (
    DischargeCriteria,
    NumberCriterion,
    NumberFact,
    ReadingCriterion,
    Step,
    YesCriterion,
    YesFact,
)

STAY = "minimum_stay"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class DischargeFacts:
    """What is known of the patient. None is not known, and not known is not met.

    Args:
        stay_from: when the infusion ended, or the last rescue drug was given if that is later, UTC.
        baseline: the set before the dose.
        readings: the session's sets in any order, without what was answered to be an artefact; those
            since ``stay_from`` count.
        aldrete: the modified Aldrete score, 0 to 10.
    """

    stay_from: datetime | None
    baseline: Reading | None
    readings: Sequence[Reading]
    aldrete: int | None
    gait_steady: bool | None
    nausea_controlled: bool | None
    suicide_item_rechecked: bool | None
    line_removed: bool | None
    instructions_given: bool | None
    escort_identified: bool | None

    def number(self, fact: NumberFact) -> int | None:
        """An observed number, None where nobody observed it."""
        number: int | None = getattr(self, fact)
        return number

    def answer(self, fact: YesFact) -> bool | None:
        """An answer, None where nobody answered."""
        answer: bool | None = getattr(self, fact)
        return answer


@dataclass(frozen=True)
class CriterionResult:
    """One line of the proof.

    Args:
        value: as found, None where nothing was.
        limit: what it is held against.
        age: how old the newest reading is; None for what is no reading.
    """

    name: str
    step: Step
    met: bool
    value: str | None
    limit: str
    age: timedelta | None
    may_override: bool


@dataclass(eq=False)
class NotFitForDischarge(Conflict):
    """What a discharge must prove is not proven."""

    unmet: tuple[CriterionResult, ...]

    @property
    def facts(self) -> dict[str, Any]:
        """Each criterion by name, with what was found and its limit."""
        return {"unmet": [asdict(it) for it in self.unmet]}

    def __str__(self) -> str:
        lines = "; ".join(f"{it.name} is {it.value or 'not known'}, must be {it.limit}" for it in self.unmet)
        return (
            f"{lines}. Take what is missing, have a prescriber accept it with a reason, "
            "or record that the patient left against advice"
        )


@dataclass(eq=False)
class NotOverridable(Conflict):
    """This discharge criterion cannot be accepted as it is."""

    criterion: str
    possible: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.criterion} cannot be accepted away; only these can: {', '.join(self.possible) or 'none'}"


def discharge_proof(facts: DischargeFacts, *, criteria: DischargeCriteria, at: datetime) -> tuple[CriterionResult, ...]:
    """Every criterion with what was found, met or not, in the protocol's order."""
    return (
        _stay(facts, criteria, at),
        *(_reading(facts, it, at=at, max_age=criteria.reading_max_age) for it in criteria.readings),
        *(_number(facts, it) for it in criteria.numbers),
        *(_yes(facts, it) for it in criteria.answers),
    )


def unmet_of(proof: Collection[CriterionResult], *, overridden: Collection[str]) -> tuple[CriterionResult, ...]:
    """What is neither met nor accepted by a prescriber; some criteria cannot be accepted away."""
    return tuple(it for it in proof if not it.met and not (it.may_override and it.name in overridden))


def check_fit(proof: Collection[CriterionResult], *, overridden: Collection[str]) -> None:
    """Refuse to call a patient fit to leave.

    Args:
        overridden: names of criteria a prescriber accepted, each with a reason on record.

    Raises:
        NotFitForDischarge: naming each criterion that is not proven.
    """
    _refuse(unmet_of([it for it in proof if it.step is Step.FIT], overridden=overridden))


def check_discharge(proof: Collection[CriterionResult], *, overridden: Collection[str]) -> None:
    """Refuse a discharge; it never bars leaving, which is recorded as against advice or without notice.

    Args:
        overridden: names of criteria a prescriber accepted, each with a reason on record.

    Raises:
        NotFitForDischarge: naming each criterion that is not proven.
    """
    _refuse(unmet_of(proof, overridden=overridden))


def check_overridable(proof: Collection[CriterionResult], names: Collection[str]) -> None:
    """Refuse to accept what the protocol wants proven, or what it does not ask for.

    Raises:
        NotOverridable: naming the first such criterion, and those that can be accepted.
    """
    possible = tuple(it.name for it in proof if it.may_override)
    for name in names:
        if name not in possible:
            raise NotOverridable(name, possible)


def in_minutes(time: timedelta) -> str:
    """A length of time as a person reads it; what is not whole is cut, so that no stay looks longer than it was."""
    return f"{time // MINUTE} min"


def _refuse(unmet: tuple[CriterionResult, ...]) -> None:
    if unmet:
        raise NotFitForDischarge(unmet)


def _stay(facts: DischargeFacts, criteria: DischargeCriteria, at: datetime) -> CriterionResult:
    stay = None if facts.stay_from is None else at - facts.stay_from
    return CriterionResult(
        name=STAY,
        step=Step.FIT,
        met=stay is not None and stay >= criteria.minimum_stay,
        value=None if stay is None else in_minutes(stay),
        limit=f"at least {in_minutes(criteria.minimum_stay)} after the last drug",
        age=None,
        may_override=criteria.stay_may_be_overridden,
    )


def _number(facts: DischargeFacts, criterion: NumberCriterion) -> CriterionResult:
    number = facts.number(criterion.fact)
    return CriterionResult(
        name=criterion.fact,
        step=Step.FIT,
        met=number is not None and number >= criterion.least,
        value=None if number is None else str(number),
        limit=f"at least {criterion.least}",
        age=None,
        may_override=criterion.may_override,
    )


def _yes(facts: DischargeFacts, criterion: YesCriterion) -> CriterionResult:
    answer = facts.answer(criterion.fact)
    return CriterionResult(
        name=criterion.fact,
        step=criterion.step,
        met=answer is True,
        value={None: None, True: "yes", False: "no"}[answer],
        limit="yes",
        age=None,
        may_override=criterion.may_override,
    )


def _reading(
    facts: DischargeFacts, criterion: ReadingCriterion, *, at: datetime, max_age: timedelta
) -> CriterionResult:
    found = _last(facts, criterion)
    baseline = None if facts.baseline is None else facts.baseline.value(criterion.sign)
    low, high = _bounds(criterion, baseline)
    age = at - found[-1][0] if found else None
    fresh = len(found) == criterion.last and age is not None and age <= max_age
    comparable = criterion.above_baseline_most is None or baseline is not None
    return CriterionResult(
        name=criterion.sign,
        step=Step.FIT,
        met=fresh and comparable and all(_within(value, low, high) for _, value in found),
        value=", ".join(str(value) for _, value in found) or None,
        limit=f"{_range(low, high) if comparable else 'near a baseline, which is missing'}"
        f"{f', last {criterion.last}' if criterion.last > 1 else ''}, ≤ {in_minutes(max_age)} old",
        age=age,
        may_override=criterion.may_override,
    )


def _last(facts: DischargeFacts, criterion: ReadingCriterion) -> list[tuple[datetime, int]]:
    """The last values of a sign since the stay began; what was read while drug ran proves nothing."""
    sets = sorted(facts.readings, key=lambda reading: reading.taken_at)
    since = [r for r in sets if facts.stay_from is not None and r.taken_at >= facts.stay_from]
    found = [(r.taken_at, value) for r in since if (value := r.value(criterion.sign)) is not None]
    return found[-criterion.last :]


def _bounds(criterion: ReadingCriterion, baseline: int | None) -> tuple[int | None, int | None]:
    """The limits for this patient: no stricter than the baseline where that is allowed, but near it where asked."""
    low, high = criterion.least, criterion.most
    if baseline is None:
        return low, high
    if criterion.or_baseline:
        low = None if low is None else min(low, baseline)
        high = None if high is None else max(high, baseline)
    if criterion.above_baseline_most is not None:
        near = baseline + criterion.above_baseline_most
        high = near if high is None else min(high, near)
    return low, high


def _within(value: int, low: int | None, high: int | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _range(low: int | None, high: int | None) -> str:
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"{low} to {high}"
