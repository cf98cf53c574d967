"""Rows of recalls; append-only, each with everything it says in one digest."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from clinic_api.database.rows import STRICT, Regulated, Row, refers


class Recall(Regulated, Row):
    """Lots that were called back, the containers as they were found, and who had got some; frozen as one record."""

    __tablename__ = "recalls"
    __table_args__ = (
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "operation_id"),
        sa.CheckConstraint("due_at > at", name="due_later"),
        STRICT,
    )

    product: Mapped[str]
    ndc: Mapped[str]
    lots: Mapped[list[str]]
    reason: Mapped[str]
    reference: Mapped[str]
    containers: Mapped[list[Any]]
    given: Mapped[list[Any]]
    due_at: Mapped[datetime]
    by: Mapped[UUID]
    at: Mapped[datetime]
    operation_id: Mapped[UUID]


class RecallClosing(Regulated, Row):
    """What became of each container of a recall. ``id`` is the recall's, so it is closed once."""

    __tablename__ = "recall_closings"
    __table_args__ = (refers("id", "recalls"), refers("by", "accounts"), STRICT)

    outcomes: Mapped[list[Any]]
    letters: Mapped[str | None]
    note: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]
