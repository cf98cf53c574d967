"""How engines are made: which driver, which pool, which deadlines, and how a transaction begins."""

import importlib
import importlib.util
import logging
from types import ModuleType
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection

log = logging.getLogger(__name__)

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
#: Connections per process, and seconds a request waits for one.
POOL: Final = {"pool_size": 10, "max_overflow": 10, "pool_timeout": 3, "pool_pre_ping": False}
#: The driver keeps so many prepared statements. With its 128, those of a day's other work push out the session's page,
#: which takes three times as long to prepare as to run (measured: 0.4 ms of a page's 0.5).
SQLITE: Final = {"timeout": 5, "cached_statements": 1000}
#: A link that swallows packets must fail in seconds, not minutes; a lock that is not ours too.
POSTGRESQL: Final = {
    "connect_timeout": 5,
    "tcp_user_timeout": 4000,
    "application_name": "clinic_api",
    "options": "-c lock_timeout=3000 -c statement_timeout=15000 -c idle_in_transaction_session_timeout=20000 "
    "-c timezone=UTC",
}


class Mode(NamedTuple):
    """How a transaction begins on each database."""

    sqlite: str
    postgresql: str


WRITING: Final = Mode("BEGIN IMMEDIATE", "BEGIN")
#: PostgreSQL would otherwise look anew for each statement, and a balance would not fit its moves.
READING: Final = Mode("BEGIN DEFERRED", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
LOOKING: Final = Mode(READING.sqlite, "BEGIN ISOLATION LEVEL REPEATABLE READ")


def engine_options(url: str) -> dict[str, Any]:
    """What ``create_engine`` needs for ``url``; bound values never reach a log."""
    if url.startswith("sqlite"):
        return {"module": _sqlite(), "hide_parameters": True, "connect_args": SQLITE}
    return {**POOL, "hide_parameters": True, "connect_args": POSTGRESQL}


def make_engine(url: str) -> sa.Engine:
    """An engine of its own, for commands that run beside the application."""
    engine = sa.create_engine(url, **engine_options(url))
    hook(engine)
    return engine


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


def _sqlite() -> ModuleType:
    """The wheel's SQLite where there is one; the interpreter's own may carry the write-ahead-log bug."""
    found = importlib.util.find_spec("pysqlite3")
    module = importlib.import_module("pysqlite3" if found else "sqlite3")
    if tuple(module.sqlite_version_info) < WAL_IS_SAFE_FROM:
        log.warning("SQLite %s: using DELETE + EXTRA instead of WAL + FULL (slower)", module.sqlite_version)
    return module
