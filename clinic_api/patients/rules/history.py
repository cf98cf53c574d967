"""What brought the patient here: diagnoses, trials, allergies, and whether the depression is resistant."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from clinic_api.clinics.rules.content import Content
from clinic_api.errors import Conflict, Unacceptable
from clinic_api.patients.rules.words import words_of
from clinic_api.quantities import NOTHING, Mass

#: ICD-10-CM: a letter, a digit, a digit or letter, and up to four more after the point.
ICD_10: Final = re.compile(r"[A-TV-Z][0-9][0-9AB](\.[0-9A-Z]{1,4})?", re.ASCII)


class DiagnosisState(StrEnum):
    """Whether a diagnosis holds."""

    ACTIVE = "active"
    RESOLVED = "resolved"
    ENTERED_IN_ERROR = "entered_in_error"


class TrialOutcome(StrEnum):
    """How an antidepressant trial ended."""

    FAILED = "failed"
    PARTIAL = "partial"
    RESPONDED = "responded"
    NOT_TOLERATED = "not_tolerated"
    ONGOING = "ongoing"
    ENTERED_IN_ERROR = "entered_in_error"


class Severity(StrEnum):
    """How bad an allergic reaction was."""

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One antidepressant, tried.

    Args:
        daily_dose: the highest dose a day that was kept up.
        weeks: whole weeks at that dose.
    """

    drug: str
    daily_dose: Mass
    weeks: int
    outcome: TrialOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergy:
    """One substance the patient does not bear."""

    substance: str
    reaction: str | None
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTrial(Trial):
    """A trial as recorded."""

    id: UUID
    patient: UUID
    note: str | None
    replaces: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergies:
    """The newest list. Where there is none at all, nobody asked: that is not the same as none known."""

    id: UUID
    patient: UUID
    none_known: bool
    items: tuple[Allergy, ...]
    note: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityRule:
    """When a depression counts as treatment-resistant, and from which age the clinic treats."""

    failed_at_least: int
    weeks_at_least: int
    years_at_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """What the trials say. ``failed`` is None where nothing was recorded, and that is not met."""

    failed: int | None
    needed: int
    met: bool


class NotIcd10(Unacceptable):
    """This is not the form of an ICD-10-CM code."""

    def __str__(self) -> str:
        return "Write it with its point, such as F33.2."


class NoDose(Unacceptable):
    """A trial needs a dose of more than nothing."""

    def __str__(self) -> str:
        return "Enter the highest daily dose in milligrams."


class AlreadyCorrected(Conflict):
    """This entry was corrected before."""

    def __str__(self) -> str:
        return "Correct the newest entry instead."


class AllergiesUnclear(Unacceptable):
    """Either no allergies are known, or at least one is named."""

    def __str__(self) -> str:
        return "Say none_known with an empty list, or name each allergy."


def check_icd10(code: str) -> None:
    """Refuse a code that cannot be one.

    Raises:
        NotIcd10: its form is wrong; whether it is in this year's list is not checked.
    """
    if not ICD_10.fullmatch(code):
        raise NotIcd10


def check_trial(trial: Trial) -> None:
    """Refuse a trial of nothing.

    Raises:
        NoDose: so it is.
    """
    if trial.daily_dose == NOTHING:
        raise NoDose


def check_allergies(items: Sequence[Allergy], *, none_known: bool) -> None:
    """Refuse an entry that says both or neither.

    Raises:
        AllergiesUnclear: so it does.
    """
    if none_known is bool(items):
        raise AllergiesUnclear


def read_eligibility(content: Mapping[str, Any]) -> EligibilityRule:
    """The rule from its data (``config/eligibility/trd.toml``).

    Raises:
        MalformedContent: a field is missing, unknown or cannot be right.
    """
    whole = Content(content)
    whole.only("key", "version", "title", "source", "status", "trials", "adequate", "age")
    whole.origin()
    trials = whole.table("trials", "failed_at_least")
    adequate = whole.table("adequate", "weeks_at_least")
    age = whole.table("age", "years_at_least")
    for block in (trials, adequate, age):
        block.origin()
    return EligibilityRule(
        failed_at_least=trials.whole("failed_at_least", least=1),
        weeks_at_least=adequate.whole("weeks_at_least"),
        years_at_least=age.whole("years_at_least"),
    )


def eligibility(trials: Iterable[Trial], *, rule: EligibilityRule) -> Eligibility:
    """Whether enough different antidepressants failed, each taken long enough.

    Two trials of one drug count once, however its name was spelt in case and accents.
    """
    known = [trial for trial in trials if trial.outcome is not TrialOutcome.ENTERED_IN_ERROR]
    if not known:
        return Eligibility(failed=None, needed=rule.failed_at_least, met=False)
    failed = {
        " ".join(words_of(trial.drug))
        for trial in known
        if trial.outcome is TrialOutcome.FAILED and trial.weeks >= rule.weeks_at_least
    }
    return Eligibility(failed=len(failed), needed=rule.failed_at_least, met=len(failed) >= rule.failed_at_least)
