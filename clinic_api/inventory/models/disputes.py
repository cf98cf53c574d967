"""Rows of disputes: who vouched for another's act says later that it was not so; append-only, and no move follows."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from clinic_api.database.rows import STRICT, Regulated, Row


class Dispute(Regulated, Row):
    """A second person no longer stands by their signature. ``id`` is the attestation's, so each is disputed once.

    ``author`` did what was signed for, ``by`` signed it and nobody else disputes it; the words are sealed.
    """

    __tablename__ = "disputes"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organisation", "id", "author", "by", "subject_table", "subject"],
            [f"attestations.{e}" for e in ("organisation", "id", "asked_by", "signer", "subject_table", "subject")],
            name="fk_disputes_attestation",
        ),
        sa.Index("ix_disputes_subject", "organisation", "subject"),
        sa.CheckConstraint("subject_table in ('wastes', 'removals', 'corrections')", name="of_the_ledger"),
        STRICT,
    )

    author: Mapped[UUID]
    by: Mapped[UUID]
    subject_table: Mapped[str]
    subject: Mapped[UUID]
    sealed: Mapped[bytes]
    at: Mapped[datetime]
