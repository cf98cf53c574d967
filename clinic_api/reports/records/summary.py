"""The session summary: everything the paper says about one infusion session."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic_api.reports.records.care import (
    AdverseEvent,
    Consent,
    Departure,
    NextVisit,
    Note,
    Policy,
    Proof,
    SafetyAnswer,
)
from clinic_api.reports.records.codec import read, write
from clinic_api.reports.records.drug import Dose, LedgerLine, Order, Registration, Rescue, Segment, Working
from clinic_api.reports.records.people import Clinic, Contact, Escort, Patient, Person, Supervision
from clinic_api.reports.records.watch import Alert, MissedSet, Reading, Score, Trend


@dataclass(frozen=True, kw_only=True)
class Series:
    """Which visit of which course this was; an open-ended course has no ``of``."""

    phase: str
    number: int
    of: int | None


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """The diagnosis that the treatment is for, by ICD-10-CM code."""

    code: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """A later version: who changed what, and why."""

    version: int
    at: datetime
    by: Person
    reason: str
    changes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SessionSummary:
    """What the signed snapshot of one infusion session says, in the order in which it is printed.

    All times are UTC; ``zone`` is the IANA name of the zone in which they are printed. An empty
    ``allergies`` prints as "not recorded"; "none known" is said in words. ``given`` is empty while
    nothing has gone in. ``profile`` holds the sentences that the practice profile puts on paper.
    """

    session_id: str
    version: int
    zone: str
    checked_in_at: datetime
    clinic: Clinic
    series: Series
    patient: Patient
    diagnosis: Diagnosis
    allergies: tuple[str, ...]
    prescriber: Person
    protocol: str
    result: str
    order: Order | None
    given: Dose | None
    working: Working | None
    segments: tuple[Segment, ...]
    readings: tuple[Reading, ...]
    missed: tuple[MissedSet, ...]
    alerts: tuple[Alert, ...]
    scores: tuple[Score, ...]
    trends: tuple[Trend, ...]
    safety: SafetyAnswer | None
    rescues: tuple[Rescue, ...]
    adverse_events: tuple[AdverseEvent, ...]
    gates: tuple[Proof, ...]
    consents: tuple[Consent, ...]
    discharge: tuple[Proof, ...]
    departure: Departure | None
    escort: Escort | None
    registration: Registration
    ledger: tuple[LedgerLine, ...]
    supervision: tuple[Supervision, ...]
    profile: tuple[str, ...]
    policies: tuple[Policy, ...]
    contacts: tuple[Contact, ...]
    notes: tuple[Note, ...]
    next_visit: NextVisit | None
    amendments: tuple[Amendment, ...]


def summary_from(content: Mapping[str, Any]) -> SessionSummary:
    """Read the content of a signed snapshot; the keys are the fields of the records, all of them.

    Raises:
        MissingFromContent: a key is not there, named with its path.
        StrangeInContent: a key has no place on the paper.
        UnreadableInContent: a value is of another kind.
    """
    return read(SessionSummary, content)


def content_of(summary: SessionSummary) -> dict[str, Any]:
    """The plain JSON values that ``summary_from`` reads back to the same summary."""
    content: dict[str, Any] = write(summary)
    return content
