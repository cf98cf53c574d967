"""The prescriber's orders, the working of a dose, the pump, and what was given.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "series_orders",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("patient", types.Id(), nullable=False),
        sa.Column("protocol", types.Id(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("visits", types.Whole(), nullable=False),
        sa.Column("mg_per_kg", types.Ratio(), nullable=False),
        sa.Column("minutes", types.Whole(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("cap", types.Micrograms(), nullable=True),
        sa.Column("titration_low", types.Ratio(), nullable=True),
        sa.Column("titration_high", types.Ratio(), nullable=True),
        sa.Column("valid_until", types.UtcDateTime(), nullable=False),
        sa.Column("indication", sa.Text(), nullable=False),
        sa.Column("drafted_by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(titration_low is null and titration_high is null) "
            "or (titration_low is not null and titration_high is not null)",
            name=op.f("ck_series_orders_range_has_two_ends"),
        ),
        sa.CheckConstraint("cap is null or cap > 0", name=op.f("ck_series_orders_cap_is_something")),
        sa.CheckConstraint("minutes is null or minutes > 0", name=op.f("ck_series_orders_minutes_from_one")),
        sa.CheckConstraint("visits > 0", name=op.f("ck_series_orders_visits_from_one")),
        sa.ForeignKeyConstraint(
            ["organisation", "drafted_by"], ["accounts.organisation", "accounts.id"], name="fk_drafted_by_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "patient"], ["patients.organisation", "patients.id"], name="fk_patient_patients"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "protocol"],
            ["policy_versions.organisation", "policy_versions.id"],
            name="fk_protocol_policy_versions",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_series_orders")),
        sqlite_strict=True,
    )
    op.create_index("ix_series_orders_patient", "series_orders", ["organisation", "patient"], unique=False)
    op.create_table(
        "dose_workings",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("visit", types.Id(), nullable=False),
        sa.Column("series_order", types.Id(), nullable=False),
        sa.Column("weight_g", types.Whole(), nullable=False),
        sa.Column("height_mm", types.Whole(), nullable=True),
        sa.Column("formula_sex", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("basis_kg", types.Ratio(), nullable=False),
        sa.Column("formula", sa.Text(), nullable=True),
        sa.Column("mg_per_kg", types.Ratio(), nullable=False),
        sa.Column("effective_mg_per_kg", types.Ratio(), nullable=False),
        sa.Column("uncapped", types.Micrograms(), nullable=False),
        sa.Column("cap", types.Micrograms(), nullable=True),
        sa.Column("ordered", types.Micrograms(), nullable=False),
        sa.Column("label", types.Ratio(), nullable=False),
        sa.Column("drawn_volume", types.Microlitres(), nullable=False),
        sa.Column("drawn", types.Micrograms(), nullable=False),
        sa.Column("diluent_volume", types.Microlitres(), nullable=True),
        sa.Column("made_up", sa.Text(), nullable=True),
        sa.Column("final_volume", types.Microlitres(), nullable=False),
        sa.Column("final", types.Ratio(), nullable=False),
        sa.Column("minutes", types.Whole(), nullable=True),
        sa.Column("ml_per_h", types.Ratio(), nullable=True),
        sa.Column("pump_ml_per_h", types.Ratio(), nullable=True),
        sa.Column("cautions", types.Document(), nullable=False),
        sa.Column("reasons", types.Document(), nullable=False),
        sa.Column("worked_by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("cap is null or ordered <= cap", name=op.f("ck_dose_workings_within_the_cap")),
        sa.CheckConstraint("drawn > 0", name=op.f("ck_dose_workings_something_is_drawn")),
        sa.ForeignKeyConstraint(
            ["organisation", "series_order"],
            ["series_orders.organisation", "series_orders.id"],
            name="fk_series_order_series_orders",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "visit"], ["visits.organisation", "visits.id"], name="fk_visit_visits"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_dose_workings")),
        sqlite_strict=True,
    )
    op.create_index("ix_dose_workings_visit", "dose_workings", ["organisation", "visit"], unique=False)
    op.create_table(
        "infusion_events",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("visit", types.Id(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("occurred_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.Column("ml_per_h", types.Ratio(), nullable=True),
        sa.Column("by", types.Id(), nullable=True),
        sa.Column("device", types.Id(), nullable=True),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "visit"], ["visits.organisation", "visits.id"], name="fk_visit_visits"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_infusion_events")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_infusion_events_visit", "infusion_events", ["organisation", "visit", "occurred_at"], unique=False
    )
    op.create_table(
        "preparations",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("visit", types.Id(), nullable=False),
        sa.Column("working", types.Id(), nullable=False),
        sa.Column("syringe", types.Id(), nullable=False),
        sa.Column("source", types.Id(), nullable=False),
        sa.Column("drawn", types.Micrograms(), nullable=False),
        sa.Column("drawn_volume", types.Microlitres(), nullable=False),
        sa.Column("final_volume", types.Microlitres(), nullable=False),
        sa.Column("final", types.Ratio(), nullable=False),
        sa.Column("made_by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "syringe"], ["containers.organisation", "containers.id"], name="fk_syringe_containers"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "visit"], ["visits.organisation", "visits.id"], name="fk_visit_visits"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "working"],
            ["dose_workings.organisation", "dose_workings.id"],
            name="fk_working_dose_workings",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_preparations")),
        sa.UniqueConstraint("organisation", "visit", name=op.f("uq_preparations_organisation_visit")),
        sqlite_strict=True,
    )
    op.create_table(
        "administrations",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("visit", types.Id(), nullable=False),
        sa.Column("preparation", types.Id(), nullable=False),
        sa.Column("mass", types.Micrograms(), nullable=False),
        sa.Column("volume_ul", types.Ratio(), nullable=False),
        sa.Column("running_seconds", types.Whole(), nullable=False),
        sa.Column("started_at", types.UtcDateTime(), nullable=True),
        sa.Column("stopped_at", types.UtcDateTime(), nullable=False),
        sa.Column("by", types.Id(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "preparation"],
            ["preparations.organisation", "preparations.id"],
            name="fk_preparation_preparations",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "visit"], ["visits.organisation", "visits.id"], name="fk_visit_visits"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_administrations")),
        sa.UniqueConstraint("organisation", "visit", name=op.f("uq_administrations_organisation_visit")),
        sqlite_strict=True,
    )
    keep(op.get_bind(), "series_orders", changes=["state"])
    keep(op.get_bind(), "dose_workings")
    keep(op.get_bind(), "infusion_events")
    keep(op.get_bind(), "preparations")
    keep(op.get_bind(), "administrations")


def downgrade() -> None:
    op.drop_table("administrations")
    op.drop_table("preparations")
    op.drop_index("ix_infusion_events_visit", table_name="infusion_events")
    op.drop_table("infusion_events")
    op.drop_index("ix_dose_workings_visit", table_name="dose_workings")
    op.drop_table("dose_workings")
    op.drop_index("ix_series_orders_patient", table_name="series_orders")
    op.drop_table("series_orders")
