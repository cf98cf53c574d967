"""Reading appointments and reminders."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.database.transactions import on_sqlite
from clinic_api.errors import NotFound
from clinic_api.messages.rules import Channel
from clinic_api.patients.queries import patients, records
from clinic_api.patients.rules.reminders import Channel as PatientChannel
from clinic_api.patients.rules.reminders import Reach
from clinic_api.schedule.models import Appointment, Reminder
from clinic_api.schedule.rules.booking import TAKES, Limits, State, read_limits
from clinic_api.schedule.rules.reminders import NOTICES, Facts, Fate, Reminding, after_night, read_reminding, why_not
from clinic_api.schedule.rules.times import day_of, read_local

MASK: Final = 0x7FFFFFFFFFFFFFFF


class NoSuchAppointment(NotFound):
    """There is no such appointment here."""


class NoSuchReminder(NotFound):
    """There is no such reminder here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An appointment with who comes."""

    appointment: Appointment
    patient_name: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An appointment with its reminders. ``id`` and ``version`` are its own, so that it can be changed after a look."""

    id: UUID
    version: int
    appointment: Appointment
    reminders: Sequence[Reminder]


def limits() -> Limits:
    """What can be booked here."""
    return read_limits(clinics.policy("schedule", "booking").content)


def reminding() -> Reminding:
    """When patients are reminded here."""
    return read_reminding(clinics.policy("schedule", "reminders").content)


def hold_day(site: UUID) -> None:
    """One booking at a time per site; SQLite's write lock already sees to that."""
    if not on_sqlite():
        db.session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": site.int & MASK})


def appointment(id: UUID, *, for_update: bool = False) -> Appointment:
    """An appointment as it stands; NoSuchAppointment where there is none."""
    query = sa.select(Appointment).where(Appointment.id == id)
    query = query.with_for_update() if for_update else query
    row = db.session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()
    if row is None:
        raise NoSuchAppointment
    return row


def shown(id: UUID) -> Shown:
    """An appointment and its reminders; NoSuchAppointment where there is none."""
    row = appointment(id)
    patients.identity(row.patient)  # whose it is goes into the list of looks
    return Shown(id=row.id, version=row.version, appointment=row, reminders=reminders(id))


def day(site: UUID, text: str) -> Sequence[Listed]:
    """A site's appointments of one calendar day, by start.

    Args:
        text: the day as the site's wall clock has it, ``2026-03-10``.

    Raises:
        NoSuchSite: not here.
        NotLocalTime: no such day.
    """
    begins, ends = day_of(read_local(f"{text}T00:00"), clinics.site(site).zone)
    query = (
        sa.select(Appointment)
        .where(Appointment.site == site, Appointment.starts_at >= begins, Appointment.starts_at < ends)
        .order_by(Appointment.starts_at, Appointment.id)
    )
    rows = db.session.execute(query).scalars().all()
    known = patients.identities({row.patient for row in rows})
    return [Listed(appointment=row, patient_name=known[row.patient].name) for row in rows]


def in_the_way(
    chair: UUID, patient: UUID, *, starts_at: datetime, ends_at: datetime, but: UUID | None
) -> Appointment | None:
    """An appointment, other than ``but``, that takes the chair or the patient at some time between the two."""
    query = (
        sa.select(Appointment)
        .where(
            sa.or_(Appointment.chair == chair, Appointment.patient == patient),
            Appointment.state.in_(TAKES),
            Appointment.starts_at < ends_at,
            Appointment.ends_at > starts_at,
        )
        .order_by(Appointment.starts_at)
        .limit(1)
    )
    if but is not None:
        query = query.where(Appointment.id != but)
    return db.session.execute(query).scalar_one_or_none()


def no_shows(patient: UUID) -> int:
    """How many appointments the patient has missed."""
    query = sa.select(sa.func.count()).where(Appointment.patient == patient, Appointment.state == State.NO_SHOW)
    return int(db.session.execute(query).scalar_one())


def reminder(id: UUID) -> Reminder:
    """A reminder as it stands; NoSuchReminder where there is none."""
    query = sa.select(Reminder).where(Reminder.id == id)
    row = db.session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()
    if row is None:
        raise NoSuchReminder
    return row


def reminders(appointment: UUID) -> Sequence[Reminder]:
    """The reminders of an appointment, in the order in which they are sent."""
    query = sa.select(Reminder).where(Reminder.appointment == appointment).order_by(Reminder.planned_for, Reminder.id)
    return db.session.execute(query).scalars().all()


def waiting_reminders(appointment: UUID) -> Sequence[UUID]:
    """The reminders of an appointment whose time has not come, by id."""
    query = sa.select(Reminder.id).where(Reminder.appointment == appointment, Reminder.fate.is_(None))
    return db.session.execute(query.order_by(Reminder.id)).scalars().all()


def reach(row: Reminder, *, at: datetime) -> tuple[Fate | None, Reach | None]:
    """Why a reminder must not go out at a moment, or None and where it goes."""
    booked = appointment(row.appointment)
    where = records.reach(booked.patient, PatientChannel(row.channel), at=at)
    facts = Facts(
        kind=row.kind,
        version=row.version,
        current=booked.version,
        state=booked.state,
        starts_at=booked.starts_at,
        later_due=_later_due(row, at=at),
        reachable=where is not None,
    )
    return why_not(facts, at=at), where


def letter_address(id: UUID, channel: Channel, at: datetime) -> str | None:
    """Where a posted reminder goes at the moment it leaves; None where it is no longer right, or the patient sleeps."""
    row = reminder(id)
    wrong, where = reach(row, at=at)
    if wrong is not None or where is None or row.channel is not channel:
        return None
    return where.address if after_night(at, where.zone, reminding().quiet) == at else None


def _later_due(row: Reminder, *, at: datetime) -> bool:
    later = sa.or_(
        Reminder.planned_for > row.planned_for,
        sa.and_(Reminder.planned_for == row.planned_for, Reminder.id > row.id),
    )
    query = sa.select(Reminder.id).where(
        Reminder.appointment == row.appointment,
        Reminder.version == row.version,
        Reminder.channel == row.channel,
        Reminder.kind.not_in(NOTICES),
        Reminder.planned_for <= at,
        later,
    )
    return db.session.execute(query.limit(1)).first() is not None
