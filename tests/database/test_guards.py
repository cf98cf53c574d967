"""What the database itself refuses, whoever asks: the owner, a superuser, a program that is not ours."""

from typing import Final

import pytest
import sqlalchemy as sa

from clinic_api.database.engines import make_engine
from clinic_api.database.guards import ROWIDS, keep
from clinic_api.database.rows import Row
from tests.builders import Clinic
from tests.tampering import REFUSALS, Run, strongest

#: What each kind of column could be changed to, as SQL, by its type on PostgreSQL.
OTHER_VALUES: Final = {
    "uuid": "gen_random_uuid()",
    "text": "'changed'",
    "bytea": "'\\x00'::bytea",
    "bigint": "987654321",
    "boolean": "NOT {column}",
    "timestamp with time zone": "now()",
    "date": "'1999-01-01'",
}
FOR_SQLITE: Final = {"TEXT": "'changed'", "BLOB": "x'00'", "INTEGER": "987654321"}
#: What a clinic holds before its first patient.
WALLS: Final = {
    *("accounts", "audit_accesses", "audit_entries", "audit_seals", "chairs", "credentials", "devices", "licences"),
    *("misses", "operations", "organisation_keys", "organisations", "policy_versions", "presences", "registrations"),
    *("role_approvals", "role_proposals", "sign_ins", "sites", "tokens", "used_codes"),
}
#: What goes once it is not needed: an entry that waited and has its place (``tests/audit/test_waiting.py``).
LEAVES: Final = {"audit_waiting"}


@pytest.fixture
def lived_in(clinic: Clinic) -> Clinic:
    """A clinic in which every table of the lower floors holds a row."""
    ada = clinic.nurse("Ada")
    clinic.a_registration()
    clinic.a_chair()
    wish = {"role": "nurse", "give": False}
    missed = clinic.administrators[0].send("POST", f"/staff/{ada.id}/roles", wish, {"Clinic-Pin": "000000"})
    assert missed["type"] == "wrong-pin"
    ada.get("/me")
    assert clinic.verify() == []
    return clinic


def kept_tables() -> list[sa.Table]:
    return [Row.metadata.tables[name] for name in sorted(Row.metadata.tables)]


def fixed(table: sa.Table) -> list[str]:
    return [column.name for column in table.columns if not column.info.get("changes")]


def filled(run: Run) -> list[sa.Table]:
    return [table for table in kept_tables() if run(f"SELECT 1 FROM {table.name} LIMIT 1")]


def kinds(run: Run, table: str, *, sqlite: bool) -> dict[str, str]:
    if sqlite:
        return {row[1]: FOR_SQLITE[row[2]] for row in run(f"PRAGMA table_info({table})")}
    query = f"SELECT column_name, data_type FROM information_schema.columns WHERE table_name = '{table}'"
    return {name: OTHER_VALUES[kind].format(column=name) for name, kind in run(query)}


def refused(run: Run, statement: str) -> None:
    with pytest.raises(REFUSALS, match=r"records are kept|duplicate"):
        run(statement)


def test_no_column_that_must_stand_can_be_changed_by_anybody(lived_in: Clinic, engine_kind: str) -> None:
    with lived_in.nothing_changes(), strongest(lived_in) as run:
        assert {table.name for table in filled(run)} >= WALLS
        for table in filled(run):
            others = kinds(run, table.name, sqlite=engine_kind == "sqlite")
            for column in fixed(table):
                refused(run, f"UPDATE {table.name} SET {column} = {others[column]}")


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_every_column_that_must_stand_is_named_by_the_guard_of_its_table(clinic: Clinic) -> None:
    """Of every table, filled or not; a column that a migration adds needs its table's guard made again."""
    with strongest(clinic) as run:
        for table in kept_tables():
            [(guard,)] = run(f"SELECT sql FROM sqlite_master WHERE name = '{table.name}_no_update'")
            named = guard.partition(" UPDATE OF ")[2].partition(f" ON {table.name} ")[0].split(", ")
            assert {*named} - {*ROWIDS} == {*fixed(table)}, table.name


def test_no_row_can_be_deleted_by_anybody(lived_in: Clinic) -> None:
    with lived_in.nothing_changes(), strongest(lived_in) as run:
        for table in filled(run):
            refused(run, f"DELETE FROM {table.name}")


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_no_table_can_be_emptied_by_anybody(lived_in: Clinic) -> None:
    with lived_in.nothing_changes(), strongest(lived_in) as run:
        for table in kept_tables():
            refused(run, f"TRUNCATE {table.name} CASCADE")


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_no_row_can_be_replaced_by_its_key_or_by_its_place(lived_in: Clinic) -> None:
    with lived_in.nothing_changes(), strongest(lived_in) as run:
        for table in filled(run):
            columns = ", ".join(column.name for column in table.columns)
            refused(run, f"INSERT OR REPLACE INTO {table.name} SELECT {columns} FROM {table.name} LIMIT 1")
            own = columns.replace("organisation, id", "'other', 'other'")
            refused(
                run,
                f"INSERT OR REPLACE INTO {table.name} (rowid, {columns}) SELECT rowid, {own} FROM {table.name} LIMIT 1",
            )
            for place in ("rowid", "oid", "_rowid_"):
                refused(run, f"UPDATE OR REPLACE {table.name} SET {place} = 1 + (SELECT max(rowid) FROM {table.name})")


def test_every_table_of_the_application_is_guarded(clinic: Clinic, engine_kind: str) -> None:
    wanted = ("no_update", "no_delete") if engine_kind == "sqlite" else ("no_update", "no_delete", "no_truncate")
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if engine_kind == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
    )
    with strongest(clinic) as run:
        there = {row[0] for row in run(query)}
    assert {f"{table.name}_{guard}" for table in kept_tables() for guard in wanted} - there == set()


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_the_application_has_no_right_to_change_or_delete_what_must_stand(clinic: Clinic) -> None:
    with strongest(clinic) as run:
        for table in kept_tables():
            rights = {row[0] for row in run(_rights(table.name))}
            leaves = {"DELETE"} if table.name in LEAVES else set()
            assert rights == {"SELECT", "INSERT", *leaves}, table.name
            changed = {row[0] for row in run(_changed(table.name))}
            assert changed == {column.name for column in table.columns} - set(fixed(table)), table.name


def _rights(table: str) -> str:
    return (
        "SELECT privilege_type FROM information_schema.role_table_grants"
        f" WHERE grantee = 'clinic_app' AND table_name = '{table}'"
    )


def _changed(table: str) -> str:
    return (
        "SELECT column_name FROM information_schema.role_column_grants"
        f" WHERE grantee = 'clinic_app' AND privilege_type = 'UPDATE' AND table_name = '{table}'"
    )


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_where_no_application_role_exists_the_owner_uses_the_database_and_is_guarded_too(clinic: Clinic) -> None:
    owner = make_engine(clinic.app.extensions["clinic"].settings.migrate_url)
    try:
        with owner.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE notes (organisation uuid, id uuid, said text)")
            keep(connection, "notes", app_role="nobody_here")
            setting = "SELECT set_config('app.organisation', gen_random_uuid()::text, true)"
            connection.exec_driver_sql(setting)
            row = "INSERT INTO notes VALUES (current_setting('app.organisation')::uuid, gen_random_uuid(), 'kept')"
            connection.exec_driver_sql(row)
        with owner.begin() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM notes").scalar() == 0
        with pytest.raises(sa.exc.DBAPIError, match="records are kept"), owner.begin() as connection:
            connection.exec_driver_sql("TRUNCATE notes")
    finally:
        owner.dispose()
