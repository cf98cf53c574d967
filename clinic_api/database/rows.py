"""What every row has: an organisation, an id, and for regulated rows the digest of what it says."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from clinic_api.database import types
from clinic_api.database.canonical import canonical
from clinic_api.database.scope import scope
from clinic_api.quantities import Mass, Volume

#: Marks a column that may change after the row is written; all others never do, and only they are in the digest.
CHANGES: Final[dict[str, bool]] = {"changes": True}
#: Marks, in its ``info``, a database session that only looks.
LOOKS: Final = "looks"
#: Closes ``__table_args__``: SQLite then refuses a value of another type.
STRICT: Final[dict[str, bool]] = {"sqlite_strict": True}

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(DeclarativeBase):
    """A row of one organisation. The key is (organisation, id), so that no reference can cross tenants."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: types.Id,
        datetime: types.UtcDateTime,
        date: types.CalendarDate,
        int: types.Whole,
        bool: types.Flag,
        str: sa.Text,
        bytes: sa.LargeBinary,
        Mass: types.Micrograms,
        Volume: types.Microlitres,
        Fraction: types.Ratio,
        dict[str, Any]: types.Document,
        list[str]: types.Document,
        list[Any]: types.Document,
    }
    __table_args__: Any = (STRICT,)

    organisation: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-3)
    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-2)


class Regulated:
    """Mixed into rows that an inspector may ask for: written once, with a digest that the audit entry names."""

    digest: Mapped[bytes] = mapped_column(sort_order=900)


class OnlyLooking(RuntimeError):
    """A row was to be written by a route that only looks: a fault in the program."""


class NotOurRow(RuntimeError):
    """A row of one organisation was to be written for another: a fault in the program."""


R = TypeVar("R", bound=Row)
db = SQLAlchemy(metadata=Row.metadata, session_options={"expire_on_commit": False})


def refers(column: str, table: str, *, name: str | None = None) -> sa.ForeignKeyConstraint:
    """A reference inside one organisation: ``refers("visit", "visits")``."""
    return sa.ForeignKeyConstraint(
        ["organisation", column], [f"{table}.organisation", f"{table}.id"], name=name or f"fk_{column}_{table}"
    )


def put(row: R) -> R:
    """Insert ``row`` now, in the order of the calls; a regulated row gets its digest first.

    Raises:
        NotOurRow: it belongs to another organisation; PostgreSQL would refuse it, SQLite would take it.
        OnlyLooking: a look writes nothing.
    """
    if LOOKS in db.session.info:
        raise OnlyLooking
    if row.organisation != scope().organisation:
        raise NotOurRow
    written: object = row
    if isinstance(written, Regulated):
        written.digest = digest_of(row.__table__, values_of(row))
    db.session.add(row)
    db.session.flush()
    return row


def values_of(row: Row) -> dict[str, Any]:
    """The row's columns by name."""
    return {column.key: getattr(row, column.key) for column in sa.inspect(type(row)).columns}


def digest_of(table: sa.FromClause, values: Mapping[str, Any]) -> bytes:
    """SHA-256 over the columns that never change and hold something, by name (RFC 8785).

    A later migration only adds nullable columns, so an old row keeps its digest.
    """
    said = {name: plain(value) for name in kept_columns(table) if (value := values.get(name)) is not None}
    return hashlib.sha256(canonical(said)).digest()


@cache
def kept_columns(table: sa.FromClause) -> tuple[str, ...]:
    """The columns of a table that a digest covers."""
    return tuple(column.key for column in table.columns if column.key != "digest" and not column.info.get("changes"))


def plain(value: Any) -> Any:
    """A column's value as JSON can say it exactly.

    Raises:
        TypeError: a kind of value that has no exact form here, a float among them.
    """
    if (known := _EXACT.get(type(value))) is not None:
        return known(value)
    if isinstance(value, StrEnum):
        return str(value)
    if value is None or isinstance(value, str | bool):
        return value
    for kind, say in _SAYINGS:
        if isinstance(value, kind):
            return say(value)
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    message = f"{type(value).__name__} has no exact form in a record"
    raise TypeError(message)


_SAYINGS: Final[tuple[tuple[type, Any], ...]] = (
    (int, lambda value: value),
    (UUID, str),
    (datetime, types.moment_text),
    (date, date.isoformat),
    (Mass, lambda value: value.ug),
    (Volume, lambda value: value.ul),
    (Fraction, lambda value: f"{value.numerator}/{value.denominator}"),
    (bytes, bytes.hex),
)
#: The same for exactly these kinds, found at once.
_EXACT: Final[Mapping[type, Any]] = {str: str, bool: bool, **dict(_SAYINGS)}
