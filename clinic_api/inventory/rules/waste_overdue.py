"""A waste that nobody has witnessed in time is a discrepancy of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Pending:
    """A waste that waits for its witness, and until when."""

    waste: UUID
    due_at: datetime


def overdue(pending: Iterable[Pending], *, at: datetime) -> tuple[UUID, ...]:
    """The wastes whose deadline has passed, in their order; the deadline itself is the first moment that is late.

    Args:
        pending: those without a witness; ``due_at`` is the end of a day at the site, UTC.
        at: now, UTC.
    """
    return tuple(each.waste for each in pending if at >= each.due_at)
