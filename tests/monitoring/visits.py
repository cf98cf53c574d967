"""Visits to enter sets in, opened as the desk opens them, until the first set is taken."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from clinic_api import clock
from clinic_api.monitoring import queries, service
from clinic_api.monitoring.rules.entries import KeptReading, NewCorrection, NewReading, Watch
from clinic_api.monitoring.rules.readings import NotObtained
from clinic_api.patients import service as patients
from clinic_api.patients.rules.identity import Details, Sex
from clinic_api.protocols.rules.signs import Sign
from tests.builders import Clinic
from tests.patients.people import USUAL
from tests.people import Person
from tests.protocols.shipped import iv_ketamine


def entry(
    *,
    at: datetime | None = None,
    late_reason: str | None = None,
    not_obtained: dict[Sign, NotObtained] | None = None,
    **signs: Any,
) -> NewReading:
    """A set as it comes in."""
    return NewReading(signs=signs, occurred_at=at, late_reason=late_reason, not_obtained=not_obtained or {})


@dataclass
class Visit:
    """One visit, and the nurse who watches it."""

    clinic: Clinic
    nurse: Person
    id: UUID
    patient: UUID
    started_at: datetime | None = None
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = Watch(protocol=iv_ketamine(), started_at=self.started_at)

    def start(self) -> None:
        """The infusion starts now."""
        self.watch = Watch(protocol=self.watch.protocol, started_at=clock.now())

    def enter(self, new: NewReading | None = None, **signs: Any) -> KeptReading:
        """Record a set, as the nurse."""
        with self.clinic.transaction(self.nurse) as scope:
            patients.hold(self.id)
            return service.record_reading(self.id, new or entry(**signs), watch=self.watch, scope=scope)

    def correct(self, reading: UUID, reason: str = "typed into the wrong field", **signs: Any) -> KeptReading:
        """Record what a set should have said."""
        new = NewCorrection(reason=reason, reading=entry(**signs))
        with self.clinic.transaction(self.nurse) as scope:
            patients.hold(self.id)
            return service.correct_reading(self.id, reading, new, watch=self.watch, scope=scope)

    def kept(self) -> list[KeptReading]:
        """Every set as a session's page shows it."""
        with self.clinic.reading():
            return list(queries.readings(self.id))

    def later(self, minutes: float) -> datetime:
        """Let minutes pass; what time it is then."""
        return self.clinic.later(minutes=minutes)


def a_visit(clinic: Clinic, nurse: Person, *, mrn: str = "MRN-1") -> Visit:
    """An open visit of a new patient."""
    usual: dict[str, Any] = {
        **USUAL,
        "date_of_birth": date.fromisoformat(USUAL["date_of_birth"]),
        "sex": Sex(USUAL["sex"]),
        "mrn": mrn,
    }
    with clinic.transaction(nurse) as scope:
        patient = patients.register(Details(**usual), scope=scope)
        opened = patients.open_visit(patient.id, UUID(clinic.site), scope=scope)
        return Visit(clinic, nurse, opened.id, patient.id)
