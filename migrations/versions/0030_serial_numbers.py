"""Serial numbers of packages, as they were read at the dock.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "container_serials",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("ndc", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("place", types.Whole(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("place > 0", name=op.f("ck_container_serials_from_one")),
        sa.ForeignKeyConstraint(
            ["organisation", "id"], ["containers.organisation", "containers.id"], name="fk_id_containers"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_container_serials")),
        sa.UniqueConstraint(
            "organisation", "ndc", "serial", "place", name=op.f("uq_container_serials_organisation_ndc_serial_place")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "counted_serials",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("serials", types.Document(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "id"],
            ["delivery_count_lines.organisation", "delivery_count_lines.id"],
            name="fk_id_delivery_count_lines",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_counted_serials")),
        sqlite_strict=True,
    )
    keep(op.get_bind(), "container_serials")
    keep(op.get_bind(), "counted_serials")


def downgrade() -> None:
    op.drop_table("counted_serials")
    op.drop_table("container_serials")
