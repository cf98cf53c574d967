"""Standing: who may act here today."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from clinic_api.errors import Conflict, NotPermitted, Unacceptable


class Event(StrEnum):
    """What the audit says of places, standing and policy."""

    FOUNDED = "organisation:founded"
    POLICY_ADOPTED = "policy:adopted"
    SITE_OPENED = "site:opened"
    REGISTRATION_RECORDED = "registration:recorded"
    CHAIR_PLACED = "chair:placed"
    LICENCE_RECORDED = "licence:recorded"
    CHECKED_IN = "staff:checked-in"
    CHECKED_OUT = "staff:checked-out"


class Source(StrEnum):
    """How we know that somebody is here."""

    CHECKED_IN = "checked-in"
    ACT = "act"
    ASSUMED = "assumed"


#: Schedule by registration code: a clinic that gives ketamine needs 3N.
SCHEDULES: Final = frozenset({"2", "2N", "3", "3N", "4", "5"})


@dataclass(eq=False)
class NotHereToday(Conflict):
    """This person is not checked in at this site today."""

    name: str

    def __str__(self) -> str:
        return f"{self.name} checks in at the site first (POST /presences)."


@dataclass(eq=False)
class NoValidLicence(Conflict):
    """This person has no licence that is valid today."""

    name: str

    def __str__(self) -> str:
        return f"Record {self.name}'s current licence (POST /staff/{{id}}/licences)."


@dataclass(eq=False)
class RegistrationNotValid(Conflict):
    """The registration does not cover this schedule on this day."""

    dea_number: str
    schedule: str
    on: date

    def __str__(self) -> str:
        return f"{self.dea_number} does not cover schedule {self.schedule} on {self.on}; use one that does."


class NotYourPresence(NotPermitted):
    """This is somebody else's check-in."""

    def __str__(self) -> str:
        return "Each person checks out for themself; at the end of the site's day nobody counts as here any more."


class UnknownZone(Unacceptable):
    """This is no time zone that clocks know."""

    def __str__(self) -> str:
        return 'Name it as the tz database does, such as "America/New_York".'


class UnknownSchedule(Unacceptable):
    """A registration names schedules by their codes."""

    def __str__(self) -> str:
        return f"Use some of {', '.join(sorted(SCHEDULES))}."


def check_zone(name: str) -> None:
    """Refuse a zone that the tz database does not have.

    Raises:
        UnknownZone: so it is.
    """
    if name not in available_timezones():
        raise UnknownZone


def check_schedules(codes: Collection[str]) -> None:
    """Refuse schedule codes that do not exist.

    Raises:
        UnknownSchedule: one does not, or none was given.
    """
    if not codes or not set(codes) <= SCHEDULES:
        raise UnknownSchedule


def check_own(account: UUID, *, by: UUID) -> None:
    """Refuse to let one person check out another.

    Raises:
        NotYourPresence: they are two.
    """
    if account != by:
        raise NotYourPresence


def day_in(zone: str, at: datetime) -> date:
    """The calendar day at the site."""
    return at.astimezone(ZoneInfo(zone)).date()


def day_begins(zone: str, at: datetime) -> datetime:
    """When the site's day began, UTC."""
    local = at.astimezone(ZoneInfo(zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def day_ends(zone: str, at: datetime) -> datetime:
    """When the site's day ends, UTC; 23, 24 or 25 hours after it began."""
    begins = day_begins(zone, at)
    return day_begins(zone, begins + timedelta(hours=26))


def year_of(zone: str, at: datetime) -> tuple[datetime, datetime]:
    """When the site's calendar year began and when it ends, UTC."""
    begins = at.astimezone(ZoneInfo(zone)).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    return begins.astimezone(UTC), begins.replace(year=begins.year + 1).astimezone(UTC)


def day_closes(zone: str, day: date) -> datetime:
    """When a calendar day ends at the site, UTC."""
    return day_ends(zone, datetime.combine(day, time(12), ZoneInfo(zone)).astimezone(UTC))


def covers(schedules: Collection[str], valid: tuple[date, date], *, schedule: str, on: date) -> bool:
    """Whether a registration covers a product's schedule on a day."""
    return schedule in schedules and valid[0] <= on <= valid[1]
