"""A front desk that books: a clinic with a chair, and a patient who may be reminded."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.builders import Clinic
from tests.patients.people import typed
from tests.people import Answer, Person

#: Tuesday week, 09:00 in New York; every clinic of a test opens on Monday, 2 March 2026.
NINE = "2026-03-10T09:00"


@dataclass
class Desk:
    """Somebody at the front desk, with what they book."""

    clinic: Clinic
    person: Person
    chair: str
    patient: str

    def asks(self, **different: Any) -> Answer:
        """Ask for an appointment of two hours on the tenth at nine."""
        usual = {"patient": self.patient, "site": self.clinic.site, "chair": self.chair, "local_start": NINE}
        return self.person.post("/appointments", **{**usual, "minutes": 120, **different})

    def books(self, **different: Any) -> Any:
        """Book it; the appointment."""
        return self.asks(**different).done().json

    def moves(self, appointment: Any, **different: Any) -> Answer:
        """Ask for another chair or time over the version at hand."""
        usual = {name: appointment[name] for name in ("chair", "local_start", "minutes")}
        return self.person.put(
            f"/appointments/{appointment['id']}",
            f'"{appointment["id"]}-{appointment["version"]}"',
            **{**usual, **different},
        )

    def cancels(self, appointment: Any) -> Answer:
        """Cancel it because the patient asked."""
        return self.person.post(f"/appointments/{appointment['id']}/cancellation", reason="patient_asked")

    def reminders(self, appointment: Any) -> list[dict[str, Any]]:
        """What is planned or was done about it."""
        planned: list[dict[str, Any]] = self.person.get(f"/appointments/{appointment['id']}").done()["reminders"]
        return planned

    def waiting(self, appointment: Any) -> dict[str, str]:
        """The reminders whose time has not come, by kind."""
        return {one["kind"]: one["planned_for"] for one in self.reminders(appointment) if one["fate"] is None}

    def another_patient(self, **different: Any) -> str:
        """Somebody else; the id."""
        made = self.person.does("/patients", **typed(**{"mrn": None, **different}))
        return str(made["id"])

    def wishes(self, *, consent: bool = True, wanted: bool = True) -> None:
        """The patient agrees to reminders by mail, or takes it back."""
        path = f"/patients/{self.patient}"
        now = self.clinic.system().at.isoformat()
        signed = {"given": consent, "document_version": "2026-01", "occurred_at": now}
        self.person.does(f"{path}/consents", kind="reminders_email", **signed)
        wish = {"channel": "email", "wanted": wanted, "language": "en", "verified": True}
        self.person.does(f"{path}/reminder-preferences", **wish)


def a_desk(clinic: Clinic) -> Desk:
    """A desk in a clinic with one chair."""
    person = clinic.front_desk()
    patient = person.does("/patients", **typed())["id"]
    desk = Desk(clinic, person, clinic.a_chair(), patient)
    desk.wishes()
    return desk


def uuid(appointment: Any) -> UUID:
    """Its id."""
    return UUID(str(appointment["id"]))
