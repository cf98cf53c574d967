"""What an act writes when everything else is done: its entry in the log, and its reply under its key.

Nobody reads these rows in the act that writes them, so they wait until the transaction ends, and PostgreSQL is then
given all of them in one message.
"""

from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clinic_api.database.prepared import Prepared

#: One message holds at most so many rows; an act that writes more of them sends each by itself.
MOST_AT_ONCE: Final = 8
Waiting = tuple[sa.FromClause, dict[str, Any]]
_WAITING: Final[ContextVar[tuple[Waiting, ...]]] = ContextVar("last", default=())


def write_last(table: sa.FromClause, values: dict[str, Any]) -> None:
    """Write a row before anything is read through the mapped classes again, at the latest when the transaction ends."""
    _WAITING.set((*_WAITING.get(), (table, values)))


def forget() -> None:
    """Leave out what waits: it belongs to something that was undone."""
    _WAITING.set(())


def written(connection: Connection) -> None:
    """Write what waits, now."""
    waiting = _WAITING.get()
    if not waiting:
        return
    _WAITING.set(())
    if connection.dialect.name == "postgresql" and 1 < len(waiting) <= MOST_AT_ONCE:
        together = _together(tuple((table, tuple(values)) for table, values in waiting))
        given = {f"{n}_{name}": each for n, (_, values) in enumerate(waiting) for name, each in values.items()}
        together.run(connection, given)
        return
    for table, values in waiting:
        _together(((table, tuple(values)),)).run(connection, {f"0_{name}": each for name, each in values.items()})


@lru_cache(maxsize=256)
def _together(parts: tuple[tuple[sa.FromClause, tuple[str, ...]], ...]) -> Prepared:
    """One statement for rows of several tables, in their order; references between them hold at its end."""
    *before, (table, names) = parts
    statement = _numbered(table, names, len(before))
    for number, (other, theirs) in enumerate(before):
        statement = statement.add_cte(_numbered(other, theirs, number).cte(f"row_{number}"))
    return Prepared(statement)


def _numbered(table: sa.FromClause, names: tuple[str, ...], number: int) -> sa.Insert:
    columns = {name: sa.bindparam(f"{number}_{name}", type_=table.c[name].type) for name in names}
    return sa.insert(table).values(columns)  # type: ignore[arg-type]
