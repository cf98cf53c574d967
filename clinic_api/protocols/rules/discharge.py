"""What must be proven before a patient may be called fit to leave, and before the patient leaves."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from clinic_api.clinics.rules.content import Content, Origin
from clinic_api.protocols.rules.signs import MINUTE, Sign


class Step(StrEnum):
    """Which step a criterion guards."""

    FIT = "fit"
    LEAVING = "leaving"


class NumberFact(StrEnum):
    """A number somebody observed for discharge, other than a reading."""

    ALDRETE = "aldrete"


class YesFact(StrEnum):
    """Something somebody saw or did, answered with yes or no."""

    GAIT_STEADY = "gait_steady"
    NAUSEA_CONTROLLED = "nausea_controlled"
    SUICIDE_ITEM_RECHECKED = "suicide_item_rechecked"
    LINE_REMOVED = "line_removed"
    INSTRUCTIONS_GIVEN = "instructions_given"
    ESCORT_IDENTIFIED = "escort_identified"


@dataclass(frozen=True)
class ReadingCriterion:
    """The last readings of one sign lie within limits.

    Args:
        last: how many of the last readings must.
        least: smallest allowed; None is no lower limit.
        most: largest allowed; None is no upper limit.
        or_baseline: a value no worse than the patient's own baseline is also allowed.
        above_baseline_most: how far above baseline; then a baseline must exist.
    """

    sign: Sign
    last: int
    least: int | None
    most: int | None
    or_baseline: bool
    above_baseline_most: int | None
    may_override: bool


@dataclass(frozen=True)
class NumberCriterion:
    """An observed number is at least this."""

    fact: NumberFact
    least: int
    may_override: bool


@dataclass(frozen=True)
class YesCriterion:
    """Somebody answered yes."""

    fact: YesFact
    step: Step
    may_override: bool


@dataclass(frozen=True)
class DischargeCriteria:
    """All that a discharge must prove; waste and the next visit are no part of it, nobody is held for paper.

    Args:
        minimum_stay: from the end of the infusion, or from the last rescue drug if that is later.
        reading_max_age: how old the newest reading of each sign may be.
    """

    minimum_stay: timedelta
    stay_may_be_overridden: bool
    reading_max_age: timedelta
    readings: tuple[ReadingCriterion, ...]
    numbers: tuple[NumberCriterion, ...]
    answers: tuple[YesCriterion, ...]
    origin: Origin


def read_discharge(table: Content) -> DischargeCriteria:
    """The discharge criteria.

    Raises:
        MalformedContent: a field is missing or wrong.
    """
    return DischargeCriteria(
        minimum_stay=table.span("minimum_stay_minutes", MINUTE),
        stay_may_be_overridden=table.flag("stay_may_be_overridden"),
        reading_max_age=table.span("reading_max_age_minutes", MINUTE, least=1),
        readings=_readings(table),
        numbers=tuple(
            NumberCriterion(row.choice("fact", NumberFact), row.whole("least"), row.flag("may_override"))
            for row in table.rows("numbers", "fact", "least", "may_override")
        ),
        answers=tuple(
            YesCriterion(row.choice("fact", YesFact), row.choice("step", Step), row.flag("may_override"))
            for row in table.rows("answers", "fact", "step", "may_override")
        ),
        origin=table.origin(),
    )


def _readings(table: Content) -> tuple[ReadingCriterion, ...]:
    fields = ("sign", "last", "least", "most", "or_baseline", "above_baseline_most", "may_override")
    return tuple(_reading(row) for row in table.rows("readings", *fields))


def _reading(row: Content) -> ReadingCriterion:
    criterion = ReadingCriterion(
        sign=row.choice("sign", Sign),
        last=row.whole("last", least=1),
        least=row.optional_whole("least"),
        most=row.optional_whole("most"),
        or_baseline=row.flag("or_baseline"),
        above_baseline_most=row.optional_whole("above_baseline_most"),
        may_override=row.flag("may_override"),
    )
    if criterion.least is None and criterion.most is None and criterion.above_baseline_most is None:
        raise row.refusal("sign", "has no limit: give least, most or above_baseline_most")
    return criterion
