"""When a patient is reminded of an appointment, and whether a reminder is still right when its time comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from clinic_api.clinics.rules.content import Content
from clinic_api.schedule.rules.booking import State
from clinic_api.schedule.rules.times import resolve, shown

#: The kinds of notice that go out at once, beside the rungs of the ladder.
MOVED: Final = "moved"
CANCELLED: Final = "cancelled"
NOTICES: Final = frozenset({MOVED, CANCELLED})


class Fate(StrEnum):
    """What became of a reminder."""

    POSTED = "posted"
    REPLACED = "replaced"
    OVER = "over"
    TOO_LATE = "too_late"
    OUTRUN = "outrun"
    NOT_WANTED = "not_wanted"


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One reminder before an appointment: so many days on the wall clock, or so many hours of elapsed time."""

    kind: str
    days: int = 0
    hours: int = 0


@dataclass(frozen=True, kw_only=True)
class QuietHours:
    """When nothing is sent, by the patient's own clock: before ``opens`` and from ``closes`` on."""

    opens: time
    closes: time
    evening: time


@dataclass(frozen=True, kw_only=True)
class Reminding:
    """The clinic's rule of reminders."""

    ladder: tuple[Rung, ...]
    quiet: QuietHours
    alias: str


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A reminder and its moment, UTC."""

    kind: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is true when a reminder's time has come.

    Args:
        kind: the reminder's.
        version: of the appointment it was planned for.
        current: the appointment's version now.
        later_due: a later rung of the same ladder is due as well, as after a long stop of the worker.
        reachable: consented to, wanted, and the address on file is the verified one.
    """

    kind: str
    version: int
    current: int
    state: State
    starts_at: datetime
    later_due: bool
    reachable: bool


def plan(starts_at: datetime, *, zone: str, patient_zone: str, rule: Reminding, after: datetime) -> tuple[Planned, ...]:
    """The reminders of an appointment that still lie ahead, earliest first.

    Args:
        zone: the site's; days count on its wall clock.
        patient_zone: quiet hours are the patient's.
        after: now, UTC; what should have gone out before is left out, never sent late.

    Source:
        oracle: 09:00 in New York on 10 March 2026, two days after the clocks went forward; seven days before is
        09:00 EST, 14:00 UTC, and not 168 hours before.
    """
    found = (
        Planned(kind=rung.kind, at=before_night(_moment(rung, starts_at, zone), patient_zone, rule.quiet))
        for rung in rule.ladder
    )
    return tuple(sorted((each for each in found if after < each.at < starts_at), key=lambda each: each.at))


def notice(kind: str, *, at: datetime, starts_at: datetime, patient_zone: str, rule: Reminding) -> Planned | None:
    """A notice that goes out now, or in the morning; None where the morning would be after the visit.

    Args:
        starts_at: when the visit is, or was to be, UTC.
    """
    opens = after_night(at, patient_zone, rule.quiet)
    return Planned(kind=kind, at=opens) if opens < starts_at else None


def before_night(at: datetime, zone: str, quiet: QuietHours) -> datetime:
    """The moment itself, or the evening before where it falls into the patient's night.

    Source:
        oracle: an appointment at 07:30; two hours before lies in the night, so 20:00 the evening before.
    """
    local = shown(at, zone)
    if quiet.opens <= local.time() < quiet.closes:
        return at
    day = local.date() if local.time() >= quiet.closes else local.date() - timedelta(days=1)
    return resolve(datetime.combine(day, quiet.evening), zone)


def after_night(at: datetime, zone: str, quiet: QuietHours) -> datetime:
    """The moment itself, or the next morning where it falls into the patient's night."""
    local = shown(at, zone)
    if quiet.opens <= local.time() < quiet.closes:
        return at
    day = local.date() + timedelta(days=1) if local.time() >= quiet.closes else local.date()
    return resolve(datetime.combine(day, quiet.opens), zone)


def why_not(facts: Facts, *, at: datetime) -> Fate | None:
    """Why a reminder must not go out any more; None: it is still right.

    Asked when its time comes, because consent, address, time and state may all have changed since it was planned.
    """
    wanted_state = State.CANCELLED if facts.kind == CANCELLED else State.BOOKED
    if facts.version != facts.current:
        return Fate.REPLACED
    if facts.state is not wanted_state:
        return Fate.OVER
    if at >= facts.starts_at:
        return Fate.TOO_LATE
    if facts.later_due and facts.kind not in NOTICES:
        return Fate.OUTRUN
    return None if facts.reachable else Fate.NOT_WANTED


def _moment(rung: Rung, starts_at: datetime, zone: str) -> datetime:
    day = resolve(shown(starts_at, zone) - timedelta(days=rung.days), zone) if rung.days else starts_at
    return day - timedelta(hours=rung.hours)


def read_reminding(content: Mapping[str, Any]) -> Reminding:
    """The rule from its data (``config/schedule/reminders.toml``).

    Raises:
        MalformedContent: a field is missing, unknown or cannot be right.
    """
    whole = Content(content)
    whole.only("key", "version", "title", "source", "status", "ladder", "quiet", "sender")
    whole.origin()
    quiet = whole.table("quiet", "opens_at", "closes_at", "evening_at")
    sender = whole.table("sender", "alias")
    quiet.origin()
    sender.origin()
    return Reminding(ladder=_ladder(whole), quiet=_quiet(quiet), alias=sender.text("alias"))


def _ladder(whole: Content) -> tuple[Rung, ...]:
    rungs = [
        Rung(kind=row.text("kind"), days=row.optional_whole("days") or 0, hours=row.optional_whole("hours") or 0)
        for row in whole.rows("ladder", "kind", "days", "hours")
    ]
    if len({rung.kind for rung in rungs} - NOTICES) != len(rungs):
        raise whole.refusal("ladder", "must give each reminder a kind of its own")
    if any(rung.days == rung.hours == 0 for rung in rungs):
        raise whole.refusal("ladder", "must say days or hours of each reminder")
    return tuple(rungs)


def _quiet(table: Content) -> QuietHours:
    quiet = QuietHours(
        opens=_clock(table, "opens_at"), closes=_clock(table, "closes_at"), evening=_clock(table, "evening_at")
    )
    if not quiet.opens <= quiet.evening < quiet.closes:
        raise table.refusal("evening_at", "must lie between opens_at and closes_at")
    return quiet


def _clock(table: Content, name: str) -> time:
    try:
        return time.fromisoformat(table.text(name))
    except ValueError:
        raise table.refusal(name, 'must be a time of day, such as "08:00"') from None
