"""Routes of appointments."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.http.fields import Empty
from clinic_api.schedule import queries
from clinic_api.schedule.models import Appointment
from clinic_api.schedule.rules.asked import Arrival, Booking, Move
from clinic_api.schedule.rules.booking import Reason
from clinic_api.schedule.rules.next_visit import Followed, Following
from clinic_api.schedule.schemas import (
    AppointmentIn,
    AppointmentOut,
    ArrivalIn,
    ArrivedOut,
    CancellationIn,
    DayOut,
    DayQuery,
    FollowedOut,
    FollowingIn,
    MoveIn,
    ShownOut,
)
from clinic_api.schedule.service import booking, visits

if TYPE_CHECKING:
    from clinic_api.sessions.models import InfusionSession

blueprint = Blueprint("schedule", __name__)


@blueprint.post("/appointments")
@act(Action.PLAN_VISIT, AppointmentIn(), AppointmentOut())
def book(new: Booking, *, scope: Scope) -> Appointment:
    """Book a chair for a patient."""
    return booking.book(new, scope=scope)


@blueprint.get("/appointments/<uuid:appointment>")
@look(Action.SEE_PLAN, ShownOut())
def appointment(appointment: UUID, *, scope: Scope) -> queries.Shown:
    """An appointment and its reminders."""
    return queries.shown(appointment)


@blueprint.put("/appointments/<uuid:appointment>")
@act(Action.PLAN_VISIT, MoveIn(), AppointmentOut(), status=200, versioned=True)
def move(appointment: UUID, asked: Move, *, version: int, scope: Scope) -> Appointment:
    """Move an appointment to another chair or time."""
    return booking.move(appointment, asked, version=version, scope=scope)


@blueprint.post("/appointments/<uuid:appointment>/cancellation")
@act(Action.PLAN_VISIT, CancellationIn(), AppointmentOut())
def cancel(appointment: UUID, reason: Reason, *, scope: Scope) -> Appointment:
    """Cancel an appointment."""
    return booking.cancel(appointment, reason, scope=scope)


@blueprint.post("/appointments/<uuid:appointment>/no-show")
@act(Action.PLAN_VISIT, Empty(), AppointmentOut())
def miss(appointment: UUID, _: dict[str, Any], *, scope: Scope) -> Appointment:
    """The patient did not come."""
    return booking.miss(appointment, scope=scope)


@blueprint.post("/appointments/<uuid:appointment>/check-in")
@act(Action.CHECK_IN_PATIENT, ArrivalIn(), ArrivedOut())
def arrive(appointment: UUID, arrival: Arrival, *, scope: Scope) -> "InfusionSession":
    """The patient is here; the visit begins."""
    return visits.arrive(appointment, arrival, scope=scope)


@blueprint.post("/sessions/<uuid:visit>/next-visit")
@act(Action.PLAN_VISIT, FollowingIn(), FollowedOut())
def follow(visit: UUID, asked: Following, *, scope: Scope) -> Followed:
    """Book the next visit, or say why none is booked."""
    return visits.follow(visit, asked, scope=scope)


@blueprint.get("/sites/<uuid:site>/appointments")
@look(Action.SEE_PLAN, DayOut(), asks=DayQuery())
def day(site: UUID, asked: dict[str, str], *, scope: Scope) -> dict[str, Any]:
    """A site's appointments of one day."""
    return {"items": queries.day(site, asked["day"])}
