"""Shapes of appointments on the wire."""

from typing import Any

from marshmallow import fields, post_load, validate

from clinic_api.http.fields import Body, Moment, Text, WholeNumber
from clinic_api.messages.rules import Channel
from clinic_api.schedule.rules.asked import Arrival, Booking, Move
from clinic_api.schedule.rules.booking import Reason, State
from clinic_api.schedule.rules.next_visit import Following, NoneBecause
from clinic_api.schedule.rules.reminders import Fate
from clinic_api.sessions.rules.asked import Identifier
from clinic_api.sessions.rules.life import State as SessionState

#: What the wire takes; what can be booked is the clinic's policy.
MOST_MINUTES = 1440


class AppointmentIn(Body):
    """POST /appointments; ``local_start`` is the site's wall clock, 2026-03-10T09:00."""

    patient = fields.UUID(required=True)
    site = fields.UUID(required=True)
    chair = fields.UUID(required=True)
    local_start = Text(required=True, longest=16)
    minutes = WholeNumber(least=1, most=MOST_MINUTES, required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Booking:
        return Booking(**data)


class MoveIn(Body):
    """PUT /appointments/{id}"""

    chair = fields.UUID(required=True)
    local_start = Text(required=True, longest=16)
    minutes = WholeNumber(least=1, most=MOST_MINUTES, required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Move:
        return Move(**data)


class CancellationIn(Body):
    """POST /appointments/{id}/cancellation"""

    reason = fields.Enum(Reason, by_value=True, required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Reason:
        reason: Reason = data["reason"]
        return reason


class ArrivalIn(Body):
    """POST /appointments/{id}/check-in"""

    identifiers_checked = fields.List(
        fields.Enum(Identifier, by_value=True), required=True, validate=validate.Length(0, len(Identifier))
    )
    chair = fields.UUID(load_default=None, allow_none=True)
    protocol = Text(load_default=None, allow_none=True, longest=60)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Arrival:
        return Arrival(**(data | {"identifiers_checked": tuple(data["identifiers_checked"])}))


class FollowingIn(Body):
    """POST /sessions/{id}/next-visit: chair, local_start and minutes, or none_because alone."""

    chair = fields.UUID(load_default=None, allow_none=True)
    local_start = Text(load_default=None, allow_none=True, longest=16)
    minutes = WholeNumber(least=1, most=MOST_MINUTES, load_default=None, allow_none=True)
    none_because = fields.Enum(NoneBecause, by_value=True, load_default=None, allow_none=True)
    plan = Text(load_default=None, allow_none=True, longest=400)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Following:
        return Following(**data)


class DayQuery(Body):
    """GET /sites/{id}/appointments?day=2026-03-10, the site's calendar day."""

    day = fields.String(required=True, validate=validate.Regexp(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"))


class AppointmentOut(Body):
    """An appointment. ``visit`` is the session that came of it."""

    id = fields.UUID()
    patient = fields.UUID()
    site = fields.UUID()
    chair = fields.UUID()
    starts_at = Moment()
    ends_at = Moment()
    local_start = fields.String()
    zone = fields.String()
    minutes = fields.Integer()
    version = fields.Integer()
    state = fields.Enum(State, by_value=True)
    reason = fields.Enum(Reason, by_value=True, allow_none=True)
    visit = fields.UUID(allow_none=True)


class ReminderOut(Body):
    """A reminder and what became of it; null while its time has not come."""

    id = fields.UUID()
    version = fields.Integer()
    kind = fields.String()
    channel = fields.Enum(Channel, by_value=True)
    planned_for = Moment()
    fate = fields.Enum(Fate, by_value=True, allow_none=True)
    settled_at = Moment(allow_none=True)


class ShownOut(Body):
    """An appointment with its reminders."""

    id = fields.UUID()
    version = fields.Integer()
    appointment = fields.Nested(AppointmentOut())
    reminders = fields.List(fields.Nested(ReminderOut()))


class ListedOut(Body):
    """An appointment with who comes."""

    appointment = fields.Nested(AppointmentOut())
    patient_name = fields.String()


class DayOut(Body):
    """A site's day, by start."""

    items = fields.List(fields.Nested(ListedOut()))


class ArrivedOut(Body):
    """The session that begins at check-in."""

    id = fields.UUID()
    appointment = fields.UUID()
    patient = fields.UUID()
    site = fields.UUID()
    chair = fields.UUID()
    state = fields.Enum(SessionState, by_value=True)
    version = fields.Integer()


class FollowedOut(Body):
    """What comes after a visit."""

    visit = fields.UUID()
    appointment = fields.UUID(allow_none=True)
    at = Moment(allow_none=True)
    none_because = fields.Enum(NoneBecause, by_value=True, allow_none=True)
