"""Rows of corrections: what was entered wrongly is taken back by a further move, never changed; all append-only."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.quantities import Mass


class Correction(Regulated, Row):
    """Somebody asks that a move be taken back, in part or whole, and perhaps stated anew; pending until a second signs.

    ``restated`` is the mass that the move should have said; None where nothing takes its place. ``other`` is the other
    half of a transfer between own registrations, which is taken back with it.
    """

    __tablename__ = "corrections"
    __table_args__ = (
        refers("move", "moves"),
        refers("other", "moves"),
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "id", "by"),
        sa.UniqueConstraint("organisation", "operation_id"),
        sa.Index("ix_corrections_move", "organisation", "move"),
        sa.CheckConstraint("mass > 0 and coalesce(restated, 1) > 0", name="corrects_something"),
        sa.CheckConstraint("other <> move", name="another_half"),
        STRICT,
    )

    move: Mapped[UUID]
    mass: Mapped[Mass]
    restated: Mapped[Mass | None]
    reason: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]
    operation_id: Mapped[UUID]
    other: Mapped[UUID | None]


class Reversal(Regulated, Row):
    """A move is taken back before a second person. ``id`` is the correction's; the reversing move names this row.

    Partial reversals of one move follow each other, each beginning where the one before ended, and never pass it. The
    two halves of a transfer between own registrations are taken back together: each reversal names the ``other``, which
    is looked at when the transaction ends, and a guard refuses one of them without the other.
    """

    __tablename__ = "reversals"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organisation", "id", "author"],
            [f"corrections.{each}" for each in ("organisation", "id", "by")],
            name="fk_reversals_correction",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "original", "original_mass"],
            [f"moves.{each}" for each in ("organisation", "id", "mass")],
            name="fk_reversals_original",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "follows", "original", "before"],
            [f"reversals.{each}" for each in ("organisation", "id", "original", "total")],
            name="fk_reversals_follows",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "other", "id", "attestation", "mass"],
            [f"reversals.{each}" for each in ("organisation", "id", "other", "attestation", "mass")],
            name="fk_reversals_other",
            deferrable=True,
            initially="DEFERRED",
        ),
        refers("second", "accounts"),
        refers("attestation", "attestations"),
        sa.UniqueConstraint("organisation", "original", "before"),
        sa.UniqueConstraint("organisation", "id", "original", "total"),
        sa.UniqueConstraint("organisation", "id", "original", "mass"),
        sa.UniqueConstraint("organisation", "id", "other", "attestation", "mass"),
        sa.Index(
            "ix_reversals_attested_once",
            *("organisation", "attestation"),
            unique=True,
            sqlite_where=sa.text("other is null"),
            postgresql_where=sa.text("other is null"),
        ),
        sa.CheckConstraint("other <> id", name="another_reversal"),
        sa.CheckConstraint("second <> author", name="two_people"),
        sa.CheckConstraint("mass > 0 and before >= 0 and total = before + mass", name="adds_up"),
        sa.CheckConstraint("(follows is null) = (before = 0)", name="follows_the_last"),
        sa.CheckConstraint("total <= original_mass", name="never_more_than_was_moved"),
        STRICT,
    )

    author: Mapped[UUID]
    second: Mapped[UUID]
    attestation: Mapped[UUID]
    original: Mapped[UUID]
    original_mass: Mapped[Mass]
    mass: Mapped[Mass]
    follows: Mapped[UUID | None]
    before: Mapped[Mass]
    total: Mapped[Mass]
    at: Mapped[datetime]
    other: Mapped[UUID | None]
