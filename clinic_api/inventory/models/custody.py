"""Rows of keys and codes that change hands; append-only."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.inventory.rules.custody import Means

#: What an acceptance must have in common with its hand-over; the database compares all of it.
BOUND = ("location", "means", "after", "by")


class HandOver(Regulated, Row):
    """Somebody gives the keys or the code of a location away; nothing changes hands until it is accepted."""

    __tablename__ = "hand_overs"
    __table_args__ = (
        refers("location", "locations"),
        refers("held_by", "accounts"),
        refers("count", "count_sheets"),
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "id", *BOUND, name="uq_hand_overs_bound"),
        sa.UniqueConstraint("organisation", "operation_id"),
        sa.Index("ix_hand_overs_location", "organisation", "location", "id"),
        sa.CheckConstraint("after >= 0 and (after = 0) = (held_by is null)", name="after_somebody"),
        sa.CheckConstraint("count is not null or reason is not null", name="count_or_reason"),
        sa.CheckConstraint("held_by is null or held_by = by or reason is not null", name="holder_or_reason"),
        STRICT,
    )

    location: Mapped[UUID]
    means: Mapped[Means] = mapped_column(Code(Means))
    after: Mapped[int]
    held_by: Mapped[UUID | None]
    count: Mapped[UUID | None]
    reason: Mapped[str | None]
    by: Mapped[UUID]
    at: Mapped[datetime]
    operation_id: Mapped[UUID]


class KeyAcceptance(Regulated, Row):
    """Another person took them, with their own PIN. ``id`` is the hand-over's; one follows each holder."""

    __tablename__ = "key_acceptances"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organisation", "id", *BOUND],
            [f"hand_overs.{name}" for name in ("organisation", "id", *BOUND)],
            name="fk_key_acceptances_hand_over",
        ),
        refers("holder", "accounts"),
        refers("attestation", "attestations"),
        sa.UniqueConstraint("organisation", "location", "means", "after"),
        sa.UniqueConstraint("organisation", "attestation"),
        sa.CheckConstraint("holder <> by", name="two_people"),
        STRICT,
    )

    location: Mapped[UUID]
    means: Mapped[Means] = mapped_column(Code(Means))
    after: Mapped[int]
    by: Mapped[UUID]
    holder: Mapped[UUID]
    attestation: Mapped[UUID]
    at: Mapped[datetime]
