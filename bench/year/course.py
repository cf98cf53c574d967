"""Weeks at one chair, through the routes: patients who come once a week, each with an order, a dose and a remainder."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from bench.year.house import Bay, Crew, House, Safe
from clinic_api import clock
from clinic_api.quantities import Volume
from tests.inventory.stock import line, read
from tests.sessions.ward import DOSE, FIT, SEEN, Ward

SEED: Final = 20260302
WEEK: Final = timedelta(weeks=1)
LOCAL: Final = ZoneInfo("America/New_York")

#: Minutes of a dose, and of a dose that is stopped early; sets are taken so often.
DOSE_MINUTES: Final = 40
STOPPED_AFTER: Final = 20
EVERY_MINUTES: Final = 10
EVERY_MINUTES_AFTER: Final = 15
RECOVERY_MINUTES: Final = 60
#: The chair is another patient's so long after the one before, and booked for so many minutes.
EACH: Final = timedelta(hours=2)
MINUTES: Final = 110
#: Microlitres of a vial, and of one dose.
VIAL_UL: Final = 10_000
DOSE_UL: Final = 700


@dataclass(frozen=True)
class Size:
    """How large a course is."""

    patients: int = 4
    weeks: int = 5

    @property
    def visits(self) -> int:
        """Visits in one course."""
        return self.patients * self.weeks


@dataclass(frozen=True)
class Patient:
    """A patient of the course, as typed in."""

    id: str
    name: str
    mrn: str
    phone: str
    email: str
    address: str


class Shift(Ward):
    """A ward whose people and places are there already."""

    def __init__(self, house: House, crew: Crew, bay: Bay) -> None:
        self.clinic, self.chair = house.clinic, bay.chair
        self.stock = Safe(house.clinic, crew, registration=house.registration, location=bay.location)
        self.dora, self.desk = crew.prescriber, crew.desk
        self.patient = self.visit = ""


def walk(house: House, crew: Crew, bay: Bay, size: Size) -> list[Patient]:
    """Walk a course of so many weeks; its patients."""
    shift = Shift(house, crew, bay)
    patients = list[Patient]()
    opening = clock.now()
    for week in range(size.weeks):
        day = opening.replace(microsecond=0) + week * WEEK
        house.clinic.installation.set_clock(day)
        opened(shift, crew)
        vial = shift.stock.receive(line(vials_invoiced=1, vials_received=1, lot=f"LOT{week}"))[0]["id"]
        if not week:
            patients = [_patient(shift, number) for number in range(size.patients)]
        for number, patient in enumerate(patients):
            shift.patient = patient.id
            house.clinic.installation.set_clock(day + EACH + number * EACH)
            _visit(shift, vial, stops_early=number % 2 == 1, pauses=number % 4 == 2)
        _close(shift, vial, doses=size.patients)
    return patients


def opened(shift: Shift, crew: Crew) -> None:
    """Everybody signs in and is here."""
    for person in crew.people:
        shift.clinic.sign_in(person)
        person.does("/presences", site=shift.clinic.site)


def _patient(shift: Shift, number: int) -> Patient:
    """Somebody new: registered, consenting, with an order and an appointment for each week."""
    letter = "ABCDEFGH"[number]
    typed = {
        "name": f"Quill{letter} Zzyzx{letter}",
        "mrn": f"QZ{number}7001",
        "phone": f"+1 518 555 700{number}",
        "email": f"quill{number}@example.org",
        "address": f"{number}7001 Quill Street, Albany, NY 12207",
    }
    shift.patient = shift.a_patient(**typed)
    shift.order()
    return Patient(id=shift.patient, **typed)


def _book(shift: Shift, at: datetime) -> str:
    asked = {
        "patient": shift.patient,
        "site": shift.clinic.site,
        "chair": shift.chair,
        "local_start": f"{at.astimezone(LOCAL):%Y-%m-%dT%H:%M}",
        "minutes": MINUTES,
    }
    return str(shift.desk.does("/appointments", **asked)["id"])


def _visit(shift: Shift, vial: str, *, stops_early: bool, pauses: bool) -> None:
    """One visit, from the booking of its hour to both signatures."""
    dice = random.Random(f"{SEED} {shift.patient} {clock.now()}")
    booked = _book(shift, clock.now() + timedelta(minutes=2))
    shift.clinic.later(minutes=2)
    identified = {"identifiers_checked": ["name", "date_of_birth"]}
    shift.visit = str(shift.ada.does(f"/appointments/{booked}/check-in", **identified)["id"])
    shift.screen().release()
    shift.does("dose", **DOSE)
    shift.does("draws", container=vial)
    shift.does("dose-check", shift.ben, **SEEN)
    shift.does("start")
    _watch(shift, STOPPED_AFTER if stops_early else DOSE_MINUTES, EVERY_MINUTES, dice)
    if pauses:
        shift.does("pause", reason="dizzy")
        shift.clinic.later(minutes=2)
        shift.does("resume")
        shift.clinic.later(minutes=2)
    shift.does("stop")
    _watch(shift, RECOVERY_MINUTES, EVERY_MINUTES_AFTER, dice)
    shift.does("answers", **FIT)
    shift.does("discharge")
    shift.settle()
    shift.does("sign")
    shift.does("co-sign", shift.dora)


def _watch(shift: Shift, minutes: int, every: int, dice: random.Random) -> None:
    """Sets of readings for so long, nothing alarming in them."""
    for _ in range(minutes // every):
        shift.clinic.later(minutes=every)
        shift.reading(**_calm(dice))


def _calm(dice: random.Random) -> dict[str, Any]:
    return {
        "systolic_mmhg": dice.randint(118, 134),
        "diastolic_mmhg": dice.randint(70, 82),
        "heart_rate_bpm": dice.randint(60, 84),
        "spo2_percent": dice.randint(96, 99),
    }


def _close(shift: Shift, vial: str, *, doses: int) -> None:
    """Count the cabinet, and waste what is left of the vial."""
    left = Volume(VIAL_UL - doses * DOSE_UL)
    shift.stock.count(read(vial, left.as_ml_text()))
    shift.stock.waste(UUID(vial), shift.stock.balance(UUID(vial)).as_mg_text())
