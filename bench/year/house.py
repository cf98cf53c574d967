"""Who works in the synthetic clinic, and where: made through the routes, as any clinic is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.builders import Clinic
from tests.inventory.stock import Stock, line
from tests.people import Person

#: Two administrators founded the clinic; a third of the others prescribe or sit at the desk for each ten nurses.
ADMINISTRATORS: Final = 2
DESKS: Final = 2
CHAIRS_PER_PRESCRIBER: Final = 3
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Crew:
    """The people of one chair on a day: who runs its visits, who watches, who prescribes, who books."""

    nurse: Person
    witness: Person
    prescriber: Person
    desk: Person

    @property
    def people(self) -> tuple[Person, Person, Person, Person]:
        """All four, always in the same order."""
        return (self.nurse, self.witness, self.prescriber, self.desk)


@dataclass(frozen=True)
class Bay:
    """A chair with its own locked cabinet; ``named`` are the names of both."""

    chair: str
    location: str
    named: tuple[str, str]


class Safe(Stock):
    """The stock of one cabinet, in the hands of people who work here already."""

    def __init__(self, clinic: Clinic, crew: Crew, *, registration: str, location: str) -> None:
        self.clinic = clinic
        self.nurse, self.witness = crew.nurse, crew.witness
        self.registration, self.location = registration, location


@dataclass(frozen=True)
class House:
    """A clinic with everybody and every chair that a year needs."""

    clinic: Clinic
    registration: str
    crews: Sequence[Crew]
    bays: Sequence[Bay]

    def of(self, chair: int) -> tuple[str, ...]:
        """Ids of the people, the chair and the cabinet of one place, always in the same order."""
        return (*(person.id for person in self.crews[chair].people), self.bays[chair].chair, self.bays[chair].location)


def a_house(clinic: Clinic, *, chairs: int) -> House:
    """Take people on and set up so many chairs; a first delivery brings in the product."""
    nurses = [clinic.nurse(f"Nora Nurse{_letter(number)}") for number in range(chairs)]
    watching = [clinic.nurse(f"Will Witness{_letter(number)}") for number in range(chairs)]
    prescribers = [
        clinic.prescriber(f"Paul Prescriber{_letter(number)}") for number in range(-(-chairs // CHAIRS_PER_PRESCRIBER))
    ]
    desks = [clinic.front_desk(f"Dina Desk{_letter(number)}") for number in range(DESKS)]
    registration = clinic.a_registration()
    crews = [
        Crew(nurse, witness, prescribers[number % len(prescribers)], desks[number % DESKS])
        for number, (nurse, witness) in enumerate(zip(nurses, watching, strict=True))
    ]
    bays = [_bay(clinic, registration, number) for number in range(chairs)]
    safe = Safe(clinic, crews[0], registration=registration, location=_location(clinic, registration, "Main Safe"))
    safe.receive(line(vials_invoiced=1, vials_received=1))
    return House(clinic, registration, crews, bays)


def _bay(clinic: Clinic, registration: str, number: int) -> Bay:
    chair, cabinet = f"Recliner {_letter(number)}", f"Cabinet {_letter(number)}"
    return Bay(clinic.a_chair(chair), _location(clinic, registration, cabinet), (chair, cabinet))


def _location(clinic: Clinic, registration: str, name: str) -> str:
    asked = {"registration": registration, "name": name}
    return str(clinic.administrators[0].does("/locations", **asked)["id"])


def _letter(number: int) -> str:
    return _LETTERS[number]
