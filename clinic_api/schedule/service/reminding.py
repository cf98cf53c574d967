"""Planning reminders, taking them back, and posting one when its time has come."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.messages import service as messages
from clinic_api.messages.rules import Channel, NewMessage
from clinic_api.patients.queries import patients
from clinic_api.schedule import queries
from clinic_api.schedule.models import Appointment, Reminder
from clinic_api.schedule.rules.booking import Event
from clinic_api.schedule.rules.reminders import CANCELLED, MOVED, Fate, Planned, after_night, notice, plan
from clinic_api.schedule.rules.times import said_day, said_time

#: The kind of a due row whose subject is a reminder; also whose address a letter asks for.
REMINDER: Final = "reminder"
#: What each kind of notice says; the rungs of the ladder all say the same.
TEXTS: Final = {MOVED: "appointment-moved", CANCELLED: "appointment-cancelled"}
REMINDER_TEXT: Final = "appointment-reminder"


def plan_reminders(appointment: Appointment, *, scope: Scope) -> list[Reminder]:
    """Plan what lies ahead for an appointment's present version; a later version is announced as well.

    Consent and address are looked at when the time comes, since both may be given, changed or taken back until then.
    """
    rule, zone = queries.reminding(), patients.identity(appointment.patient).zone
    ahead = [
        *plan(appointment.starts_at, zone=appointment.zone, patient_zone=zone, rule=rule, after=scope.at),
    ]
    if appointment.version > 1:
        ahead += _announced(MOVED, appointment, zone=zone, scope=scope)
    return _kept(appointment, ahead, scope=scope)


def announce_cancelled(appointment: Appointment, *, scope: Scope) -> list[Reminder]:
    """Tell the patient that an appointment is cancelled, where it still lies ahead."""
    zone = patients.identity(appointment.patient).zone
    return _kept(appointment, _announced(CANCELLED, appointment, zone=zone, scope=scope), scope=scope)


def suppress(appointment: UUID, fate: Fate, *, scope: Scope) -> None:
    """Take back every reminder and letter about an appointment that did not leave yet.

    What is due is taken first, then what it is about, as the worker does; so the two never wait for each other.
    """
    for id in queries.waiting_reminders(appointment):
        messages.disarm(REMINDER, id, scope=scope)
        row = queries.reminder(id)
        if row.fate is None:
            _settle(row, fate, scope=scope)
    messages.cancel_about(appointment, scope=scope)


def remind(id: UUID, scope: Scope) -> datetime | None:
    """A reminder's time has come: post it if it is still right.

    Returns:
        When to look again, where the patient's night began meanwhile; None where it is settled.

    Raises:
        NoSuchReminder: not here.
    """
    row = queries.reminder(id)
    if row.fate is not None:
        return None
    wrong, where = queries.reach(row, at=scope.at)
    if wrong is not None or where is None:
        _settle(row, wrong or Fate.NOT_WANTED, scope=scope)
        return None
    opens = after_night(scope.at, where.zone, queries.reminding().quiet)
    if opens > scope.at:
        return opens
    _post(row, scope=scope)
    return None


def _announced(kind: str, appointment: Appointment, *, zone: str, scope: Scope) -> list[Planned]:
    found = notice(kind, at=scope.at, starts_at=appointment.starts_at, patient_zone=zone, rule=queries.reminding())
    return [] if found is None else [found]


def _kept(appointment: Appointment, ahead: Iterable[Planned], *, scope: Scope) -> list[Reminder]:
    """One row for each channel that letters can travel by, each due at its time."""
    rows = [
        put(
            Reminder(
                organisation=scope.organisation,
                id=new_id(scope.at),
                appointment=appointment.id,
                version=appointment.version,
                kind=each.kind,
                channel=channel,
                planned_for=each.at,
                at=scope.at,
            )
        )
        for each in ahead
        for channel in Channel
    ]
    for row in rows:
        messages.arm(REMINDER, row.id, row.planned_for, scope=scope)
    return rows


def _post(row: Reminder, *, scope: Scope) -> None:
    appointment = queries.appointment(row.appointment)
    letter = NewMessage(
        kind=TEXTS.get(row.kind, REMINDER_TEXT),
        recipient_kind=REMINDER,
        recipient=row.id,
        template=TEXTS.get(row.kind, REMINDER_TEXT),
        params={
            "clinic": queries.reminding().alias,
            "day": said_day(appointment.starts_at, appointment.zone),
            "time": said_time(appointment.starts_at, appointment.zone),
            "phone": clinics.site(appointment.site).phone,
        },
        dedupe_key=f"{appointment.id}:{row.version}:{row.kind}:{row.channel}",
        subject=appointment.id,
        channel=row.channel,
    )
    messages.post(letter, at=scope.at, scope=scope)
    _settle(row, Fate.POSTED, scope=scope)


def _settle(row: Reminder, fate: Fate, *, scope: Scope) -> None:
    row.fate, row.settled_at = fate, scope.at
    event = Event.REMINDED if fate is Fate.POSTED else Event.NOT_REMINDED
    audit.record(event, row, appointment=row.appointment, kind=row.kind, fate=fate)
