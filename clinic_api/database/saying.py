"""Columns said by the database itself, in the form that digests are taken of: nothing is made of them and undone again.

A row read as objects costs some twenty microseconds, most of it for ids and moments that are turned into text at once.
Whoever recomputes every digest of a year reads them like this. What is not kept as it was written says something
else here, though it may mean the same.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import orjson
import sqlalchemy as sa

from clinic_api.database.transactions import on_sqlite
from clinic_api.database.types import CalendarDate, Document, Flag, Id, UtcDateTime

_MOMENT: Final = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
_DAY: Final = "YYYY-MM-DD"


def said(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """What ``plain`` would make of a column's value; flags and documents are left for ``reads`` to finish."""
    say = (_ON_SQLITE if on_sqlite() else _ON_POSTGRESQL).get(type(column.type))
    return sa.type_coerce(column, sa.Text()) if say is None else say(column)  # the driver's own value, whatever it is


def reads(columns: Sequence[sa.ColumnElement[Any]]) -> list[tuple[int, Callable[[Any], Any]]]:
    """What is still to be done to a row of said columns: by place."""
    return [(place, read) for place, it in enumerate(columns) if (read := _READS.get(type(it.type))) is not None]


_READS: Final[dict[type, Callable[[Any], Any]]] = {Document: orjson.loads, Flag: bool}
_Say = dict[type, Callable[[sa.ColumnElement[Any]], sa.ColumnElement[Any]]]
_ON_SQLITE: Final[_Say] = {
    # hex of nothing is an empty text
    sa.LargeBinary: lambda column: sa.case((column.is_not(None), sa.func.lower(sa.func.hex(column)))),
}
_ON_POSTGRESQL: Final[_Say] = {
    sa.LargeBinary: lambda column: sa.func.encode(column, "hex"),
    Id: lambda column: sa.cast(column, sa.Text()),
    UtcDateTime: lambda column: sa.func.to_char(sa.func.timezone("UTC", column), _MOMENT),
    CalendarDate: lambda column: sa.func.to_char(column, _DAY),
}
