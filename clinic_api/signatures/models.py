"""Rows of signatures."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.signatures.rules import Meaning

#: What an attestation must have in common with its challenge; the database compares all of it.
BOUND = ("subject", "subject_digest", "meaning")


class Challenge(Regulated, Row):
    """A request that another person sign exactly this content; answered once and not for long."""

    __tablename__ = "challenges"
    __table_args__ = (
        refers("asked_by", "accounts"),
        sa.UniqueConstraint("organisation", "id", "asked_by", *BOUND, name="uq_challenges_bound"),
        sa.CheckConstraint("expires_at > issued_at", name="lives"),
        STRICT,
    )

    subject_table: Mapped[str]
    subject: Mapped[UUID]
    subject_digest: Mapped[bytes]
    meaning: Mapped[Meaning] = mapped_column(Code(Meaning))
    asked_by: Mapped[UUID]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Attestation(Regulated, Row):
    """A signature: who, under which printed name and roles, what it means, and the exact content.

    With a challenge it is another person's; without one it is the acting person's own.
    """

    __tablename__ = "attestations"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organisation", "challenge", "asked_by", *BOUND],
            [f"challenges.{name}" for name in ("organisation", "id", "asked_by", *BOUND)],
            name="fk_attestations_challenge",
        ),
        refers("signer", "accounts"),
        refers("auth_event", "sign_ins"),
        refers("device", "devices"),
        sa.UniqueConstraint("organisation", "challenge"),
        sa.UniqueConstraint(
            *("organisation", "id", "asked_by", "signer", "subject_table", "subject"), name="uq_attestations_signer"
        ),
        sa.CheckConstraint("challenge IS NULL OR (asked_by IS NOT NULL AND asked_by <> signer)", name="another_person"),
        sa.Index("ix_attestations_subject", "organisation", "subject"),
        STRICT,
    )

    challenge: Mapped[UUID | None]
    asked_by: Mapped[UUID | None]
    subject_table: Mapped[str]
    subject: Mapped[UUID]
    subject_digest: Mapped[bytes]
    meaning: Mapped[Meaning] = mapped_column(Code(Meaning))
    signer: Mapped[UUID]
    printed_name: Mapped[str]
    roles: Mapped[list[str]]
    auth_event: Mapped[UUID]
    device: Mapped[UUID | None]
    at: Mapped[datetime]


class SignedRecord(Regulated, Row):
    """A whole record as it was signed: its canonical bytes, sealed. Papers are printed from this and nothing else."""

    __tablename__ = "signed_records"
    __table_args__ = (
        sa.UniqueConstraint("organisation", "kind", "subject", "version"),
        sa.CheckConstraint("version > 0", name="version_from_one"),
        STRICT,
    )

    kind: Mapped[str]
    subject: Mapped[UUID]
    version: Mapped[int]
    content_digest: Mapped[bytes]
    sealed: Mapped[bytes]
    at: Mapped[datetime]
