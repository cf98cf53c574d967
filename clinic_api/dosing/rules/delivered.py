"""How much the patient got, and for how long: summed over the stretches of running, rounded once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from clinic_api.dosing.rules.pump import Segment
from clinic_api.errors import Conflict, Unacceptable
from clinic_api.orders.rules.rates import HOUR
from clinic_api.quantities import Concentration, Mass, Volume

_TICK = timedelta(microseconds=1)
_TICKS_PER_SECOND = timedelta(seconds=1) // _TICK
_UL_PER_ML = 1000


@dataclass(frozen=True)
class Delivered:
    """What has left the bag or the syringe.

    Args:
        volume_ul: in microlitres, not rounded.
        mass: the drug in it, rounded half to even from the exact volume: the one rounding of the case.
        running: how long the pump has run, pauses left out.
        wall: from the first start to the last moment that it ran.
        emptied: the pump ran for as long as there was anything to give.
    """

    volume_ul: Fraction
    mass: Mass
    running: timedelta
    wall: timedelta
    emptied: bool

    @property
    def running_seconds(self) -> int:
        """How long the pump has run, to the nearest second: taps are a little before or after it."""
        return round(Fraction(self.running // _TICK, _TICKS_PER_SECOND))


@dataclass(eq=False)
class SegmentsCannotBe(Conflict):
    """A stretch of running ends before it starts, or overlaps the next one."""

    started_at: datetime
    stopped_at: datetime | None

    def __str__(self) -> str:
        end = "has no end" if self.stopped_at is None else f"ends at {self.stopped_at:%H:%M:%S} UTC"
        return (
            f"the stretch that starts at {self.started_at:%H:%M:%S} UTC {end}, "
            "which does not fit itself or the one after it; correct the times"
        )


@dataclass(eq=False)
class MoreThanPrepared(Unacceptable):
    """More was injected than the syringe holds."""

    injected: Volume
    prepared: Volume

    def __str__(self) -> str:
        return (
            f"the syringe holds {self.prepared}, so {self.injected} cannot have been injected; read the syringe again"
        )


@dataclass(eq=False)
class OverTheCap(Conflict):
    """What has been given and what is to come are together more than the order's cap."""

    given: Mass
    further: Mass
    cap: Mass

    def __str__(self) -> str:
        return (
            f"{self.given} given and {self.further} to come are more than the cap of {self.cap}; "
            "lower the dose, or the prescriber writes a new order"
        )


def delivered(
    segments: Sequence[Segment], *, concentration: Concentration, prepared: Volume, at: datetime
) -> Delivered:
    """How much has been given by ``at``, never more than was prepared.

    Args:
        segments: in the order in which they ran, as ``pump_record`` gives them.
        concentration: the strength of what runs, after dilution.
        prepared: what the bag or syringe held at the start.
        at: the moment to reckon to, UTC; what ran later does not count yet.

    Raises:
        SegmentsCannotBe: a stretch ends before it starts, or runs into the next.

    Source:
        oracles D8 and D9 in tests/dosing.
    """
    _check_segments(segments)
    begun = [segment for segment in segments if segment.started_at < at]
    ends = [min(segment.stopped_at or at, at) for segment in begun]
    spans = [end - segment.started_at for segment, end in zip(begun, ends, strict=True)]
    ran_ul = sum((_ul(segment, span) for segment, span in zip(begun, spans, strict=True)), Fraction(0))
    volume_ul = min(ran_ul, Fraction(prepared.ul))
    return Delivered(
        volume_ul=volume_ul,
        mass=Mass.rounded(concentration.exact * volume_ul),
        running=sum(spans, timedelta(0)),
        wall=ends[-1] - begun[0].started_at if begun else timedelta(0),
        emptied=ran_ul >= prepared.ul,
    )


def injected(volume: Volume, *, concentration: Concentration, prepared: Volume) -> Delivered:
    """What an injection gave: no rate, no running time, all at once.

    Raises:
        MoreThanPrepared: the syringe did not hold so much.
    """
    if volume > prepared:
        raise MoreThanPrepared(injected=volume, prepared=prepared)
    return Delivered(
        volume_ul=Fraction(volume.ul),
        mass=Mass.rounded(concentration.exact * volume.ul),
        running=timedelta(0),
        wall=timedelta(0),
        emptied=volume == prepared,
    )


def check_cumulative(given: Mass, *, further: Mass, cap: Mass | None) -> None:
    """Refuse a further dose or bag that would take the visit above its cap; no cap refuses nothing.

    Raises:
        OverTheCap: the sum is more than ``cap``.
    """
    if cap is not None and given + further > cap:
        raise OverTheCap(given=given, further=further, cap=cap)


def _ul(segment: Segment, span: timedelta) -> Fraction:
    return segment.rate_ml_per_h * _UL_PER_ML * Fraction(span // _TICK, HOUR // _TICK)


def _check_segments(segments: Sequence[Segment]) -> None:
    for segment in segments:
        if segment.stopped_at is not None and segment.stopped_at < segment.started_at:
            raise SegmentsCannotBe(started_at=segment.started_at, stopped_at=segment.stopped_at)
    for first, second in pairwise(segments):
        if first.stopped_at is None or first.stopped_at > second.started_at:
            raise SegmentsCannotBe(started_at=first.started_at, stopped_at=first.stopped_at)
