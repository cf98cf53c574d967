"""Many rows at once, through the application's own connection: every constraint, trigger and fence holds.

Only names of our own tables and columns are put into a statement.
"""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from bench.year.plate import Getter
from clinic_api.database.transactions import connection, on_sqlite

Rows = Sequence[tuple[sa.Table, tuple[str, ...], Sequence[Getter]]]
#: Where PostgreSQL keeps rows for a moment: COPY may not write where other organisations' rows are hidden.
HELD: Final = "held_{}"


def write(rows: Rows, copies: Sequence[Sequence[Any]]) -> None:
    """Insert all rows of these copies in the open transaction, table by table."""
    put = _insert if on_sqlite() else _copy
    for table, columns, getters in rows:
        put(table, columns, [getter(values) for values in copies for getter in getters])


def _insert(table: sa.Table, columns: tuple[str, ...], cells: Sequence[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(columns))
    # S608: names of the models' own tables and columns; every value is bound
    connection().exec_driver_sql(f"INSERT INTO {table.name} ({_names(columns)}) VALUES ({marks})", list(cells))  # noqa: S608


def _copy(table: sa.Table, columns: tuple[str, ...], cells: Sequence[tuple[Any, ...]]) -> None:
    driver: Any = connection().connection.driver_connection
    held, names = HELD.format(table.name), _names(columns)
    with driver.cursor() as cursor:
        # S608, here and below: names of the models' own tables and columns
        cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {held} AS SELECT {names} FROM {table.name} WHERE false")  # noqa: S608
        with cursor.copy(f"COPY {held} ({names}) FROM STDIN") as copying:
            copying.write("\n".join(map("\t".join, cells)) + "\n")
        cursor.execute(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {held}")  # noqa: S608
        cursor.execute(f"TRUNCATE {held}")


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
