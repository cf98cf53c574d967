"""Rows of appointments and their reminders."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import CHANGES, STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.messages.rules import Channel
from clinic_api.schedule.rules.booking import Reason, State
from clinic_api.schedule.rules.reminders import Fate


class Appointment(Regulated, Row):
    """A patient, a chair and a time. What it was before it was moved stands in the audit.

    The local time and its zone are what was promised; ``starts_at`` is the moment they meant when it was written.
    The database refuses two that take one chair, or one patient, at the same time.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        refers("patient", "patients"),
        refers("site", "sites"),
        refers("chair", "chairs"),
        sa.CheckConstraint("ends_at > starts_at", name="forward"),
        sa.CheckConstraint("minutes > 0", name="some_minutes"),
        sa.CheckConstraint("version > 0", name="version_from_one"),
        sa.Index("ix_appointments_chair", "organisation", "chair", "starts_at"),
        sa.Index("ix_appointments_patient", "organisation", "patient", "starts_at"),
        sa.Index("ix_appointments_site", "organisation", "site", "starts_at"),
        STRICT,
    )

    patient: Mapped[UUID]
    site: Mapped[UUID]
    at: Mapped[datetime]
    by: Mapped[UUID]
    chair: Mapped[UUID] = mapped_column(info=CHANGES)
    starts_at: Mapped[datetime] = mapped_column(info=CHANGES)
    ends_at: Mapped[datetime] = mapped_column(info=CHANGES)
    local_start: Mapped[str] = mapped_column(info=CHANGES)
    zone: Mapped[str] = mapped_column(info=CHANGES)
    minutes: Mapped[int] = mapped_column(info=CHANGES)
    version: Mapped[int] = mapped_column(info=CHANGES)
    state: Mapped[State] = mapped_column(Code(State), info=CHANGES)
    reason: Mapped[Reason | None] = mapped_column(Code(Reason), info=CHANGES)
    visit: Mapped[UUID | None] = mapped_column(info=CHANGES)


class Reminder(Regulated, Row):
    """A reminder planned for one version of an appointment, and what became of it."""

    __tablename__ = "reminders"
    __table_args__ = (
        refers("appointment", "appointments"),
        sa.UniqueConstraint("organisation", "appointment", "version", "kind", "channel"),
        STRICT,
    )

    appointment: Mapped[UUID]
    version: Mapped[int]
    kind: Mapped[str]
    channel: Mapped[Channel] = mapped_column(Code(Channel))
    planned_for: Mapped[datetime]
    at: Mapped[datetime]
    fate: Mapped[Fate | None] = mapped_column(Code(Fate), info=CHANGES)
    settled_at: Mapped[datetime | None] = mapped_column(info=CHANGES)
