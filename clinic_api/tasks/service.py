"""Opening and closing tasks."""

from uuid import UUID

from clinic_api.audit import service as audit
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.tasks import queries
from clinic_api.tasks.models import Task, TaskClosing
from clinic_api.tasks.rules import Event, NewTask, check_open


def open_task(new: NewTask, *, scope: Scope) -> Task:
    """Ask somebody to do something by a time."""
    task = put(
        Task(
            organisation=scope.organisation,
            id=new_id(scope.at),
            kind=new.kind,
            subject_table=new.subject_table,
            subject=new.subject,
            visit=new.visit,
            role=new.role,
            due_at=new.due_at,
            opened_at=scope.at,
            opened_by=scope.actor,
        )
    )
    audit.record(Event.OPENED, task, kind=task.kind, role=task.role)
    return task


def open_once(new: NewTask, *, scope: Scope) -> Task:
    """As ``open_task``, unless the same is already asked and not done."""
    return queries.open_about(new.kind, new.subject) or open_task(new, scope=scope)


def close_task(id: UUID, outcome: str, *, scope: Scope) -> TaskClosing:
    """It was done, or is no longer needed; only the floor that opened a task closes it.

    Args:
        outcome: what became of it, a word of the floor that opened it.

    Raises:
        NoSuchTask: not here.
        TaskClosed: it was closed before.
    """
    task, before = queries.task(id), queries.closing(id)
    check_open(closed_at=before.at if before else None, outcome=before.outcome if before else None)
    closing = put(
        TaskClosing(organisation=scope.organisation, id=task.id, closed_by=scope.actor, at=scope.at, outcome=outcome)
    )
    audit.record(Event.CLOSED, closing, kind=task.kind, outcome=outcome)
    return closing
