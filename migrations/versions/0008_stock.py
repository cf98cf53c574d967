"""Stock of drug: products, places, receipts, containers.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "products",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("policy", types.Id(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("drug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("labeler", sa.Text(), nullable=False),
        sa.Column("ndc", sa.Text(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("registration_schedule", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("concentration", types.Ratio(), nullable=False),
        sa.Column("volume", types.Microlitres(), nullable=False),
        sa.Column("content", types.Micrograms(), nullable=False),
        sa.Column("beyond_use_days", types.Whole(), nullable=False),
        sa.Column("overfill_cap", types.Micrograms(), nullable=False),
        sa.Column("resolutions", types.Document(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("content > 0 and volume > 0", name=op.f("ck_products_holds_something")),
        sa.ForeignKeyConstraint(
            ["organisation", "policy"],
            ["policy_versions.organisation", "policy_versions.id"],
            name="fk_policy_policy_versions",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_products")),
        sa.UniqueConstraint("organisation", "policy", "key", name=op.f("uq_products_organisation_policy_key")),
        sqlite_strict=True,
    )
    op.create_table(
        "locations",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("site", types.Id(), nullable=False),
        sa.Column("registration", types.Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "registration"],
            ["registrations.organisation", "registrations.id"],
            name="fk_registration_registrations",
        ),
        sa.ForeignKeyConstraint(["organisation", "site"], ["sites.organisation", "sites.id"], name="fk_site_sites"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_locations")),
        sa.UniqueConstraint(
            "organisation", "registration", "name", name=op.f("uq_locations_organisation_registration_name")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "receipts",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("location", types.Id(), nullable=False),
        sa.Column("supplier_name", sa.Text(), nullable=False),
        sa.Column("supplier_address", sa.Text(), nullable=False),
        sa.Column("supplier_dea_number", sa.Text(), nullable=False),
        sa.Column("invoice_number", sa.Text(), nullable=False),
        sa.Column("invoice_date", types.CalendarDate(), nullable=False),
        sa.Column("received_by", types.Id(), nullable=False),
        sa.Column("occurred_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("operation_id", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "location"], ["locations.organisation", "locations.id"], name="fk_location_locations"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "received_by"], ["accounts.organisation", "accounts.id"], name="fk_received_by_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("organisation", "operation_id", name=op.f("uq_receipts_organisation_operation_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "receipt_lines",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("receipt", types.Id(), nullable=False),
        sa.Column("product", types.Id(), nullable=False),
        sa.Column("ndc", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("expiry", types.CalendarDate(), nullable=False),
        sa.Column("invoiced", types.Whole(), nullable=False),
        sa.Column("received", types.Whole(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "invoiced >= 0 and received >= 0 and invoiced + received > 0", name=op.f("ck_receipt_lines_some_vials")
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "product"], ["products.organisation", "products.id"], name="fk_product_products"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "receipt"], ["receipts.organisation", "receipts.id"], name="fk_receipt_receipts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_receipt_lines")),
        sqlite_strict=True,
    )
    op.create_index("ix_receipt_lines_receipt", "receipt_lines", ["organisation", "receipt"], unique=False)
    op.create_table(
        "containers",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("product", types.Id(), nullable=False),
        sa.Column("registration", types.Id(), nullable=False),
        sa.Column("site", types.Id(), nullable=False),
        sa.Column("location", types.Id(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("expiry", types.CalendarDate(), nullable=False),
        sa.Column("concentration", types.Ratio(), nullable=False),
        sa.Column("content", types.Micrograms(), nullable=False),
        sa.Column("volume", types.Microlitres(), nullable=False),
        sa.Column("receipt_line", types.Id(), nullable=True),
        sa.Column("parent", types.Id(), nullable=True),
        sa.Column("visit", types.Id(), nullable=True),
        sa.Column("made_by", types.Id(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("balance", types.Micrograms(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(parent is null) = (receipt_line is not null)", name=op.f("ck_containers_received_or_drawn")
        ),
        sa.CheckConstraint("(parent is null) = (visit is null)", name=op.f("ck_containers_drawn_for_a_visit")),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_containers_never_below_zero")),
        sa.CheckConstraint("content > 0", name=op.f("ck_containers_holds_something")),
        sa.ForeignKeyConstraint(
            ["organisation", "location"], ["locations.organisation", "locations.id"], name="fk_location_locations"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "parent"], ["containers.organisation", "containers.id"], name="fk_parent_containers"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "product"], ["products.organisation", "products.id"], name="fk_product_products"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "receipt_line"],
            ["receipt_lines.organisation", "receipt_lines.id"],
            name="fk_receipt_line_receipt_lines",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "registration"],
            ["registrations.organisation", "registrations.id"],
            name="fk_registration_registrations",
        ),
        sa.ForeignKeyConstraint(["organisation", "site"], ["sites.organisation", "sites.id"], name="fk_site_sites"),
        sa.ForeignKeyConstraint(
            ["organisation", "visit"], ["visits.organisation", "visits.id"], name="fk_visit_visits"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_containers")),
        sa.UniqueConstraint("organisation", "label", name=op.f("uq_containers_organisation_label")),
        sqlite_strict=True,
    )
    op.create_index("ix_containers_location", "containers", ["organisation", "location"], unique=False)
    op.create_index("ix_containers_parent", "containers", ["organisation", "parent"], unique=False)
    op.create_index("ix_containers_site", "containers", ["organisation", "site", "id"], unique=False)
    op.create_index("ix_containers_visit", "containers", ["organisation", "visit"], unique=False)
    op.create_table(
        "punctures",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("use_by", types.UtcDateTime(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("use_by >= at", name=op.f("ck_punctures_forward")),
        sa.ForeignKeyConstraint(
            ["organisation", "id"], ["containers.organisation", "containers.id"], name="fk_id_containers"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_punctures")),
        sqlite_strict=True,
    )
    op.create_table(
        "quarantines",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "id"], ["containers.organisation", "containers.id"], name="fk_id_containers"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_quarantines")),
        sqlite_strict=True,
    )
    op.create_table(
        "returns",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("receiver_name", sa.Text(), nullable=False),
        sa.Column("receiver_address", sa.Text(), nullable=False),
        sa.Column("receiver_dea_number", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "id"], ["containers.organisation", "containers.id"], name="fk_id_containers"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_returns")),
        sqlite_strict=True,
    )

    keep(op.get_bind(), "products")
    keep(op.get_bind(), "locations")
    keep(op.get_bind(), "receipts")
    keep(op.get_bind(), "receipt_lines")
    keep(op.get_bind(), "containers", changes=["balance"])
    keep(op.get_bind(), "punctures")
    keep(op.get_bind(), "quarantines")
    keep(op.get_bind(), "returns")


def downgrade() -> None:
    op.drop_table("returns")
    op.drop_table("quarantines")
    op.drop_table("punctures")
    op.drop_index("ix_containers_visit", table_name="containers")
    op.drop_index("ix_containers_site", table_name="containers")
    op.drop_index("ix_containers_parent", table_name="containers")
    op.drop_index("ix_containers_location", table_name="containers")
    op.drop_table("containers")
    op.drop_index("ix_receipt_lines_receipt", table_name="receipt_lines")
    op.drop_table("receipt_lines")
    op.drop_table("receipts")
    op.drop_table("locations")
    op.drop_table("products")
