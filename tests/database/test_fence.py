"""Organisations are fenced: what belongs to another one does not exist, on either database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from clinic_api import clock
from clinic_api.accounts.models import Account, Token
from clinic_api.clinics import queries as places
from clinic_api.clinics.models import Chair, Site
from clinic_api.database.engines import make_engine
from clinic_api.database.rows import NotOurRow, Row, db, put
from clinic_api.database.scope import NoScope
from clinic_api.database.transactions import transaction
from clinic_api.identifiers import new_id
from tests.builders import Clinic, Installation


@pytest.fixture
def south(clinic: Clinic) -> Clinic:
    """Another organisation in the same database."""
    return clinic.installation.found("South Clinic")


@contextmanager
def as_app(clinic: Clinic, organisation: UUID | None = None) -> Iterator[sa.Connection]:
    """The application's own role on PostgreSQL, with nothing of ours in between; undone at the end."""
    engine = make_engine(clinic.app.config["SQLALCHEMY_DATABASE_URI"])
    try:
        with engine.connect() as connection:
            if organisation is not None:
                setting = "SELECT set_config('app.organisation', :organisation, true)"
                connection.execute(sa.text(setting), {"organisation": str(organisation)})
            yield connection
    finally:
        engine.dispose()


def counts(connection: sa.Connection) -> dict[str, int]:
    names = Row.metadata.tables
    return {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in names}


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_without_an_organisation_there_are_no_rows_at_all(clinic: Clinic) -> None:
    with as_app(clinic) as connection:
        assert {name for name, rows in counts(connection).items() if rows} == set()


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_an_organisation_that_does_not_exist_has_no_rows(clinic: Clinic) -> None:
    with as_app(clinic, uuid4()) as connection:
        assert {name for name, rows in counts(connection).items() if rows} == set()


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_one_organisation_sees_its_own_rows_and_none_of_the_others(clinic: Clinic, south: Clinic) -> None:
    ours, theirs = clinic.organisation, south.organisation
    with as_app(clinic, ours) as connection:
        for name in Row.metadata.tables:
            found = set(connection.exec_driver_sql(f"SELECT DISTINCT organisation FROM {name}").scalars())
            assert found <= {ours}, name
        assert connection.exec_driver_sql("SELECT count(*) FROM accounts").scalar_one() == 2
    assert theirs != ours


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_nobody_can_write_a_row_into_another_organisation(clinic: Clinic, south: Clinic) -> None:
    row = "INSERT INTO chairs VALUES (:theirs, :id, :site, 'Chair X', now(), '\\x00')"
    values = {"theirs": south.organisation, "id": uuid4(), "site": UUID(south.site)}
    with as_app(clinic, clinic.organisation) as connection:
        with pytest.raises(sa.exc.ProgrammingError, match="row-level security"):
            connection.execute(sa.text(row), values)
        connection.rollback()


def test_a_row_of_another_organisation_is_refused_before_it_is_written(clinic: Clinic, south: Clinic) -> None:
    with south.nothing_changes(), pytest.raises(NotOurRow), clinic.transaction() as scope:
        put(
            Chair(
                organisation=south.organisation, id=new_id(scope.at), site=UUID(south.site), name="Chair X", at=scope.at
            )
        )


def test_a_reference_cannot_cross_from_one_organisation_to_another(clinic: Clinic, south: Clinic) -> None:
    with clinic.nothing_changes(), pytest.raises(sa.exc.IntegrityError), clinic.transaction() as scope:
        put(Chair(organisation=clinic.organisation, id=new_id(scope.at), site=UUID(south.site), name="X", at=scope.at))


def test_organisations_that_take_turns_in_one_process_see_only_their_own(clinic: Clinic, south: Clinic) -> None:
    queries: list[Any] = [
        sa.select(Site.id),
        sa.select(sa.func.count()).select_from(Account),
        sa.select(Account.organisation).distinct(),
        sa.select(Token.id, Account.login).join(Account, Account.id == Token.account),
        sa.select(Account.id).where(Account.id.in_(sa.select(Token.account))),
    ]
    seen: dict[UUID, list[Any]] = {}
    for turn in range(6):
        mine = (clinic, south)[turn % 2]
        with mine.reading():
            rows = [sorted(map(tuple, db.session.execute(query))) for query in queries]
        assert seen.setdefault(mine.organisation, rows) == rows
        assert rows[0] == [(UUID(mine.site),)]
        assert rows[1] == [(2,)]
        assert rows[2] == [(mine.organisation,)]
        assert len(rows[4]) == 2
    assert seen[clinic.organisation] != seen[south.organisation]


def test_organisations_at_the_same_time_in_many_threads_see_only_their_own(clinic: Clinic, south: Clinic) -> None:
    def sites(turn: int) -> tuple[str, list[str]]:
        mine = (clinic, south)[turn % 2]
        answer = mine.administrators[turn % 2].get("/sites").done()
        return mine.site, [site["id"] for site in answer["items"]]

    with ThreadPoolExecutor(8) as pool:
        for expected, found in pool.map(sites, range(48)):
            assert found == [expected]


def test_changing_rows_by_a_condition_reaches_only_ones_own(clinic: Clinic, south: Clinic) -> None:
    with south.nothing_changes(), clinic.transaction():
        ended = db.session.execute(sa.update(Token).values(ended_at=clock.now()))
        assert ended.rowcount == 3  # type: ignore[attr-defined]
    assert clinic.administrators[0].get("/me").status == 401
    assert south.administrators[0].get("/me").status == 200


def test_an_alias_is_fenced_like_the_table_itself(clinic: Clinic, south: Clinic) -> None:
    again = sa.orm.aliased(Site)
    with clinic.reading():
        assert db.session.execute(sa.select(again.id)).scalars().all() == [UUID(clinic.site)]
    with south.reading():
        assert db.session.execute(sa.select(again.id)).scalars().all() == [UUID(south.site)]


def test_rows_that_were_read_for_one_organisation_are_not_shown_to_the_next(clinic: Clinic, south: Clinic) -> None:
    with clinic.app.app_context():
        with transaction(clinic.system()):
            assert places.site(UUID(clinic.site)).organisation == clinic.organisation
        with transaction(south.system()), pytest.raises(places.NoSuchSite):
            places.site(UUID(clinic.site))


def test_asking_outside_a_transaction_is_a_fault_and_not_everybodys_rows(clinic: Clinic) -> None:
    with clinic.app.app_context(), pytest.raises(NoScope):
        db.session.execute(sa.select(Account)).scalars().all()


def test_what_belongs_to_another_organisation_answers_as_if_it_did_not_exist(clinic: Clinic, south: Clinic) -> None:
    olga, theirs, nobodys = clinic.administrators[0], south.site, str(uuid4())
    addresses = ("/sites/{}/present",)
    for address in addresses:
        foreign, missing = olga.get(address.format(theirs)), olga.get(address.format(nobodys))
        assert (foreign.status, foreign.data) == (404, missing.data)
    for address, body in (
        ("/sites/{}/chairs", {"name": "Chair 1"}),
        ("/staff/{}/roles", {"role": "nurse", "give": True}),
        ("/role-proposals/{}/approval", {}),
    ):
        foreign, missing = olga.post(address.format(theirs), **body), olga.post(address.format(nobodys), **body)
        assert (foreign.status, foreign.data) == (404, missing.data)


def test_a_token_of_one_organisation_says_nothing_in_another(installation: Installation) -> None:
    north, south = installation.found("North"), installation.found("South")
    olga = north.administrators[0]
    prefix, _, secret = olga.token.split(".", 2)
    olga.token = f"{prefix}.{south.organisation}.{secret}"
    assert (olga.get("/me").status, olga.get("/me")["type"]) == (401, "sign-in-needed")
