"""Every constraint of the ledger, and the statement that it alone refuses: ``make constraints``.

Each statement of ``constraints.toml`` copies a row of the filled house with something else in some columns. With the
constraint it is refused; without it, on the same rows, it is taken.
"""

import argparse
import re
import sys
import tomllib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pysqlite3

from tests.ledger.desk import REFUSALS, Desk, Filled, copied, desk, filled
from tests.ledger.house import TABLES
from tests.ledger.kept import ENGINES, wards

FILE: Final = Path(__file__).with_name("constraints.toml")
_NAMED: Final = re.compile(r"^\s*CONSTRAINT (\w+) (CHECK|UNIQUE|FOREIGN KEY)\b")
_LISTED: Final = """
    SELECT r.relname, c.conname,
        array(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attnum = ANY (c.conkey))
    FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
    WHERE c.contype IN ('c', 'u', 'f') AND r.relnamespace = 'public'::regnamespace ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Named:
    """A constraint, with the columns that it speaks of where the database tells."""

    table: str
    name: str
    columns: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its name in the table of statements."""
        return f"{self.table}.{self.name}"


@dataclass(frozen=True)
class Case:
    """A copy of the so-manieth row, or of the first that fits, with other expressions in some columns.

    ``before`` is a case that goes before, and must be taken.
    """

    table: str
    row: int | str
    changes: dict[str, str]
    before: str = ""

    def statement(self) -> str:
        """The insert."""
        which = f"id = (SELECT id FROM {self.table} ORDER BY id LIMIT 1 OFFSET {self.row})"
        return copied(self.table, self.row if isinstance(self.row, str) else which, **self.changes)


def constraints(at: Desk, *, on_sqlite: bool) -> list[Named]:
    """Every CHECK, UNIQUE and FOREIGN KEY of the ledger's tables, as the migrated database has them."""
    if not on_sqlite:
        return [Named(table, name, tuple(columns)) for table, name, columns in at.run(_LISTED) if table in TABLES]
    made = at.run("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    return [
        Named(table, found.group(1))
        for table, sql in made
        if table in TABLES
        for each in sql.splitlines()
        if (found := _NAMED.match(each))
    ]


def table() -> tuple[dict[str, Case], dict[str, str]]:
    """The statements by constraint, and the constraints that are no rule of their own, with the reason."""
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    redundant = content.pop("redundant", {})
    return {key: _case(key, each) for key, each in content.items()}, redundant


def _case(key: str, said: dict[str, Any]) -> Case:
    before = said.get("before")
    first = "" if before is None else Case(before["table"], before["row"], before["changes"]).statement()
    return Case(key.partition(".")[0], said["row"], said["changes"], first)


def shown(house: Filled, *keys: str) -> dict[str, str]:
    """What is wrong with the statements of some constraints: nothing, where each is refused by its own alone."""
    cases, _ = table()
    wrong = {}
    for key in keys:
        said = (_on_sqlite if house.on_sqlite else _on_postgresql)(house, key.partition(".")[2], cases[key])
        if said is not None:
            wrong[key] = said
    return wrong


def _on_postgresql(house: Filled, name: str, case: Case) -> str | None:
    with desk(house, owner=True) as at:
        for before in filter(None, (case.before,)):
            at.run(before)
        if at.refusal(case.statement()) is None:
            return "taken with it"
        for before in filter(None, (case.before, f"ALTER TABLE {case.table} DROP CONSTRAINT {name} CASCADE")):
            at.run(before)
        said = at.refusal(case.statement())  # and all of it is undone
    return None if said is None else f"refused without it: {said}"


def _on_sqlite(house: Filled, name: str, case: Case) -> str | None:
    """In a copy in memory, where the table is built anew without the constraint and without its guards."""
    with desk(house) as at, closing(pysqlite3.connect(":memory:", isolation_level=None)) as copy:
        if case.before:
            at.run(case.before)
        if at.refusal(case.statement()) is None:
            return "taken with it"
        at.raw.rollback()
        at.raw.backup(copy)
        _rebuild(copy, case.table, name)
        try:
            copy.execute("PRAGMA foreign_keys = ON")
            if case.before:
                copy.execute(case.before)
            copy.execute(case.statement())
        except REFUSALS as refused:
            return f"refused without it: {refused}"
    return None


def _rebuild(copy: Any, table: str, name: str) -> None:
    """Build a table anew without a constraint, and those that refer to it by a key that falls without that."""
    made = copy.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    lines = {each[0]: [line.strip().rstrip(",") for line in each[1].splitlines()] for each in made}
    gone = next(each for each in lines[table] if each.startswith(f"CONSTRAINT {name} "))
    key = gone.partition(" UNIQUE ")[2]
    for other, said in lines.items():
        for each in said if key and other != table else ():
            if each.endswith(f" REFERENCES {table} {key}"):
                _without(copy, other, each.split()[1])
    _without(copy, table, name)


def _without(copy: Any, table: str, name: str) -> None:
    copy.execute("PRAGMA legacy_alter_table = ON")
    ((made,),) = copy.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchall()
    copy.execute(f"ALTER TABLE {table} RENAME TO {table}_old")
    copy.execute(_edited(made, table, name))
    copy.execute(f"INSERT INTO {table} SELECT * FROM {table}_old")
    copy.execute(f"DROP TABLE {table}_old")


def _edited(made: str, table: str, name: str) -> str:
    """The statement that makes the table, without one constraint and without keys to what falls with it."""
    head, _, rest = made.partition("(")
    body, _, tail = rest.rpartition(")")
    lines = [each.strip().rstrip(",") for each in body.splitlines() if each.strip()]
    gone = next(each for each in lines if each.startswith(f"CONSTRAINT {name} "))
    kept = [each for each in lines if each != gone]
    if " UNIQUE" in gone:
        listed = gone.partition("(")[2]
        kept = [each for each in kept if not (f"REFERENCES {table} " in each and each.endswith(f"({listed}"))]
    inside = ",\n".join(kept)
    return f"{head}(\n{inside}\n){tail}"


def main() -> int:
    """Try every constraint on each engine; 0 where each is shown, or is named as no rule of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.ledger.constraints", description="Drop each constraint.")
    parser.add_argument("--engines", default=",".join(ENGINES))
    failed = 0
    cases, redundant = table()
    with wards(*parser.parse_args().engines.split(",")) as made:
        for engine, kept in made.items():
            house = filled(kept)
            with desk(house) as at:
                every = [each.key for each in constraints(at, on_sqlite=house.on_sqlite)]
            unknown = sorted(set(every) ^ (cases.keys() | redundant.keys()))
            wrong = shown(house, *(key for key in every if key in cases))
            for key, said in wrong.items():
                print(f"{engine} {key}: {said}")  # noqa: T201
            print(  # noqa: T201
                f"engine={engine} constraints={len(every)} shown={len(set(every) & cases.keys()) - len(wrong)} "
                f"redundant={len(set(every) & redundant.keys())} wrong={len(wrong)} unknown={unknown}"
            )
            failed += len(wrong) + len(unknown)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
