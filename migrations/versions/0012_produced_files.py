"""Files that left the product.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "produced_files",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mimetype", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", types.UtcDateTime(), nullable=True),
        sa.Column("until", types.UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rows", types.Whole(), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("log_size", types.Whole(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(content_sha256) = 32", name=op.f("ck_produced_files_hash_is_sha256")),
        sa.CheckConstraint("rows >= 0", name=op.f("ck_produced_files_rows_from_zero")),
        sa.ForeignKeyConstraint(
            ["organisation", "by"], ["accounts.organisation", "accounts.id"], name="fk_by_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_produced_files")),
        sqlite_strict=True,
    )
    keep(op.get_bind(), "produced_files")


def downgrade() -> None:
    op.drop_table("produced_files")
