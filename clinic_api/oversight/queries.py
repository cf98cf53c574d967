"""Reading across floors."""

import json
from collections.abc import Iterator

import sqlalchemy as sa

from clinic_api.audit import queries as audit
from clinic_api.database.rows import Regulated, Row, db, digest_of
from clinic_api.database.scope import scope
from clinic_api.oversight.rules import StoredRow

STRIDE = 1000


def regulated_tables() -> list[sa.Table]:
    """Every table whose rows carry a digest."""
    found = [mapper for mapper in Row.registry.mappers if issubclass(mapper.class_, Regulated)]
    return sorted((mapper.local_table for mapper in found), key=lambda table: table.name)  # type: ignore[misc]


def stored_rows() -> Iterator[StoredRow]:
    """Every regulated row of the organisation, its digest recomputed from its columns."""
    for table in regulated_tables():
        query = sa.select(table).where(table.c.organisation == scope().organisation)
        for row in db.session.execute(query.execution_options(yield_per=STRIDE)).mappings():
            computed = digest_of(table, {column.key: row[column] for column in table.columns})
            yield StoredRow(table.name, str(row["id"]), row["digest"].hex(), computed.hex())


def named_digests() -> dict[tuple[str, str], str]:
    """The digest that the log names for each regulated row, by table and id."""
    named: dict[tuple[str, str], str] = {}
    for canonical in audit.canonical_bytes():
        for row in json.loads(canonical)["rows"]:
            if row["digest"] is not None:
                named[row["table"], row["id"]] = row["digest"]
    return named
