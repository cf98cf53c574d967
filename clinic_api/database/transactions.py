"""All of it or none of it: the only place that begins and commits."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from clinic_api.database import last
from clinic_api.database.engines import LOOKING, READING, WRITING, Mode
from clinic_api.database.rows import LOOKS, Row, db
from clinic_api.database.scope import NoScope, Scope, bound, scope_or_none
from clinic_api.database.scope import scope as open_scope
from clinic_api.database.types import Id
from clinic_api.errors import Refusal

_OPEN: Final[ContextVar[Connection | None]] = ContextVar("connection", default=None)
#: What a glance has begun and left for what follows: in which session, for whom, and how.
_KEPT: Final[ContextVar[tuple[Session, UUID, Mode, Connection] | None]] = ContextVar("kept", default=None)
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
    with _turn(), bound(scope):
        try:
            _begin(scope, WRITING)
            yield
            _end()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            _OPEN.set(None)
            last.forget()


@contextmanager
def reading(scope: Scope) -> Iterator[None]:
    """Look at one consistent state; whatever was written by mistake is undone.

    Raises:
        AlreadyOpen: another is open.
    """
    _check_alone()
    with bound(scope):
        try:
            _begin(scope, READING)
            yield
            _looked()
        finally:
            db.session.rollback()
            _OPEN.set(None)
            last.forget()


@contextmanager
def looking(scope: Scope) -> Iterator[None]:
    """A reading that leaves a note of itself: what waits for its end (``write_last``) is written, and nothing else.

    On PostgreSQL both are one transaction. SQLite does not let a reader write once somebody else has written, so
    there the note follows in a transaction of its own.

    Raises:
        AlreadyOpen: another is open.
    """
    _check_alone()
    with bound(scope), db.session.no_autoflush:
        try:
            _begin(scope, LOOKING)
            db.session.info[LOOKS] = True
            yield
            _note()
        finally:
            db.session.info.pop(LOOKS, None)
            db.session.rollback()
            _OPEN.set(None)
            last.forget()


@contextmanager
def glance(scope: Scope, before: Mode) -> Iterator[None]:
    """Ask who sends a request, in what it will then be done in: on PostgreSQL that is three messages fewer.

    The block makes no objects. What is begun here is taken over by the transaction or the reading that comes next
    for the same organisation, or undone with the request. SQLite begins only then, so that nobody unknown ever
    holds its write lock.

    Args:
        before: how what comes next begins.

    Raises:
        AlreadyOpen: a transaction or a reading is open.
    """
    _check_alone()
    with bound(scope):
        try:
            _begin(scope, before._replace(sqlite=""))
            yield
            _KEPT.set((db.session(), scope.organisation, before, connection()))
        except BaseException:
            db.session.rollback()
            raise
        finally:
            _OPEN.set(None)


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
        last.forget()
        db.session.expunge_all()
        db.session.rollback()
        _begin(open_scope(), WRITING)
        raise


def _looked() -> None:
    """PostgreSQL lets a reading write nothing, so it may commit: a rollback would make psycopg forget every plan."""
    if not on_sqlite():
        db.session.expunge_all()
        db.session.commit()


def _note() -> None:
    db.session.expunge_all()
    opened = connection()
    if embedded := opened.dialect.name == "sqlite":
        opened.connection.rollback()  # nobody waits for the writer's turn inside a reading
    with _turn():
        if embedded:  # said to the database alone: ending and beginning the session anew costs 0.15 ms
            opened.exec_driver_sql(WRITING.sqlite)
        last.written(opened)
        db.session.commit()


def _end() -> None:
    """All that was put, then what waited for the end, then the commit."""
    db.session.flush()
    last.written(connection())
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
    kept = _KEPT.get()
    _KEPT.set(None)
    if kept and _is_still(kept, scope, mode):
        opened = kept[-1]
        if opened.dialect.name == "sqlite":
            opened.exec_driver_sql(mode.sqlite)
    else:
        db.session.rollback()  # forget anything read so far
        opened = db.session.connection(execution_options=_beginning(scope, mode))
    _OPEN.set(opened)


def _is_still(kept: tuple[Session, UUID, Mode, Connection], scope: Scope, mode: Mode) -> bool:
    """Whether what a glance has left is open, and begun for the same organisation in the same way."""
    session = db.session()
    return kept[:3] == (session, scope.organisation, mode) and not scope.claims and session.in_transaction()


def _beginning(scope: Scope, mode: Mode) -> dict[str, str]:
    """How to begin; PostgreSQL is told for whom in the same message."""
    worker = "on" if scope.claims else "off"
    tenant = f"set_config('app.organisation', '{scope.organisation.hex}', true)"
    begin = f"{mode.postgresql}; SELECT {tenant}, set_config('app.worker', '{worker}', true)"
    return {"sqlite_begin": mode.sqlite, "postgresql_begin": begin}


@event.listens_for(Session, "do_orm_execute")
def _own_organisation_only(state: ORMExecuteState) -> None:
    """Every query through the mapped classes sees one organisation; on SQLite this is the only fence but the keys.

    Raises:
        NoScope: no organisation is set. PostgreSQL would show no rows; SQLite would show everybody's.
    """
    if not state.is_orm_statement or state.is_insert:
        return
    if (opened := _OPEN.get()) is not None:
        last.written(opened)
    scope = scope_or_none()
    if scope is None:
        raise NoScope
    state.statement = state.statement.options(_fence(scope.organisation))


@lru_cache(maxsize=256)
def _fence(organisation: UUID) -> ExecutableOption:
    """What narrows a query to one organisation; made once for each, because making it costs more than a small query."""
    own = sa.literal(organisation, Id())  # a bare value would be bound as the dialect's own UUID
    return with_loader_criteria(Row, lambda row: row.organisation == own, include_aliases=True)
