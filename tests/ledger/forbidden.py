"""Sixty statements that nobody may run against the ledger, on either database: ``make forbidden``.

Most are the same on both. PostgreSQL has statements that SQLite does not know (TRUNCATE, MERGE, COPY, roles,
policies, NaN); in their place stand SQLite's own ways round a rule (REPLACE, rowid, values of another type).
"""

import sys
from typing import Final
from uuid import UUID

from tests.ledger.desk import Filled, copied, desk, filled
from tests.ledger.kept import ENGINES, wards

NOBODY: Final = f"'{UUID(int=7)}'"
DELETED: Final = (
    *("moves", "containers", "wastes", "waste_postings", "removals", "removal_postings", "corrections", "reversals"),
    *("incidents", "count_entries", "receipts", "audit_entries"),
)
CHANGED: Final = (
    "moves SET mass = mass + 1",
    "moves SET occurred_at = recorded_at, late_reason = 'x'",
    "containers SET label = 'K-999'",
    "containers SET content = content + 1",
    "containers SET balance = -1",
    "containers SET balance = NULL",
    "wastes SET mass = mass + 1",
    "waste_postings SET witness = author",
    "removals SET reason = 'another'",
    "reversals SET mass = mass + 1",
    "receipt_lines SET received = received + 1",
    "count_entries SET found = 1",
)
DRAWN: Final = "from_container IS NOT NULL AND to_container IS NOT NULL"
OUT: Final = "to_container IS NULL"


def inserted() -> dict[str, str]:
    """Rows that say what cannot be, by what they say."""
    return {**_signed_wrongly(), **_moved_wrongly(), **_kept_wrongly()}


def _signed_wrongly() -> dict[str, str]:
    return {
        "waste without a reason": copied("wastes", "true", reason="NULL"),
        "correction without a reason": copied("corrections", "true", reason="NULL"),
        "removal without a reason": copied("removals", "true", reason="NULL"),
        "waste of nothing": copied("wastes", "true", mass="0"),
        "own witness": copied("waste_postings", "true", witness="author", id=_pending("wastes", "waste_postings")),
        "own correction": copied(
            "reversals", "follows IS NULL", second="author", id=_pending("corrections", "reversals")
        ),
        "removal by one person": copied(
            "removal_postings", "true", second="first", id=_pending("removals", "removal_postings")
        ),
        "removal without signatures": copied(
            "removal_postings", "true", first=NOBODY, id=_pending("removals", "removal_postings")
        ),
        "waste posted twice": copied("waste_postings", "true", id="id"),
        "reversal of what was taken back": copied(
            "reversals", "follows IS NULL", id=_pending("corrections", "reversals")
        ),
        "reversal beyond the mass": copied(
            "reversals", "follows IS NULL", mass="original_mass + 1", total="original_mass + 1"
        ),
        "reversal without a correction": copied("reversals", "follows IS NOT NULL"),
    }


def _moved_wrongly() -> dict[str, str]:
    return {
        "another organisation's move": copied("moves", DRAWN, organisation=NOBODY),
        "waste without its posting": copied("moves", "waste IS NOT NULL", waste="NULL"),
        "waste with somebody else's posting": copied("moves", "waste IS NOT NULL", waste=NOBODY),
        "removal without its posting": copied("moves", "removal IS NOT NULL", removal="NULL"),
        "negative balance in a move": copied("moves", DRAWN, from_balance="-1"),
        "move of nothing": copied("moves", DRAWN, mass="0"),
        "move of less than nothing": copied("moves", DRAWN, mass="-5"),
        "move from nowhere": copied("moves", OUT, from_container="NULL", from_balance="NULL"),
        "move with two targets": copied("moves", DRAWN, to_place="'waste'"),
        "dose for nobody": copied("moves", "identity_version IS NOT NULL AND reversal IS NULL", patient="NULL"),
        "the same draw again": copied("moves", DRAWN, operation_id="operation_id"),
        "reversal by one person": copied("moves", "reverses IS NOT NULL", reversal="NULL"),
    }


def _kept_wrongly() -> dict[str, str]:
    return {
        "container of nobody's product": copied("containers", "true", label="'K-998'", product=NOBODY),
        "negative balance of a container": copied("containers", "true", label="'K-997'", balance="-1"),
        "second first opening": copied("punctures", "true", id="id"),
        "use-by before the opening": copied(
            "punctures", "true", id=_pending("containers", "punctures"), use_by="at", at="use_by"
        ),
        "incident that lies ahead": copied("incidents", "true", at="(SELECT min(recorded_at) FROM receipts)"),
        "second count by the first counter": copied("count_tallies", "place = 2", counted_by="first_by"),
        "withdrawal without words": copied(
            "waste_withdrawals", "true", id=_pending("wastes", "waste_withdrawals"), reason="''"
        ),
        "signature in a third place": copied("removal_signatures", "true", place="3"),
    }


def _pending(table: str, done: str) -> str:
    """A row of a table that the other one does not speak of."""
    return f"(SELECT id FROM {table} WHERE id NOT IN (SELECT id FROM {done}) ORDER BY id LIMIT 1)"


def _upserts() -> dict[str, str]:
    return {
        "upsert of a move": copied("moves", DRAWN, id="id") + " ON CONFLICT (organisation, id) DO UPDATE SET mass = 1",
        "upsert of a waste": copied("wastes", "true", id="id")
        + " ON CONFLICT (organisation, id) DO UPDATE SET mass = 1",
    }


POSTGRESQL: Final = {
    "truncate": "TRUNCATE moves CASCADE",
    "merge": "MERGE INTO moves m USING moves n ON m.id = n.id WHEN MATCHED THEN UPDATE SET mass = 1",
    "copy": "COPY moves FROM STDIN",
    "delete inside a query": "WITH gone AS (DELETE FROM moves RETURNING id) SELECT count(*) FROM gone",
    "triggers off for me": "SET session_replication_role = replica",
    "triggers off": "ALTER TABLE moves DISABLE TRIGGER ALL",
    "drop a table": "DROP TABLE moves CASCADE",
    "drop a guard": "DROP TRIGGER moves_no_update ON moves",
    "drop a constraint": "ALTER TABLE moves DROP CONSTRAINT ck_moves_moves_something",
    "not a number": "INSERT INTO wastes (mass) VALUES ('NaN'::float8)",
    "infinity": "INSERT INTO wastes (mass) VALUES ('Infinity'::float8)",
    "become the owner": "SET ROLE clinic_owner",
    "fence down": "ALTER TABLE moves DISABLE ROW LEVEL SECURITY",
    "hollow guard": "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql "
    "AS 'BEGIN RETURN OLD; END'",
}


def sqlite() -> dict[str, str]:
    """SQLite's own."""
    whole = copied("moves", DRAWN, id="id", operation_id="operation_id")
    return {
        "replace": whole.replace("INSERT INTO", "REPLACE INTO"),
        "replace by rowid": "INSERT OR REPLACE INTO wastes (rowid, organisation, id) "
        "SELECT rowid, organisation, id FROM wastes",
        "replace of a label": copied("containers", "true").replace("INSERT INTO", "REPLACE INTO"),
        "delete inside a query": "WITH gone AS (SELECT id FROM moves) "
        "DELETE FROM moves WHERE id IN (SELECT id FROM gone)",
        "update or replace": "UPDATE OR REPLACE moves SET id = (SELECT max(id) FROM moves)",
        "another rowid": "UPDATE moves SET rowid = rowid + 1000",
        "another rowid by its other name": "UPDATE moves SET oid = oid + 1000",
        "drop a table": "DROP TABLE moves",
        "drop what others stand on": "DROP TABLE containers",
        "not a number": copied("wastes", "true", mass="'NaN'"),
        "infinity": copied("wastes", "true", mass="9e999"),
        "half a microgram": copied("wastes", "true", mass="0.5"),
        "bytes for a reason": copied("wastes", "true", reason="x'00'"),
        "delete everything": "DELETE FROM wastes WHERE true",
    }


def statements(*, on_sqlite: bool) -> dict[str, str]:
    """Sixty, by what they would do."""
    said = {f"delete {table}": f"DELETE FROM {table}" for table in DELETED}
    said |= {f"update {what}": f"UPDATE {what}" for what in CHANGED}
    said |= inserted() | _upserts() | (sqlite() if on_sqlite else POSTGRESQL)
    return said


def accepted(house: Filled) -> tuple[list[str], int, bool]:
    """What the database took, of how many, and whether anything changed."""
    with desk(house) as at:
        before = at.contents()
        asked = statements(on_sqlite=house.on_sqlite)
        taken = [name for name, statement in asked.items() if at.refusal(statement) is None]
        return taken, len(asked), at.contents() != before


def main() -> int:
    """Try all of them on each engine; 0 where all are refused."""
    failed = 0
    with wards(*ENGINES) as made:
        for engine, kept in made.items():
            taken, asked, changed = accepted(filled(kept))
            failed += len(taken) + changed
            print(f"engine={engine} refused={asked - len(taken)} of {asked} changed={int(changed)} {taken}")  # noqa: T201
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
