"""Separate entries of each counter, parts and recounts of counts, drift, and statutory inventories.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "inventories",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("registration", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("business", sa.Text(), nullable=False),
        sa.Column("persons", types.Whole(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind in ('initial', 'biennial', 'registration-closing')", name=op.f("ck_inventories_asked_by_law")
        ),
        sa.CheckConstraint("persons between 1 and 2", name=op.f("ck_inventories_one_or_two")),
        sa.ForeignKeyConstraint(
            ["organisation", "registration"],
            ["registrations.organisation", "registrations.id"],
            name="fk_registration_registrations",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_inventories")),
        sqlite_strict=True,
    )
    op.create_index("ix_inventories_registration", "inventories", ["organisation", "registration", "at"], unique=False)
    op.create_table(
        "inventories_taken",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("record", types.Id(), nullable=False),
        sa.Column("counted_on", types.CalendarDate(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "id"], ["inventories.organisation", "inventories.id"], name="fk_id_inventories"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "record"],
            ["signed_records.organisation", "signed_records.id"],
            name="fk_record_signed_records",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_inventories_taken")),
        sa.UniqueConstraint("organisation", "record", name=op.f("uq_inventories_taken_organisation_record")),
        sqlite_strict=True,
    )
    op.create_table(
        "count_recounts",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("of", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("of <> id", name=op.f("ck_count_recounts_another")),
        sa.ForeignKeyConstraint(["organisation", "id"], ["counts.organisation", "counts.id"], name="fk_id_counts"),
        sa.ForeignKeyConstraint(["organisation", "of"], ["counts.organisation", "counts.id"], name="fk_of_counts"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_count_recounts")),
        sqlite_strict=True,
    )
    op.create_index("ix_count_recounts_of", "count_recounts", ["organisation", "of"], unique=False)
    op.create_table(
        "count_tallies",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("count", types.Id(), nullable=False),
        sa.Column("place", types.Whole(), nullable=False),
        sa.Column("counted_by", types.Id(), nullable=False),
        sa.Column("first_place", types.Whole(), nullable=True),
        sa.Column("first_by", types.Id(), nullable=True),
        sa.Column("lines", types.Document(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(first_by is null) = (first_place is null)", name=op.f("ck_count_tallies_whole_key")),
        sa.CheckConstraint("(place = 1) = (first_by is null)", name=op.f("ck_count_tallies_follows_the_first")),
        sa.CheckConstraint("coalesce(first_place, 1) = 1", name=op.f("ck_count_tallies_first_of_all")),
        sa.CheckConstraint("first_by is null or first_by <> counted_by", name=op.f("ck_count_tallies_another_person")),
        sa.CheckConstraint("place between 1 and 3", name=op.f("ck_count_tallies_up_to_three")),
        sa.ForeignKeyConstraint(
            ["organisation", "count", "first_place", "first_by"],
            ["count_tallies.organisation", "count_tallies.count", "count_tallies.place", "count_tallies.counted_by"],
            name="fk_count_tallies_first",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "count"], ["counts.organisation", "counts.id"], name="fk_count_counts"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "counted_by"], ["accounts.organisation", "accounts.id"], name="fk_counted_by_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_count_tallies")),
        sa.UniqueConstraint(
            "organisation",
            "count",
            "place",
            "counted_by",
            name=op.f("uq_count_tallies_organisation_count_place_counted_by"),
        ),
        sa.UniqueConstraint("organisation", "count", "place", name=op.f("uq_count_tallies_organisation_count_place")),
        sqlite_strict=True,
    )
    op.create_table(
        "inventory_counts",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("inventory", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["organisation", "id"], ["counts.organisation", "counts.id"], name="fk_id_counts"),
        sa.ForeignKeyConstraint(
            ["organisation", "inventory"],
            ["inventories.organisation", "inventories.id"],
            name="fk_inventory_inventories",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_inventory_counts")),
        sqlite_strict=True,
    )
    op.create_index("ix_inventory_counts_inventory", "inventory_counts", ["organisation", "inventory"], unique=False)
    op.create_table(
        "inventory_signatures",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("inventory", types.Id(), nullable=False),
        sa.Column("place", types.Whole(), nullable=False),
        sa.Column("signer", types.Id(), nullable=False),
        sa.Column("attestation", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("place between 1 and 2", name=op.f("ck_inventory_signatures_one_or_two")),
        sa.ForeignKeyConstraint(
            ["organisation", "attestation"],
            ["attestations.organisation", "attestations.id"],
            name="fk_attestation_attestations",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "inventory"],
            ["inventories_taken.organisation", "inventories_taken.id"],
            name="fk_inventory_inventories_taken",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "signer"], ["accounts.organisation", "accounts.id"], name="fk_signer_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_inventory_signatures")),
        sa.UniqueConstraint(
            "organisation", "inventory", "place", name=op.f("uq_inventory_signatures_organisation_inventory_place")
        ),
        sa.UniqueConstraint(
            "organisation", "inventory", "signer", name=op.f("uq_inventory_signatures_organisation_inventory_signer")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "count_parts",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("count", types.Id(), nullable=False),
        sa.Column("container", types.Id(), nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(container is null) <> (product is null)", name=op.f("ck_count_parts_one_of_both")),
        sa.ForeignKeyConstraint(
            ["organisation", "container"], ["containers.organisation", "containers.id"], name="fk_container_containers"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "count"], ["counts.organisation", "counts.id"], name="fk_count_counts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_count_parts")),
        sa.UniqueConstraint(
            "organisation", "count", "container", name=op.f("uq_count_parts_organisation_count_container")
        ),
        sa.UniqueConstraint("organisation", "count", "product", name=op.f("uq_count_parts_organisation_count_product")),
        sqlite_strict=True,
    )
    op.create_table(
        "count_tally_lines",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("tally", types.Id(), nullable=False),
        sa.Column("container", types.Id(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("volume", types.Microlitres(), nullable=True),
        sa.Column("found", types.Micrograms(), nullable=True),
        sa.Column("expected", types.Micrograms(), nullable=False),
        sa.Column("resolution", types.Micrograms(), nullable=False),
        sa.Column("gross_mg", types.Whole(), nullable=True),
        sa.Column("tare_mg", types.Whole(), nullable=True),
        sa.Column("tare_weighed", types.Flag(), nullable=True),
        sa.Column("scale_mg", types.Whole(), nullable=True),
        sa.Column("density", types.Ratio(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(coalesce(method, '') = 'weighed') = (gross_mg is not null)",
            name=op.f("ck_count_tally_lines_weighed_on_a_scale"),
        ),
        sa.CheckConstraint(
            "(gross_mg is null) = (tare_mg is null) and (gross_mg is null) = (scale_mg is null) and "
            "(gross_mg is null) = (density is null) and (gross_mg is null) = (tare_weighed is null)",
            name=op.f("ck_count_tally_lines_whole_weighing"),
        ),
        sa.CheckConstraint("(method is null) = (found is null)", name=op.f("ck_count_tally_lines_found_somehow")),
        sa.CheckConstraint(
            "coalesce(found, 0) >= 0 and expected >= 0 and resolution >= 0", name=op.f("ck_count_tally_lines_from_zero")
        ),
        sa.CheckConstraint(
            "coalesce(gross_mg, 0) >= coalesce(tare_mg, 0)", name=op.f("ck_count_tally_lines_not_lighter_than_empty")
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "container"], ["containers.organisation", "containers.id"], name="fk_container_containers"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "tally"], ["count_tallies.organisation", "count_tallies.id"], name="fk_tally_count_tallies"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_count_tally_lines")),
        sa.UniqueConstraint(
            "organisation", "tally", "container", name=op.f("uq_count_tally_lines_organisation_tally_container")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "drift_alerts",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("count", types.Id(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("container", types.Id(), nullable=True),
        sa.Column("location", types.Id(), nullable=True),
        sa.Column("person", types.Id(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("counts", types.Whole(), nullable=False),
        sa.Column("one_sided", types.Whole(), nullable=False),
        sa.Column("sum_ug", types.Whole(), nullable=False),
        sa.Column("resolution_ug", types.Whole(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(subject = 'container') = (container is not null)", name=op.f("ck_drift_alerts_of_a_container")
        ),
        sa.CheckConstraint(
            "(subject = 'product') = (location is not null)", name=op.f("ck_drift_alerts_of_a_location")
        ),
        sa.CheckConstraint(
            "(subject in ('counter', 'handler')) = (person is not null)", name=op.f("ck_drift_alerts_of_a_person")
        ),
        sa.CheckConstraint("counts > 0", name=op.f("ck_drift_alerts_some_counts")),
        sa.ForeignKeyConstraint(
            ["organisation", "container"], ["containers.organisation", "containers.id"], name="fk_container_containers"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "count"], ["counts.organisation", "counts.id"], name="fk_count_counts"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "location"], ["locations.organisation", "locations.id"], name="fk_location_locations"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "person"], ["accounts.organisation", "accounts.id"], name="fk_person_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_drift_alerts")),
        sqlite_strict=True,
    )
    op.create_index("ix_drift_alerts_product", "drift_alerts", ["organisation", "product"], unique=False)
    keep(op.get_bind(), "inventories")
    keep(op.get_bind(), "inventories_taken")
    keep(op.get_bind(), "count_recounts")
    keep(op.get_bind(), "count_tallies")
    keep(op.get_bind(), "inventory_counts")
    keep(op.get_bind(), "inventory_signatures")
    keep(op.get_bind(), "count_parts")
    keep(op.get_bind(), "count_tally_lines")
    keep(op.get_bind(), "drift_alerts")


def downgrade() -> None:
    op.drop_index("ix_drift_alerts_product", table_name="drift_alerts")
    op.drop_table("drift_alerts")
    op.drop_table("count_tally_lines")
    op.drop_table("count_parts")
    op.drop_table("inventory_signatures")
    op.drop_index("ix_inventory_counts_inventory", table_name="inventory_counts")
    op.drop_table("inventory_counts")
    op.drop_table("count_tallies")
    op.drop_index("ix_count_recounts_of", table_name="count_recounts")
    op.drop_table("count_recounts")
    op.drop_table("inventories_taken")
    op.drop_index("ix_inventories_registration", table_name="inventories")
    op.drop_table("inventories")
