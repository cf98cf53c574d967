"""Three invented patients, registered with everything the gates will ask for."""

from dataclasses import dataclass
from typing import Any, Final

from clinic_api.cli.demo.people import Person
from clinic_api.cli.demo.stage import Stage


@dataclass(frozen=True, slots=True)
class Invented:
    """A patient who does not exist."""

    key: str
    name: str
    born: str
    sex: str
    mail: str
    phone: str


PATIENTS: Final = (
    Invented("whole", "Łucja Synthetic-Żółć", "1984-05-17", "female", "lucja@patients.example", "+1 518 555 0111"),
    Invented("stopped", "Tomás O'Synthetic", "1971-11-02", "male", "tomas@patients.example", "+1 518 555 0112"),
    Invented("complete", "Wei Synthetic", "1990-02-28", "female", "wei@patients.example", "+1 518 555 0113"),
)
TRIALS: Final = (
    {"drug": "sertraline", "daily_dose_mg": "150", "weeks": 10, "outcome": "failed"},
    {"drug": "venlafaxine", "daily_dose_mg": "225", "weeks": 8, "outcome": "failed"},
)
CONSENTS: Final = (
    *("treatment_off_label", "controlled_substance_agreement", "privacy_notice", "transport_acknowledgement"),
    "reminders_email",
)


def register_patients(stage: Stage) -> None:
    """Desk and nurse take in the three patients of the day."""
    for invented in PATIENTS:
        stage.made[f"patient:{invented.key}"] = _register(stage, invented)
        stage.step(f"patient {invented.name}: identity sealed, consents, allergies, two failed trials, mail reminders")


def _register(stage: Stage, invented: Invented) -> str:
    desk, nurse = stage.part("desk"), stage.part("prescriber")
    made = desk.post("/patients", _identity(invented))
    patient: str = made["id"]
    for kind in CONSENTS:
        desk.post(f"/patients/{patient}/consents", _consent(stage, kind))
    _assess(nurse, patient)
    desk.post(
        f"/patients/{patient}/reminder-preferences",
        {"channel": "email", "wanted": True, "language": "en", "verified": True},
    )
    record = nurse.get(f"/patients/{patient}")
    stage.expect("failed trials", record["eligibility"]["failed"], len(TRIALS))
    stage.expect("name as it was typed", record["identity"]["name"], invented.name)
    return patient


def _identity(invented: Invented) -> dict[str, Any]:
    return {
        "name": invented.name,
        "date_of_birth": invented.born,
        "sex": invented.sex,
        "zone": "America/New_York",
        "address": "7 Invented Lane, Albany, NY 12208",
        "phone": invented.phone,
        "email": invented.mail,
    }


def _consent(stage: Stage, kind: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "given": True,
        "document_version": "2026-01",
        "occurred_at": stage.clock.now().isoformat(),
    }


def _assess(prescriber: Person, patient: str) -> None:
    prescriber.post(f"/patients/{patient}/allergies", {"none_known": True, "items": []})
    prescriber.post(f"/patients/{patient}/diagnoses", {"code": "F33.2", "state": "active"})
    for trial in TRIALS:
        prescriber.post(f"/patients/{patient}/trials", dict(trial))
