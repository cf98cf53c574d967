"""Databases for tests: migrated once a run, copied for every test that wants one."""

import pkgutil
import shutil
from itertools import count
from pathlib import Path
from typing import Final, Protocol

from tests.postgres import Cluster, Urls

#: Found by name only when a database is wanted, so that the test of a rule loads no database at all.
UPGRADE: Final = "clinic_api.database.migrate:upgrade"
numbers = count(1)


class Shelf(Protocol):
    """Databases of one kind; nobody connects to what is copied from."""

    def migrated(self) -> str:
        """The name of a database that was migrated and holds nothing."""

    def copy(self, name: str, *, to: str = "") -> Urls:
        """A copy of a database, and its addresses; ``to`` calls it so that each such copy has the same ones."""

    def keep(self, urls: Urls) -> str:
        """Give a copy that nobody is connected to a name of its own; the name."""

    def name_of(self, urls: Urls) -> str:
        """What ``copy`` calls the database at these addresses."""

    def drop(self, urls: Urls) -> None:
        """Throw a copy away."""


class SqliteShelf:
    """Files; SQLite knows no roles, so both addresses are the same."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._migrated = folder / "migrated.sqlite"

    def migrated(self) -> str:
        if not self._migrated.exists():
            pkgutil.resolve_name(UPGRADE)(_address(self._migrated))
        return self._migrated.name

    def copy(self, name: str, *, to: str = "") -> Urls:
        if (self._folder / f"{name}-wal").exists():
            message = f"{name} was left open; a copy of it would lack the last changes"
            raise RuntimeError(message)
        path = self._folder / f"clinic_{to or next(numbers)}.sqlite"
        shutil.copyfile(self._folder / name, path)
        return Urls(_address(path), _address(path))

    def keep(self, urls: Urls) -> str:
        name = f"kept_{next(numbers)}.sqlite"
        (self._folder / self.name_of(urls)).rename(self._folder / name)
        return name

    def name_of(self, urls: Urls) -> str:
        return urls.app.rpartition("/")[2]

    def drop(self, urls: Urls) -> None:
        for path in self._folder.glob(f"{self.name_of(urls)}*"):
            path.unlink()


class PostgresShelf:
    """Databases of this process's server, cloned from templates."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._migrated: str | None = None

    def migrated(self) -> str:
        if self._migrated is None:
            self._migrated = "template"
            pkgutil.resolve_name(UPGRADE)(self._cluster.create_database(self._migrated).migrate)
        return self._migrated

    def copy(self, name: str, *, to: str = "") -> Urls:
        return self._cluster.clone(name, f"test_{to or next(numbers)}")

    def keep(self, urls: Urls) -> str:
        name = f"kept_{next(numbers)}"
        self._cluster.rename(self.name_of(urls), name)
        return name

    def name_of(self, urls: Urls) -> str:
        return urls.app.partition("@/")[2].partition("?")[0]

    def drop(self, urls: Urls) -> None:
        self._cluster.drop(self.name_of(urls))


def _address(path: Path) -> str:
    return f"sqlite:///{path}"
