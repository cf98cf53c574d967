"""What a task is, and when it is over."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from clinic_api.errors import Conflict


class Event(StrEnum):
    """What the audit says of tasks."""

    OPENED = "task:opened"
    CLOSED = "task:closed"


@dataclass(eq=False)
class TaskClosed(Conflict):
    """This task was closed before."""

    closed_at: datetime
    outcome: str

    def __str__(self) -> str:
        return f"It was closed at {self.closed_at:%Y-%m-%d %H:%M} UTC as {self.outcome}; nothing is left to do."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """Something somebody must do.

    Args:
        kind: what, such as ``waste-witness``; a word of the floor that opens it.
        subject_table, subject: the record it is about.
        role: who may do it.
        due_at: by when, UTC.
        visit: the visit that cannot be closed before it is done; None where no visit waits.
    """

    kind: str
    subject_table: str
    subject: UUID
    role: str
    due_at: datetime
    visit: UUID | None = None


def check_open(*, closed_at: datetime | None, outcome: str | None) -> None:
    """Refuse to close a task twice.

    Raises:
        TaskClosed: says when and as what it was closed.
    """
    if closed_at is not None:
        raise TaskClosed(closed_at=closed_at, outcome=outcome or "")
