"""A clinic with a safe, made once for each engine and copied for every example: the same people, places and time."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, Final
from uuid import UUID

from tests import postgres
from tests.databases import PostgresShelf, Shelf, SqliteShelf
from tests.inventory.stock import Stock
from tests.people import Person
from tests.worlds import AtRest, Worlds

ENGINES: Final = ("sqlite", "postgresql")


@dataclass
class Ward(Stock):
    """A safe under each of two registrations, two nurses, a front desk, and two visits."""

    desk: Person = field(init=False)
    there: str = field(init=False)
    visits: list[UUID] = field(init=False)

    #: Two vials were received, drawn from and given: the first whole, of the second 20 mg are left.
    BEFORE: ClassVar = (("10", "500"), ("9.6", "480"))

    def __post_init__(self) -> None:
        super().__post_init__()
        self.desk = self.clinic.front_desk()
        second = self.clinic.a_registration(dea_number="FI9051361")
        self.there = self.a_location("Safe 2", second)
        self.visits = [self.a_visit(), self.a_visit()]
        for person in (self.nurse, self.witness):
            self.clinic.administrators[0].does(
                "/destruction-witnesses", account=person.id, eligible=True, basis="on our own payroll, trained"
            )
        self.see_both()
        vials = [UUID(each["id"]) for each in self.receive()]
        for vial, (ml, mg), visit in zip(vials, self.BEFORE, self.visits, strict=True):
            self.give(self.draw(vial, ml, visit).syringe, mg, visit)

    @property
    def people(self) -> dict[str, Person]:
        """Who signs, by the oracle's names."""
        return {"nurse": self.nurse, "witness": self.witness, "desk": self.desk}


@contextmanager
def shelves(*engines: str) -> Iterator[dict[str, Shelf]]:
    """Shelves for commands that run outside the tests; afterwards nothing is left."""
    with ExitStack() as stack:
        made: dict[str, Shelf] = {}
        for engine in engines:
            if engine == "sqlite":
                made[engine] = SqliteShelf(Path(stack.enter_context(TemporaryDirectory(dir=postgres.memory()))))
            else:
                stack.callback(postgres.stop_mine)
                made[engine] = PostgresShelf(postgres.mine())
        yield made


@contextmanager
def wards(*engines: str) -> Iterator[dict[str, AtRest[Ward]]]:
    """A ward at rest for each engine, for commands."""
    with shelves(*engines) as made, TemporaryDirectory(dir=postgres.memory()) as folder:
        worlds = Worlds(Path(folder))
        yield {engine: worlds.at_rest(shelf, Ward) for engine, shelf in made.items()}
