"""Databases for tests: migrated once a run, copied for every test that wants one."""

import pkgutil
import shutil
from pathlib import Path
from typing import Final

from tests.postgres import Cluster, Urls

#: Found by name only when a database is wanted, so that the test of a rule loads no database at all.
UPGRADE: Final = "clinic_api.database.migrate:upgrade"


def sqlite_template(path: Path) -> Path:
    """A migrated SQLite file, fit to be copied."""
    _migrate(_address(path))
    if path.with_name(f"{path.name}-wal").exists():
        message = "the migration left its SQLite file open; a copy of it would lack the last changes"
        raise RuntimeError(message)
    return path


def sqlite_copy(template: Path, path: Path) -> Urls:
    """A copy of ``template``; SQLite knows no roles, so both addresses are the same."""
    shutil.copyfile(template, path)
    return Urls(_address(path), _address(path))


def postgres_template(cluster: Cluster, name: str) -> str:
    """A migrated database, fit to be cloned; its name."""
    _migrate(cluster.create_database(name).migrate)
    return name


def _migrate(url: str) -> None:
    pkgutil.resolve_name(UPGRADE)(url)


def _address(path: Path) -> str:
    return f"sqlite:///{path}"
