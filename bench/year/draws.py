"""A day of nothing but draws: one patient, two vials, each drawn from and given till it is empty."""

from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from bench.year.course import Patient, Shift, Size, opened
from bench.year.house import Bay, Crew, House
from clinic_api import clock
from clinic_api.patients import service as visits
from clinic_api.patients.rules.identity import Details, Sex
from tests.inventory.stock import line

VIALS: Final = 2
DRAWS_OF_A_VIAL: Final = 14
DRAW_ML: Final = "0.7"
DRAW_MG: Final = "35"
LEFT_MG: Final = "10"
#: Neither copied nor needed by what is measured: the log, and who signed in.
WITHOUT: Final = frozenset(
    {"audit_entries", "audit_accesses", "operations", "search_tokens", "tokens", "used_codes", "tasks", "task_closings"}
)


def walk_draws(house: House, crew: Crew, bay: Bay, _size: Size) -> list[Patient]:
    """Walk the day; its one patient."""
    house.clinic.installation.set_clock(clock.now().replace(microsecond=0))
    shift = Shift(house, crew, bay)
    opened(shift, crew)
    shift.stock.count(kind="opening")
    typed = Patient(
        id="", name="QuillA ZzyzxA", mrn="QZ07001", phone="+1 518 555 7000", email="q@example.org", address="7001 Quill"
    )
    patient, visit = _visit(shift, typed)
    number = VIALS
    for vial in shift.stock.receive(line(vials_invoiced=number, vials_received=number)):
        for _ in range(DRAWS_OF_A_VIAL):
            house.clinic.later(minutes=5)
            shift.stock.give(shift.stock.draw(UUID(vial["id"]), DRAW_ML, visit).syringe, DRAW_MG, visit)
        shift.stock.waste(UUID(vial["id"]), LEFT_MG)
    house.clinic.later(minutes=5)
    shift.stock.count()
    return [patient]


def _visit(shift: Shift, patient: Patient) -> tuple[Patient, UUID]:
    details = Details(
        name=patient.name,
        date_of_birth=date(1984, 2, 29),
        sex=Sex.FEMALE,
        zone="America/New_York",
        address=patient.address,
        phone=patient.phone,
        email=patient.email,
        mrn=patient.mrn,
    )
    with shift.stock.acting() as scope:
        registered = visits.register(details, scope=scope)
        visit = visits.open_visit(registered.id, UUID(shift.clinic.site), scope=scope)
        return replace(patient, id=str(registered.id)), visit.id
