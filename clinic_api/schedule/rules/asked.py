"""What is asked of the schedule, as frozen values."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Booking:
    """A patient, a chair and a time.

    Args:
        local_start: the site's wall clock, as typed.
        minutes: how long the chair is taken.
    """

    patient: UUID
    site: UUID
    chair: UUID
    local_start: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class Move:
    """Another chair or time for an appointment."""

    chair: UUID
    local_start: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A patient at the desk.

    Args:
        identifiers_checked: how we know that this is the patient.
        chair: where they sit, if it is not the chair that was booked.
        protocol: the protocol's key where no order names it.
    """

    identifiers_checked: tuple[str, ...]
    chair: UUID | None = None
    protocol: str | None = None
