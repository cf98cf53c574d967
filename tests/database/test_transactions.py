"""All of it or none of it, one at a time on SQLite, and never one inside another."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
import sqlalchemy as sa

from clinic_api.audit import service as audit
from clinic_api.audit.models import AuditAccess
from clinic_api.clinics.models import Chair
from clinic_api.database.engines import PRAGMAS
from clinic_api.database.rows import OnlyLooking, db, put
from clinic_api.database.scope import NobodyActs, NoKey, NoScope, Scope, scope
from clinic_api.database.transactions import AlreadyOpen, attempt, looking, reading, transaction
from clinic_api.errors import Conflict
from clinic_api.identifiers import new_id
from tests.builders import Clinic


class TooMuch(Conflict):
    """More was asked than there is."""


def a_chair(clinic: Clinic, within: Scope, name: str) -> Chair:
    return put(
        Chair(organisation=clinic.organisation, id=new_id(within.at), site=UUID(clinic.site), name=name, at=within.at)
    )


def a_chair_and_then(clinic: Clinic, within: Scope, failure: type[BaseException], rows: list[Chair]) -> None:
    rows.append(a_chair(clinic, within, "refused"))
    raise failure


def chairs(clinic: Clinic) -> list[str]:
    with clinic.reading():
        return sorted(db.session.execute(sa.select(Chair.name)).scalars())


def test_what_ends_well_is_kept(clinic: Clinic) -> None:
    with clinic.transaction() as within:
        a_chair(clinic, within, "A")
    assert chairs(clinic) == ["A"]


@pytest.mark.parametrize("failure", [TooMuch, RuntimeError, KeyboardInterrupt])
def test_what_fails_is_undone_whole(clinic: Clinic, failure: type[BaseException]) -> None:
    with clinic.nothing_changes(), pytest.raises(failure), clinic.transaction() as within:
        a_chair_and_then(clinic, within, failure, [])


def test_a_refused_attempt_is_undone_and_what_is_said_of_it_afterwards_is_kept(clinic: Clinic) -> None:
    with clinic.transaction() as within:
        with pytest.raises(TooMuch), attempt():
            a_chair_and_then(clinic, within, TooMuch, [])
        a_chair(clinic, within, "kept")
    assert chairs(clinic) == ["kept"]


def test_a_row_forgotten_by_a_refused_attempt_is_not_written_later(clinic: Clinic) -> None:
    rows: list[Chair] = []
    with clinic.transaction() as within:
        with pytest.raises(TooMuch), attempt():
            a_chair_and_then(clinic, within, TooMuch, rows)
        rows[0].name = "changed after all"
        db.session.flush()
    assert chairs(clinic) == []


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_what_a_reading_writes_by_mistake_is_undone_on_sqlite(clinic: Clinic) -> None:
    with clinic.nothing_changes(), clinic.reading() as within:
        a_chair(clinic, within, "by mistake")


@pytest.mark.parametrize("engine_kind", ["postgresql"])
def test_a_reading_can_write_nothing_on_postgresql(clinic: Clinic) -> None:
    with (
        clinic.nothing_changes(),
        pytest.raises(sa.exc.InternalError, match="read-only"),
        clinic.reading() as within,
    ):
        a_chair(clinic, within, "by mistake")


def notes(clinic: Clinic) -> int:
    with clinic.reading():
        return int(db.session.execute(sa.select(sa.func.count()).select_from(AuditAccess)).scalar_one())


def a_note(within: Scope) -> None:
    """What a look leaves behind."""
    audit.record_access(action="read-patient", route="/patients", object_id=None, rows=1, scope=within)


def note_and_fail(clinic: Clinic) -> None:
    a_note(clinic.system())
    raise TooMuch


def test_a_look_leaves_its_note_and_nothing_else(clinic: Clinic) -> None:
    chair, before = clinic.a_chair("Chair 9"), notes(clinic)
    with clinic.app.app_context(), looking(clinic.system()):
        found = db.session.execute(sa.select(Chair)).scalars().all()
        found[0].name = "changed while looking"
        a_note(clinic.system())
    assert notes(clinic) == before + 1
    assert chairs(clinic) == ["Chair 9"]
    assert clinic.trail(chair) == ["chair:placed"]


def test_a_look_that_fails_leaves_nothing(clinic: Clinic) -> None:
    with clinic.nothing_changes(), pytest.raises(TooMuch), clinic.app.app_context(), looking(clinic.system()):
        note_and_fail(clinic)


def test_a_row_put_while_looking_is_a_fault_on_either_database(clinic: Clinic) -> None:
    with clinic.nothing_changes(), clinic.app.app_context(), pytest.raises(OnlyLooking), looking(clinic.system()):
        a_chair(clinic, clinic.system(), "by mistake")


def test_a_reading_sees_one_state_while_others_write(clinic: Clinic) -> None:
    with clinic.reading():
        before = db.session.execute(sa.select(sa.func.count()).select_from(Chair)).scalar_one()
        with ThreadPoolExecutor() as pool:
            pool.submit(clinic.a_chair).result()
        assert db.session.execute(sa.select(sa.func.count()).select_from(Chair)).scalar_one() == before
    assert len(chairs(clinic)) == before + 1


def test_one_inside_another_is_a_fault_before_anything_is_undone(clinic: Clinic) -> None:
    with clinic.transaction() as within:
        a_chair(clinic, within, "A")
        with pytest.raises(AlreadyOpen), transaction(within):
            pass
        with pytest.raises(AlreadyOpen), reading(within):
            pass
    assert chairs(clinic) == ["A"]


def test_the_scope_is_known_inside_and_nowhere_else(clinic: Clinic) -> None:
    with clinic.transaction() as within:
        assert scope() is within
    with pytest.raises(NoScope):
        scope()


def test_a_scope_without_a_person_or_a_key_says_so(clinic: Clinic) -> None:
    with pytest.raises(NobodyActs):
        _ = clinic.system().by
    with pytest.raises(NoKey):
        _ = clinic.system().key


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_who_writes_second_waits_and_then_decides_on_what_is_true(clinic: Clinic) -> None:
    decided = threading.Event()

    def second() -> list[str]:
        assert decided.wait(5)
        with clinic.transaction() as within:
            seen = sorted(db.session.execute(sa.select(Chair.name)).scalars())
            a_chair(clinic, within, "second")
        return seen

    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(second)
        with clinic.transaction() as within:
            a_chair(clinic, within, "first")
            decided.set()
            assert not waiting.done()
        assert waiting.result() == ["first"]
    assert chairs(clinic) == ["first", "second"]


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_every_connection_to_sqlite_is_opened_safely(clinic: Clinic) -> None:
    with clinic.reading():
        connection = db.session.connection()
        said = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in PRAGMAS}
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
    words = {"ON": 1, "OFF": 0}
    assert said == {name: words.get(value) if value in words else int(value) for name, value in PRAGMAS.items()}
    assert (journal, synchronous) in {("wal", 2), ("delete", 3)}
