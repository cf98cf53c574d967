"""What the pump did, read from the record: starts, pauses and changes of rate become stretches of running."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final

from clinic_api.errors import Conflict, Unacceptable


class PumpState(StrEnum):
    """What the pump is doing."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class PumpAct(StrEnum):
    """What was done to the pump."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    RATE = "rate"
    STOP = "stop"


#: The whole life of a pump in one visit. Pause and stop are in every row: nobody is ever kept from either.
LIFE: Final[Mapping[PumpState, Mapping[PumpAct, PumpState]]] = {
    PumpState.READY: {
        PumpAct.START: PumpState.RUNNING,
        PumpAct.PAUSE: PumpState.READY,
        PumpAct.STOP: PumpState.STOPPED,
    },
    PumpState.RUNNING: {
        PumpAct.PAUSE: PumpState.PAUSED,
        PumpAct.RATE: PumpState.RUNNING,
        PumpAct.STOP: PumpState.STOPPED,
    },
    PumpState.PAUSED: {
        PumpAct.PAUSE: PumpState.PAUSED,
        PumpAct.RATE: PumpState.PAUSED,
        PumpAct.RESUME: PumpState.RUNNING,
        PumpAct.STOP: PumpState.STOPPED,
    },
    PumpState.STOPPED: {
        PumpAct.PAUSE: PumpState.STOPPED,
        PumpAct.STOP: PumpState.STOPPED,
    },
}

#: The acts that must say how fast the pump runs, and those that cannot; a resume may, or keeps the rate it had.
SETS_RATE: Final = frozenset({PumpAct.START, PumpAct.RATE})
HAS_NO_RATE: Final = frozenset({PumpAct.PAUSE, PumpAct.STOP})


@dataclass(frozen=True)
class PumpEvent:
    """One thing that was done to the pump.

    Args:
        at: when it happened, UTC; it may have been written down much later.
        ml_per_h: the rate that was set, mL/h; None where the act sets none.
    """

    act: PumpAct
    at: datetime
    ml_per_h: Fraction | None = None


@dataclass(frozen=True)
class Segment:
    """A stretch of running at one rate.

    Args:
        rate_ml_per_h: the rate of this stretch, mL/h.
        stopped_at: its end, UTC; None while it still runs.
    """

    rate_ml_per_h: Fraction
    started_at: datetime
    stopped_at: datetime | None = None


@dataclass(frozen=True)
class PumpRecord:
    """What the events come to.

    Args:
        rate: the rate last set, mL/h; nothing before the start.
        unfit: events that cannot have happened in this order (a second start, a start after the stop). They
            change no figure, so each must be shown to a person: one of them may be the truth.
    """

    state: PumpState = PumpState.READY
    segments: tuple[Segment, ...] = ()
    rate: Fraction = Fraction(0)
    unfit: tuple[PumpEvent, ...] = ()


@dataclass(eq=False)
class PumpCannot(Conflict):
    """The pump cannot do this now."""

    act: PumpAct
    state: PumpState

    def __str__(self) -> str:
        return f"a pump that is {self.state} cannot {self.act}; record what happened, or prepare another dose"


@dataclass(eq=False)
class RateUnfit(Unacceptable):
    """A start or a change of rate says how fast; a pause or a stop does not."""

    act: PumpAct
    ml_per_h: Fraction | None

    def __str__(self) -> str:
        if self.act in HAS_NO_RATE:
            return f"a {self.act} has no rate; leave it out, or record a change of rate"
        return f"{self.act} needs a rate above 0 mL/h; a rate of nothing is a pause"


def after(state: PumpState, act: PumpAct) -> PumpState:
    """The state that ``act`` leads to, for an act at the chair; ``PumpCannot`` where the table has no such step."""
    try:
        return LIFE[state][act]
    except KeyError:
        raise PumpCannot(act=act, state=state) from None


def check_event(event: PumpEvent) -> None:
    """Refuse an event whose rate is missing, nothing, or out of place.

    Raises:
        RateUnfit: a start or change without a rate above nothing, or a pause or stop with one.
    """
    unfit = event.act in HAS_NO_RATE if event.ml_per_h is not None else event.act in SETS_RATE
    if unfit or (event.ml_per_h is not None and event.ml_per_h <= 0):
        raise RateUnfit(act=event.act, ml_per_h=event.ml_per_h)


def pump_record(events: Iterable[PumpEvent]) -> PumpRecord:
    """What the pump did, from its events in any order.

    They are taken in the order in which they happened, and in the order given where two share a moment: a late
    entry falls into its place. Of two starts the earlier counts, of two stops the earlier.

    Raises:
        RateUnfit: see ``check_event``.
    """
    record = PumpRecord()
    for event in sorted(events, key=lambda event: event.at):
        check_event(event)
        record = _with(record, event)
    return record


def _with(record: PumpRecord, event: PumpEvent) -> PumpRecord:
    state = LIFE[record.state].get(event.act)
    if state is None:
        return replace(record, unfit=(*record.unfit, event))
    rate = record.rate if event.ml_per_h is None else event.ml_per_h
    segments = record.segments
    if record.state is PumpState.RUNNING:
        segments = (*segments[:-1], replace(segments[-1], stopped_at=event.at))
    if state is PumpState.RUNNING:
        segments = (*segments, Segment(rate_ml_per_h=rate, started_at=event.at))
    return replace(record, state=state, segments=segments, rate=rate)
