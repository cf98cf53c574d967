"""The floor: the least that can be called the same work, on the same server and the same database.

An entry and an audit row in one durable transaction, after a look-up of the token's hash; a hundred rows as JSON. No
schema library, no roles, no alerts, no idempotency, no access log, no sealing: nobody could run a clinic on it.
"""

import contextlib
import fcntl
import hashlib
import importlib
import json
import os
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any, Final

import psycopg
from flask import Flask, Response, request

TOKEN: Final = "floor"  # noqa: S105  (opens nothing but the floor)
SESSIONS: Final = 32
ROWS: Final = 100
RANGES: Final = {"sbp": (30, 300), "dbp": (10, 200), "hr": (0, 300), "spo2": (0, 100), "rr": (0, 80), "moaas": (0, 5)}
COLUMNS: Final = ("id", "session", "at", *RANGES)
SCHEMA: Final = """
CREATE TABLE tokens (hash {bytes} PRIMARY KEY, person {int} NOT NULL);
CREATE TABLE sessions (id {int} PRIMARY KEY);
CREATE TABLE vitals (id {serial}, session {int} NOT NULL REFERENCES sessions, at {time} NOT NULL,
  sbp {int}, dbp {int}, hr {int}, spo2 {int}, rr {int}, moaas {int});
CREATE INDEX vitals_flow ON vitals (session, at);
CREATE TABLE audit (id {serial}, at {time} NOT NULL, actor {int} NOT NULL, entity {int} NOT NULL, data {text} NOT NULL);
CREATE INDEX audit_entity ON audit (entity)
"""
KINDS: Final = {
    "postgresql": {
        "bytes": "bytea",
        "int": "bigint",
        "serial": "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "time": "timestamptz",
        "text": "text",
    },
    "sqlite": {
        "bytes": "blob",
        "int": "integer",
        "serial": "integer PRIMARY KEY",
        "time": "text",
        "text": "text",
    },
}
_KNOWN: Final = "SELECT person FROM tokens WHERE hash = %s"
_VITALS: Final = (
    "INSERT INTO vitals (session, at, sbp, dbp, hr, spo2, rr, moaas) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id"
)
_AUDIT: Final = "INSERT INTO audit (at, actor, entity, data) VALUES (%s, %s, %s, %s)"
_ROWS: Final = (
    "SELECT id, session, at, sbp, dbp, hr, spo2, rr, moaas FROM vitals WHERE session = %s ORDER BY at LIMIT 100"
)


class Postgres:
    """Connections that are kept, each used by one request at a time."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._idle: LifoQueue[Any] = LifoQueue()

    def run(self, connection: Any, statement: str, values: tuple[Any, ...]) -> Any:
        """One statement."""
        return connection.execute(statement, values)

    @contextlib.contextmanager
    def connected(self) -> Iterator[Any]:
        """A connection of one's own."""
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = psycopg.connect(self._address, autocommit=True, prepare_threshold=1)
        yield connection
        self._idle.put(connection)

    @contextlib.contextmanager
    def durable(self, connection: Any) -> Iterator[None]:
        """BEGIN and COMMIT."""
        with connection.transaction():
            yield


class Sqlite:
    """A connection for each thread; writers queue on a file lock, which is kinder than SQLite's sleeping back-off."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._mine = threading.local()
        found = importlib.util.find_spec("pysqlite3")
        self._module: Any = importlib.import_module("pysqlite3" if found else "sqlite3")

    def run(self, connection: Any, statement: str, values: tuple[Any, ...]) -> Any:
        """One statement."""
        return connection.execute(statement.replace("%s", "?"), values)

    @contextlib.contextmanager
    def connected(self) -> Iterator[Any]:
        """This thread's connection."""
        if not hasattr(self._mine, "connection"):
            self._mine.connection = self._module.connect(self._path, isolation_level=None, timeout=30)
            self._mine.lock = Path(f"{self._path}.lock").open("w")  # noqa: SIM115  (kept as long as the thread)
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                self._mine.connection.execute(f"PRAGMA {pragma}")
        yield self._mine.connection

    @contextlib.contextmanager
    def durable(self, connection: Any) -> Iterator[None]:
        """BEGIN IMMEDIATE and COMMIT, one writer at a time."""
        fcntl.flock(self._mine.lock, fcntl.LOCK_EX)
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("COMMIT")
        finally:
            fcntl.flock(self._mine.lock, fcntl.LOCK_UN)


def build(store: Postgres | Sqlite, kind: str) -> None:
    """The tables, a token, and sessions with a hundred rows each."""
    at = datetime.fromisoformat("2026-03-02T15:00:00+00:00").isoformat()
    with store.connected() as connection:
        for statement in SCHEMA.format(**KINDS[kind]).split(";"):
            store.run(connection, statement, ())
        with store.durable(connection):
            store.run(connection, "INSERT INTO tokens VALUES (%s, 7)", (_hash(TOKEN),))
            for session in range(1, SESSIONS + 1):
                store.run(connection, "INSERT INTO sessions VALUES (%s)", (session,))
                for _ in range(ROWS):
                    store.run(connection, _VITALS, (session, at, 120, 80, 70, 98, 14, 5)).fetchone()


def make(store: Postgres | Sqlite) -> Flask:
    """The floor as an application."""
    app = Flask(__name__)

    @app.post("/sessions/<int:session>/vitals")
    def post(session: int) -> Response:
        read = _clean(request.get_json())
        with store.connected() as connection:
            person = _person(store, connection)
            with store.durable(connection):
                values = (session, read["at"], *(read[name] for name in RANGES))
                id = store.run(connection, _VITALS, values).fetchone()[0]
                store.run(connection, _AUDIT, (read["at"], person, id, request.get_data(as_text=True)))
        return _answer({"id": id, "session": session, **request.get_json()}, 201)

    @app.get("/sessions/<int:session>/vitals")
    def get(session: int) -> Response:
        with store.connected() as connection:
            _person(store, connection)
            rows = store.run(connection, _ROWS, (session,)).fetchall()
        return _answer([dict(zip(COLUMNS, row, strict=True)) for row in rows], 200)

    return app


def _clean(read: dict[str, Any]) -> dict[str, Any]:
    """Plain checks of one set."""
    at = datetime.fromisoformat(read["at"])
    if at.tzinfo is None or read.keys() - {"at", *RANGES}:
        raise ValueError("not a set of readings")
    for name, (lowest, highest) in RANGES.items():
        value = read.get(name)
        if value is not None and (type(value) is not int or not lowest <= value <= highest):
            raise ValueError(name)
    return {"at": at.isoformat(), **{name: read.get(name) for name in RANGES}}


def _person(store: Postgres | Sqlite, connection: Any) -> int:
    row = store.run(connection, _KNOWN, (_hash(request.headers["Authorization"][7:]),)).fetchone()
    return int(row[0])


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _answer(said: Any, status: int) -> Response:
    return Response(json.dumps(said, default=str, separators=(",", ":")), status, mimetype="application/json")


def opened(address: str) -> Postgres | Sqlite:
    """The store at an address: a path to a file, or what libpq understands."""
    return Sqlite(address) if address.startswith("/") else Postgres(address)


if "BENCH_FLOOR" in os.environ:
    app = make(opened(os.environ["BENCH_FLOOR"]))
