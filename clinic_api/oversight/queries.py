"""Reading across floors."""

import json
from collections.abc import Collection, Iterator
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from clinic_api.audit import queries as audit
from clinic_api.audit.rules import Fault, Finding
from clinic_api.database.rows import Regulated, Row, db, digest_of
from clinic_api.database.scope import scope
from clinic_api.oversight.rules import StoredRow

STRIDE = 1000
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


def _stored(table: sa.Table, id: UUID | None = None) -> Iterator[StoredRow]:
    query = sa.select(table).where(table.c.organisation == scope().organisation)
    if id is not None:
        query = query.where(table.c.id == id)
    with db.session.execute(query.execution_options(yield_per=STRIDE)) as rows:
        for row in rows.mappings():
            computed = digest_of(table, {column.key: row[column] for column in table.columns})
            yield StoredRow(table.name, str(row["id"]), row["digest"].hex(), computed.hex())


def _one_by_one(table: sa.Table, *, without: Collection[str]) -> Iterator[StoredRow]:
    ids = db.session.execute(sa.select(table.c.id).where(table.c.organisation == scope().organisation)).scalars().all()
    for id in ids:
        if str(id) not in without:
            try:
                yield from list(_stored(table, id))
            except UNREADABLE:
                yield StoredRow(table.name, str(id), "", "")


def named_digests() -> tuple[dict[tuple[str, str], str], list[Fault]]:
    """The digest that the log first named for each regulated row, by table and id, and what contradicts it.

    What a row says never changes, so a later entry that names another digest is a forgery or a fault.
    """
    named: dict[tuple[str, str], str] = {}
    faults = []
    for number, canonical in enumerate(audit.canonical_bytes()):
        try:
            rows = [(row["table"], row["id"], row["digest"]) for row in json.loads(canonical)["rows"]]
        except (ValueError, KeyError, TypeError):
            faults.append(Fault(Finding.ENTRY_ALTERED, f"entry number {number}", "it cannot be read"))
            continue
        for table, id, digest in rows:
            if digest is not None and named.setdefault((table, id), digest) != digest:
                faults.append(Fault(Finding.ROW_ALTERED, f"{table} {id}", "two entries name different contents"))
    return named, faults
