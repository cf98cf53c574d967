"""When an act happened: checked where it is planned, taken as it comes where it cannot wait."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from clinic_api.errors import Unacceptable
from clinic_api.monitoring.rules.lateness import LateReasonMissing, TimeInTheFuture, check_entry_time
from clinic_api.protocols.rules.watch import LateEntryLimits
from clinic_api.sessions.rules.answers import Fact
from clinic_api.sessions.rules.record import Mark

#: A stop tapped twice in a hurry is one stop.
SECOND_TAP: Final = timedelta(minutes=2)


#: Facts that are a time, and those that hold some.
_TIMES: Final = frozenset({Fact.LAST_SOLIDS, Fact.LAST_CLEAR_FLUIDS})
_WITHIN: Final[Mapping[Fact, tuple[str, ...]]] = {Fact.ADVERSE_EVENT: ("onset_at", "ended_at")}


@dataclass(eq=False)
class NotYetHappened(Unacceptable):
    """Something is said to have happened at a time that has not come yet."""

    fact: Fact
    said: datetime
    recorded_at: datetime

    def __str__(self) -> str:
        return f"{self.fact}: {self.said.isoformat()} lies after {self.recorded_at.isoformat()}; correct the time"


@dataclass(frozen=True)
class Happened:
    """The time of an act as it is reckoned with.

    Args:
        at: when it happened, UTC.
        claimed_at: what the tablet said, where that could not be taken; None where it was.
        marks: what a reader must know of the time.
    """

    at: datetime
    claimed_at: datetime | None = None
    marks: tuple[Mark, ...] = ()


def planned_time(
    claimed: datetime | None, *, recorded_at: datetime, reason: str | None, limits: LateEntryLimits
) -> Happened:
    """The time of an act that can wait until its time is right; without a claim it is the server's.

    Raises:
        TimeWithoutZone, TimeInTheFuture, LateReasonMissing: see ``monitoring.rules.lateness``.
    """
    at = recorded_at if claimed is None else claimed
    lateness = check_entry_time(at, recorded_at=recorded_at, reason=reason, limits=limits)
    return Happened(at, marks=(Mark.LATE,) if lateness.late else ())


def check_told(facts: Iterable[tuple[Fact, Any]], *, recorded_at: datetime, limits: LateEntryLimits) -> None:
    """Refuse a fact that is said to be of a time that has not come: a slip of the hour would keep a fast for ever.

    Raises:
        NotYetHappened: names the fact, and by how much it lies ahead of what a clock may.
    """
    for fact, value in facts:
        for said in _times_of(fact, value):
            if said - recorded_at > limits.future_at_most:
                raise NotYetHappened(fact, said, recorded_at)


def _times_of(fact: Fact, value: Any) -> list[datetime]:
    said = [value] if fact in _TIMES else [value[name] for name in _WITHIN.get(fact, ())]
    return [datetime.fromisoformat(text) for text in said if text is not None]


def contradicts_end(at: datetime, *, ended_at: datetime | None) -> bool:
    """Whether a second end says something else than the first: earlier, or later by more than a hurried tap.

    One of the two may be the truth, and it decides how much drug was given, so somebody must look.
    """
    return ended_at is not None and not ended_at <= at <= ended_at + SECOND_TAP


def urgent_time(
    claimed: datetime | None, *, recorded_at: datetime, reason: str | None, limits: LateEntryLimits
) -> Happened:
    """The time of an act that nothing may hold up: a clock that runs ahead is set right, a late entry marked.

    Source:
        practice notes, R1: a stop or a pause is never refused, least of all for a clock.
    """
    try:
        return planned_time(claimed, recorded_at=recorded_at, reason=reason, limits=limits)
    except TimeInTheFuture as future:
        return Happened(recorded_at, claimed_at=future.occurred_at, marks=(Mark.CLOCK_AHEAD,))
    except LateReasonMissing as late:
        return Happened(recorded_at - late.by, marks=(Mark.LATE, Mark.NO_REASON))
