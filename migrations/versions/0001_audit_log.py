"""The audit log: entries, accesses, seals; the organisations' keys and the operations.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0001"
down_revision = None


def _now() -> str:
    """The number of the transaction that writes; SQLite has one writer and needs none."""
    return "0" if op.get_bind().dialect.name == "sqlite" else "(pg_current_xact_id()::text::bigint)"


def upgrade() -> None:

    op.create_table(
        "audit_accesses",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("actor", types.Id(), nullable=True),
        sa.Column("device", types.Id(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("object_id", types.Id(), nullable=True),
        sa.Column("patients", types.Document(), nullable=False),
        sa.Column("rows", types.Whole(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_audit_accesses")),
        sqlite_strict=True,
    )
    op.create_index("ix_audit_accesses_at", "audit_accesses", ["organisation", "at"], unique=False)
    op.create_table(
        "audit_entries",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("actor", types.Id(), nullable=True),
        sa.Column("operation_id", types.Id(), nullable=True),
        sa.Column("object_table", sa.Text(), nullable=True),
        sa.Column("object_id", types.Id(), nullable=True),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("tx", types.Whole(), server_default=sa.text(_now()), nullable=False),
        sa.CheckConstraint("length(salt) = 16", name=op.f("ck_audit_entries_salt_is_16_bytes")),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_audit_entries")),
        sqlite_strict=True,
    )
    op.create_index("ix_audit_entries_at", "audit_entries", ["organisation", "at"], unique=False)
    op.create_index("ix_audit_entries_object", "audit_entries", ["organisation", "object_id"], unique=False)
    op.create_table(
        "operations",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("actor", types.Id(), nullable=True),
        sa.Column("device", types.Id(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", types.Whole(), nullable=False),
        sa.Column("reply", sa.LargeBinary(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("status between 200 and 499", name=op.f("ck_operations_status_is_decided")),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_operations")),
        sqlite_strict=True,
    )
    op.create_table(
        "organisation_keys",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_organisation_keys")),
        sqlite_strict=True,
    )
    op.create_table(
        "audit_seals",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("log_index", types.Whole(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("length(leaf) = 32", name=op.f("ck_audit_seals_leaf_is_sha256")),
        sa.CheckConstraint("log_index >= 0", name=op.f("ck_audit_seals_log_index_from_zero")),
        sa.ForeignKeyConstraint(
            ["organisation", "id"], ["audit_entries.organisation", "audit_entries.id"], name="fk_id_audit_entries"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("organisation", "log_index", name=op.f("uq_audit_seals_organisation_log_index")),
        sqlite_strict=True,
    )

    keep(op.get_bind(), "audit_accesses")
    keep(op.get_bind(), "audit_entries")
    keep(op.get_bind(), "operations")
    keep(op.get_bind(), "organisation_keys", changes=["wrapped"])
    keep(op.get_bind(), "audit_seals")


def downgrade() -> None:

    op.drop_table("audit_seals")
    op.drop_table("organisation_keys")
    op.drop_table("operations")
    op.drop_index("ix_audit_entries_object", table_name="audit_entries")
    op.drop_index("ix_audit_entries_at", table_name="audit_entries")
    op.drop_table("audit_entries")
    op.drop_index("ix_audit_accesses_at", table_name="audit_accesses")
    op.drop_table("audit_accesses")
