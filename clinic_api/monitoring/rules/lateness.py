"""How far the time of an act may lie from the time of its entry."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic_api.errors import Unacceptable
from clinic_api.protocols.rules.watch import LateEntryLimits


@dataclass(frozen=True)
class Lateness:
    """How late an entry was made, and what that asks for."""

    by: timedelta
    late: bool
    needs_countersign: bool


@dataclass(eq=False)
class TimeWithoutZone(Unacceptable):
    """A time was sent without its offset from UTC."""

    occurred_at: datetime

    def __str__(self) -> str:
        return f"{self.occurred_at.isoformat()} has no offset; send it as UTC, such as 2026-03-02T15:20:00Z"


@dataclass(eq=False)
class TimeInTheFuture(Unacceptable):
    """A time was sent that has not come yet."""

    occurred_at: datetime
    recorded_at: datetime
    at_most: timedelta

    def __str__(self) -> str:
        return (
            f"{self.occurred_at.isoformat()} is more than {self.at_most} after {self.recorded_at.isoformat()}; "
            "check the tablet's clock, or leave the time out and the server's is taken"
        )


@dataclass(eq=False)
class LateReasonMissing(Unacceptable):
    """A late entry does not say why it is late."""

    by: timedelta
    least_characters: int

    def __str__(self) -> str:
        return f"the entry is {self.by} late; say why, in at least {self.least_characters} characters"


def check_entry_time(
    occurred_at: datetime, *, recorded_at: datetime, reason: str | None, limits: LateEntryLimits
) -> Lateness:
    """Accept a late truth with its reason; refuse a time that cannot be.

    Args:
        occurred_at: when it happened, as claimed.
        recorded_at: the server's time, UTC.
        reason: why the entry is late; one for a whole downtime batch is enough.
        limits: the protocol's late-entry limits.

    Raises:
        TimeWithoutZone: the time has no offset.
        TimeInTheFuture: it lies further ahead than a clock may be.
        LateReasonMissing: it is late, and the reason is missing or too short.
    """
    if occurred_at.utcoffset() is None:
        raise TimeWithoutZone(occurred_at)
    by = recorded_at - occurred_at
    if -by > limits.future_at_most:
        raise TimeInTheFuture(occurred_at, recorded_at, limits.future_at_most)
    late = by > limits.reason_after
    if late and len((reason or "").strip()) < limits.reason_least_characters:
        raise LateReasonMissing(by, limits.reason_least_characters)
    return Lateness(by=by, late=late, needs_countersign=by > limits.countersign_after)
