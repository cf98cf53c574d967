"""A patient who may be reminded, messages to them, and a worker that looks once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from clinic_api import clock, worker
from clinic_api.database.rows import db
from clinic_api.messages import queries, service
from clinic_api.messages.messenger import Messenger, NotCarried, SmtpMessenger
from clinic_api.messages.models import Message
from clinic_api.messages.rules import Letter, NewMessage
from tests.builders import Clinic
from tests.patients.people import typed
from tests.worker.postbox import HOST, Postbox

LEASE: Final = timedelta(seconds=60)
ABOUT: Final = UUID(int=77)


@dataclass
class Pigeon:
    """Carries letters and remembers them; tired, it carries none."""

    tired: bool = False
    letters: list[Letter] = field(default_factory=list)

    def send(self, *, to: str, subject: str, text: str, message_id: str) -> None:
        """Carry one."""
        if self.tired:
            raise NotCarried("tired")
        self.letters.append(Letter(to, subject, text, message_id))


def a_patient(clinic: Clinic) -> UUID:
    """A patient who wants reminders by mail, agreed to them, and whose address was verified."""
    desk = clinic.front_desk()
    id = desk.does("/patients", **typed())["id"]
    signed = {"given": True, "document_version": "2026-01", "occurred_at": clock.now().isoformat()}
    clinic.nurse().does(f"/patients/{id}/consents", kind="reminders_email", **signed)
    set_wish(clinic, id, wanted=True)
    return UUID(id)


def set_wish(clinic: Clinic, patient: object, *, wanted: bool) -> None:
    """What the patient says of reminders by mail."""
    wish = {"channel": "email", "wanted": wanted, "language": "en", "verified": True}
    clinic.nurse().does(f"/patients/{patient}/reminder-preferences", **wish)


def reminder(patient: UUID, key: str = "one", **different: object) -> NewMessage:
    """A reminder of an appointment."""
    usual = {
        "kind": "appointment-reminder",
        "recipient_kind": "patient",
        "recipient": patient,
        "template": "appointment-reminder",
        "dedupe_key": key,
        "subject": ABOUT,
        "params": {"clinic": "North Clinic", "day": "Monday", "time": "09:00 EST", "phone": "+1 518 555 0100"},
    }
    return NewMessage(**{**usual, **different})  # type: ignore[arg-type]


def posted(clinic: Clinic, patient: UUID, *keys: str, at: datetime | None = None) -> list[UUID]:
    """Reminders in the outbox, due now unless a time is named; their ids."""
    with clinic.transaction() as scope:
        return [service.post(reminder(patient, key), at=at or scope.at, scope=scope).id for key in keys or ("one",)]


def look(clinic: Clinic, messenger: Messenger | Postbox) -> int:
    """A worker looks once for messages; how many it handled."""
    by = SmtpMessenger(HOST, messenger.port, "a@clinic.example", 5) if isinstance(messenger, Postbox) else messenger
    _, slow = worker.lanes(clinic.app.extensions["clinic"].settings, by)
    return worker.look(clinic.app, slow, LEASE)


def seal(clinic: Clinic) -> int:
    """A worker looks once for what is quick."""
    quick, _ = worker.lanes(clinic.app.extensions["clinic"].settings, Pigeon())
    return worker.look(clinic.app, quick, LEASE)


def about(clinic: Clinic) -> Sequence[Message]:
    """The messages about the appointment, as they stand."""
    with clinic.reading():
        rows = queries.messages_about(ABOUT)
        db.session.expunge_all()  # or the end of the reading would empty them
        return rows


def states(clinic: Clinic) -> list[str]:
    """Where each message about the appointment is in its life."""
    return [str(row.state) for row in about(clinic)]
