"""Recalls, and keys and codes that change hands.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "recalls",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("ndc", sa.Text(), nullable=False),
        sa.Column("lots", types.Document(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("containers", types.Document(), nullable=False),
        sa.Column("given", types.Document(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("operation_id", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("due_at > at", name=op.f("ck_recalls_due_later")),
        sa.ForeignKeyConstraint(
            ["organisation", "by"], ["accounts.organisation", "accounts.id"], name="fk_by_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_recalls")),
        sa.UniqueConstraint("organisation", "operation_id", name=op.f("uq_recalls_organisation_operation_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "recall_closings",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("outcomes", types.Document(), nullable=False),
        sa.Column("letters", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "by"], ["accounts.organisation", "accounts.id"], name="fk_by_accounts"
        ),
        sa.ForeignKeyConstraint(["organisation", "id"], ["recalls.organisation", "recalls.id"], name="fk_id_recalls"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_recall_closings")),
        sqlite_strict=True,
    )
    op.create_table(
        "hand_overs",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("location", types.Id(), nullable=False),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("after", types.Whole(), nullable=False),
        sa.Column("held_by", types.Id(), nullable=True),
        sa.Column("count", types.Id(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("operation_id", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("after >= 0 and (after = 0) = (held_by is null)", name=op.f("ck_hand_overs_after_somebody")),
        sa.CheckConstraint("count is not null or reason is not null", name=op.f("ck_hand_overs_count_or_reason")),
        sa.CheckConstraint(
            "held_by is null or held_by = by or reason is not null", name=op.f("ck_hand_overs_holder_or_reason")
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "by"], ["accounts.organisation", "accounts.id"], name="fk_by_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "count"], ["count_sheets.organisation", "count_sheets.id"], name="fk_count_count_sheets"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "held_by"], ["accounts.organisation", "accounts.id"], name="fk_held_by_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "location"], ["locations.organisation", "locations.id"], name="fk_location_locations"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_hand_overs")),
        sa.UniqueConstraint("organisation", "id", "location", "means", "after", "by", name="uq_hand_overs_bound"),
        sa.UniqueConstraint("organisation", "operation_id", name=op.f("uq_hand_overs_organisation_operation_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_hand_overs_location", "hand_overs", ["organisation", "location", "id"], unique=False)
    op.create_table(
        "key_acceptances",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("location", types.Id(), nullable=False),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("after", types.Whole(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("holder", types.Id(), nullable=False),
        sa.Column("attestation", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("holder <> by", name=op.f("ck_key_acceptances_two_people")),
        sa.ForeignKeyConstraint(
            ["organisation", "attestation"],
            ["attestations.organisation", "attestations.id"],
            name="fk_attestation_attestations",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "holder"], ["accounts.organisation", "accounts.id"], name="fk_holder_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "id", "location", "means", "after", "by"],
            [
                "hand_overs.organisation",
                "hand_overs.id",
                "hand_overs.location",
                "hand_overs.means",
                "hand_overs.after",
                "hand_overs.by",
            ],
            name="fk_key_acceptances_hand_over",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_key_acceptances")),
        sa.UniqueConstraint("organisation", "attestation", name=op.f("uq_key_acceptances_organisation_attestation")),
        sa.UniqueConstraint(
            "organisation",
            "location",
            "means",
            "after",
            name=op.f("uq_key_acceptances_organisation_location_means_after"),
        ),
        sqlite_strict=True,
    )
    keep(op.get_bind(), "recalls")
    keep(op.get_bind(), "recall_closings")
    keep(op.get_bind(), "hand_overs")
    keep(op.get_bind(), "key_acceptances")


def downgrade() -> None:
    op.drop_table("key_acceptances")
    op.drop_index("ix_hand_overs_location", table_name="hand_overs")
    op.drop_table("hand_overs")
    op.drop_table("recall_closings")
    op.drop_table("recalls")
