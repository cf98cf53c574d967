"""Where the schedule meets visits: the patient arrives, and what comes next is settled."""

from typing import TYPE_CHECKING
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.clinics.rules.standing import day_in
from clinic_api.database.scope import Scope
from clinic_api.schedule import queries
from clinic_api.schedule.models import Appointment
from clinic_api.schedule.rules.asked import Arrival, Booking
from clinic_api.schedule.rules.booking import Act, Event, check_today
from clinic_api.schedule.rules.next_visit import Followed, Following, check_following
from clinic_api.schedule.rules.reminders import Fate
from clinic_api.schedule.service.booking import book, ended
from clinic_api.sessions import queries as sessions
from clinic_api.sessions.rules.asked import Identifier, NewVisit, NextVisit
from clinic_api.sessions.service import arriving, closing

if TYPE_CHECKING:
    from clinic_api.sessions.models import InfusionSession


def arrive(id: UUID, arrival: Arrival, *, scope: Scope) -> "InfusionSession":
    """The patient is here: the visit begins, and no reminder of it is sent any more.

    Raises:
        NoSuchAppointment, NoSuchChair: not here.
        NotToday: it is booked for another day.
        AppointmentCannot: it is over already.
        IdentityNotChecked, AlreadyHere, ChairElsewhere, WhichProtocol, TooYoung: see ``sessions``.
    """
    booked = queries.appointment(id)
    check_today(day_in(booked.zone, booked.starts_at), on=day_in(booked.zone, scope.at))
    appointment = ended(id, Act.CHECK_IN, Fate.OVER, scope=scope)
    new = NewVisit(
        patient=appointment.patient,
        site=appointment.site,
        chair=arrival.chair or appointment.chair,
        identifiers_checked=tuple(Identifier(word) for word in arrival.identifiers_checked),
        appointment=id,
        protocol=arrival.protocol,
    )
    infusion = arriving.check_in(new, scope=scope)
    appointment.visit = infusion.id
    audit.record(Event.CHECKED_IN, appointment, patient=appointment.patient, visit=infusion.id)
    return infusion


def follow(visit: UUID, asked: Following, *, scope: Scope) -> Followed:
    """Settle what comes after a visit: book it, or record why nothing is booked.

    Raises:
        NoSuchSession: not here.
        NextVisitUnclear: both, neither or half of one was sent.
        VisitSealed, SessionSigned: the session is signed.
        ChairTaken and the others: as when booking.
    """
    wanted, infusion = check_following(asked), sessions.infusion(visit)
    booked: Appointment | None = None
    if wanted is not None:
        new = Booking(
            patient=infusion.patient,
            site=infusion.site,
            chair=wanted.chair,
            local_start=wanted.local_start,
            minutes=wanted.minutes,
        )
        booked = book(new, scope=scope)
    told = NextVisit(
        wanted=booked is not None,
        appointment=None if booked is None else booked.id,
        at=None if booked is None else booked.starts_at,
        plan=asked.plan or _in_words(booked, asked),
    )
    closing.record_next_visit(visit, told, scope=scope)
    return Followed(visit=visit, appointment=told.appointment, at=told.at, none_because=asked.none_because)


def _in_words(booked: Appointment | None, asked: Following) -> str:
    if booked is not None:
        return f"{booked.local_start} {booked.zone}"
    return str(asked.none_because).replace("_", " ")
