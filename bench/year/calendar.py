"""Which course is at which chair from which day on, with whom: a year that is full from its first day."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from bench.year.course import SEED, Patient, Size
from bench.year.house import House
from bench.year.press import Copy
from clinic_api.patients.rules.words import START, Kind, Word, mrn_word, phone_word, words_of

DAYS_A_WEEK: Final = 5
#: Chairs open one after the other, so that nobody's one-time codes are of the same moment.
BETWEEN_CHAIRS: Final = timedelta(seconds=30)
FIRST: Final = (
    *("Ada", "Bruno", "Celia", "Dario", "Elif", "Farid", "Greta", "Hugo", "Irene", "Jamal", "Karin", "Luca", "Mei"),
    *("Nadia", "Omar", "Petra", "Quentin", "Rosa", "Samir", "Tilda", "Ugo", "Vera", "Walid", "Xenia", "Yusuf", "Zoe"),
)
LAST: Final = (
    *("Abbott", "Berger", "Castro", "Duarte", "Evans", "Fischer", "Garcia", "Hansen", "Ibrahim", "Jensen", "Kowalski"),
    *("Larsen", "Moreau", "Novak", "Okafor", "Pereira", "Quigley", "Rossi", "Santos", "Tanaka", "Ulrich", "Vargas"),
)


@dataclass(frozen=True)
class Calendar:
    """Where and when each copy of a course lies.

    Args:
        size: of the course; each is at its chair on one day of the week, for so many weeks.
        born: the patients' date of birth, the same for all.
        vials: how many come in with each course.
    """

    house: House
    size: Size
    patients: Sequence[Patient]
    born: date
    vials: int

    def copies(self, numbers: range) -> Iterator[Copy]:
        """The courses of these numbers; number 0 is the one that was walked."""
        return map(self._copy, numbers)

    def ends(self, courses: int) -> timedelta:
        """How long after the walked course the last one ends."""
        return max((self._later(number) for number in range(courses)), default=timedelta(0)) + timedelta(days=1)

    def words(self) -> list[str]:
        """Every name and number that differs between courses."""
        crew, bay = self.house.crews[0], self.house.bays[0]
        ours = [word for person in crew.people for word in (person.name, person.login)]
        return [*ours, *bay.named, *(word for patient in self.patients for word in _said(patient))]

    def searched(self) -> dict[UUID, Sequence[Word]]:
        """What each patient of the course is found by, in a fixed order."""
        return {UUID(each.id): found_by(each, self.born) for each in self.patients}

    def _copy(self, number: int) -> Copy:
        chair = number % len(self.house.bays)
        others = [self._patient(number, place) for place in range(len(self.patients))]
        words = {
            said: instead
            for patient, other in zip(self.patients, others, strict=True)
            for said, instead in zip(_said(patient), _said(other), strict=True)
        }
        return Copy(
            number=number,
            later=self._later(number),
            others=self._others(chair),
            words=words | self._names(chair),
            labels=number * self.vials,
            searched={UUID(it.id): found_by(other, self.born) for it, other in zip(self.patients, others, strict=True)},
        )

    def _later(self, number: int) -> timedelta:
        day, chair = divmod(number, len(self.house.bays))
        weeks, weekday = divmod(day, DAYS_A_WEEK)
        return timedelta(days=weekday, weeks=weeks * self.size.weeks) + chair * BETWEEN_CHAIRS

    def _others(self, chair: int) -> Mapping[UUID, UUID]:
        pairs = zip(self.house.of(0), self.house.of(chair), strict=True)
        return {UUID(ours): UUID(theirs) for ours, theirs in pairs}

    def _names(self, chair: int) -> dict[str, str]:
        crews, bays = self.house.crews, self.house.bays
        pairs = zip(crews[0].people, crews[chair].people, strict=True)
        people = {said: it for ours, theirs in pairs for said, it in zip(_called(ours), _called(theirs), strict=True)}
        return people | dict(zip(bays[0].named, bays[chair].named, strict=True))

    def _patient(self, number: int, place: int) -> Patient:
        dice = random.Random(f"{SEED} patient {number} {place}")
        mrn = 100_000 + number * len(self.patients) + place
        return Patient(
            id="",
            name=f"{dice.choice(FIRST)} {dice.choice(LAST)}",
            mrn=f"M{mrn}",
            phone=f"+1 518 {dice.randint(200, 999)} {dice.randint(0, 9999):04d}",
            email=f"patient{mrn}@example.org",
            address=f"{dice.randint(1, 999)} Elm Street, Albany, NY 12207",
        )


def found_by(patient: Patient, born: date) -> list[Word]:
    """What a patient is found by, in the same order for everybody: as ``search_words`` says it, without an order."""
    names = words_of(patient.name)
    return [
        Word(Kind.MRN, mrn_word(patient.mrn)),
        Word(Kind.PHONE, phone_word(patient.phone)),
        Word(Kind.DATE_OF_BIRTH, born.isoformat()),
        *(Word(Kind.NAME, word) for word in names),
        *(Word(Kind.NAME_START, word[:START]) for word in names),
    ]


def _said(patient: Patient) -> tuple[str, ...]:
    return (patient.name, patient.mrn, patient.phone, patient.email, patient.address)


def _called(person: Any) -> tuple[str, str]:
    return (person.name, person.login)
