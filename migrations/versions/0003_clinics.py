"""Organisations, places, standing and policy.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0003"
down_revision = "0002"


def upgrade() -> None:

    op.create_table(
        "organisations",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = organisation", name=op.f("ck_organisations_is_its_own")),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_organisations")),
        sqlite_strict=True,
    )
    op.create_table(
        "policy_versions",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", types.Whole(), nullable=False),
        sa.Column("content", types.Document(), nullable=False),
        sa.Column("approved_by", types.Id(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_policy_versions_version_from_one")),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_policy_versions")),
        sa.UniqueConstraint(
            "organisation", "kind", "key", "version", name=op.f("uq_policy_versions_organisation_kind_key_version")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "sites",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_sites")),
        sqlite_strict=True,
    )
    op.create_table(
        "chairs",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("site", types.Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["organisation", "site"], ["sites.organisation", "sites.id"], name="fk_site_sites"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_chairs")),
        sa.UniqueConstraint("organisation", "site", "name", name=op.f("uq_chairs_organisation_site_name")),
        sqlite_strict=True,
    )
    op.create_table(
        "licences",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("account", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expires_on", types.CalendarDate(), nullable=False),
        sa.Column("recorded_by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "account"], ["accounts.organisation", "accounts.id"], name="fk_account_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_licences")),
        sqlite_strict=True,
    )
    op.create_table(
        "presences",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("account", types.Id(), nullable=False),
        sa.Column("site", types.Id(), nullable=False),
        sa.Column("from_at", types.UtcDateTime(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("device", types.Id(), nullable=True),
        sa.Column("until_at", types.UtcDateTime(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("until_at is null or until_at >= from_at", name=op.f("ck_presences_forward")),
        sa.ForeignKeyConstraint(
            ["organisation", "account"], ["accounts.organisation", "accounts.id"], name="fk_account_accounts"
        ),
        sa.ForeignKeyConstraint(["organisation", "site"], ["sites.organisation", "sites.id"], name="fk_site_sites"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_presences")),
        sqlite_strict=True,
    )
    op.create_index("ix_presences_site", "presences", ["organisation", "site", "from_at"], unique=False)
    op.create_table(
        "registrations",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("site", types.Id(), nullable=False),
        sa.Column("dea_number", sa.Text(), nullable=False),
        sa.Column("registrant", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("schedules", types.Document(), nullable=False),
        sa.Column("valid_from", types.CalendarDate(), nullable=False),
        sa.Column("valid_until", types.CalendarDate(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("valid_from <= valid_until", name=op.f("ck_registrations_valid_forward")),
        sa.ForeignKeyConstraint(["organisation", "site"], ["sites.organisation", "sites.id"], name="fk_site_sites"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("organisation", "dea_number", name=op.f("uq_registrations_organisation_dea_number")),
        sqlite_strict=True,
    )

    keep(op.get_bind(), "organisations")
    keep(op.get_bind(), "policy_versions")
    keep(op.get_bind(), "sites")
    keep(op.get_bind(), "chairs")
    keep(op.get_bind(), "licences")
    keep(op.get_bind(), "presences", changes=["until_at"])
    keep(op.get_bind(), "registrations")


def downgrade() -> None:

    op.drop_table("registrations")
    op.drop_index("ix_presences_site", table_name="presences")
    op.drop_table("presences")
    op.drop_table("licences")
    op.drop_table("chairs")
    op.drop_table("sites")
    op.drop_table("policy_versions")
    op.drop_table("organisations")
