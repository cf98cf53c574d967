"""Wastes that were taken back before anybody watched.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "waste_withdrawals",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(reason) >= 3", name=op.f("ck_waste_withdrawals_says_why")),
        sa.ForeignKeyConstraint(
            ["organisation", "by"], ["accounts.organisation", "accounts.id"], name="fk_by_accounts"
        ),
        sa.ForeignKeyConstraint(["organisation", "id"], ["wastes.organisation", "wastes.id"], name="fk_id_wastes"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_waste_withdrawals")),
        sqlite_strict=True,
    )
    keep(op.get_bind(), "waste_withdrawals")


def downgrade() -> None:
    op.drop_table("waste_withdrawals")
