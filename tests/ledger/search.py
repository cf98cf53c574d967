"""Looks for statements that one constraint alone refuses: ``python -m tests.ledger.search``.

Prints what ``constraints.toml`` lacks, as after a migration, to be added to it. Works on PostgreSQL, which names the
constraint that refuses. From copies of rows it changes the columns of whatever stands in the way, until only the
wanted constraint does; that it is the only one is seen by dropping it.
"""

import json
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

import psycopg

from clinic_api.database.rows import Row
from tests.ledger.constraints import Case, Named, constraints, table
from tests.ledger.desk import Desk, desk, filled
from tests.ledger.house import TABLES
from tests.ledger.kept import wards

PATIENCE: Final = 1500
ROWS: Final = 12
PLAIN: Final = ("NULL", "0", "1", "-1", "2", "3", "'x'", "'waste'", "'supplier'", "'patient'", "'broken'", "'counted'")
STRANGER: Final = "'00000000-0000-0000-0000-000000000007'"
State = tuple[int, tuple[tuple[str, str], ...]]


@dataclass
class Search:
    """One table's search."""

    at: Desk
    table: str
    named: dict[str, Named]
    tried: dict[State, str | None] = field(default_factory=dict)

    def said(self, state: State) -> str | None:
        """Which constraint refuses it; None where it is taken, an empty text for anything else."""
        if state not in self.tried:
            self.tried[state] = self._said(state)
        return self.tried[state]

    def _said(self, state: State) -> str | None:
        self.at.run("SAVEPOINT tried")
        try:
            self.at.run(Case(self.table, state[0], dict(state[1])).statement())
        except psycopg.Error as refused:
            return refused.diag.constraint_name or ""
        finally:
            self.at.run("ROLLBACK TO tried")
        return None

    def without(self, name: str, state: State) -> str | None:
        """The same with a constraint dropped."""
        self.at.run("SAVEPOINT whole")
        self.at.run(f"ALTER TABLE {self.table} DROP CONSTRAINT {name} CASCADE")
        try:
            return self._said(state)
        finally:
            self.at.run("ROLLBACK TO whole")

    def values(self, column: str) -> list[str]:
        """What may be tried in a column."""
        own = [f"(SELECT {column} FROM {self.table} ORDER BY id LIMIT 1 OFFSET {number})" for number in range(ROWS)]
        keys = Row.metadata.tables[self.table].foreign_key_constraints
        others = {key.referred_table.name for key in keys if column in key.columns}
        theirs = [
            f"(SELECT id FROM {other} ORDER BY id LIMIT 1 OFFSET {n})"
            for other, n in product(sorted(others), range(ROWS))
        ]
        return [*theirs, *own, STRANGER, "NULL"] if others or column == "id" else [*own, *PLAIN, STRANGER]

    def nearby(self, state: State, name: str, *, keep: tuple[str, ...] = ()) -> Iterator[State]:
        """The state with one column of a constraint changed."""
        columns = self.named[name].columns if name in self.named else ("id",)
        for column in columns:
            if column not in {"organisation", *keep}:
                for value in self.values(column):
                    yield state[0], tuple(sorted({**dict(state[1]), column: value}.items()))

    def twins(self, rows: int) -> list[State]:
        """Copies that the database takes, one of each row where that can be."""
        found: list[State] = []
        for number in range(min(rows, ROWS)):
            queue, tries = deque[State]([(number, ())]), 0
            while queue and tries < PATIENCE // 2:
                state, tries = queue.popleft(), tries + 1
                said = self.said(state)
                if said is None:
                    found.append(state)
                    break
                if len(state[1]) < 4:
                    queue.extend(self.nearby(state, said))
        return found

    def case(self, name: str, starts: list[State]) -> State | None:
        """A statement that only this constraint refuses."""
        queue, tries = deque(starts), 0
        while queue and tries < PATIENCE:
            state, tries = queue.popleft(), tries + 1
            said = self.said(state)
            if said == name:
                left = self.without(name, state)
                if left is None:
                    return state
                more = self.nearby(state, left, keep=self.named[name].columns)
            else:
                more = self.nearby(state, name if said is None else said)
            if said != "" and len(state[1]) < 5:
                queue.extend(more)
        return None


def main() -> int:
    """Print the table, and to standard error what was not found."""
    with wards("postgresql") as made:
        house = filled(made["postgresql"])
        with desk(house, owner=True) as at:
            every = constraints(at, on_sqlite=False)
            for name in TABLES:
                _table(Search(at, name, {each.name: each for each in every if each.table == name}))
    return 0


def _table(search: Search) -> None:
    known, redundant = table()
    missing = [
        name for name in sorted(search.named) if not {f"{search.table}.{name}"} & (known.keys() | redundant.keys())
    ]
    if not missing:
        return
    (rows,) = search.at.run(f"SELECT count(*) FROM {search.table}")[0]
    starts: list[State] = [*search.twins(rows), *((number, ()) for number in range(min(rows, ROWS)))]
    for name in missing:
        search.at.raw.rollback()  # a dropped constraint's locks are given back
        search.at.begin()
        found: Any = search.case(name, starts)
        if found is None:
            print(f"# not found: {search.table} {name}", file=sys.stderr, flush=True)  # noqa: T201
            continue
        said = ", ".join(f"{column} = {json.dumps(value)}" for column, value in found[1])
        print(f'["{search.table}.{name}"]\nrow = {found[0]}\nchanges = {{ {said} }}\n', flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
