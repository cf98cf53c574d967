"""How locations are kept: who may act there, and how much should lie ready.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "location_accesses",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("location", types.Id(), nullable=False),
        sa.Column("version", types.Whole(), nullable=False),
        sa.Column("lock", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_location_accesses_version_from_one")),
        sa.ForeignKeyConstraint(
            ["organisation", "by"], ["accounts.organisation", "accounts.id"], name="fk_by_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "location"], ["locations.organisation", "locations.id"], name="fk_location_locations"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_location_accesses")),
        sa.UniqueConstraint(
            "organisation", "location", "version", name=op.f("uq_location_accesses_organisation_location_version")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "par_levels",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("location", types.Id(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("version", types.Whole(), nullable=False),
        sa.Column("least", types.Whole(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("least >= 0", name=op.f("ck_par_levels_from_zero")),
        sa.CheckConstraint("version > 0", name=op.f("ck_par_levels_version_from_one")),
        sa.ForeignKeyConstraint(
            ["organisation", "by"], ["accounts.organisation", "accounts.id"], name="fk_by_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "location"], ["locations.organisation", "locations.id"], name="fk_location_locations"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_par_levels")),
        sa.UniqueConstraint(
            "organisation",
            "location",
            "product",
            "version",
            name=op.f("uq_par_levels_organisation_location_product_version"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "location_grants",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("access", types.Id(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("account", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "access"],
            ["location_accesses.organisation", "location_accesses.id"],
            name="fk_access_location_accesses",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "account"], ["accounts.organisation", "accounts.id"], name="fk_account_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_location_grants")),
        sa.UniqueConstraint(
            "organisation", "access", "act", "account", name=op.f("uq_location_grants_organisation_access_act_account")
        ),
        sqlite_strict=True,
    )
    keep(op.get_bind(), "location_accesses")
    keep(op.get_bind(), "par_levels")
    keep(op.get_bind(), "location_grants")


def downgrade() -> None:
    op.drop_table("location_grants")
    op.drop_table("par_levels")
    op.drop_table("location_accesses")
