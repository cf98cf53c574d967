"""Rows of infusion sessions: where each stands, every act, every answer, every release and every proof."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import CHANGES, STRICT, Regulated, Row, refers
from clinic_api.database.types import Code, Document
from clinic_api.protocols.rules.discharge import Step
from clinic_api.sessions.rules.answers import Fact
from clinic_api.sessions.rules.life import HERE, Act, State

#: A patient sits in one session at a time, also for two desks that check in at the same moment.
_HERE = sa.text(f"state IN ({', '.join(repr(str(state)) for state in State if state in HERE)})")


class InfusionSession(Regulated, Row):
    """A patient's visit, from check-in on. ``id`` is the visit's; ``protocol`` and ``profile`` pin policy versions.

    ``started_at``, ``stopped_at`` and ``left_at`` repeat what the acts say, so that a reading finds all it is judged
    by in one row.
    """

    __tablename__ = "infusion_sessions"
    __table_args__ = (
        refers("id", "visits"),
        refers("patient", "patients"),
        refers("site", "sites"),
        refers("chair", "chairs"),
        refers("protocol", "policy_versions"),
        refers("profile", "policy_versions"),
        refers("series_order", "series_orders"),
        sa.CheckConstraint("version > 0", name="version_from_one"),
        sa.Index(
            "ix_infusion_sessions_one_here",
            *("organisation", "patient"),
            unique=True,
            sqlite_where=_HERE,
            postgresql_where=_HERE,
        ),
        sa.Index("ix_infusion_sessions_patient", "organisation", "patient", "id"),
        sa.Index("ix_infusion_sessions_site", "organisation", "site", "state"),
        STRICT,
    )

    patient: Mapped[UUID]
    site: Mapped[UUID]
    chair: Mapped[UUID]
    appointment: Mapped[UUID | None]
    protocol: Mapped[UUID]
    profile: Mapped[UUID]
    identifiers_checked: Mapped[list[str]]
    checked_in_by: Mapped[UUID]
    at: Mapped[datetime]
    state: Mapped[State] = mapped_column(Code(State), info=CHANGES)
    version: Mapped[int] = mapped_column(info=CHANGES)
    owner: Mapped[UUID] = mapped_column(info=CHANGES)
    series_order: Mapped[UUID | None] = mapped_column(info=CHANGES)
    started_at: Mapped[datetime | None] = mapped_column(info=CHANGES)
    stopped_at: Mapped[datetime | None] = mapped_column(info=CHANGES)
    left_at: Mapped[datetime | None] = mapped_column(info=CHANGES)


class SessionEvent(Regulated, Row):
    """One act: from where to where, when it happened and when it was written down, by whom or on which tablet."""

    __tablename__ = "session_events"
    __table_args__ = (
        refers("visit", "infusion_sessions"),
        sa.Index("ix_session_events_visit", "organisation", "visit", "recorded_at"),
        STRICT,
    )

    visit: Mapped[UUID]
    act: Mapped[Act] = mapped_column(Code(Act))
    from_state: Mapped[State] = mapped_column(Code(State))
    to_state: Mapped[State] = mapped_column(Code(State))
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    marks: Mapped[list[str]]
    reason: Mapped[str | None]
    by: Mapped[UUID | None]
    device: Mapped[UUID | None]


class SessionAnswer(Regulated, Row):
    """One fact that was told; the newest of a name counts. What names a person or is free text is sealed."""

    __tablename__ = "session_answers"
    __table_args__ = (
        refers("visit", "infusion_sessions"),
        sa.Index("ix_session_answers_visit", "organisation", "visit"),
        sa.CheckConstraint("(value is null) <> (sealed is null)", name="open_or_sealed"),
        STRICT,
    )

    visit: Mapped[UUID]
    fact: Mapped[Fact] = mapped_column(Code(Fact))
    value: Mapped[Any] = mapped_column(Document, nullable=True)
    sealed: Mapped[bytes | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    late_reason: Mapped[str | None]
    by: Mapped[UUID | None]
    device: Mapped[UUID | None]


class Release(Regulated, Row):
    """A prescriber's word that this dose may be given today; it grows old."""

    __tablename__ = "releases"
    __table_args__ = (
        refers("visit", "infusion_sessions"),
        refers("series_order", "series_orders"),
        sa.Index("ix_releases_visit", "organisation", "visit"),
        STRICT,
    )

    visit: Mapped[UUID]
    series_order: Mapped[UUID]
    working: Mapped[UUID | None]
    released_by: Mapped[UUID]
    at: Mapped[datetime]


class DischargeProof(Regulated, Row):
    """Every criterion with its value, its age and its limit, as it stood when the patient was judged."""

    __tablename__ = "discharge_proofs"
    __table_args__ = (
        refers("visit", "infusion_sessions"),
        sa.Index("ix_discharge_proofs_visit", "organisation", "visit"),
        STRICT,
    )

    visit: Mapped[UUID]
    step: Mapped[Step] = mapped_column(Code(Step))
    criteria: Mapped[list[Any]]
    overridden: Mapped[list[str]]
    occurred_at: Mapped[datetime]
    by: Mapped[UUID | None]
    at: Mapped[datetime]
