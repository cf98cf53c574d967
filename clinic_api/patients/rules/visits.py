"""Visits, and what the audit says of patients."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from clinic_api.errors import Conflict


class Event(StrEnum):
    """What the audit says of patients."""

    REGISTERED = "patient:registered"
    IDENTITY_CHANGED = "identity:changed"
    CONSENT_RECORDED = "consent:recorded"
    ALLERGIES_RECORDED = "allergies:recorded"
    DIAGNOSIS_RECORDED = "diagnosis:recorded"
    TRIAL_RECORDED = "trial:recorded"
    REMINDERS_SET = "reminders:set"
    VISIT_OPENED = "visit:opened"
    VISIT_SEALED = "visit:sealed"


@dataclass(eq=False)
class VisitSealed(Conflict):
    """The visit is signed; nothing can be added to it any more."""

    sealed_at: datetime

    def __str__(self) -> str:
        return f"It was sealed at {self.sealed_at:%Y-%m-%d %H:%M} UTC; write an addendum instead."


def check_unsealed(sealed_at: datetime | None) -> None:
    """Refuse to add to a visit that is signed.

    Raises:
        VisitSealed: says since when.
    """
    if sealed_at is not None:
        raise VisitSealed(sealed_at=sealed_at)
