"""How answers grow with the ledger: ``python -m bench.growth [--databases sqlite,postgresql] [--sizes 10000,...]``.

The clinic goes on in the same way for longer and longer, so that a month holds the same number of moves however
many there are. Prints the fastest of some askings at each size in milliseconds, and in brackets over that at the size
before. An answer about a vial is to stay as it is; one about a period or a place may grow with the moves that it is
about, and not with all there are. The last line says whether that holds; the command fails where it does not.
"""

import argparse
import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from bench.year.build import engraved, fill
from bench.year.course import SEED, Size
from bench.year.database import database
from bench.year.draws import DRAWS_OF_A_VIAL, VIALS, WITHOUT, walk_draws
from bench.year.house import a_house
from clinic_api import clock
from clinic_api.database.engines import make_engine
from clinic_api.database.rows import Row, db
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.queries import accounting, books, containers, holdings, numbering
from clinic_api.inventory.rules.holdings import Moment, moment
from tests.builders import Clinic

CHAIRS: Final = 8
TIMES: Final = 15
MONTH: Final = timedelta(days=30)
#: Each vial comes in, is drawn from, given, and what is left of it wasted.
MOVES_OF_A_COURSE: Final = VIALS * (2 + 2 * DRAWS_OF_A_VIAL)
#: From one size to the next an answer may take so many times as long, times the growth of the moves it is about.
LIMIT: Final = 2
#: An answer that takes less is not judged: a message more or less decides there, in milliseconds.
TOO_SMALL: Final = 0.3


@dataclass(frozen=True)
class Asked:
    """A question, and how many moves its answer is about: one where that is a vial's."""

    name: str
    answer: Callable[[], Any]
    about: int = 1


@dataclass(frozen=True)
class Took:
    """The fastest of some askings, milliseconds, since others use the machine; and how many moves it was about."""

    ms: float
    about: int

    def grew(self, before: "Took") -> float:
        """How many times as long it takes as at the size before."""
        return self.ms / before.ms

    def keeps(self, before: "Took") -> bool:
        """Whether that is within the limit."""
        return self.ms < TOO_SMALL or self.grew(before) <= LIMIT * max(1, self.about / before.about)


def main() -> int:
    """Measure each database; 0 where every answer keeps its limit."""
    asked = _asked()
    sizes, broken = [int(each) for each in asked.sizes.split(",")], []
    for kind in asked.databases.split(","):
        before: dict[str, Took] = {}
        for size, took in zip(sizes, _measured(kind, sizes), strict=True):
            for name, now in took.items():
                keeps, grew = True, ""
                if (last := before.get(name)) is not None:
                    keeps, grew = now.keeps(last), f"x{now.grew(last):.1f}"
                print(f"{kind:10} {size:8} {name:34}{now.ms:9.2f} ms {grew:6} about {now.about}", flush=True)
                broken += [] if keeps else [f"{kind} {size} {name}"]
            before = took
    print(f"limit=x{LIMIT} load={os.getloadavg()[0]:.1f} flat={'BROKEN: ' + '; '.join(broken) if broken else 'ok'}")
    return len(broken)


def _measured(kind: str, sizes: Sequence[int]) -> Iterator[dict[str, Took]]:
    """Grow one ledger from size to size, and measure at each."""
    with database(kind) as (installation, urls):
        house = a_house(clinic := installation.found(), chairs=CHAIRS)
        calendar, plate = engraved(house, Size(patients=1, weeks=1), walked=walk_draws, without=WITHOUT)
        done, opening = 1, clock.now()
        for size in sizes:
            started, courses = clock.ticks(), -(-size // MOVES_OF_A_COURSE)
            fill(clinic, plate, calendar.copies(range(done, courses)))
            done = max(done, courses)
            installation.set_clock(opening + calendar.ends(courses))
            if kind == "postgresql":
                _analyse(urls.migrate)
            print(f"{kind:10} {size:8} moves after {clock.ticks() - started:.0f} s", flush=True)
            asked = _questions(clinic, UUID(house.registration), now=clock.now())
            yield {each.name: Took(min(_times(clinic, each.answer)), each.about) for each in asked}


def _analyse(url: str) -> None:
    """Count the values anew, as the server does by itself after a while; SQLite never does in this product."""
    with make_engine(url).begin() as owner:  # our engines begin by themselves: what is not committed is undone
        owner.execute(sa.text("ANALYZE"))


def _questions(clinic: Clinic, registration: UUID, *, now: datetime) -> Iterator[Asked]:
    dice, then = random.Random(SEED), now - MONTH / 2
    vials, places = _found(clinic, "containers", vials=True), _found(clinic, "locations", vials=False)
    newer, month = _moves(clinic, then, now), _moves(clinic, now - MONTH, now)
    yield Asked("balance of a container", lambda: containers.container(dice.choice(vials)).balance)
    yield Asked("history of a container", lambda: books.history(dice.choice(vials)))
    yield Asked("number of the next vial", numbering.next_number)
    for what, each in (("event time", moment(then, None, now=now)), ("known time", moment(then, then, now=now))):
        yield Asked(f"as of ({what}), container", partial(_ask, holdings.in_container, dice, vials, each))
        yield Asked(f"as of ({what}), location", partial(_ask, holdings.at_location, dice, places, each), newer)
    at_once = moment(None, None, now=now)
    yield Asked("on hand now, location", partial(_ask, holdings.at_location, dice, places, at_once))
    yield Asked("on hand now, registration", lambda: holdings.under_registration(registration, at_once))
    audit = partial(accounting.accounts, registration, since=now - MONTH, until=now)
    yield Asked("accountability audit of a month", audit, month)


def _moves(clinic: Clinic, since: datetime, until: datetime) -> int:
    """How many moves there are of a time."""
    query = sa.select(sa.func.count()).where(Move.occurred_at > since, Move.occurred_at <= until)
    with clinic.reading():
        return int(db.session.execute(query).scalar_one())


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
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--sizes", default="10000,100000,1000000")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
