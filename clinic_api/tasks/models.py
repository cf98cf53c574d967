"""Rows of tasks."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from clinic_api.database.rows import STRICT, Regulated, Row, refers


class Task(Regulated, Row):
    """Somebody must do something by a time; open until it has a closing."""

    __tablename__ = "tasks"
    __table_args__ = (
        sa.Index("ix_tasks_subject", "organisation", "subject"),
        sa.Index("ix_tasks_visit", "organisation", "visit"),
        sa.Index("ix_tasks_due_at", "organisation", "due_at"),
        STRICT,
    )

    kind: Mapped[str]
    subject_table: Mapped[str]
    subject: Mapped[UUID]
    visit: Mapped[UUID | None]
    role: Mapped[str]
    due_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None]


class TaskClosing(Regulated, Row):
    """What became of a task. ``id`` is the task's, so there is one at most."""

    __tablename__ = "task_closings"
    __table_args__ = (refers("id", "tasks"), STRICT)

    closed_by: Mapped[UUID | None]
    at: Mapped[datetime]
    outcome: Mapped[str]
