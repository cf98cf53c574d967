"""Challenges, signatures and signed records.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "signed_records",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", types.Id(), nullable=False),
        sa.Column("version", types.Whole(), nullable=False),
        sa.Column("content_digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_signed_records_version_from_one")),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_signed_records")),
        sa.UniqueConstraint(
            "organisation",
            "kind",
            "subject",
            "version",
            name=op.f("uq_signed_records_organisation_kind_subject_version"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "challenges",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("subject_table", sa.Text(), nullable=False),
        sa.Column("subject", types.Id(), nullable=False),
        sa.Column("subject_digest", sa.LargeBinary(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("asked_by", types.Id(), nullable=False),
        sa.Column("issued_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("expires_at > issued_at", name=op.f("ck_challenges_lives")),
        sa.ForeignKeyConstraint(
            ["organisation", "asked_by"], ["accounts.organisation", "accounts.id"], name="fk_asked_by_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_challenges")),
        sa.UniqueConstraint(
            "organisation", "id", "asked_by", "subject", "subject_digest", "meaning", name="uq_challenges_bound"
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "attestations",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("challenge", types.Id(), nullable=True),
        sa.Column("asked_by", types.Id(), nullable=True),
        sa.Column("subject_table", sa.Text(), nullable=False),
        sa.Column("subject", types.Id(), nullable=False),
        sa.Column("subject_digest", sa.LargeBinary(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("signer", types.Id(), nullable=False),
        sa.Column("printed_name", sa.Text(), nullable=False),
        sa.Column("roles", types.Document(), nullable=False),
        sa.Column("auth_event", types.Id(), nullable=False),
        sa.Column("device", types.Id(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "challenge IS NULL OR (asked_by IS NOT NULL AND asked_by <> signer)",
            name=op.f("ck_attestations_another_person"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "auth_event"], ["sign_ins.organisation", "sign_ins.id"], name="fk_auth_event_sign_ins"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "challenge", "asked_by", "subject", "subject_digest", "meaning"],
            [
                "challenges.organisation",
                "challenges.id",
                "challenges.asked_by",
                "challenges.subject",
                "challenges.subject_digest",
                "challenges.meaning",
            ],
            name="fk_attestations_challenge",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "device"], ["devices.organisation", "devices.id"], name="fk_device_devices"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "signer"], ["accounts.organisation", "accounts.id"], name="fk_signer_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_attestations")),
        sa.UniqueConstraint("organisation", "challenge", name=op.f("uq_attestations_organisation_challenge")),
        sqlite_strict=True,
    )
    op.create_index("ix_attestations_subject", "attestations", ["organisation", "subject"], unique=False)
    keep(op.get_bind(), "signed_records")
    keep(op.get_bind(), "challenges")
    keep(op.get_bind(), "attestations")


def downgrade() -> None:
    op.drop_index("ix_attestations_subject", table_name="attestations")
    op.drop_table("attestations")
    op.drop_table("challenges")
    op.drop_table("signed_records")
