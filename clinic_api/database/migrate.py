"""Bringing a database to the newest schema, one starter at a time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection

from clinic_api.database.engines import make_engine
from clinic_api.settings import ROOT

#: Any fixed number; whoever holds it migrates, the others wait and then find nothing to do.
LOCK = 727_001


class BrokenReferences(RuntimeError):
    """After a migration, rows of these tables would refer to nothing."""


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate upwards in one transaction: either all of it happens or none.

    Args:
        url: the owner's address.
    """
    _run(url, command.upgrade, revision)


def downgrade(url: str, revision: str) -> None:
    """Migrate downwards; for tests and for a release that must be taken back before it was used."""
    _run(url, command.downgrade, revision)


def config_for(connection: Connection) -> Config:
    """Alembic's configuration, made in code so that no address is written to a file."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _run(url: str, act: Callable[[Config, str], object], revision: str) -> None:
    _make_folder(url)
    engine = make_engine(url)
    try:
        with engine.connect().execution_options(sqlite_begin="BEGIN EXCLUSIVE") as connection:
            _loosen(connection)
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(sa.text("SET LOCAL lock_timeout = '60s'"))
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
                act(config_for(connection), revision)
                _check_references(connection)
    finally:
        engine.dispose()


def _loosen(connection: Connection) -> None:
    """SQLite: a table that is built anew (migrations/reshape.py) is missing for a moment; references wait meanwhile.

    The setting holds for this connection, which is thrown away; inside a transaction it would do nothing.
    """
    if connection.dialect.name == "sqlite":
        opened: Any = connection.connection.driver_connection
        opened.execute("PRAGMA foreign_keys = OFF")


def _check_references(connection: Connection) -> None:
    """SQLite: what waited is looked at before anything is kept.

    Raises:
        BrokenReferences: a row refers to nothing; all of the migration is undone.
    """
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise BrokenReferences(sorted({str(row[0]) for row in broken}))


def _make_folder(url: str) -> None:
    address = sa.make_url(url)
    if address.drivername.startswith("sqlite") and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
