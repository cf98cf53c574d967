"""What waits for the end of an act is written with it or not at all, and never belongs to another."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from clinic_api.audit import queries as audit_queries
from clinic_api.clinics.models import Chair
from clinic_api.database.last import MOST_AT_ONCE, write_last
from clinic_api.database.rows import db
from clinic_api.database.scope import Scope
from clinic_api.database.transactions import attempt, connection
from clinic_api.errors import Conflict
from clinic_api.identifiers import new_id
from tests.builders import Clinic


class TooMuch(Conflict):
    """More was asked than there is."""


def wait(clinic: Clinic, within: Scope, name: str) -> None:
    """Let a chair wait for the end."""
    row = {"organisation": clinic.organisation, "id": new_id(within.at), "site": UUID(clinic.site), "name": name}
    write_last(Chair.__table__, row | {"at": within.at, "digest": b"as it were"})


def wait_and_fail(clinic: Clinic, within: Scope) -> None:
    wait(clinic, within, "refused")
    raise TooMuch


def chairs(clinic: Clinic) -> list[str]:
    with clinic.reading():
        return sorted(db.session.execute(sa.select(Chair.name)).scalars())


def counted() -> int:
    """The chairs, counted past the mapped classes, which would write what waits first."""
    return int(connection().execute(sa.select(sa.func.count()).select_from(Chair.__table__)).scalar_one())


@pytest.mark.parametrize("rows", [1, 2, MOST_AT_ONCE, MOST_AT_ONCE + 1])
def test_what_waits_is_written_when_the_act_ends_and_not_before(clinic: Clinic, rows: int) -> None:
    with clinic.transaction() as within:
        for number in range(rows):
            wait(clinic, within, f"Chair {number}")
        assert counted() == 0
    assert len(chairs(clinic)) == rows


def test_whoever_reads_through_the_mapped_classes_sees_what_waits(clinic: Clinic) -> None:
    with clinic.transaction() as within:
        wait(clinic, within, "A")
        assert db.session.execute(sa.select(Chair.name)).scalars().all() == ["A"]


def test_what_waits_in_a_refused_attempt_is_never_written(clinic: Clinic) -> None:
    with clinic.transaction() as within:
        with pytest.raises(TooMuch), attempt():
            wait_and_fail(clinic, within)
        wait(clinic, within, "kept")
    assert chairs(clinic) == ["kept"]


def test_what_waits_in_a_failed_act_does_not_wait_for_the_next(clinic: Clinic) -> None:
    with pytest.raises(TooMuch), clinic.transaction() as within:
        wait_and_fail(clinic, within)
    with clinic.transaction() as within:
        wait(clinic, within, "next")
    assert chairs(clinic) == ["next"]


def test_what_was_left_waiting_by_mistake_in_a_reading_is_forgotten(clinic: Clinic) -> None:
    with clinic.reading() as within:
        wait(clinic, within, "by mistake")
    with clinic.transaction() as within:
        wait(clinic, within, "next")
    assert chairs(clinic) == ["next"]


def test_the_log_and_what_it_tells_of_are_written_together(clinic: Clinic) -> None:
    with clinic.nothing_changes():
        clinic.administrators[0].post(f"/sites/{clinic.site}/chairs", name="")
    chair = clinic.a_chair("Chair 9")
    with clinic.reading():
        assert [entry.event for entry in audit_queries.entries_about(UUID(chair))] == ["chair:placed"]
    assert clinic.verify() == []
