"""Moves of drug, and wastes with their witness.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "wastes",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("container", types.Id(), nullable=False),
        sa.Column("visit", types.Id(), nullable=True),
        sa.Column("mass", types.Micrograms(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=True),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("operation_id", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("mass > 0", name=op.f("ck_wastes_wastes_something")),
        sa.ForeignKeyConstraint(
            ["organisation", "by"], ["accounts.organisation", "accounts.id"], name="fk_by_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "container"], ["containers.organisation", "containers.id"], name="fk_container_containers"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "visit"], ["visits.organisation", "visits.id"], name="fk_visit_visits"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_wastes")),
        sa.UniqueConstraint("organisation", "id", "by", name=op.f("uq_wastes_organisation_id_by")),
        sa.UniqueConstraint(
            "organisation", "operation_id", "container", name=op.f("uq_wastes_organisation_operation_id_container")
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_wastes_container", "wastes", ["organisation", "container"], unique=False)
    op.create_index("ix_wastes_visit", "wastes", ["organisation", "visit"], unique=False)
    op.create_table(
        "waste_postings",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("author", types.Id(), nullable=False),
        sa.Column("witness", types.Id(), nullable=False),
        sa.Column("attestation", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("witness <> author", name=op.f("ck_waste_postings_two_people")),
        sa.ForeignKeyConstraint(
            ["organisation", "attestation"],
            ["attestations.organisation", "attestations.id"],
            name="fk_attestation_attestations",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "id", "author"],
            ["wastes.organisation", "wastes.id", "wastes.by"],
            name="fk_waste_postings_waste",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "witness"], ["accounts.organisation", "accounts.id"], name="fk_witness_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_waste_postings")),
        sa.UniqueConstraint("organisation", "attestation", name=op.f("uq_waste_postings_organisation_attestation")),
        sqlite_strict=True,
    )
    op.create_table(
        "moves",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("registration", types.Id(), nullable=False),
        sa.Column("product", types.Id(), nullable=False),
        sa.Column("from_container", types.Id(), nullable=True),
        sa.Column("from_place", sa.Text(), nullable=True),
        sa.Column("to_container", types.Id(), nullable=True),
        sa.Column("to_place", sa.Text(), nullable=True),
        sa.Column("mass", types.Micrograms(), nullable=False),
        sa.Column("volume", types.Microlitres(), nullable=True),
        sa.Column("from_balance", types.Micrograms(), nullable=True),
        sa.Column("to_balance", types.Micrograms(), nullable=True),
        sa.Column("syringe", types.Id(), nullable=True),
        sa.Column("visit", types.Id(), nullable=True),
        sa.Column("patient", types.Id(), nullable=True),
        sa.Column("identity_version", types.Id(), nullable=True),
        sa.Column("waste", types.Id(), nullable=True),
        sa.Column("by", types.Id(), nullable=True),
        sa.Column("device", types.Id(), nullable=True),
        sa.Column("occurred_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("operation_id", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(coalesce(to_place, '') = 'waste') = (waste is not null)", name=op.f("ck_moves_waste_is_witnessed")
        ),
        sa.CheckConstraint(
            "coalesce(from_place, 'supplier') in ('supplier', 'overfill')", name=op.f("ck_moves_from_outside")
        ),
        sa.CheckConstraint(
            "coalesce(to_place, '') <> 'patient' or "
            "(visit is not null and patient is not null and identity_version is not null and syringe is not null)",
            name=op.f("ck_moves_given_to_somebody"),
        ),
        sa.CheckConstraint(
            "coalesce(to_place, 'waste') in ('patient', 'waste', 'returned')", name=op.f("ck_moves_to_outside")
        ),
        sa.CheckConstraint("(from_container is null) = (from_balance is null)", name=op.f("ck_moves_source_balance")),
        sa.CheckConstraint("(from_container is null) = (from_place is not null)", name=op.f("ck_moves_one_source")),
        sa.CheckConstraint("(to_container is null) = (to_balance is null)", name=op.f("ck_moves_target_balance")),
        sa.CheckConstraint("(to_container is null) = (to_place is not null)", name=op.f("ck_moves_one_target")),
        sa.CheckConstraint(
            "coalesce(from_balance, 0) >= 0 and coalesce(to_balance, 0) >= 0", name=op.f("ck_moves_never_below_zero")
        ),
        sa.CheckConstraint("from_container is not null or to_container is not null", name=op.f("ck_moves_one_of_ours")),
        sa.CheckConstraint(
            "from_container is null or to_container is null or (visit is not null and syringe is not null)",
            name=op.f("ck_moves_drawn_for_somebody"),
        ),
        sa.CheckConstraint(
            "from_container is null or to_container is null or from_container <> to_container",
            name=op.f("ck_moves_two_ends"),
        ),
        sa.CheckConstraint("mass > 0", name=op.f("ck_moves_moves_something")),
        sa.CheckConstraint("volume is null or volume > 0", name=op.f("ck_moves_some_volume")),
        sa.ForeignKeyConstraint(
            ["organisation", "from_container"],
            ["containers.organisation", "containers.id"],
            name="fk_from_container_containers",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "identity_version"],
            ["identity_versions.organisation", "identity_versions.id"],
            name="fk_identity_version_identity_versions",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "patient"], ["patients.organisation", "patients.id"], name="fk_patient_patients"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "product"], ["products.organisation", "products.id"], name="fk_product_products"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "registration"],
            ["registrations.organisation", "registrations.id"],
            name="fk_registration_registrations",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "syringe"], ["containers.organisation", "containers.id"], name="fk_syringe_containers"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "to_container"],
            ["containers.organisation", "containers.id"],
            name="fk_to_container_containers",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "visit"], ["visits.organisation", "visits.id"], name="fk_visit_visits"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "waste"],
            ["waste_postings.organisation", "waste_postings.id"],
            name="fk_waste_waste_postings",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_moves")),
        sa.UniqueConstraint(
            "organisation",
            "operation_id",
            "from_container",
            name=op.f("uq_moves_organisation_operation_id_from_container"),
        ),
        sa.UniqueConstraint(
            "organisation", "operation_id", "to_container", name=op.f("uq_moves_organisation_operation_id_to_container")
        ),
        sa.UniqueConstraint("organisation", "waste", name=op.f("uq_moves_organisation_waste")),
        sqlite_strict=True,
    )
    op.create_index("ix_moves_from_container", "moves", ["organisation", "from_container"], unique=False)
    op.create_index(
        "ix_moves_registration", "moves", ["organisation", "registration", "occurred_at", "id"], unique=False
    )
    op.create_index("ix_moves_to_container", "moves", ["organisation", "to_container"], unique=False)
    op.create_index("ix_moves_visit", "moves", ["organisation", "visit"], unique=False)
    keep(op.get_bind(), "wastes")
    keep(op.get_bind(), "waste_postings")
    keep(op.get_bind(), "moves")


def downgrade() -> None:
    op.drop_index("ix_moves_visit", table_name="moves")
    op.drop_index("ix_moves_to_container", table_name="moves")
    op.drop_index("ix_moves_registration", table_name="moves")
    op.drop_index("ix_moves_from_container", table_name="moves")
    op.drop_table("moves")
    op.drop_table("waste_postings")
    op.drop_index("ix_wastes_visit", table_name="wastes")
    op.drop_index("ix_wastes_container", table_name="wastes")
    op.drop_table("wastes")
