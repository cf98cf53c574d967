"""Proof that records are as they were written: digests of tables, and of each row against the entry that names it."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa

from clinic_api.audit import queries
from clinic_api.audit.models import AuditEntry
from clinic_api.audit.rules import Fault, Finding
from clinic_api.database.rows import Regulated, Row, db, digest_of
from clinic_api.database.scope import scope
from clinic_api.database.types import Id


def contents() -> dict[str, tuple[int, str]]:
    """How many rows each table holds of the scope's organisation, and a digest of them."""
    on_sqlite, said = db.engine.dialect.name == "sqlite", {}
    mark, organisation = ("?", str(scope().organisation)) if on_sqlite else ("%s", scope().organisation)
    cursor = db.session.connection().connection.cursor()  # the driver's own: this is done twice in most tests
    for table in Row.metadata.tables:
        cursor.execute(f"SELECT * FROM {table} WHERE organisation = {mark} ORDER BY id", (organisation,))
        rows = cursor.fetchall()
        said[table] = len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()
    return said


def entries() -> int:
    """How many audit entries there are, placed or not."""
    return db.session.execute(sa.select(sa.func.count()).select_from(AuditEntry)).scalar_one()


def row_faults() -> list[Fault]:
    """Regulated rows that are not as their audit entry says, or that no entry names."""
    named = _named()
    faults = []
    for table in _regulated():
        for row in db.session.execute(_own(table)).mappings():
            faults += _faults_of(table, dict(row), named)
    return faults


def _named() -> dict[tuple[str, str], str]:
    """The digest that the log names for each row, by table and id."""
    said = [row for entry in queries.canonical_bytes() for row in json.loads(entry)["rows"]]
    return {(row["table"], row["id"]): row["digest"] for row in said}


def _faults_of(table: sa.Table, row: dict[str, Any], named: dict[tuple[str, str], str]) -> list[Fault]:
    where = f"{table.name} {row['id']}"
    said = named.get((table.name, str(row["id"])))
    if said is None:
        return [Fault(Finding.ROW_UNEXPLAINED, where)]
    if said != row["digest"].hex() or digest_of(table, row) != row["digest"]:
        return [Fault(Finding.ROW_ALTERED, where)]
    return []


def _regulated() -> list[sa.Table]:
    kinds = [mapper for mapper in Row.registry.mappers if issubclass(mapper.class_, Regulated)]
    return [table for kind in kinds for table in kind.tables if isinstance(table, sa.Table)]


def _own(table: sa.Table) -> sa.Select[Any]:
    """Every row of the organisation; a Core select is not narrowed by the mapped classes' own fence."""
    return sa.select(table).where(table.c.organisation == sa.literal(scope().organisation, Id())).order_by(table.c.id)
