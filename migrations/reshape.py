"""Giving a kept table new columns and other constraints, without losing a row or a guard.

SQLite cannot change a constraint, so the table is built anew beside the old one, filled, and put in its place; its
indexes and its guards are made again. PostgreSQL changes it where it stands. Both need an exclusive hold of the table,
which the migration has. References to the table are looked at when the migration ends (``database/migrate.py``).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Connection

from clinic_api.database.guards import keep

_CONSTRAINT = re.compile(r"^\s*(CONSTRAINT|PRIMARY KEY|FOREIGN KEY|UNIQUE|CHECK)\b")
_NAMED = re.compile(r"^\s*CONSTRAINT (\w+) ")


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A foreign key of several columns; a deferred one is looked at when the transaction ends."""

    columns: Sequence[str]
    table: str
    referred: Sequence[str]
    deferred: bool = False


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a table gets and loses.

    Args:
        columns: new ones; nullable, since there are rows already.
        checks: by name without prefix, what it says from now on; new names are added.
        drops: full names of constraints that go.
        uniques, references: full name and what it says.
        loses: columns that go; only to take back what was never used.
        changes: the columns that may change after a row is written.
    """

    columns: Sequence["sa.Column[Any]"] = ()
    loses: Sequence[str] = ()
    checks: Mapping[str, str] = field(default_factory=dict)
    drops: Sequence[str] = ()
    uniques: Mapping[str, Sequence[str]] = field(default_factory=dict)
    references: Mapping[str, Reference] = field(default_factory=dict)
    changes: Sequence[str] = ()


def reshape(table: str, shape: Shape) -> None:
    """Bring ``table`` into ``shape`` on either database."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _rebuild(connection, table, shape)
    else:
        _alter(table, shape)


def _alter(table: str, shape: Shape) -> None:
    known = {str(each["name"]) for each in sa.inspect(op.get_bind()).get_check_constraints(table)}
    if shape.columns or shape.loses:  # the guard of a kept row names its columns, so it is made again
        op.execute(f"DROP TRIGGER {table}_no_update ON {table}")
    for name in [*shape.drops, *(f"ck_{table}_{name}" for name in shape.checks if f"ck_{table}_{name}" in known)]:
        op.drop_constraint(op.f(name), table)
    _alter_columns(table, shape)
    for name, says in shape.checks.items():
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, says)
    for name, columns in shape.uniques.items():
        op.create_unique_constraint(op.f(name), table, list(columns))
    for name, to in shape.references.items():
        op.create_foreign_key(
            op.f(name),
            table,
            to.table,
            list(to.columns),
            list(to.referred),
            deferrable=to.deferred or None,
            initially="DEFERRED" if to.deferred else None,
        )
    if shape.columns or shape.loses:
        _guard_updates(table, shape.changes)


def _alter_columns(table: str, shape: Shape) -> None:
    for column in shape.columns:
        op.add_column(table, column)
    for lost in shape.loses:
        op.drop_column(table, lost)


def _guard_updates(table: str, changes: Sequence[str]) -> None:
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
    fixed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns if name not in changes)
    op.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({fixed}) "
        "EXECUTE FUNCTION refuse_change()"
    )
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_update")


def _rebuild(connection: Connection, table: str, shape: Shape) -> None:
    stored = connection.exec_driver_sql(
        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL", (table,)
    ).all()
    made = next(row.sql for row in stored if row.type == "table")
    columns = [column["name"] for column in sa.inspect(connection).get_columns(table)]
    kept = ", ".join(name for name in columns if name not in shape.loses)
    connection.exec_driver_sql(_edited(made, table, shape, connection))
    # S608: the table and its columns are constants of a migration
    connection.exec_driver_sql(f"INSERT INTO {table}_new ({kept}) SELECT {kept} FROM {table} ORDER BY rowid")  # noqa: S608
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql("PRAGMA legacy_alter_table = ON")  # guards of other tables may speak of this one
    connection.exec_driver_sql(f"ALTER TABLE {table}_new RENAME TO {table}")
    connection.exec_driver_sql("PRAGMA legacy_alter_table = OFF")
    for row in stored:
        if row.type == "index" or (row.type == "trigger" and not row.name.startswith(f"{table}_no_")):
            connection.exec_driver_sql(row.sql)
    keep(connection, table, changes=shape.changes)


def _edited(made: str, table: str, shape: Shape, connection: Connection) -> str:
    """The statement that builds the table, with each changed line in its place; one constraint stands on one line."""
    body, _, tail = made.strip().rpartition(")")
    _head, *lines = [line.rstrip().rstrip(",") for line in body.splitlines() if line.strip()]
    gone = {*shape.drops, *(f"ck_{table}_{name}" for name in shape.checks)}
    columns = [line for line in lines if not _CONSTRAINT.match(line) and line.split()[0] not in shape.loses]
    columns += [f"\t{column.name} {column.type.compile(connection.dialect)}" for column in shape.columns]
    constraints = [line for line in lines if _CONSTRAINT.match(line) and _name_of(line) not in gone]
    constraints += _new_constraints(table, shape)
    inside = ",\n".join([*columns, *constraints])
    return f"CREATE TABLE {table}_new (\n{inside}\n) {tail.strip()}"


def _new_constraints(table: str, shape: Shape) -> list[str]:
    checks = [f"\tCONSTRAINT ck_{table}_{name} CHECK ({says})" for name, says in shape.checks.items()]
    uniques = [f"\tCONSTRAINT {name} UNIQUE ({', '.join(each)})" for name, each in shape.uniques.items()]
    return [
        *checks,
        *uniques,
        *(
            f"\tCONSTRAINT {name} FOREIGN KEY({', '.join(to.columns)}) REFERENCES {to.table} ({', '.join(to.referred)})"
            f"{' DEFERRABLE INITIALLY DEFERRED' if to.deferred else ''}"
            for name, to in shape.references.items()
        ),
    ]


def _name_of(line: str) -> str:
    named = _NAMED.match(line)
    return named.group(1) if named else ""
