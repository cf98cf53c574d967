"""A statement that was made ready beforehand finds, refuses and is heard as any other."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from clinic_api.clinics.models import Chair
from clinic_api.database.prepared import Prepared
from clinic_api.database.transactions import connection
from tests.builders import Clinic

CHAIRS = Chair.__table__
OWN = CHAIRS.c.organisation == sa.bindparam("organisation")
QUERY = sa.select(CHAIRS.c.id, CHAIRS.c.name, CHAIRS.c.at).where(OWN, CHAIRS.c.name != "nowhere").order_by(CHAIRS.c.id)


def test_it_finds_what_the_statement_itself_finds(clinic: Clinic) -> None:
    clinic.a_chair("Window")
    with clinic.reading() as scope:
        given = {"organisation": scope.organisation}
        expected = [tuple(row) for row in connection().execute(QUERY, given)]
        found = Prepared(QUERY).found(connection(), given)
    assert "Window" in [row.name for row in found]
    assert [tuple(row) for row in found] == expected


def test_what_the_database_refuses_is_raised_as_everybody_above_expects_it(clinic: Clinic) -> None:
    names = {name: sa.bindparam(f"new_{name}", type_=CHAIRS.c[name].type) for name in ("organisation", "id", "name")}
    incomplete = Prepared(sa.insert(CHAIRS).values(names))  # type: ignore[arg-type]
    with clinic.reading() as scope:
        given = {"new_organisation": scope.organisation, "new_id": scope.organisation, "new_name": "Window"}
        with pytest.raises(sa.exc.DBAPIError) as refused:
            incomplete.run(connection(), given)
    assert "Window" not in str(refused.value)


def test_whoever_counts_statements_hears_it(clinic: Clinic) -> None:
    heard: list[str] = []

    def hear(*said: Any) -> None:
        heard.append(said[2])

    with clinic.reading() as scope:
        engine = connection().engine
        event.listen(engine, "before_cursor_execute", hear)
        try:
            Prepared(QUERY).found(connection(), {"organisation": scope.organisation})
        finally:
            event.remove(engine, "before_cursor_execute", hear)
    assert len(heard) == 1
