"""Fixtures: the databases that tests stand on. People, vials and visits are made by builders, not here."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from tests import postgres
from tests.databases import postgres_template, sqlite_copy, sqlite_template
from tests.postgres import Cluster, Urls

ENGINES = ("sqlite", "postgresql")
numbers = count(1)


def pytest_unconfigure() -> None:
    """The run's PostgreSQL ends with the run."""
    postgres.stop_mine()


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The run's PostgreSQL server, started when the first test asks for it."""
    return postgres.shared()


@pytest.fixture(scope="session")
def migrated_postgres(cluster: Cluster, worker_id: str) -> str:
    """The name of a migrated PostgreSQL database; nobody connects to it, it is only cloned."""
    return postgres_template(cluster, f"template_{worker_id}")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file; nobody opens it, it is only copied."""
    return sqlite_template(tmp_path_factory.mktemp("template") / "clinic.sqlite")


@pytest.fixture(params=ENGINES)
def engine_kind(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on; a test that asks for it, or for a database, runs on each."""
    return str(request.param)


@pytest.fixture
def new_database(
    engine_kind: str, request: pytest.FixtureRequest, tmp_path: Path, worker_id: str
) -> Iterator[Callable[[], Urls]]:
    """Makes a migrated database of this test's own; each call makes another."""
    with ExitStack() as stack:

        def make() -> Urls:
            if engine_kind == "sqlite":
                return sqlite_copy(
                    request.getfixturevalue("migrated_sqlite"), tmp_path / f"clinic_{next(numbers)}.sqlite"
                )
            server: Cluster = request.getfixturevalue("cluster")
            name = f"test_{worker_id}_{next(numbers)}"
            urls = server.clone(request.getfixturevalue("migrated_postgres"), name)
            stack.callback(server.drop, name)
            return urls

        yield make


@pytest.fixture
def database_urls(new_database: Callable[[], Urls]) -> Urls:
    """The owner's and the application's address of a migrated database of this test's own."""
    return new_database()
