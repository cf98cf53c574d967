"""Physical counts and their signatures.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "counts",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("location", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("persons", types.Whole(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("profile_version", types.Whole(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("persons between 1 and 2", name=op.f("ck_counts_one_or_two")),
        sa.ForeignKeyConstraint(
            ["organisation", "location"], ["locations.organisation", "locations.id"], name="fk_location_locations"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_counts")),
        sqlite_strict=True,
    )
    op.create_index("ix_counts_location", "counts", ["organisation", "location", "at"], unique=False)
    op.create_table(
        "count_sheets",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("counted_by", types.Id(), nullable=False),
        sa.Column("entries", types.Document(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "counted_by"], ["accounts.organisation", "accounts.id"], name="fk_counted_by_accounts"
        ),
        sa.ForeignKeyConstraint(["organisation", "id"], ["counts.organisation", "counts.id"], name="fk_id_counts"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_count_sheets")),
        sqlite_strict=True,
    )
    op.create_table(
        "count_signatures",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("count", types.Id(), nullable=False),
        sa.Column("place", types.Whole(), nullable=False),
        sa.Column("signer", types.Id(), nullable=False),
        sa.Column("attestation", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("place between 1 and 2", name=op.f("ck_count_signatures_one_or_two")),
        sa.ForeignKeyConstraint(
            ["organisation", "attestation"],
            ["attestations.organisation", "attestations.id"],
            name="fk_attestation_attestations",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "count"], ["count_sheets.organisation", "count_sheets.id"], name="fk_count_count_sheets"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "signer"], ["accounts.organisation", "accounts.id"], name="fk_signer_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_count_signatures")),
        sa.UniqueConstraint(
            "organisation", "count", "place", name=op.f("uq_count_signatures_organisation_count_place")
        ),
        sa.UniqueConstraint(
            "organisation", "count", "signer", name=op.f("uq_count_signatures_organisation_count_signer")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "count_entries",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("count", types.Id(), nullable=False),
        sa.Column("container", types.Id(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("volume", types.Microlitres(), nullable=True),
        sa.Column("found", types.Micrograms(), nullable=True),
        sa.Column("expected", types.Micrograms(), nullable=False),
        sa.Column("resolution", types.Micrograms(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(method is null) = (found is null)", name=op.f("ck_count_entries_found_somehow")),
        sa.CheckConstraint(
            "coalesce(found, 0) >= 0 and expected >= 0 and resolution >= 0", name=op.f("ck_count_entries_from_zero")
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "container"], ["containers.organisation", "containers.id"], name="fk_container_containers"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "count"], ["counts.organisation", "counts.id"], name="fk_count_counts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_count_entries")),
        sa.UniqueConstraint(
            "organisation", "count", "container", name=op.f("uq_count_entries_organisation_count_container")
        ),
        sqlite_strict=True,
    )
    keep(op.get_bind(), "counts")
    keep(op.get_bind(), "count_sheets")
    keep(op.get_bind(), "count_signatures")
    keep(op.get_bind(), "count_entries")


def downgrade() -> None:
    op.drop_table("count_entries")
    op.drop_table("count_signatures")
    op.drop_table("count_sheets")
    op.drop_index("ix_counts_location", table_name="counts")
    op.drop_table("counts")
