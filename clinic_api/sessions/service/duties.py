"""What a session leaves for somebody to do, opened and closed by this floor alone."""

from datetime import datetime
from uuid import UUID

from clinic_api.database.scope import Scope
from clinic_api.sessions.models import InfusionSession
from clinic_api.sessions.rules.record import DOERS, TaskKind
from clinic_api.tasks import queries as tasks
from clinic_api.tasks import service as tasking
from clinic_api.tasks.rules import NewTask


def open_duty(infusion: InfusionSession, kind: TaskKind, *, due_at: datetime, scope: Scope) -> None:
    """Leave something to do about a session; asked twice, it is still one task."""
    new = NewTask(
        kind=kind,
        subject_table=infusion.__tablename__,
        subject=infusion.id,
        role=DOERS[kind],
        due_at=due_at,
        visit=infusion.id,
    )
    tasking.open_once(new, scope=scope)


def close_duties(visit: UUID, kind: TaskKind, *, outcome: str, scope: Scope) -> None:
    """It is done, if it was asked."""
    task = tasks.open_about(kind, visit)
    if task is not None:
        tasking.close_task(task.id, outcome, scope=scope)
