"""Rows of what is due and of messages."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import CHANGES, STRICT, Regulated, Row
from clinic_api.database.types import Code
from clinic_api.messages.rules import Channel, State


class Due(Row):
    """Something to be done at a time. Says nothing about anybody, so that a worker may look across organisations."""

    __tablename__ = "due"
    __table_args__ = (
        sa.UniqueConstraint("organisation", "kind", "subject"),
        sa.Index(
            "ix_due_open",
            "at",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        ),
        STRICT,
    )

    kind: Mapped[str]
    subject: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(info=CHANGES)
    lease_until: Mapped[datetime | None] = mapped_column(info=CHANGES)
    #: How often it was claimed or moved; whoever holds an older number has lost it.
    attempts: Mapped[int] = mapped_column(info=CHANGES)
    done_at: Mapped[datetime | None] = mapped_column(info=CHANGES)


class Message(Regulated, Row):
    """A message in the outbox. It names its recipient by id; the address is looked up when it leaves."""

    __tablename__ = "outbox"
    __table_args__ = (
        sa.UniqueConstraint("organisation", "dedupe_key"),
        sa.Index("ix_outbox_subject", "organisation", "subject"),
        STRICT,
    )

    kind: Mapped[str]
    channel: Mapped[Channel] = mapped_column(Code(Channel))
    recipient_kind: Mapped[str]
    recipient: Mapped[UUID]
    template: Mapped[str]
    params: Mapped[dict[str, Any]]
    dedupe_key: Mapped[str]
    subject: Mapped[UUID]
    message_id: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[State] = mapped_column(Code(State), info=CHANGES)
    attempts: Mapped[int] = mapped_column(info=CHANGES)
    sent_at: Mapped[datetime | None] = mapped_column(info=CHANGES)
    outcome: Mapped[str | None] = mapped_column(info=CHANGES)
