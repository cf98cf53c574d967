"""How answers grow with the ledger: ``python -m bench.growth [--database sqlite|postgresql] [--sizes 10000,...]``.

The clinic goes on in the same way for longer and longer, so that a month holds the same number of moves however
many there are. Prints the median of each answer at each size, in milliseconds, and the last over the first.
"""

import argparse
import os
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from bench.year.build import engraved, fill
from bench.year.calendar import Calendar
from bench.year.course import SEED, Size
from bench.year.database import database
from bench.year.draws import DRAWS_OF_A_VIAL, VIALS, WITHOUT, walk_draws
from bench.year.house import a_house
from bench.year.plate import Plate
from clinic_api import clock
from clinic_api.database.engines import make_engine
from clinic_api.database.rows import Row, db
from clinic_api.inventory.queries import accounting, books, containers, holdings
from clinic_api.inventory.rules.holdings import Moment, moment
from tests.builders import Clinic

CHAIRS: Final = 8
TIMES: Final = 15
MONTH: Final = timedelta(days=30)
#: Each vial comes in, is drawn from, given, and what is left of it wasted.
MOVES_OF_A_COURSE: Final = VIALS * (2 + 2 * DRAWS_OF_A_VIAL)


def main() -> None:
    """Grow one ledger from size to size, and measure at each."""
    asked = _asked()
    sizes = [int(each) for each in asked.sizes.split(",")]
    measured: dict[str, list[float]] = {}
    with database(asked.database) as (installation, urls):
        house = a_house(clinic := installation.found(), chairs=CHAIRS)
        calendar, plate = engraved(house, Size(patients=1, weeks=1), walked=walk_draws, without=WITHOUT)
        done, opening = 1, clock.now()
        for size in sizes:
            courses = -(-size // MOVES_OF_A_COURSE)
            _grow(clinic, calendar, plate, range(done, courses))
            done = max(done, courses)
            installation.set_clock(opening + calendar.ends(courses))
            with make_engine(urls.migrate).connect() as owner:
                owner.execution_options(isolation_level="AUTOCOMMIT").execute(sa.text("ANALYZE"))
            for name, ms in _measure(clinic, UUID(house.registration)).items():
                measured.setdefault(name, []).append(ms)
    print(f"database={asked.database} sizes={asked.sizes} load={os.getloadavg()[0]:.1f}; p50 in ms")
    for name, took in measured.items():
        print(f"{name:42} {' '.join(f'{each:9.2f}' for each in took)}   x{took[-1] / took[0]:.1f}")


def _grow(clinic: Clinic, calendar: Calendar, plate: Plate, numbers: range) -> None:
    fill(clinic, plate, calendar.copies(numbers))


def _measure(clinic: Clinic, registration: UUID) -> dict[str, float]:
    now = clock.now()
    return {
        name: median(_times(clinic, answer))
        for name, answer in _answers(clinic, registration, now=now, then=now - MONTH / 2)
    }


def _answers(
    clinic: Clinic, registration: UUID, *, now: datetime, then: datetime
) -> Iterator[tuple[str, Callable[[], Any]]]:
    dice = random.Random(SEED)
    vials, places = _found(clinic, "containers", vials=True), _found(clinic, "locations", vials=False)
    for what, each in (("event time", moment(then, None, now=now)), ("known time", moment(then, then, now=now))):
        yield f"as of ({what}), container", partial(_ask, holdings.in_container, dice, vials, each)
        yield f"as of ({what}), location", partial(_ask, holdings.at_location, dice, places, each)
    yield "balance of a container", lambda: containers.container(dice.choice(vials)).balance
    yield "history of a container", lambda: books.history(dice.choice(vials))
    yield "accountability audit of a month", lambda: accounting.accounts(registration, since=now - MONTH, until=now)


def _ask(question: Callable[[UUID, Moment], Any], dice: random.Random, ids: list[UUID], at: Moment) -> Any:
    return question(dice.choice(ids), at)


def _found(clinic: Clinic, name: str, *, vials: bool) -> list[UUID]:
    """Some vials, or the cabinets."""
    table = Row.metadata.tables[name]
    query = sa.select(table.c.id).order_by(table.c.id.desc()).limit(1000)
    with clinic.reading():
        return list(db.session.execute(query.where(table.c.parent.is_(None)) if vials else query).scalars())


def _times(clinic: Clinic, answer: Callable[[], Any]) -> list[float]:
    """How long each of several askings took, in milliseconds; the first is not counted."""
    took = []
    for _ in range(TIMES + 1):
        with clinic.reading():
            started = clock.ticks()
            answer()
            took.append((clock.ticks() - started) * 1000)
    return took[1:]


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__.partition("\n")[0])
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--sizes", default="10000,100000,1000000")
    return parser.parse_args()


if __name__ == "__main__":
    main()
