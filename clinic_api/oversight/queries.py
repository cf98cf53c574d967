"""Reading across floors."""

import hashlib
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

import orjson
import sqlalchemy as sa

from clinic_api.audit import queries as audit
from clinic_api.audit.rules import Fault, Finding
from clinic_api.database.canonical import canonical
from clinic_api.database.rows import Regulated, Row, kept_columns
from clinic_api.database.saying import reads, said
from clinic_api.database.scope import scope
from clinic_api.database.transactions import connection
from clinic_api.database.types import Id
from clinic_api.oversight.rules import Named, StoredRow, key_of

STRIDE = 2000
#: How a column says that it holds what its type cannot.
UNREADABLE: Final = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, sa.exc.DataError)


def regulated_tables() -> list[sa.Table]:
    """Every table whose rows carry a digest."""
    found = [mapper for mapper in Row.registry.mappers if issubclass(mapper.class_, Regulated)]
    return sorted((mapper.local_table for mapper in found), key=lambda table: table.name)  # type: ignore[misc]


def stored_rows() -> Iterator[StoredRow]:
    """Every regulated row of the organisation, its digest recomputed from its columns.

    A row that cannot be read is told with no digest at all; it hides none of the others.
    """
    for table in regulated_tables():
        told: set[str] = set()
        try:
            for stored in _stored(table):
                told.add(stored.id)
                yield stored
        except UNREADABLE:
            yield from _one_by_one(table, without=told)


def _stored(table: sa.Table, id: str | None = None) -> Iterator[StoredRow]:
    """The rows as the database says them; what may change is read as well, though no digest covers it."""
    kept = [table.c[name] for name in kept_columns(table)]
    changes = [column for column in table.columns if column.info.get("changes")]
    query = sa.select(said(table.c.id), table.c.digest, *map(said, kept), *changes).where(_own(table))
    if id is not None:
        query = query.where(said(table.c.id) == id)
    names, finish = [column.key for column in kept], reads(kept)
    with connection().execute(query, execution_options={"yield_per": STRIDE}) as rows:
        for key, digest, *values in rows:
            yield StoredRow(table.name, key, digest, _computed(names, values, finish))


def _computed(names: list[str], values: list[Any], finish: list[tuple[int, Callable[[Any], Any]]]) -> bytes:
    """As ``digest_of``, for values that are said already."""
    for place, read in finish:
        if values[place] is not None:
            values[place] = read(values[place])
    holding = {name: value for name, value in zip(names, values, strict=False) if value is not None}
    return hashlib.sha256(canonical(holding)).digest()


def _one_by_one(table: sa.Table, *, without: Collection[str]) -> Iterator[StoredRow]:
    ids = connection().execute(sa.select(said(table.c.id)).where(_own(table))).scalars().all()
    for id in ids:
        if id not in without:
            try:
                yield from list(_stored(table, id))
            except UNREADABLE:
                yield StoredRow(table.name, id, b"", b"")


def _own(table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c.organisation == sa.literal(scope().organisation, Id())


def named_digests() -> tuple[Named, list[Fault]]:
    """The digest that the log first named for each regulated row, by table and id, and what contradicts it.

    What a row says never changes, so a later entry that names another digest is a forgery or a fault.
    """
    named: Named = {}
    faults = []
    for number, written in enumerate(audit.canonical_bytes()):
        try:
            rows = [_named(row) for row in orjson.loads(written)["rows"] if row["digest"] is not None]
        except (ValueError, KeyError, TypeError, AttributeError):
            faults.append(Fault(Finding.ENTRY_ALTERED, f"entry number {number}", "it cannot be read"))
            continue
        for table, id, digest in rows:
            if named.setdefault(table, {}).setdefault(key_of(id), digest) != digest:
                faults.append(Fault(Finding.ROW_ALTERED, f"{table} {id}", "two entries name different contents"))
    return named, faults


def _named(row: dict[str, Any]) -> tuple[str, str, bytes]:
    return row["table"], row["id"], bytes.fromhex(row["digest"])
