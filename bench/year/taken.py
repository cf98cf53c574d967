"""What a course wrote: every row that was not there before."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import Row, db
from clinic_api.database.scope import scope
from clinic_api.database.types import Id

#: Written by the sealer, who gives each copy its own places, and by the database for the sealer.
NOT_COPIED: Final = frozenset({"audit_seals", "audit_waiting"})
Key = tuple[str, UUID]


@dataclass(frozen=True)
class Taken:
    """Rows by table and id, the ids that mean the same in a copy, and tables of which nothing is copied."""

    rows: dict[str, dict[UUID, dict[str, Any]]]
    stays: frozenset[UUID]
    without: frozenset[str] = frozenset()

    @property
    def tables(self) -> dict[str, sa.Table]:
        """Every table by name."""
        return dict(Row.metadata.tables)

    @property
    def labels(self) -> frozenset[str]:
        """The numbers of the vials that came in; a syringe's begins with one."""
        return frozenset(row["label"].partition("/")[0] for row in self.rows["containers"].values())

    def by_table(self) -> Iterator[tuple[sa.Table, list[Key]]]:
        """The rows of each table, oldest first, no table before one that it refers to."""
        for table in Row.metadata.sorted_tables:
            if self.rows.get(table.name) and table.name not in self.without:
                yield table, [(table.name, id) for id in sorted(self.rows[table.name])]

    def in_order(self) -> list[Key]:
        """Every row once: those that an entry names as they were written, each entry after them, then the others."""
        found: dict[Key, None] = {}
        for id in sorted(self.rows["audit_entries"]):
            for named in json.loads(self.rows["audit_entries"][id]["canonical"])["rows"]:
                key = (named["table"], UUID(named["id"]))
                if key[1] in self.rows.get(key[0], {}) and key[0] not in self.without:
                    found.setdefault(key)
            if "audit_entries" not in self.without:
                found["audit_entries", id] = None
        for table, keys in self.by_table():
            found |= dict.fromkeys(keys) if table.name != "audit_entries" else {}
        return list(found)


def standing() -> dict[str, dict[UUID, dict[str, Any]]]:
    """Every row of the organisation, but for the places in the log."""
    own = sa.literal(scope().organisation, Id())
    return {
        table.name: {
            row["id"]: dict(row)
            for row in db.session.execute(sa.select(table).where(table.c.organisation == own)).mappings()
        }
        for table in Row.metadata.sorted_tables
        if table.name not in NOT_COPIED
    }


def since(before: dict[str, dict[UUID, dict[str, Any]]], *, others: Collection[UUID], without: frozenset[str]) -> Taken:
    """What was written after ``before`` was standing; ``others`` were there, and are others in a copy."""
    now = standing()
    rows = {name: {id: row for id, row in found.items() if id not in before[name]} for name, found in now.items()}
    stays = {id for found in before.values() for id in found} | {scope().organisation}
    return Taken(rows, frozenset(stays.difference(others)), without)
