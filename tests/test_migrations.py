"""Migrations build what the models say, in one piece; what they build is what this release was tested with."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations

import clinic_api.app  # noqa: F401  (every floor, so that every table is known)
from clinic_api.database import fingerprint, migrate, types
from clinic_api.database.engines import make_engine
from clinic_api.database.guards import keep
from clinic_api.database.rows import Row
from migrations.reshape import Shape, reshape
from tests.builders import installed
from tests.postgres import Cluster, Urls

STARTERS: Final = 4
OWNER: Final = UUID(int=7)
numbers = count(1)


@pytest.fixture
def empty(engine_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Urls]:
    """The addresses of a database with nothing in it."""
    if engine_kind == "sqlite":
        yield Urls(*(2 * [f"sqlite:///{tmp_path}/fresh.sqlite"]))
        return
    server: Cluster = request.getfixturevalue("cluster")
    name = f"fresh_{next(numbers)}"
    yield server.create_database(name)
    server.drop(name)


@contextmanager
def opened(url: str) -> Iterator[sa.Connection]:
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def guards(url: str) -> str:
    with opened(url) as connection:
        return fingerprint.fingerprint(connection)


def tables(url: str) -> set[str]:
    with opened(url) as connection:
        return set(sa.inspect(connection).get_table_names()) - {"alembic_version"}


def columns(url: str) -> set[tuple[str, str]]:
    """Every column there is; a migration may add no more than one."""
    with opened(url) as connection:
        seen = sa.inspect(connection)
        return {(table, each["name"]) for table in seen.get_table_names() for each in seen.get_columns(table)}


def build(url: str) -> None:
    """Every table as the models say it."""
    with opened(url) as connection:
        Row.metadata.create_all(connection)


def shape(url: str) -> dict[str, Any]:
    """Every table's columns, keys, references and uniques, in words that can be compared."""
    with opened(url) as connection:
        seen = sa.inspect(connection)
        return {
            name: {
                "columns": {(each["name"], str(each["type"]), each["nullable"]) for each in seen.get_columns(name)},
                "key": seen.get_pk_constraint(name)["constrained_columns"],
                "references": {
                    (tuple(each["constrained_columns"]), each["referred_table"], tuple(each["referred_columns"]))
                    for each in seen.get_foreign_keys(name)
                },
                "uniques": {tuple(each["column_names"]) for each in seen.get_unique_constraints(name)},
            }
            for name in Row.metadata.tables
        }


def rules(url: str) -> set[tuple[str, str, str]]:
    """Every check and index by table and name."""
    with opened(url) as connection:
        seen = sa.inspect(connection)
        here = set(seen.get_table_names()) & set(Row.metadata.tables)
        checks = {(name, str(e["name"]), e["sqltext"]) for name in here for e in _checks(seen, name)}
        indexes = {
            (name, str(each["name"]), f"{each['column_names']} {each['unique']}")
            for name in here
            for each in seen.get_indexes(name)
        }
        return checks | indexes


def _checks(seen: sa.Inspector, table: str) -> Any:
    return seen.get_check_constraints(table)


def test_from_nothing_the_migrations_build_every_table_of_the_models(empty: Urls) -> None:
    migrate.upgrade(empty.migrate)
    assert tables(empty.migrate) == set(Row.metadata.tables)


def test_the_migrations_and_the_models_say_the_same(new_database: Callable[[], Urls], empty: Urls) -> None:
    migrated = new_database().migrate
    with opened(migrated) as connection:
        command.check(migrate.config_for(connection))
    with ProcessPoolExecutor(
        1, mp_context=multiprocessing.get_context("spawn")
    ) as fresh:  # models that no other test has touched
        fresh.submit(build, empty.migrate).result()
        made, meant = (fresh.submit(shape, url).result() for url in (migrated, empty.migrate))
        missing = fresh.submit(rules, empty.migrate).result() - fresh.submit(rules, migrated).result()
    assert [(name, part) for name in meant for part in meant[name] if made[name][part] != meant[name][part]] == []
    assert missing == set()


def test_the_guards_are_those_of_this_release(new_database: Callable[[], Urls], engine_kind: str) -> None:
    assert guards(new_database().migrate) == fingerprint.released(engine_kind), "run: python -m tests.fingerprints"


@pytest.mark.parametrize("revision", ["-1", "base"])
def test_what_is_taken_back_can_be_built_again(new_database: Callable[[], Urls], revision: str) -> None:
    url = new_database().migrate
    before = guards(url), columns(url), rules(url)
    migrate.downgrade(url, revision)
    assert (guards(url), columns(url), rules(url)) != before
    migrate.upgrade(url)
    assert (guards(url), columns(url), rules(url)) == before


def test_a_database_that_is_up_to_date_is_left_alone(new_database: Callable[[], Urls]) -> None:
    url = new_database().migrate
    before = guards(url)
    migrate.upgrade(url)
    assert guards(url) == before


def test_four_who_start_at_once_build_the_database_once(empty: Urls, new_database: Callable[[], Urls]) -> None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["clinic_api.app", "clinic_api.database.migrate"])
    started = [processes.Process(target=migrate.upgrade, args=(empty.migrate,)) for _ in range(STARTERS)]
    for process in started:
        process.start()
    for process in started:
        process.join(timeout=60)
    assert [process.exitcode for process in started] == [0] * STARTERS
    assert guards(empty.migrate) == guards(new_database().migrate)


def test_a_guard_that_somebody_removes_is_noticed(new_database: Callable[[], Urls], engine_kind: str) -> None:
    url = new_database().migrate
    before = guards(url)
    on = "" if engine_kind == "sqlite" else " ON accounts"
    with opened(url) as connection:
        connection.exec_driver_sql(f"DROP TRIGGER accounts_no_delete{on}")
    assert guards(url) != before


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_a_guard_that_somebody_hollows_out_is_noticed(new_database: Callable[[], Urls]) -> None:
    url = new_database().migrate
    before = guards(url)
    with opened(url) as connection:
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN coalesce(NEW, OLD); END $$"
        )
    assert guards(url) != before


def test_a_clinic_whose_database_has_one_role_only_works_and_verifies(
    new_database: Callable[[], Urls], tmp_path: Path
) -> None:
    owner = new_database().migrate
    with installed(Urls(owner, owner), tmp_path) as installation:
        clinic = installation.found()
        assert clinic.nurse("Ada").get("/me")["roles"] == ["nurse"]
        assert clinic.verify() == []


@contextmanager
def toys(url: str) -> Iterator[sa.Connection]:
    """A connection for the organisation whose toys they are."""
    with opened(url) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text(f"SELECT set_config('app.organisation', '{OWNER}', true)"))
        yield connection


def test_a_kept_table_that_is_reshaped_keeps_its_rows_and_its_guards(empty: Urls) -> None:
    with opened(empty.migrate) as connection, Operations.context(MigrationContext.configure(connection)) as op:
        op.create_table(
            "toys",
            sa.Column("organisation", types.Id(), nullable=False),
            sa.Column("id", types.Id(), nullable=False),
            sa.Column("pieces", types.Whole(), nullable=False),
            sa.Column("left_over", types.Whole(), nullable=False),
            sa.CheckConstraint("pieces >= 0", name="ck_toys_some"),
            sa.PrimaryKeyConstraint("organisation", "id", name="pk_toys"),
            sqlite_strict=True,
        )
        connection.exec_driver_sql(f"INSERT INTO toys VALUES ('{OWNER}', '{UUID(int=1)}', 5, 0)")
        keep(connection, "toys", changes=["left_over"])
        colour = sa.Column("colour", sa.Text())
        checks = {"some": "pieces > 0", "known": "colour <> 'grey'"}
        reshape("toys", Shape(columns=[colour], checks=checks, changes=["left_over"]))
        uniques = {"uq_toys_colour": ("organisation", "colour")}
        reshape("toys", Shape(columns=[sa.Column("size", sa.Text())], uniques=uniques, changes=["left_over"]))
    refused = ["UPDATE toys SET pieces = 6", "UPDATE toys SET colour = 'red'", "DELETE FROM toys"]
    refused += [
        f"INSERT INTO toys VALUES ('{OWNER}', '{UUID(int=2)}', {pieces}, 0, '{colour}', 'small')"
        for pieces, colour in ((0, "red"), (1, "grey"))
    ]
    for statement in refused:
        with pytest.raises(sa.exc.DBAPIError), toys(empty.migrate) as connection:
            connection.exec_driver_sql(statement)
    with toys(empty.migrate) as connection:
        connection.exec_driver_sql("UPDATE toys SET left_over = 2")
        row = connection.exec_driver_sql("SELECT pieces, left_over, colour, size FROM toys").one()
    assert tuple(row) == (5, 2, None, None)
