"""Wall clocks: the one place where a local time becomes a moment."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from clinic_api.errors import Unacceptable

MINUTE: Final = timedelta(minutes=1)
#: Local times as they are typed and kept: no offset, no seconds.
LOCAL: Final = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}", re.ASCII)


class NotLocalTime(Unacceptable):
    """This is no date and time as the wall clock shows it."""

    def __str__(self) -> str:
        return "Write it without offset and seconds, such as 2026-03-10T09:00; the site's zone is added."


def read_local(text: str) -> datetime:
    """A wall-clock time, without a zone.

    Raises:
        NotLocalTime: another form, a day that does not exist, or a year before 1900 or after 2199.
    """
    if not LOCAL.fullmatch(text):
        raise NotLocalTime
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise NotLocalTime from None


def resolve(local: datetime, zone: str) -> datetime:
    """The moment, UTC, at which the wall clock of a zone shows ``local``.

    Where the clock is put forward and skips it, the next minute that exists; where it is put back and shows it
    twice, the first.
    """
    place = ZoneInfo(zone)
    while True:
        moment = local.replace(tzinfo=place, fold=0).astimezone(UTC)
        if shown(moment, zone) == local:
            return moment
        local += MINUTE


def shown(at: datetime, zone: str) -> datetime:
    """What the wall clock of a zone shows at a moment; without a zone."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def local_text(at: datetime, zone: str) -> str:
    """A moment as the wall clock shows it, in the form in which it is kept."""
    return shown(at, zone).isoformat(timespec="minutes")


def said_day(at: datetime, zone: str) -> str:
    """The day as it is read: Tuesday, March 10, 2026."""
    local = shown(at, zone)
    return f"{local:%A, %B} {local.day}, {local.year}"


def said_time(at: datetime, zone: str) -> str:
    """The time as it is read, with its zone's own letters: 9:00 AM EDT."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.hour % 12 or 12}:{local:%M %p %Z}"


def day_of(day: datetime, zone: str) -> tuple[datetime, datetime]:
    """When a calendar day begins and ends in a zone, UTC: 23, 24 or 25 hours."""
    midnight = datetime.combine(day.date(), time())
    return resolve(midnight, zone), resolve(midnight + timedelta(days=1), zone)
