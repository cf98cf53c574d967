"""What is entered about a visit and what is kept of it, each as one plain value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from clinic_api.errors import Conflict
from clinic_api.monitoring.rules.readings import Confirmation, Doubt, NotObtained, Reading
from clinic_api.monitoring.rules.scales import Safety
from clinic_api.protocols.rules.alerts import Tier, When
from clinic_api.protocols.rules.protocol import Protocol
from clinic_api.protocols.rules.signs import Sign


class Event(StrEnum):
    """What the audit says of readings, alerts and scores."""

    READING_RECORDED = "reading:recorded"
    READING_CORRECTED = "reading:corrected"
    ALERT_ANSWERED = "alert:answered"
    SCORE_RECORDED = "score:recorded"


class Source(StrEnum):
    """How a set came to us: typed in, sent by a monitor, or copied from the downtime sheet."""

    TYPED = "typed"
    MONITOR = "monitor"
    PAPER = "paper"


class AlreadyCorrected(Conflict):
    """This set was corrected before; what holds now is the newer one."""

    def __str__(self) -> str:
        return "Read the sets again and correct the one that holds."


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is known of a visit by whoever conducts it.

    Args:
        protocol: the version that the visit pinned.
        started_at: the actual start of the infusion, UTC; None before it.
        known: the newest sets, where they were read together with the visit (``queries.known_beside``).
    """

    protocol: Protocol
    started_at: datetime | None = None
    known: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReading:
    """One set as it comes in.

    Args:
        signs: what was read; a sign that was not read is not in it.
        occurred_at: when the set was taken, as claimed; None for now.
        device_at: what the sender's clock said when it sent, to know how far it is off.
    """

    signs: Mapping[str, int]
    not_obtained: Mapping[Sign, NotObtained] = field(default_factory=dict)
    occurred_at: datetime | None = None
    late_reason: str | None = None
    source: Source = Source.TYPED
    device_at: datetime | None = None

    def taken(self, at: datetime) -> Reading:
        """The set as the rules judge it."""
        signs: Mapping[str, Any] = self.signs
        return Reading(taken_at=self.occurred_at or at, not_obtained=self.not_obtained, **signs)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCorrection:
    """What a set should have said, whole, and why it did not. Without a time it keeps that of the original."""

    reason: str
    reading: NewReading


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """The tap that answers an alert."""

    answer: Confirmation


@dataclass(frozen=True, slots=True, kw_only=True)
class NewScore:
    """A scale as it was answered; an item left out, or None, was not answered."""

    instrument: str
    answers: Mapping[int, int | None]
    occurred_at: datetime | None = None
    late_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAlert:
    """An alert as raised, and its newest answer."""

    id: UUID
    visit: UUID
    reading: UUID
    sign: Sign
    tier: Tier
    value: int
    comparison: When
    threshold: int
    baseline: int | None
    confirmed: bool
    at: datetime
    answer: Confirmation | None = None
    answered_by: UUID | None = None
    answered_at: datetime | None = None


class KeptReading(NamedTuple):
    """A set as kept; a named tuple, because a session's page makes a hundred of them at once.

    Args:
        corrected_by: the set that replaced this one, None while it holds.
        alerts: what it raised when it was recorded; only known to whoever recorded it.
        doubts: what to ask about; likewise.
    """

    id: UUID
    visit: UUID
    occurred_at: datetime
    recorded_at: datetime
    systolic_mmhg: int | None
    diastolic_mmhg: int | None
    heart_rate_bpm: int | None
    spo2_percent: int | None
    respiratory_rate_per_min: int | None
    moaas: int | None
    dissociation_nrs: int | None
    distress_nrs: int | None
    not_obtained: Mapping[str, str]
    late_reason: str | None
    needs_countersign: bool
    replaces: UUID | None
    reason: str | None
    source: Source
    by: UUID | None
    device: UUID | None
    device_clock_skew_ms: int | None
    corrected_by: UUID | None = None
    alerts: Sequence[KeptAlert] = ()
    doubts: Sequence[Doubt] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptScore:
    """A scale as scored; ``safety`` is what the suicide item asks for, None where the scale has none."""

    id: UUID
    visit: UUID
    patient: UUID
    instrument: UUID
    key: str
    answers: Mapping[str, int]
    total: int | None
    band: str | None
    answered: int
    prorated: bool
    flagged: bool
    safety_answer: int | None
    occurred_at: datetime
    recorded_at: datetime
    late_reason: str | None
    needs_countersign: bool
    by: UUID
    safety: Safety | None = None


def check_not_corrected(corrected_by: UUID | None) -> None:
    """Refuse to correct a set a second time, so that two corrections never stand side by side.

    Raises:
        AlreadyCorrected: another set has replaced it.
    """
    if corrected_by is not None:
        raise AlreadyCorrected


def skew_ms(device_at: datetime | None, *, at: datetime) -> int | None:
    """How far the sender's clock was ahead of the server's, in milliseconds; None where it did not say."""
    return None if device_at is None else round((device_at - at).total_seconds() * 1000)
