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
    if isinstance(column.type, sa.LargeBinary) and on_sqlite():
        return sa.case((column.is_not(None), sa.func.lower(sa.func.hex(column))))  # hex of nothing is an empty text
    if isinstance(column.type, sa.LargeBinary):
        return sa.func.encode(column, "hex")
    if on_sqlite():
        return sa.type_coerce(column, sa.Text())  # the driver's own value, whatever it is
    if isinstance(column.type, Id):
        return sa.cast(column, sa.Text())
    if isinstance(column.type, UtcDateTime):
        return sa.func.to_char(sa.func.timezone("UTC", column), _MOMENT)
    if isinstance(column.type, CalendarDate):
        return sa.func.to_char(column, _DAY)
    return sa.type_coerce(column, sa.Text())


def reads(columns: Sequence[sa.ColumnElement[Any]]) -> list[tuple[int, Callable[[Any], Any]]]:
    """What is still to be done to a row of said columns: by place."""
    return [(place, read) for place, it in enumerate(columns) if (read := _READS.get(type(it.type))) is not None]


_READS: Final[dict[type, Callable[[Any], Any]]] = {Document: orjson.loads, Flag: bool}
