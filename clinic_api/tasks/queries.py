"""Reading tasks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.tasks.models import Task, TaskClosing


class NoSuchTask(NotFound):
    """There is no such task here."""


def task(id: UUID) -> Task:
    """A task, open or closed.

    Raises:
        NoSuchTask: not here.
    """
    row = db.session.execute(sa.select(Task).where(Task.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchTask
    return row


def closing(id: UUID) -> TaskClosing | None:
    """What became of a task; None while it is open."""
    return db.session.execute(sa.select(TaskClosing).where(TaskClosing.id == id)).scalar_one_or_none()


def open_for(visit: UUID) -> Sequence[Task]:
    """The open tasks that a visit waits for, soonest due first."""
    return _rows(_open().where(Task.visit == visit))


def open_about(kind: str, subject: UUID) -> Task | None:
    """The oldest open task of a kind about one record, if there is one."""
    rows = _rows(_open().where(Task.kind == kind, Task.subject == subject))
    return rows[0] if rows else None


def open_tasks(*, role: str | None = None, due_by: datetime | None = None) -> Sequence[Task]:
    """All open tasks, soonest due first; of one role, and due by a moment, where these are named."""
    query = _open()
    if role is not None:
        query = query.where(Task.role == role)
    if due_by is not None:
        query = query.where(Task.due_at <= due_by)
    return _rows(query)


def _open() -> sa.Select[Any]:
    closed = sa.and_(TaskClosing.organisation == Task.organisation, TaskClosing.id == Task.id)
    query = sa.select(Task).outerjoin(TaskClosing, closed).where(TaskClosing.id.is_(None))
    return query.order_by(Task.due_at, Task.id)


def _rows(query: sa.Select[Any]) -> Sequence[Task]:
    return db.session.execute(query).scalars().all()
