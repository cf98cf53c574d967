"""What can be booked, and what becomes of an appointment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from clinic_api.clinics.rules.content import Content
from clinic_api.errors import Conflict, Refusal, Unacceptable

DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)


class State(StrEnum):
    """Where an appointment stands."""

    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class Act(StrEnum):
    """What is done to an appointment."""

    MOVE = "move"
    CHECK_IN = "check_in"
    CANCEL = "cancel"
    MISS = "miss"


class Reason(StrEnum):
    """Why an appointment was cancelled."""

    PATIENT_ASKED = "patient_asked"
    CLINIC_CLOSED = "clinic_closed"
    CLINICAL = "clinical"
    BOOKED_IN_ERROR = "booked_in_error"


class Event(StrEnum):
    """What the audit says of appointments."""

    BOOKED = "appointment:booked"
    MOVED = "appointment:moved"
    CANCELLED = "appointment:cancelled"
    CHECKED_IN = "appointment:checked-in"
    MISSED = "appointment:missed"
    REMINDED = "reminder:posted"
    NOT_REMINDED = "reminder:suppressed"


#: The whole life of an appointment; a session begins only when it is checked in.
LIFE: Final[Mapping[State, Mapping[Act, State]]] = {
    State.BOOKED: {
        Act.MOVE: State.BOOKED,
        Act.CHECK_IN: State.CHECKED_IN,
        Act.CANCEL: State.CANCELLED,
        Act.MISS: State.NO_SHOW,
    },
    State.CHECKED_IN: {},
    State.CANCELLED: {},
    State.NO_SHOW: {},
}

#: States in which a chair and a patient are taken.
TAKES: Final = frozenset({State.BOOKED, State.CHECKED_IN})


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What can be booked, from the clinic's policy.

    Args:
        no_show_after: from so long after its start a missed appointment gives its chair back.
        no_shows_at_most: more missed appointments than this, and a prescriber looks at the series.
    """

    late_at_most: timedelta
    ahead_at_most: timedelta
    least: timedelta
    most: timedelta
    no_show_after: timedelta
    no_shows_at_most: int


@dataclass(eq=False)
class NotBookable(Unacceptable):
    """An appointment begins from now on, within the time that can be booked ahead."""

    earliest: datetime
    latest: datetime

    def __str__(self) -> str:
        return f"Choose a time from {self.earliest:%Y-%m-%d %H:%M} to {self.latest:%Y-%m-%d %H:%M} UTC."


@dataclass(eq=False)
class LengthUnfit(Unacceptable):
    """A chair is taken for a visit's length, not for less or more."""

    least_minutes: int
    most_minutes: int

    def __str__(self) -> str:
        return f"Choose from {self.least_minutes} to {self.most_minutes} minutes."


@dataclass(eq=False)
class ChairTaken(Conflict):
    """Somebody else has the chair at that time."""

    starts_at: datetime
    ends_at: datetime

    def __str__(self) -> str:
        return f"It is taken from {self.starts_at:%Y-%m-%d %H:%M} to {self.ends_at:%H:%M} UTC; choose another."


@dataclass(eq=False)
class PatientBooked(Conflict):
    """The patient has an appointment at that time already."""

    appointment: UUID

    def __str__(self) -> str:
        return "Move that appointment instead of booking a second one."


@dataclass(eq=False)
class ChairElsewhere(Unacceptable):
    """The chair stands at another site than the appointment."""

    def __str__(self) -> str:
        return "Choose a chair of the same site, or cancel and book at the other."


@dataclass(eq=False)
class AppointmentCannot(Conflict):
    """The appointment does not allow this any more."""

    act: Act
    state: State

    def __str__(self) -> str:
        return f"An appointment that is {self.state.replace('_', ' ')} stays so; book a new one."


@dataclass(eq=False)
class AppointmentChanged(Refusal):
    """Somebody changed this appointment since it was read."""

    status: ClassVar[int] = 412
    sent: int
    current: int

    def __str__(self) -> str:
        return f"Version {self.current} holds now; read it and send your change with its ETag."


@dataclass(eq=False)
class NotToday(Conflict):
    """The appointment is on another day."""

    booked_for: date

    def __str__(self) -> str:
        return f"It is booked for {self.booked_for}; move it to today first."


@dataclass(eq=False)
class StillExpected(Conflict):
    """It is too early to say that the patient does not come."""

    from_at: datetime

    def __str__(self) -> str:
        return f"Call the patient; from {self.from_at:%H:%M} UTC on the chair can be released."


def after(state: State, act: Act) -> State:
    """The state that ``act`` leads to.

    Raises:
        AppointmentCannot: the table has no such step.
    """
    if act not in LIFE[state]:
        raise AppointmentCannot(act=act, state=state)
    return LIFE[state][act]


def check_version(*, sent: int, current: int) -> None:
    """Refuse a change to a version that is no longer the newest.

    Raises:
        AppointmentChanged: says which is.
    """
    if sent != current:
        raise AppointmentChanged(sent=sent, current=current)


def check_length(minutes: int, *, limits: Limits) -> None:
    """Refuse a length that no visit has.

    Raises:
        LengthUnfit: says what has.
    """
    if not limits.least <= minutes * MINUTE <= limits.most:
        raise LengthUnfit(least_minutes=limits.least // MINUTE, most_minutes=limits.most // MINUTE)


def check_bookable(starts_at: datetime, *, at: datetime, limits: Limits) -> None:
    """Refuse a time that is over, or further ahead than anybody plans.

    Args:
        at: now, UTC.

    Raises:
        NotBookable: says from when to when.
    """
    earliest, latest = at - limits.late_at_most, at + limits.ahead_at_most
    if not earliest <= starts_at <= latest:
        raise NotBookable(earliest=earliest, latest=latest)


def check_today(booked_for: date, *, on: date) -> None:
    """Refuse to check somebody in for another day.

    Args:
        on: today at the site.

    Raises:
        NotToday: says for which.
    """
    if booked_for != on:
        raise NotToday(booked_for=booked_for)


def check_missed(starts_at: datetime, *, at: datetime, limits: Limits) -> None:
    """Refuse to give a patient up who may only be late.

    Raises:
        StillExpected: says until when.
    """
    if at < starts_at + limits.no_show_after:
        raise StillExpected(from_at=starts_at + limits.no_show_after)


def read_limits(content: Mapping[str, Any]) -> Limits:
    """The limits from their data (``config/schedule/booking.toml``).

    Raises:
        MalformedContent: a field is missing, unknown or cannot be right.
    """
    whole = Content(content)
    whole.only("key", "version", "title", "source", "status", "limits")
    whole.origin()
    times = ("late_at_most_minutes", "ahead_at_most_days", "least_minutes", "most_minutes", "no_show_after_minutes")
    table = whole.table("limits", *times, "no_shows_at_most")
    table.origin()
    least = table.whole("least_minutes", least=1)
    return Limits(
        late_at_most=table.span("late_at_most_minutes", MINUTE),
        ahead_at_most=table.span("ahead_at_most_days", DAY),
        least=least * MINUTE,
        most=table.span("most_minutes", MINUTE, least=least),
        no_show_after=table.span("no_show_after_minutes", MINUTE),
        no_shows_at_most=table.whole("no_shows_at_most"),
    )
