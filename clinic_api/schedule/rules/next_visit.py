"""What follows a visit: the next one, or the reason why there is none."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from clinic_api.errors import Unacceptable
from clinic_api.schedule.rules.asked import Move


class NoneBecause(StrEnum):
    """Why no next visit is booked."""

    SERIES_COMPLETE = "series_complete"
    PATIENT_DECLINED = "patient_declined"
    PRESCRIBER_STOPPED = "prescriber_stopped"
    PATIENT_WILL_CALL = "patient_will_call"
    TRANSFERRED = "transferred"


@dataclass(frozen=True, kw_only=True)
class Following:
    """What follows a visit: an appointment, or the reason why there is none.

    Args:
        plan: in words, such as "visit 5 of 6, same dose".
    """

    chair: UUID | None
    local_start: str | None
    minutes: int | None
    none_because: NoneBecause | None
    plan: str | None


@dataclass(frozen=True, kw_only=True)
class Followed:
    """What was settled after a visit."""

    visit: UUID
    appointment: UUID | None
    at: datetime | None
    none_because: NoneBecause | None


class NextVisitUnclear(Unacceptable):
    """Either the next visit is booked, or there is a reason why none is."""

    def __str__(self) -> str:
        return "Send chair, local_start and minutes, or none_because alone."


def check_following(asked: Following) -> Move | None:
    """The appointment asked for, or None where a reason stands in its place.

    Raises:
        NextVisitUnclear: both, neither or half of one.
    """
    booked = (asked.chair, asked.local_start, asked.minutes)
    if asked.none_because is not None and booked == (None, None, None):
        return None
    if asked.none_because is not None or asked.chair is None or asked.local_start is None or asked.minutes is None:
        raise NextVisitUnclear
    return Move(chair=asked.chair, local_start=asked.local_start, minutes=asked.minutes)
