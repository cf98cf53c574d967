"""The application as it starts: what it finds of its database, and what it then still does."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from clinic_api.app import self_check
from clinic_api.cli.docs import docs, session_states
from clinic_api.database import fingerprint
from clinic_api.database.engines import engine_options, make_engine
from tests.builders import Clinic, installed
from tests.postgres import Cluster, Urls
from tests.tampering import strongest


@pytest.fixture
def unguarded(clinic: Clinic, engine_kind: str) -> Clinic:
    """A clinic whose database has lost one of its guards."""
    on = "" if engine_kind == "sqlite" else " ON accounts"
    with strongest(clinic) as run:
        run(f"DROP TRIGGER accounts_no_delete{on}")
    return clinic


def test_a_lost_guard_is_found_and_said_aloud(unguarded: Clinic, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = self_check(unguarded.app)
    assert "not those of this release" in found[0]
    assert "DEGRADED: the database's guards" in caplog.text


def test_without_its_guards_a_clinic_charts_on_and_grants_nothing(unguarded: Clinic) -> None:
    ada, olga = unguarded.nurse("Ada"), unguarded.administrators[0]
    self_check(unguarded.app)
    with unguarded.nothing_changes():
        refused = olga.post(f"/staff/{ada.id}/roles", role="custodian", give=True)
    assert (refused.status, refused["type"]) == (503, "degraded")
    assert "run `flask --app wsgi migrate`" in refused["detail"]
    assert (ada.get("/me").status, olga.post(f"/sites/{unguarded.site}/chairs", name="Chair 1").status) == (200, 201)


def test_the_first_request_finds_out_and_the_health_page_says_so(unguarded: Clinic) -> None:
    unguarded.app.extensions["clinic"].checked = False
    said = unguarded.app.test_client().get("/healthz").get_json()
    assert (said["status"], len(said["degraded"])) == ("degraded", 1)


def test_a_clinic_whose_guards_are_this_releases_is_well(clinic: Clinic, engine_kind: str) -> None:
    with clinic.reading():
        engine = make_engine(clinic.app.config["SQLALCHEMY_DATABASE_URI"])
    with engine.connect() as connection:
        fresh = fingerprint.fingerprint(connection) == fingerprint.released(engine_kind)
        bypasses = fingerprint.bypasses_the_fence(connection)
    engine.dispose()
    assert (fresh, bypasses) == (True, False), "run: python -m tests.fingerprints"
    assert clinic.app.test_client().get("/healthz").get_json()["status"] == "ok"


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_a_role_that_sees_every_organisation_is_found(
    new_database: Callable[[], Urls], cluster: Cluster, tmp_path: Path
) -> None:
    urls = new_database()
    with cluster.superuser() as superuser:
        superuser.execute("CREATE ROLE peeping LOGIN BYPASSRLS")
        superuser.execute("GRANT clinic_app TO peeping")
    peeping = sa.make_url(urls.app).set(username="peeping").render_as_string()
    try:
        with installed(Urls(urls.migrate, peeping), tmp_path) as running:
            assert any("sees every organisation" in each for each in self_check(running.app))
    finally:
        with cluster.superuser() as superuser:
            superuser.execute("DROP ROLE peeping")


def test_values_never_reach_a_log_and_a_dead_link_fails_in_seconds(engine_kind: str) -> None:
    options = engine_options("sqlite:///x.db" if engine_kind == "sqlite" else "postgresql+psycopg://app@db/clinic")
    assert options["hide_parameters"] is True
    assert max(options["connect_args"].get(name, 0) for name in ("timeout", "connect_timeout")) <= 5


def test_the_picture_of_a_sessions_life_is_drawn_on_demand(tmp_path: Path) -> None:
    page = tmp_path / "states.md"
    done = CliRunner().invoke(docs, ["--states", str(page)])
    assert (done.exit_code, page.read_text(encoding="utf-8")) == (0, session_states())
    assert "stateDiagram-v2" in session_states()
