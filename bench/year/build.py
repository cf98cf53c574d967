"""A year in a database: a course walked, then printed as often as it takes, sealed as it grows, signed at the end."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Final
from uuid import UUID

from bench.year.calendar import Calendar
from bench.year.course import SEED, Patient, Size, walk
from bench.year.house import Bay, Crew, House, a_house
from bench.year.plate import Engraver, Plate
from bench.year.press import Copy, Press
from bench.year.taken import Taken, since, standing
from bench.year.writing import write
from clinic_api import clock
from clinic_api.audit import service as audit
from clinic_api.database.keys import blind_index
from clinic_api.database.rows import db
from clinic_api.database.transactions import on_sqlite
from tests.builders import Clinic

#: Copies written in one transaction, and between two sealings.
AT_ONCE: Final = 5
SEALED_AT_ONCE: Final = 50
Walk = Callable[[House, Crew, Bay, Size], list[Patient]]
BORN: Final = date(1984, 2, 29)


@dataclass(frozen=True)
class Year:
    """What was built."""

    house: House
    visits: int
    entries: int
    rows: int


def build(clinic: Clinic, *, visits: int, chairs: int, size: Size) -> Year:
    """Fill a founded clinic with at least so many visits."""
    house = a_house(clinic, chairs=chairs)
    courses = -(-visits // size.visits)
    calendar, plate = engraved(house, size)
    rows = sum(len(getters) for _, _, getters in plate.rows)
    fill(clinic, plate, calendar.copies(range(1, courses)))
    clinic.installation.set_clock(clock.now() + calendar.ends(courses))
    clinic.seal()
    with clinic.reading():
        audit.checkpoint()
    return Year(house, courses * size.visits, courses * plate.entries, courses * rows)


def fill(clinic: Clinic, plate: Plate, waiting: Iterator[Copy]) -> None:
    """Print and write these copies."""
    with clinic.reading():
        press = Press(plate, clinic.organisation, on_sqlite(), SEED)
    with _writer(clinic, plate) as keep:
        while copies := list(islice(waiting, AT_ONCE)):
            with clinic.reading():
                printed = [press.printed(copy) for copy in copies]
            keep(printed)  # outside: nobody waits for the writer with a reading open


def engraved(
    house: House, size: Size, *, walked: Walk = walk, without: frozenset[str] = frozenset()
) -> tuple[Calendar, Plate]:
    """Walk the course and make its plate.

    Args:
        without: tables of which nothing is copied.
    """
    clinic = house.clinic
    with clinic.reading():
        before = standing()
    patients = walked(house, house.crews[0], house.bays[0], size)
    with clinic.reading():
        others = {UUID(id) for id in house.of(0)}
        taken = since(before, others=others, without=without)
        calendar = Calendar(house, size, patients, BORN, vials=len(taken.labels))
        engraver = Engraver(taken, db.engine.dialect, calendar.words(), _searched(taken, calendar))
        return calendar, engraver.plate()


def _searched(taken: Taken, calendar: Calendar) -> dict[tuple[UUID, bytes], tuple[UUID, int]]:
    owners = {
        id: [id, *(key for key, row in taken.rows["identity_versions"].items() if row["patient"] == id)]
        for id in calendar.searched()
    }
    return {
        (owner, blind_index(word.kind, word.text)): (patient, place)
        for patient, words in calendar.searched().items()
        for place, word in enumerate(words)
        for owner in owners[patient]
    }


@contextmanager
def _writer(clinic: Clinic, plate: Plate) -> Iterator[Callable[[Sequence[Sequence[Any]]], None]]:
    """Writes what it is given while the next is being printed, and seals from time to time."""
    waiting: list[Future[None]] = []
    written = 0

    def keep(copies: Sequence[Sequence[Any]]) -> None:
        nonlocal written
        with clinic.transaction():
            write(plate.rows, copies)
        before, written = written, written + len(copies)
        if before // SEALED_AT_ONCE != written // SEALED_AT_ONCE:
            clinic.seal()

    with ThreadPoolExecutor(1) as pool:

        def give(copies: Sequence[Sequence[Any]]) -> None:
            while waiting:
                waiting.pop().result()
            waiting.append(pool.submit(keep, copies))

        yield give
        for left in waiting:
            left.result()
