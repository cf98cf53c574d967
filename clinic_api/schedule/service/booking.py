"""Booking an appointment, moving it, and ending it without a visit."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.standing import day_ends
from clinic_api.database.rows import db, put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.patients.queries import patients
from clinic_api.schedule import queries
from clinic_api.schedule.models import Appointment, Reminder
from clinic_api.schedule.rules.asked import Booking, Move
from clinic_api.schedule.rules.booking import (
    Act,
    ChairElsewhere,
    ChairTaken,
    Event,
    PatientBooked,
    Reason,
    State,
    after,
    check_bookable,
    check_length,
    check_missed,
    check_version,
)
from clinic_api.schedule.rules.reminders import Fate
from clinic_api.schedule.rules.times import local_text, read_local, resolve
from clinic_api.schedule.service.reminding import announce_cancelled, plan_reminders, suppress
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

#: The kind of task that a series of missed appointments makes.
NO_SHOWS: Final = "no-shows"


def book(new: Booking, *, scope: Scope) -> Appointment:
    """Book a chair for a patient.

    Raises:
        NoSuchPatient, NoSuchSite, NoSuchChair: not here.
        ChairElsewhere: the chair is not of this site.
        NotLocalTime, NotBookable, LengthUnfit: a time or a length that cannot be booked.
        ChairTaken, PatientBooked: the chair or the patient is taken at that time.
    """
    patients.patient(new.patient)
    asked = Move(chair=new.chair, local_start=new.local_start, minutes=new.minutes)
    placed = _placed(asked, site=new.site, patient=new.patient, but=None, scope=scope)
    appointment = put(
        Appointment(
            organisation=scope.organisation,
            id=new_id(scope.at),
            patient=new.patient,
            site=new.site,
            at=scope.at,
            by=scope.by,
            version=1,
            state=State.BOOKED,
            **placed,
        )
    )
    _record(Event.BOOKED, appointment, plan_reminders(appointment, scope=scope))
    return appointment


def move(id: UUID, asked: Move, *, version: int, scope: Scope) -> Appointment:
    """Give an appointment another chair or time; reminders of the earlier one are taken back.

    Raises:
        NoSuchAppointment, NoSuchChair: not here.
        AppointmentChanged: a newer version holds.
        AppointmentCannot: it is over.
        ChairElsewhere, NotLocalTime, NotBookable, LengthUnfit, ChairTaken, PatientBooked: as when booking.
    """
    appointment = queries.appointment(id, for_update=True)
    check_version(sent=version, current=appointment.version)
    after(appointment.state, Act.MOVE)
    placed = _placed(asked, site=appointment.site, patient=appointment.patient, but=id, scope=scope)
    suppress(id, Fate.REPLACED, scope=scope)
    for name, value in placed.items():
        setattr(appointment, name, value)
    appointment.version += 1
    db.session.flush()
    _record(Event.MOVED, appointment, plan_reminders(appointment, scope=scope))
    return appointment


def cancel(id: UUID, reason: Reason, *, scope: Scope) -> Appointment:
    """Cancel an appointment: the chair is free, and nothing more is sent but that it is cancelled.

    Raises:
        NoSuchAppointment: not here.
        AppointmentCannot: it is over already.
    """
    appointment = ended(id, Act.CANCEL, Fate.OVER, scope=scope)
    appointment.reason = reason
    _record(Event.CANCELLED, appointment, announce_cancelled(appointment, scope=scope))
    return appointment


def miss(id: UUID, *, scope: Scope) -> Appointment:
    """The patient did not come: the chair is free, and a prescriber looks at a series with holes.

    Raises:
        NoSuchAppointment: not here.
        StillExpected: it is too early to say so.
        AppointmentCannot: it is over already.
    """
    limits = queries.limits()
    check_missed(queries.appointment(id).starts_at, at=scope.at, limits=limits)
    appointment = ended(id, Act.MISS, Fate.OVER, scope=scope)
    _record(Event.MISSED, appointment, [])
    db.session.flush()
    if queries.no_shows(appointment.patient) > limits.no_shows_at_most:
        look = NewTask(
            kind=NO_SHOWS,
            subject_table="patients",
            subject=appointment.patient,
            role=Role.PRESCRIBER,
            due_at=day_ends(appointment.zone, scope.at),
        )
        tasks.open_once(look, scope=scope)
    return appointment


def ended(id: UUID, act: Act, fate: Fate, *, scope: Scope) -> Appointment:
    """An appointment after the act that ends it, its reminders taken back; the caller writes the act down.

    Raises:
        NoSuchAppointment: not here.
        AppointmentCannot: it is over already.
    """
    appointment = queries.appointment(id, for_update=True)
    state = after(appointment.state, act)
    suppress(id, fate, scope=scope)
    appointment.state, appointment.version = state, appointment.version + 1
    return appointment


def _placed(asked: Move, *, site: UUID, patient: UUID, but: UUID | None, scope: Scope) -> dict[str, Any]:
    """The columns of a chair and a time that are free, by name."""
    zone = clinics.site(site).zone
    if clinics.chair(asked.chair).site != site:
        raise ChairElsewhere
    starts_at = resolve(read_local(asked.local_start), zone)
    limits = queries.limits()
    check_length(asked.minutes, limits=limits)
    check_bookable(starts_at, at=scope.at, limits=limits)
    ends_at = starts_at + timedelta(minutes=asked.minutes)
    queries.hold_day(site)
    _check_free(asked.chair, patient, starts_at=starts_at, ends_at=ends_at, but=but)
    return {
        "chair": asked.chair,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "local_start": local_text(starts_at, zone),
        "zone": zone,
        "minutes": asked.minutes,
    }


def _check_free(chair: UUID, patient: UUID, *, starts_at: datetime, ends_at: datetime, but: UUID | None) -> None:
    taken = queries.in_the_way(chair, patient, starts_at=starts_at, ends_at=ends_at, but=but)
    if taken is None:
        return
    if taken.patient == patient:
        raise PatientBooked(appointment=taken.id)
    raise ChairTaken(starts_at=taken.starts_at, ends_at=taken.ends_at)


def _record(event: Event, appointment: Appointment, planned: Sequence[Reminder]) -> None:
    audit.record(
        event,
        appointment,
        *planned,
        patient=appointment.patient,
        chair=appointment.chair,
        starts_at=appointment.starts_at,
        minutes=appointment.minutes,
        version=appointment.version,
        reminders=[row.kind for row in planned],
    )
