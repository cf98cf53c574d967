"""The throw-away PostgreSQL itself: two roles, copies that do not touch their template, nothing left behind."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tests import postgres
from tests.postgres import Cluster, Urls

numbers = count(1)

LEDGER = """
CREATE TABLE moves (organisation text, mass_ug bigint);
ALTER TABLE moves ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON moves USING (organisation = current_setting('clinic.organisation', true));
GRANT SELECT, INSERT ON moves TO clinic_app;
INSERT INTO moves VALUES ('north', 1), ('south', 2);
"""


@pytest.fixture
def urls(cluster: Cluster) -> Iterator[Urls]:
    """A small ledger of the owner's, that the application may read and add to."""
    name = f"ledger_{next(numbers)}"
    addresses = cluster.create_database(name)
    run(addresses.migrate, LEDGER)
    yield addresses
    cluster.drop(name)


def run(url: str, *statements: str) -> list[tuple[object, ...]]:
    """The rows of the last statement; a connection of its own, closed afterwards."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    rows: list[tuple[object, ...]] = []
    with engine.begin() as connection:
        for statement in statements:
            result = connection.exec_driver_sql(statement)
            rows = [tuple(row) for row in result] if result.returns_rows else []
    return rows


def name_of(url: str) -> str:
    return str(sa.make_url(url).database)


def test_neither_role_can_step_over_the_rules_of_the_database(cluster: Cluster) -> None:
    with cluster.superuser() as connection:
        rights = connection.execute(
            "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
            " WHERE rolname LIKE 'clinic%' ORDER BY rolname"
        ).fetchall()
    assert rights == [(role, True, False, False, False, False) for role in ("clinic_app", "clinic_owner")]


def test_the_application_sees_only_the_rows_of_its_own_organisation(urls: Urls) -> None:
    rows = run(urls.app, "SET clinic.organisation = 'north'", "SELECT organisation, mass_ug FROM moves")
    assert rows == [("north", 1)]


@pytest.mark.parametrize(
    "act", ["UPDATE moves SET mass_ug = 0", "DELETE FROM moves", "CREATE TABLE mine (a int)", "DROP TABLE moves"]
)
def test_the_application_cannot_do_what_it_was_not_granted(urls: Urls, act: str) -> None:
    with pytest.raises(sa.exc.ProgrammingError, match=r"permission denied|must be owner"):
        run(urls.app, act)
    assert run(urls.migrate, "SELECT sum(mass_ug) FROM moves") == [(3,)]


def test_a_copy_starts_as_its_template_and_changes_alone(cluster: Cluster, urls: Urls) -> None:
    copy = cluster.clone(name_of(urls.migrate), f"{name_of(urls.migrate)}_copy")
    run(copy.app, "SET clinic.organisation = 'north'", "INSERT INTO moves VALUES ('north', 40)")
    assert run(copy.migrate, "SELECT sum(mass_ug) FROM moves") == [(43,)]
    assert run(urls.migrate, "SELECT sum(mass_ug) FROM moves") == [(3,)]
    cluster.drop(name_of(copy.migrate))
    with pytest.raises(sa.exc.OperationalError, match="does not exist"):
        run(copy.app, "SELECT 1")


def test_one_chair_cannot_be_booked_twice_at_the_same_time(urls: Urls) -> None:
    run(
        urls.migrate,
        "CREATE TABLE bookings (chair int, during tstzrange, EXCLUDE USING gist (chair WITH =, during WITH &&))",
        "INSERT INTO bookings VALUES (4, '[2026-01-12 09:00Z, 2026-01-12 10:00Z)')",
        "INSERT INTO bookings VALUES (4, '[2026-01-12 10:00Z, 2026-01-12 11:00Z)')",
    )
    with pytest.raises(sa.exc.IntegrityError, match="exclusion constraint"):
        run(urls.migrate, "INSERT INTO bookings VALUES (4, '[2026-01-12 09:59Z, 2026-01-12 10:01Z)')")


def test_the_server_of_a_killed_run_is_swept_by_the_next(cluster: Cluster) -> None:
    orphan = subprocess.Popen(
        [sys.executable, "-c", "from tests import postgres; print(postgres.mine().home, flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert orphan.stdout is not None
    with orphan:
        left_behind = Cluster(Path(orphan.stdout.readline().strip()))
        orphan.kill()
    with left_behind.superuser() as connection:
        postgres.sweep()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert not left_behind.home.exists()
    assert cluster.home.exists()
