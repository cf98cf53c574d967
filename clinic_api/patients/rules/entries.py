"""What is told about a patient, before it is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from clinic_api.patients.rules.consents import ConsentFact
from clinic_api.patients.rules.history import Allergy, DiagnosisState, Trial
from clinic_api.patients.rules.reminders import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConsent:
    """A signature or a withdrawal.

    Args:
        document_version: which text the patient had before them.
    """

    fact: ConsentFact
    document_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAllergies:
    """The whole list, as the patient tells it today."""

    none_known: bool
    items: Sequence[Allergy]
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDiagnosis:
    """A word about one diagnosis."""

    code: str
    state: DiagnosisState
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTrial:
    """An antidepressant trial, or the correction of one."""

    trial: Trial
    note: str | None = None
    replaces: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReminders:
    """What a patient wishes for one channel.

    Args:
        verified: whether somebody made sure that the address on file is the patient's own.
    """

    channel: Channel
    wanted: bool
    language: str
    verified: bool
