"""What the database itself refuses, as DDL for migrations.

Application rules are the first wall; these hold when the application is wrong. A table is *kept*: its rows
are never deleted and only the named columns ever change. On PostgreSQL the application's role also lacks
the right, rows of other organisations are invisible, and the triggers fire for superusers too.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

TENANT = "nullif(current_setting('app.organisation', true), '')::uuid"
#: SQLite's own name of a row, in its three spellings: a REPLACE by it would take out another row.
ROWIDS = ("rowid", "oid", "_rowid_")
REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% on % refused: records are kept', tg_op, tg_table_name USING ERRCODE = '23001'; END $$
"""


def keep(connection: Connection, table: str, *, changes: Sequence[str] = (), app_role: str = "clinic_app") -> None:
    """Guard ``table``: no DELETE, no TRUNCATE, no REPLACE, no UPDATE but of ``changes``; own rows only."""
    if connection.dialect.name == "sqlite":
        _keep_on_sqlite(connection, table, changes)
    else:
        _keep_on_postgresql(connection, table, changes)
        fence(connection, table)
        grant(connection, table, changes=changes, app_role=app_role)


def refuse_rows(connection: Connection, table: str, name: str, *, when: str) -> None:
    """Guard ``table`` against new rows of which ``when`` is true; ``NEW`` is the row. For what no CHECK can say.

    Rows that stand are not looked at. ``allow_rows`` takes it back.
    """
    says = f"{table}: {name.replace('_', ' ')}"
    if connection.dialect.name == "sqlite":
        _run(
            connection,
            f"CREATE TRIGGER {table}_{name} BEFORE INSERT ON {table} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{says}'); END",
        )
        return
    _run(
        connection,
        f"CREATE FUNCTION {table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN "
        f"RAISE EXCEPTION '{says}' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$",
    )
    _run(
        connection,
        f"CREATE TRIGGER {table}_{name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_{name}()",
    )
    _run(connection, f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{name}")


def allow_rows(connection: Connection, table: str, name: str) -> None:
    """Take back what ``refuse_rows`` did."""
    if connection.dialect.name == "sqlite":
        _run(connection, f"DROP TRIGGER {table}_{name}")
        return
    _run(connection, f"DROP TRIGGER {table}_{name} ON {table}")
    _run(connection, f"DROP FUNCTION {table}_{name}()")


def fence(connection: Connection, table: str) -> None:
    """PostgreSQL: rows of another organisation do not exist; with no organisation set there are no rows."""
    _run(connection, f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    _run(connection, f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    _run(
        connection,
        f"CREATE POLICY tenant ON {table} USING (organisation = {TENANT}) WITH CHECK (organisation = {TENANT})",
    )


def grant(
    connection: Connection, table: str, *, changes: Sequence[str] = (), delete: bool = False, app_role: str
) -> None:
    """PostgreSQL: the application may read, add, and change just the named columns."""
    if not connection.execute(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": app_role}).first():
        return  # one role owns and uses this database; the triggers still hold
    _run(connection, f"GRANT SELECT, INSERT{', DELETE' if delete else ''} ON {table} TO {app_role}")
    if changes:
        _run(connection, f"GRANT UPDATE ({', '.join(changes)}) ON {table} TO {app_role}")


def _keep_on_sqlite(connection: Connection, table: str, changes: Sequence[str]) -> None:
    columns = [column["name"] for column in sa.inspect(connection).get_columns(table)]
    fixed = [column for column in (*columns, *ROWIDS) if column not in changes]
    _run(
        connection,
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {', '.join(fixed)} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: records are kept'); END",
    )
    _run(
        connection,
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: records are kept'); END",
    )
    for number, unique in enumerate([*_unique_keys(connection, table), ["rowid"]]):
        same = " AND ".join(f"{column} = NEW.{column}" for column in unique)
        _run(
            connection,
            f"CREATE TRIGGER {table}_no_replace_{number} BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{table}: duplicate'); END",
        )


def _unique_keys(connection: Connection, table: str) -> list[list[str]]:
    inspector = sa.inspect(connection)
    keys = [inspector.get_pk_constraint(table)["constrained_columns"]]
    keys += [[str(name) for name in unique["column_names"]] for unique in inspector.get_unique_constraints(table)]
    keys += [
        [str(name) for name in index["column_names"]]
        for index in inspector.get_indexes(table)
        if index["unique"] and "sqlite_where" not in index.get("dialect_options", {})
    ]
    return keys


def _keep_on_postgresql(connection: Connection, table: str, changes: Sequence[str]) -> None:
    _run(connection, REFUSE)
    columns = [column["name"] for column in sa.inspect(connection).get_columns(table)]
    fixed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns if name not in changes)
    for name, moment, level in (
        ("no_update", "BEFORE UPDATE", f"FOR EACH ROW WHEN ({fixed})"),
        ("no_delete", "BEFORE DELETE", "FOR EACH ROW"),
        ("no_truncate", "BEFORE TRUNCATE", "FOR EACH STATEMENT"),
    ):
        _run(
            connection,
            f"CREATE TRIGGER {table}_{name} {moment} ON {table} {level} EXECUTE FUNCTION refuse_change()",
        )
        _run(connection, f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{name}")


def _run(connection: Connection, statement: str) -> None:
    connection.execute(sa.text(statement))
