"""A bare connection as the application has one, to a filled house; and statements that copy a row with something else.

On PostgreSQL it is the application's role with its organisation set; on SQLite the application's connection, with
its settings.
"""

import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
import pysqlite3
import sqlalchemy as sa

from clinic_api.database.engines import make_engine
from clinic_api.database.rows import Row, db
from tests.ledger.house import House
from tests.ledger.kept import Ward
from tests.postgres import Urls
from tests.worlds import AtRest

REFUSALS: Final = (psycopg.Error, pysqlite3.Error)


@dataclass(frozen=True)
class Filled:
    """A filled house at rest: its addresses and its organisation."""

    urls: Urls
    organisation: UUID

    @property
    def on_sqlite(self) -> bool:
        """Whether it is the embedded database."""
        return self.urls.app.startswith("sqlite")


@dataclass(frozen=True)
class Desk:
    """An open connection."""

    raw: Any
    organisation: str

    def run(self, statement: str) -> list[Any]:
        """Run it; what comes back."""
        if statement.startswith("COPY"):
            with self.raw.cursor().copy(statement) as copy:
                copy.write(b"1\n")
            return []
        done = self.raw.cursor()
        done.execute(statement)
        return list(done.fetchall()) if done.description else []

    def refusal(self, statement: str) -> str | None:
        """What the database says to it; None where it takes it. Nothing stays."""
        try:
            self.run(statement)
        except REFUSALS as refused:
            return str(refused).splitlines()[0]
        finally:
            self.raw.rollback()
            self.begin()
        return None

    def begin(self) -> None:
        """Begin, as the application does."""
        if isinstance(self.raw, psycopg.Connection):
            self.raw.execute(f"SELECT set_config('app.organisation', '{self.organisation}', true)".encode())
        else:
            self.raw.execute("BEGIN IMMEDIATE")

    def contents(self) -> str:
        """A digest of every table."""
        said = hashlib.sha256()
        for table in sorted(Row.metadata.tables):
            said.update(repr(self.run(f"SELECT * FROM {table} ORDER BY organisation, id")).encode())
        return said.hexdigest()


def filled(kept: AtRest[Ward]) -> Filled:
    """Fill a copy of the ward and keep its database."""
    shelf = kept.shelf
    with kept.copied() as ward:
        House(ward).fill()
        app = ward.clinic.app
        with app.app_context():
            db.session.remove()
            address = str(db.engine.url.render_as_string(hide_password=False))
            db.engine.dispose()
        name = shelf.name_of(Urls(address, address))
        return Filled(shelf.copy(name), ward.clinic.organisation)


@contextmanager
def desk(house: Filled, *, owner: bool = False) -> Iterator[Desk]:
    """Sit down: as the application, or as the owner of the tables."""
    if house.on_sqlite:
        engine = make_engine(house.urls.app)
        with closing(engine.raw_connection()) as raw:
            at = Desk(raw.driver_connection, str(house.organisation))
            at.begin()
            yield at
            at.raw.rollback()
        engine.dispose()
        return
    url = sa.make_url(house.urls.migrate if owner else house.urls.app)
    with psycopg.connect(host=str(url.query["host"]), dbname=url.database, user=url.username) as raw:
        at = Desk(raw, str(house.organisation))
        at.begin()
        yield at
        raw.rollback()


def copied(table: str, row: str, **changes: str) -> str:
    """An insert of a copy of the first row that fits, with other expressions in some columns and a new id."""
    columns = list(Row.metadata.tables[table].columns.keys())
    says = {"id": f"'{uuid4()}'"} | ({"operation_id": f"'{uuid4()}'"} if "operation_id" in columns else {}) | changes
    values = ", ".join(says.get(name, name) for name in columns)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) "
        f"SELECT {values} FROM {table} WHERE {row} ORDER BY {table}.id LIMIT 1"
    )
