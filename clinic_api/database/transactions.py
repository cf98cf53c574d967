"""All of it or none of it: the only place that begins and commits."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from clinic_api.database.rows import Row, db
from clinic_api.database.scope import NoScope, Scope, bound, scope_or_none
from clinic_api.database.scope import scope as open_scope
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


class Mode(NamedTuple):
    """How a transaction begins on each database."""

    sqlite: str
    postgresql: str


WRITING: Final = Mode("BEGIN IMMEDIATE", "BEGIN")
#: PostgreSQL would otherwise look anew for each statement, and a balance would not fit its moves.
READING: Final = Mode("BEGIN DEFERRED", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
#: One statement sees one state by itself.
GLANCING: Final = Mode("", "BEGIN READ ONLY")

_OPEN: Final[ContextVar[Connection | None]] = ContextVar("connection", default=None)
#: SQLite has one writer; waiting here in turn beats its sleeping back-off (p99 17 ms instead of 400).
_WRITER = threading.Lock()


class AlreadyOpen(RuntimeError):
    """A transaction or a reading was opened inside another, which it would undo: a fault in the program."""


@contextmanager
def transaction(scope: Scope) -> Iterator[None]:
    """Run the block and commit it, or undo it whole.

    Opened by the door, a job or a command, never by a service. SQLite's write lock is taken before anything
    is read, so that a rule decides on what is true now and not on what was true a moment ago.

    Raises:
        AlreadyOpen: another is open.
    """
    _check_alone()
    db.session.rollback()  # forget anything read so far
    with _turn(), bound(scope):
        try:
            _begin(scope, WRITING)
            yield
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            _OPEN.set(None)


@contextmanager
def reading(scope: Scope) -> Iterator[None]:
    """Look at one consistent state; whatever was written by mistake is undone.

    Raises:
        AlreadyOpen: another is open.
    """
    with _looking(scope, READING):
        yield


@contextmanager
def glance(scope: Scope) -> Iterator[None]:
    """Look with a single statement.

    Raises:
        AlreadyOpen: a transaction or a reading is open.
    """
    with _looking(scope, GLANCING):
        yield


@contextmanager
def attempt() -> Iterator[None]:
    """All that a transaction does before it stores the answer; opened with it, with nothing in between.

    A refusal undoes the block and leaves a transaction open, for the refusal to be stored in. As nothing stands
    before the block, the transaction is begun anew: a savepoint would do the same, and cost each act that is not
    refused one statement more.
    """
    try:
        yield
        db.session.flush()
    except Refusal:
        db.session.expunge_all()
        db.session.rollback()
        _begin(open_scope(), WRITING)
        raise


@contextmanager
def _looking(scope: Scope, mode: Mode) -> Iterator[None]:
    _check_alone()
    db.session.rollback()
    with bound(scope):
        try:
            _begin(scope, mode)
            yield
            _looked()
        finally:
            db.session.rollback()
            _OPEN.set(None)


def _looked() -> None:
    """PostgreSQL lets a reading write nothing, so it may commit: a rollback would make psycopg forget every plan."""
    if not on_sqlite():
        db.session.expunge_all()
        db.session.commit()


def connection() -> Connection:
    """The connection of what is open, for statements that make no objects.

    Raises:
        NoScope: nothing is open.
    """
    opened = _OPEN.get()
    if opened is None:
        raise NoScope
    return opened


def _check_alone() -> None:
    if scope_or_none() is not None:
        raise AlreadyOpen


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


def _begin(scope: Scope, mode: Mode) -> None:
    """Begin, and on PostgreSQL say for whom in the same message."""
    worker = "on" if scope.claims else "off"
    tenant = f"set_config('app.organisation', '{scope.organisation.hex}', true)"
    begin = f"{mode.postgresql}; SELECT {tenant}, set_config('app.worker', '{worker}', true)"
    options = {"sqlite_begin": mode.sqlite, "postgresql_begin": begin}
    _OPEN.set(db.session.connection(execution_options=options))


def hook(engine: sa.Engine) -> None:
    """Make an engine begin, and check, as this module expects."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _open_postgresql)
        event.listen(engine, "begin", _begin_postgresql)


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
    if begin := connection.get_execution_options().get("sqlite_begin", READING.sqlite):
        connection.exec_driver_sql(begin)


def _open_postgresql(connection: Any, _record: object) -> None:
    connection.autocommit = True  # we say BEGIN ourselves, so that the tenant travels with it


def _begin_postgresql(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("postgresql_begin", WRITING.postgresql))


@event.listens_for(Session, "do_orm_execute")
def _own_organisation_only(state: ORMExecuteState) -> None:
    """Every query through the mapped classes sees one organisation; on SQLite this is the only fence but the keys.

    Raises:
        NoScope: no organisation is set. PostgreSQL would show no rows; SQLite would show everybody's.
    """
    if not state.is_orm_statement or state.is_insert:
        return
    scope = scope_or_none()
    if scope is None:
        raise NoScope
    organisation = sa.literal(scope.organisation, Id())  # a bare value would be bound as the dialect's own UUID
    state.statement = state.statement.options(
        with_loader_criteria(Row, lambda row: row.organisation == organisation, include_aliases=True)
    )
