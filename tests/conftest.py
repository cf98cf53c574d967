"""Fixtures: the databases that tests stand on. People, vials and visits are made by builders, not here."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from pkgutil import resolve_name
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from tests import postgres
from tests.databases import PostgresShelf, Shelf, SqliteShelf
from tests.postgres import Cluster, Urls

if TYPE_CHECKING:
    from tests.builders import Clinic, Installation
    from tests.worlds import Worlds


def pytest_unconfigure() -> None:
    """This process's PostgreSQL ends with it."""
    postgres.stop_mine()


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """A PostgreSQL server of this process's own, started when the first test asks for it."""
    return postgres.mine()


@pytest.fixture(scope="session")
def postgresql_shelf(cluster: Cluster) -> Shelf:
    """PostgreSQL databases to copy."""
    return PostgresShelf(cluster)


@pytest.fixture(scope="session")
def sqlite_shelf() -> Iterator[Shelf]:
    """SQLite files to copy."""
    with TemporaryDirectory(dir=postgres.memory()) as folder:
        yield SqliteShelf(Path(folder))


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Worlds at rest (tests/worlds.py)."""
    return resolve_name("tests.worlds:Worlds")(tmp_path_factory.mktemp("worlds"))


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_kind(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on; a test that asks for it, or for a database, runs on each."""
    return str(request.param)


@pytest.fixture
def shelf(engine_kind: str, request: pytest.FixtureRequest) -> Any:
    """The databases of the test's engine (``Shelf``); the other one is not even started."""
    return request.getfixturevalue(f"{engine_kind}_shelf")


@pytest.fixture
def new_database(shelf: Shelf) -> Iterator[Callable[[], Urls]]:
    """Makes a migrated database of this test's own; each call makes another."""
    with ExitStack() as stack:

        def make() -> Urls:
            urls = shelf.copy(shelf.migrated())
            stack.callback(shelf.drop, urls)
            return urls

        yield make


@pytest.fixture
def installation(new_database: Callable[[], Urls], tmp_path: Path) -> "Iterator[Installation]":
    """A running application on an empty database of this test's own; ``installation.found()`` makes clinics in it."""
    with resolve_name("tests.builders:installed")(new_database(), tmp_path) as running:
        yield running


@pytest.fixture
def begins_as(request: pytest.FixtureRequest) -> "Callable[[Clinic], Any] | None":
    """What is made of a clinic before the test begins: ``@pytest.mark.begins(at=Stock)``, or as its folder says."""
    marker = request.node.get_closest_marker("begins")
    return None if marker is None else marker.kwargs["at"]


@pytest.fixture
def world(worlds: "Worlds", shelf: Shelf, begins_as: "Callable[[Clinic], Any] | None") -> Iterator[Any]:
    """What the test begins with, on a database of its own."""
    with worlds.at_rest(shelf, begins_as).copied() as copy:
        yield copy


@pytest.fixture
def clinic(world: Any) -> Any:
    """The clinic of the test's world, founded: two administrators, a tablet and a site (tests/builders.py)."""
    return resolve_name("tests.worlds:clinic_of")(world)
