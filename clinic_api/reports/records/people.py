"""Who was there: the clinic, the patient, and the people who acted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """The site, as it is printed at the head of the page."""

    name: str
    address: str
    telephone: str | None


@dataclass(frozen=True, kw_only=True)
class Patient:
    """The person treated: a name and two further identifiers."""

    name: str
    born_on: date
    mrn: str


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who acted, by the name and role they had at that moment."""

    name: str
    role: str

    def __str__(self) -> str:
        """Name and role, as on a badge."""
        return f"{self.name}, {self.role}" if self.role else self.name


def usual_person(people: Iterable[Person | None]) -> Person | None:
    """Who did most of something: named once in its heading."""
    counted = Counter(person for person in people if person)
    return counted.most_common(1)[0][0] if counted else None


def unless_named(usual: Person | None) -> str:
    """How a heading says it."""
    return f"by {usual} unless named" if usual else ""


@dataclass(frozen=True, kw_only=True)
class Supervision:
    """A stretch of time with a prescriber on site, or, with nobody named, a gap.

    ``source`` says how it is known: check-in, an act, or only assumed. Presence is claimed, not sensed.
    """

    person: Person | None
    started_at: datetime
    ended_at: datetime | None
    source: str


@dataclass(frozen=True, kw_only=True)
class Escort:
    """The adult who took the patient home."""

    name: str
    relation: str
    telephone: str | None
    transport: str
    identified_by: Person | None
    identified_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A call or letter to somebody outside about this visit, or the patient's refusal of one."""

    whom: str
    manner: str
    at: datetime | None
    by: Person | None
    result: str
