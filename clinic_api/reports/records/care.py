"""What was asked, proven and decided around the dose."""

from dataclasses import dataclass
from datetime import datetime

from clinic_api.reports.records.people import Person


@dataclass(frozen=True, kw_only=True)
class Override:
    """A prescriber's decision to go on although a condition was not met."""

    reason: str
    by: Person
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Proof:
    """One condition of a gate or of discharge: what was found, and whether that is enough.

    ``met`` without a value is "not assessed": missing is never a yes.
    """

    name: str
    value: str
    met: bool | None
    by: Person | None
    at: datetime | None
    override: Override | None


@dataclass(frozen=True, kw_only=True)
class Consent:
    """A consent in the version that was signed. ``state`` is its standing on the day."""

    name: str
    version: str
    signed_at: datetime | None
    state: str


@dataclass(frozen=True, kw_only=True)
class SafetyAnswer:
    """The suicide item: when it was answered, when somebody read it, and what was done."""

    instrument: str
    answer: str
    answered_at: datetime
    read_by: Person | None
    read_at: datetime | None
    action: str | None


@dataclass(frozen=True, kw_only=True)
class AdverseEvent:
    """Something untoward, graded. ``grade`` is CTCAE 1 to 5."""

    term: str
    grade: int
    serious: bool
    onset_at: datetime
    ended_at: datetime | None
    relatedness: str
    action: str
    treatment: str | None
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Departure:
    """How and when the patient left, with the last blood pressure before that."""

    at: datetime
    manner: str
    last_blood_pressure: str | None
    by: Person | None


@dataclass(frozen=True, kw_only=True)
class NextVisit:
    """The plan. The times of proposal and acceptance are kept to the second."""

    at: datetime | None
    plan: str
    proposed_by: str | None
    proposed_at: datetime | None
    accepted_by: Person | None
    accepted_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Note:
    """Free text, exactly as it was typed."""

    at: datetime
    by: Person
    text: str


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A set of rules in force on the day, with its last change."""

    name: str
    version: str
    approved_by: Person
    approved_at: datetime
    change: str | None
