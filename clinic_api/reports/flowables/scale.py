"""From clinical values to places on a figure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

#: Tick distances that a clock reader finds natural, in minutes.
STEPS: Final = (5, 10, 15, 20, 30, 60, 120, 240, 480, 1440)
MOST_TICKS: Final = 11


@dataclass(frozen=True)
class Along:
    """The time axis. ``zero`` is the start of the dose, which the ticks are counted from."""

    start: datetime
    end: datetime
    zero: datetime
    left: float
    width: float

    def x(self, at: datetime) -> float:
        """Where a moment lies; a moment outside the figure lies on its edge."""
        part = (at - self.start) / (self.end - self.start)
        return self.left + min(max(part, 0.0), 1.0) * self.width

    def ticks(self) -> Iterator[tuple[int, datetime]]:
        """Minutes from ``zero``, at round distances, with their moments."""
        long = (self.end - self.start).total_seconds() / 60
        step = next((s for s in STEPS if long / s <= MOST_TICKS), STEPS[-1])
        first = -(int((self.zero - self.start).total_seconds() // 60) // step) * step
        minute = first
        while (at := self.zero + timedelta(minutes=minute)) <= self.end:
            yield minute, at
            minute += step


@dataclass(frozen=True)
class Up:
    """A value axis."""

    low: int
    high: int
    bottom: float
    height: float

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.bottom + self.height

    def y(self, value: float) -> float:
        """Where a value lies; a value off the scale lies on its edge."""
        part = (value - self.low) / (self.high - self.low)
        return self.bottom + min(max(part, 0.0), 1.0) * self.height

    def ticks(self, step: int) -> Iterator[int]:
        """Round values from low to high."""
        yield from range(-(-self.low // step) * step, self.high + 1, step)


def spanning(values: Sequence[int], *, low: int, high: int, bottom: float, height: float) -> Up:
    """A value axis in tens that shows every value, and at least ``low`` to ``high``."""
    least, most = min([low, *values]), max([high, *values])
    return Up(least // 10 * 10, -(-most // 10) * 10, bottom, height)
