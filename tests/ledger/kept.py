"""A clinic with a safe, made once for each engine and copied for every example: the same people, places and time."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, Final
from uuid import UUID

from clinic_api import clock
from clinic_api.app import create_app
from tests import postgres
from tests.builders import COPY, Clinic, Founding, installed, settings_for
from tests.databases import PostgresShelf, Shelf, SqliteShelf
from tests.inventory.stock import Stock
from tests.people import Person

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

    def on(self, clinic: Clinic) -> "Ward":
        """The same people at a copy of their clinic."""
        copy = object.__new__(Ward)
        copy.__dict__.update(self.__dict__, clinic=clinic)
        for name, person in self.people.items():
            setattr(copy, name, replace(person, wire=clinic.wire, used=set(person.used)))
        return copy


@dataclass(frozen=True)
class Kept:
    """The clinic at rest."""

    founding: Founding
    ward: Ward

    @contextmanager
    def copied(self) -> Iterator[Ward]:
        """The ward, running on a copy of its database and its vault."""
        with (
            TemporaryDirectory(dir=postgres.memory()) as folder,
            self.founding.copied(Path(folder)) as clinic,
        ):
            yield self.ward.on(clinic)


def kept(shelf: Shelf, folder: Path) -> Kept:
    """Make the ward and put it on the shelf."""
    urls = shelf.copy(shelf.migrated())
    with installed(urls, folder) as installation:
        ward, at = Ward(installation.found()), clock.now()
    addresses = shelf.copy(shelf.migrated(), to=COPY)
    shelf.drop(addresses)
    app = create_app(settings_for(addresses, folder))
    return Kept(Founding(app, shelf, shelf.name_of(urls), folder, at, ward.clinic), ward)


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
def wards(*engines: str) -> Iterator[dict[str, Kept]]:
    """A kept ward for each engine, for commands."""
    with shelves(*engines) as made, ExitStack() as stack:
        yield {
            engine: kept(shelf, Path(stack.enter_context(TemporaryDirectory(dir=postgres.memory()))))
            for engine, shelf in made.items()
        }
