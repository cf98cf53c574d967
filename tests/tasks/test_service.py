"""A task is open until it is closed once; a visit sees its own."""

from datetime import timedelta
from uuid import UUID

import pytest

from clinic_api.database.scope import Scope
from clinic_api.tasks import queries, service
from clinic_api.tasks.rules import NewTask, TaskClosed
from tests.builders import OPENING, Clinic

VISIT, WASTE = UUID(int=5), UUID(int=6)


def witness_the_waste(**different: object) -> NewTask:
    usual = {
        "kind": "waste-witness",
        "subject_table": "wastes",
        "subject": WASTE,
        "role": "nurse",
        "due_at": OPENING + timedelta(hours=8),
        "visit": VISIT,
    }
    return NewTask(**{**usual, **different})  # type: ignore[arg-type]


def opened(clinic: Clinic, *new: NewTask) -> list[UUID]:
    with clinic.transaction() as scope:
        return [service.open_task(each, scope=scope).id for each in new or (witness_the_waste(),)]


def closed(clinic: Clinic, id: UUID) -> Scope:
    with clinic.transaction() as scope:
        service.close_task(id, "witnessed", scope=scope)
    return scope


def test_a_task_is_open_for_its_visit_until_it_is_closed(clinic: Clinic) -> None:
    (id,) = opened(clinic)
    with clinic.reading():
        assert [task.id for task in queries.open_for(VISIT)] == [id]
        assert queries.open_for(UUID(int=99)) == []
    at = closed(clinic, id).at
    with clinic.reading():
        closing = queries.closing(id)
        assert (queries.open_for(VISIT), queries.open_tasks()) == ([], [])
        assert closing is not None
        assert (closing.outcome, closing.at) == ("witnessed", at)
        assert queries.task(id).kind == "waste-witness"
    assert clinic.trail(id) == ["task:opened", "task:closed"]
    assert clinic.verify() == []


def test_a_task_is_closed_once(clinic: Clinic) -> None:
    (id,) = opened(clinic)
    closed(clinic, id)
    with clinic.nothing_changes(), pytest.raises(TaskClosed, match="as witnessed"):
        closed(clinic, id)


def test_tasks_come_soonest_first_and_by_role_and_time(clinic: Clinic) -> None:
    soon, late = OPENING + timedelta(hours=1), OPENING + timedelta(hours=2)
    last, first, other = opened(
        clinic,
        witness_the_waste(due_at=late),
        witness_the_waste(due_at=soon),
        witness_the_waste(due_at=soon, role="front-desk", visit=None),
    )
    with clinic.reading():
        assert [task.id for task in queries.open_tasks()] == [first, other, last]
        assert [task.id for task in queries.open_tasks(role="nurse")] == [first, last]
        assert [task.id for task in queries.open_tasks(due_by=soon)] == [first, other]
        assert queries.open_tasks(due_by=soon - timedelta(microseconds=1)) == []


def test_the_same_is_not_asked_twice_while_it_is_open(clinic: Clinic) -> None:
    (id,) = opened(clinic)
    with clinic.nothing_changes(), clinic.transaction() as scope:
        assert service.open_once(witness_the_waste(), scope=scope).id == id
    closed(clinic, id)
    with clinic.transaction() as scope:
        assert service.open_once(witness_the_waste(), scope=scope).id != id


def test_a_task_of_another_clinic_does_not_exist_here(clinic: Clinic) -> None:
    (id,) = opened(clinic.installation.found("South Clinic"))
    with clinic.reading():
        assert queries.open_for(VISIT) == []
    with clinic.nothing_changes(), pytest.raises(queries.NoSuchTask):
        closed(clinic, id)
