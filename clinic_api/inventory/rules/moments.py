"""When something happened: never ahead, and with a reason where it is written down late."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic_api.errors import Unacceptable
from clinic_api.protocols.rules.watch import LateEntryLimits


@dataclass(eq=False)
class NotYetHappened(Unacceptable):
    """It is dated ahead."""

    occurred_at: datetime

    def __str__(self) -> str:
        return f"{self.occurred_at.isoformat()} lies ahead; leave the time out and the server's is taken"


@dataclass(eq=False)
class LateWithoutReason(Unacceptable):
    """It is entered late and does not say why."""

    late_by: timedelta
    least_characters: int

    def __str__(self) -> str:
        return f"the entry is {self.late_by} late; say why, in at least {self.least_characters} characters"


def check_when(occurred_at: datetime, late_reason: str | None, *, at: datetime, limits: LateEntryLimits) -> None:
    """Refuse a time ahead, and a late entry without its reason.

    Args:
        at: the server's time, UTC.

    Raises:
        NotYetHappened, LateWithoutReason: so it is.
    """
    if occurred_at > at:
        raise NotYetHappened(occurred_at=occurred_at)
    said = len((late_reason or "").strip())
    if at - occurred_at > limits.reason_after and said < limits.reason_least_characters:
        raise LateWithoutReason(late_by=at - occurred_at, least_characters=limits.reason_least_characters)
