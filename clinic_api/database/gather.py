"""All that hangs on one thing, in one statement: each kind of row is one value, and costs no statement of its own.

A session's page needs rows of fourteen tables. Fourteen statements cost fourteen messages and, dearer by far, fourteen
times the machinery around a statement.
"""

import json
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

import orjson
import sqlalchemy as sa

from clinic_api.database.aggregates import Hex, JsonRows
from clinic_api.database.prepared import Prepared
from clinic_api.database.rows import Row
from clinic_api.database.scope import scope
from clinic_api.database.transactions import connection
from clinic_api.database.types import (
    CalendarDate,
    Code,
    Document,
    Flag,
    Id,
    Micrograms,
    Microlitres,
    Ratio,
    UtcDateTime,
)
from clinic_api.quantities import Mass, Volume

Where = sa.ColumnElement[bool]
#: Columns that nobody who gathers rows has asked for.
NOT_SAID: Final = ("organisation", "digest")


class Kind:
    """Rows of one table that hang on something, as named tuples of what they say, or of some of it.

    The statement they travel in binds ``organisation``; rows of any other are never in it.

    Args:
        where: which rows; bound values are given when the statement runs.
        names: the columns; where nothing is said all but the organisation, which is known, and the digest.
        order: the columns that the rows are sorted by.
        typed: False leaves each row as JSON says it, a plain list in no order, for a hundred that are only passed on.
    """

    def __init__(
        self,
        table: sa.FromClause,
        *where: Where,
        names: Sequence[str] = (),
        order: Sequence[str] = ("id",),
        typed: bool = True,
    ) -> None:
        columns = [table.c[name] for name in names or [it.key for it in table.c if it.key not in NOT_SAID]]
        of = namedtuple(table.description, [column.key for column in columns])  # type: ignore[misc]
        self._typed: Final = typed
        self._reads: Final = [(place, read) for place, it in enumerate(columns) if (read := _reads(it))]
        self._make: Final[Callable[[Sequence[Any]], Any]] = of._make
        self._order: Final = attrgetter(*order)
        said = [Hex(column) if isinstance(column.type, sa.LargeBinary) else column for column in columns]
        own = table.c.organisation == sa.bindparam("organisation", type_=table.c.organisation.type)
        self.value: Final = sa.select(JsonRows(*said)).where(own, *where).scalar_subquery()

    def rows(self, text: str | None) -> list[Any]:
        """The rows that the statement said."""
        said: list[Any] = orjson.loads(text or "[]")
        return sorted(map(self._row, said), key=self._order) if self._typed else said

    def _row(self, values: list[Any]) -> Any:
        for place, read in self._reads:
            if values[place] is not None:
                values[place] = read(values[place])
        return self._make(values)


def by(name: str, row: type[Row], **more: Any) -> Kind:
    """The rows whose column ``name`` is what the statement binds under the same name."""
    column = row.__table__.c[name]
    return Kind(row.__table__, column == sa.bindparam(name, type_=column.type), **more)


class Gathering:
    """A statement that reads several kinds at once; made once, when the program starts."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds: Final = kinds
        self._statement: Final = Prepared(sa.select(*(kind.value.label(name) for name, kind in kinds.items())))

    def gathered(self, **values: Any) -> dict[str, list[Any]]:
        """The rows by kind, for these bound values, in the order of each kind."""
        given = {"organisation": scope().organisation, **values}
        (said,) = self._statement.found(connection(), given)
        return {name: kind.rows(text) for (name, kind), text in zip(self._kinds.items(), said, strict=True)}


#: Ids by their text: those of a visit, its patient and its nurse stand in row after row, and in look after look.
known_id: Final = lru_cache(maxsize=4096)(UUID)


def ratio(text: str) -> Fraction:
    """What ``Ratio`` stores; Fraction itself would first find out which of its many spellings this is."""
    above, below = text.split("/")
    return Fraction(int(above), int(below))


def moment(text: str) -> datetime:
    """A moment as either database says it in JSON."""
    return datetime.fromisoformat(text).astimezone(UTC)


_READS: Final[Mapping[type, Callable[[Any], Any]]] = {
    Id: known_id,
    UtcDateTime: moment,
    CalendarDate: date.fromisoformat,
    Micrograms: Mass,
    Microlitres: Volume,
    Ratio: ratio,
    Document: json.loads,
    Flag: bool,
    sa.LargeBinary: bytes.fromhex,
}


def _reads(column: sa.ColumnElement[Any]) -> Callable[[Any], Any] | None:
    """How a value of the column is read; None where JSON says it as it is."""
    kind = column.type
    return kind.words if isinstance(kind, Code) else _READS.get(type(kind))
