"""Rows of corrections: what was entered wrongly is taken back by a further move, never changed; all append-only."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.quantities import Mass


class Correction(Regulated, Row):
    """Somebody asks that a move be taken back, in part or whole, and perhaps stated anew; pending until a second signs.

    ``restated`` is the mass that the move should have said; None where nothing takes its place.
    """

    __tablename__ = "corrections"
    __table_args__ = (
        refers("move", "moves"),
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "id", "by"),
        sa.UniqueConstraint("organisation", "operation_id"),
        sa.Index("ix_corrections_move", "organisation", "move"),
        sa.CheckConstraint("mass > 0 and coalesce(restated, 1) > 0", name="corrects_something"),
        STRICT,
    )

    move: Mapped[UUID]
    mass: Mapped[Mass]
    restated: Mapped[Mass | None]
    reason: Mapped[str]
    by: Mapped[UUID]
    at: Mapped[datetime]
    operation_id: Mapped[UUID]


class Reversal(Regulated, Row):
    """A move is taken back before a second person. ``id`` is the correction's; the reversing move names this row.

    Partial reversals of one move follow each other, each beginning where the one before ended, and never pass it.
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
        refers("second", "accounts"),
        refers("attestation", "attestations"),
        sa.UniqueConstraint("organisation", "original", "before"),
        sa.UniqueConstraint("organisation", "id", "original", "total"),
        sa.UniqueConstraint("organisation", "id", "original", "mass"),
        sa.UniqueConstraint("organisation", "attestation"),
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
