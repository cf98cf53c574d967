"""UTC in, the clinic's own clock on paper, with its zone and offset said."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True)
class LocalTimes:
    """Prints moments as the wall clock of the visit showed them."""

    name: str
    zone: tzinfo
    anchor: datetime

    @classmethod
    def of(cls, zone: str, *, anchor: datetime) -> Self:
        """The clock of a zone. A zone that this machine does not know prints UTC, and says so.

        Args:
            zone: IANA name.
            anchor: a moment of the visit, UTC; its day and offset are the ones left unsaid.
        """
        try:
            return cls(zone, ZoneInfo(zone), anchor)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return cls(f"UTC, because the zone {zone} is not known here", UTC, anchor)

    @property
    def day(self) -> str:
        """The day of the visit."""
        return f"{self.anchor.astimezone(self.zone):%Y-%m-%d}"

    @property
    def said(self) -> str:
        """Zone and offset, for a heading."""
        return f"{self.name} ({self._offset(self.anchor)})"

    def clock(self, at: datetime | None) -> str:
        """Hours and minutes; another day or another offset than the visit's is said."""
        return "" if at is None else self._text(at, "%H:%M")

    def to_the_second(self, at: datetime | None) -> str:
        """As ``clock``, with seconds."""
        return "" if at is None else self._text(at, "%H:%M:%S")

    def stamped(self, at: datetime) -> str:
        """Day, hours and minutes, and the zone by the short name that its clocks have, else by its offset."""
        there = at.astimezone(self.zone)
        short = there.tzname() or ""
        return f"{there:%Y-%m-%d %H:%M} {short if short.isalpha() else self._offset(at)}"

    def full(self, at: datetime | None) -> str:
        """Day, time to the second, offset: for signatures."""
        if at is None:
            return ""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M:%S} {self._offset(at)}"

    def _text(self, at: datetime, shape: str) -> str:
        there, here = at.astimezone(self.zone), self.anchor.astimezone(self.zone)
        day = "" if there.date() == here.date() else f"{there:%Y-%m-%d} "
        offset = "" if there.utcoffset() == here.utcoffset() else f" {self._offset(at)}"
        return f"{day}{there.strftime(shape)}{offset}"

    def _offset(self, at: datetime) -> str:
        shift = at.astimezone(self.zone).utcoffset() or timedelta()
        sign = "-" if shift < timedelta() else "+"
        hours, minutes = divmod(int(abs(shift).total_seconds()) // 60, 60)
        return f"UTC{sign}{hours:02d}:{minutes:02d}"
