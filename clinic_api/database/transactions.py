"""All of it or none of it: the only place that begins and commits."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from clinic_api.database.rows import Row, db
from clinic_api.database.scope import Scope, bound, scope_or_none
from clinic_api.database.types import Id
from clinic_api.errors import Refusal

#: Set on every SQLite connection and read back by ``self_check``.
PRAGMAS: Final = {
    "foreign_keys": "ON",
    "recursive_triggers": "ON",
    "trusted_schema": "OFF",
    "cell_size_check": "ON",
    "busy_timeout": "5000",
}
#: The oldest SQLite whose write-ahead log is free of the reset bug.
WAL_IS_SAFE_FROM: Final = (3, 51, 3)
TENANT = sa.text("SELECT set_config('app.organisation', :organisation, true)")

#: SQLite has one writer; waiting here in turn beats its sleeping back-off (p99 17 ms instead of 400).
_WRITER = threading.Lock()


@contextmanager
def transaction(scope: Scope) -> Iterator[None]:
    """Run the block and commit it, or undo it whole.

    Opened by the door, a job or a command, never by a service. SQLite's write lock is taken before anything
    is read, so that a rule decides on what is true now and not on what was true a moment ago.
    """
    db.session.rollback()  # forget anything read so far
    with _turn(), bound(scope):
        try:
            _begin(scope, "IMMEDIATE")
            yield
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise


@contextmanager
def reading(scope: Scope) -> Iterator[None]:
    """Look at one consistent state; whatever was written by mistake is undone."""
    db.session.rollback()
    with bound(scope):
        try:
            _begin(scope, "DEFERRED")
            yield
        finally:
            db.session.rollback()


@contextmanager
def attempt() -> Iterator[None]:
    """Inside a transaction: a refusal undoes what the block wrote and leaves the transaction open."""
    db.session.execute(sa.text("SAVEPOINT attempt"))
    try:
        yield
        db.session.flush()
    except Refusal:
        db.session.expunge_all()
        db.session.execute(sa.text("ROLLBACK TO SAVEPOINT attempt"))
        raise


@contextmanager
def _turn() -> Iterator[None]:
    if on_sqlite():
        with _WRITER:
            yield
    else:
        yield


def on_sqlite() -> bool:
    """Whether the embedded database is in use."""
    return db.engine.dialect.name == "sqlite"


def _begin(scope: Scope, mode: str) -> None:
    connection = db.session.connection(execution_options={"sqlite_begin": mode})
    if connection.dialect.name == "postgresql":
        connection.execute(TENANT, {"organisation": str(scope.organisation)})


def hook(engine: sa.Engine) -> None:
    """Make an engine begin, and check, as this module expects."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _open_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    cursor.execute("SELECT sqlite_version()")
    version = tuple(int(part) for part in cursor.fetchone()[0].split("."))
    journal, synchronous = ("WAL", "FULL") if version >= WAL_IS_SAFE_FROM else ("DELETE", "EXTRA")
    for name, value in {"journal_mode": journal, "synchronous": synchronous, **PRAGMAS}.items():
        cursor.execute(f"PRAGMA {name} = {value}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}")


@event.listens_for(Session, "do_orm_execute")
def _own_organisation_only(state: ORMExecuteState) -> None:
    """Every query through the mapped classes sees one organisation; on SQLite this is the only fence but the keys."""
    scope = scope_or_none()
    if scope is None or not (state.is_select or state.is_update or state.is_delete):
        return
    organisation = sa.literal(scope.organisation, Id())  # a bare value would be bound as the dialect's own UUID
    state.statement = state.statement.options(
        with_loader_criteria(Row, lambda row: row.organisation == organisation, include_aliases=True)
    )
