"""Whoever can do most to a database, for tests of what is refused to them and of what is found afterwards."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
import pysqlite3
import sqlalchemy as sa

from tests.builders import Clinic
from tests.postgres import Cluster

Run = Callable[[str], list[Any]]
REFUSALS: Final = (psycopg.Error, pysqlite3.Error)


@contextmanager
def strongest(clinic: Clinic) -> Iterator[Run]:
    """PostgreSQL's superuser with ordinary triggers switched off, or SQLite without any setting of ours.

    The bare SQLite connection knows no foreign keys and no recursive triggers.
    """
    url = sa.make_url(clinic.app.config["SQLALCHEMY_DATABASE_URI"])
    if url.drivername.startswith("sqlite"):
        with closing(pysqlite3.connect(url.database, isolation_level=None)) as connection:
            yield lambda statement: connection.execute(statement).fetchall()
        return
    with Cluster(Path(str(url.query["host"]))).superuser(str(url.database)) as superuser:
        superuser.execute("SET session_replication_role = replica")
        yield lambda statement: _rows(superuser, statement)


@contextmanager
def unguarded(clinic: Clinic, table: str) -> Iterator[Run]:
    """As ``strongest``, with the guards of one table removed."""
    with strongest(clinic) as run:
        for statement in _removals(clinic, table):
            run(statement)
        yield run


def _removals(clinic: Clinic, table: str) -> list[str]:
    if str(clinic.app.config["SQLALCHEMY_DATABASE_URI"]).startswith("sqlite"):
        return [f"DROP TRIGGER {table}_no_update", f"DROP TRIGGER {table}_no_delete"]
    return [f"ALTER TABLE {table} DISABLE TRIGGER USER"]


def _rows(connection: psycopg.Connection, statement: str) -> list[Any]:
    done = connection.execute(statement.encode())
    return done.fetchall() if done.description else []
