"""Readings, alerts and scores.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "readings",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("visit", types.Id(), nullable=False),
        sa.Column("occurred_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.Column("systolic_mmhg", types.Whole(), nullable=True),
        sa.Column("diastolic_mmhg", types.Whole(), nullable=True),
        sa.Column("heart_rate_bpm", types.Whole(), nullable=True),
        sa.Column("spo2_percent", types.Whole(), nullable=True),
        sa.Column("respiratory_rate_per_min", types.Whole(), nullable=True),
        sa.Column("moaas", types.Whole(), nullable=True),
        sa.Column("dissociation_nrs", types.Whole(), nullable=True),
        sa.Column("distress_nrs", types.Whole(), nullable=True),
        sa.Column("not_obtained", types.Document(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("needs_countersign", types.Flag(), nullable=False),
        sa.Column("replaces", types.Id(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by", types.Id(), nullable=True),
        sa.Column("device", types.Id(), nullable=True),
        sa.Column("device_clock_skew_ms", types.Whole(), nullable=True),
        sa.Column("operation", types.Id(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "coalesce(systolic_mmhg, diastolic_mmhg, heart_rate_bpm, spo2_percent, respiratory_rate_per_min, moaas, "
            "dissociation_nrs, distress_nrs) is not null or not_obtained <> '{}'",
            name=op.f("ck_readings_not_empty"),
        ),
        sa.CheckConstraint("(replaces is null) = (reason is null)", name=op.f("ck_readings_correction_has_reason")),
        sa.CheckConstraint("by is not null or device is not null", name=op.f("ck_readings_somebody_or_a_tablet")),
        sa.CheckConstraint(
            "coalesce(systolic_mmhg, 0) >= 0 and coalesce(diastolic_mmhg, 0) >= 0 and coalesce(heart_rate_bpm, 0) >= 0 "
            "and coalesce(spo2_percent, 0) >= 0 and coalesce(respiratory_rate_per_min, 0) >= 0 and "
            "coalesce(moaas, 0) >= 0 and coalesce(dissociation_nrs, 0) >= 0 and coalesce(distress_nrs, 0) >= 0",
            name=op.f("ck_readings_not_negative"),
        ),
        sa.CheckConstraint(
            "systolic_mmhg is null or diastolic_mmhg is null or systolic_mmhg > diastolic_mmhg",
            name=op.f("ck_readings_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "visit", "replaces"],
            ["readings.organisation", "readings.visit", "readings.id"],
            name="fk_replaces_readings",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "visit"], ["visits.organisation", "visits.id"], name="fk_visit_visits"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_readings")),
        sa.UniqueConstraint("organisation", "replaces", name=op.f("uq_readings_organisation_replaces")),
        sa.UniqueConstraint("organisation", "visit", "id", name=op.f("uq_readings_organisation_visit_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_readings_visit", "readings", ["organisation", "visit", "occurred_at"], unique=False)
    op.create_table(
        "scores",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("visit", types.Id(), nullable=False),
        sa.Column("patient", types.Id(), nullable=False),
        sa.Column("instrument", types.Id(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("answers", types.Document(), nullable=False),
        sa.Column("total", types.Whole(), nullable=True),
        sa.Column("band", sa.Text(), nullable=True),
        sa.Column("answered", types.Whole(), nullable=False),
        sa.Column("prorated", types.Flag(), nullable=False),
        sa.Column("flagged", types.Flag(), nullable=False),
        sa.Column("safety_answer", types.Whole(), nullable=True),
        sa.Column("occurred_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("needs_countersign", types.Flag(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("operation", types.Id(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("answered >= 0", name=op.f("ck_scores_answered_from_zero")),
        sa.ForeignKeyConstraint(
            ["organisation", "instrument"],
            ["policy_versions.organisation", "policy_versions.id"],
            name="fk_instrument_policy_versions",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "patient"], ["patients.organisation", "patients.id"], name="fk_patient_patients"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "visit"], ["visits.organisation", "visits.id"], name="fk_visit_visits"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_scores")),
        sqlite_strict=True,
    )
    op.create_index("ix_scores_patient", "scores", ["organisation", "patient", "key"], unique=False)
    op.create_index("ix_scores_visit", "scores", ["organisation", "visit"], unique=False)
    op.create_table(
        "alerts",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("visit", types.Id(), nullable=False),
        sa.Column("reading", types.Id(), nullable=False),
        sa.Column("sign", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("value", types.Whole(), nullable=False),
        sa.Column("comparison", sa.Text(), nullable=False),
        sa.Column("threshold", types.Whole(), nullable=False),
        sa.Column("baseline", types.Whole(), nullable=True),
        sa.Column("confirmed", types.Flag(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "visit", "reading"],
            ["readings.organisation", "readings.visit", "readings.id"],
            name="fk_reading_readings",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("organisation", "reading", "sign", name=op.f("uq_alerts_organisation_reading_sign")),
        sqlite_strict=True,
    )
    op.create_index("ix_alerts_visit", "alerts", ["organisation", "visit"], unique=False)
    op.create_table(
        "alert_answers",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("visit", types.Id(), nullable=False),
        sa.Column("reading", types.Id(), nullable=False),
        sa.Column("sign", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "reading", "sign"],
            ["alerts.organisation", "alerts.reading", "alerts.sign"],
            name="fk_sign_alerts",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "visit", "reading"],
            ["readings.organisation", "readings.visit", "readings.id"],
            name="fk_reading_readings",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_alert_answers")),
        sqlite_strict=True,
    )
    op.create_index("ix_alert_answers_visit", "alert_answers", ["organisation", "visit"], unique=False)
    keep(op.get_bind(), "readings")
    keep(op.get_bind(), "scores")
    keep(op.get_bind(), "alerts")
    keep(op.get_bind(), "alert_answers")


def downgrade() -> None:
    op.drop_index("ix_alert_answers_visit", table_name="alert_answers")
    op.drop_table("alert_answers")
    op.drop_index("ix_alerts_visit", table_name="alerts")
    op.drop_table("alerts")
    op.drop_index("ix_scores_visit", table_name="scores")
    op.drop_index("ix_scores_patient", table_name="scores")
    op.drop_table("scores")
    op.drop_index("ix_readings_visit", table_name="readings")
    op.drop_table("readings")
