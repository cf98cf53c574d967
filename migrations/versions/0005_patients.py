"""Patients, who they are, and their visits.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "patients",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("mrn", sa.LargeBinary(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_patients")),
        sa.UniqueConstraint("organisation", "mrn", name=op.f("uq_patients_organisation_mrn")),
        sqlite_strict=True,
    )
    op.create_table(
        "allergies",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("patient", types.Id(), nullable=False),
        sa.Column("none_known", types.Flag(), nullable=False),
        sa.Column("items", types.Document(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("none_known = (items = '[]')", name=op.f("ck_allergies_none_or_some")),
        sa.ForeignKeyConstraint(
            ["organisation", "patient"], ["patients.organisation", "patients.id"], name="fk_patient_patients"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_allergies")),
        sqlite_strict=True,
    )
    op.create_index("ix_allergies_patient", "allergies", ["organisation", "patient"], unique=False)
    op.create_table(
        "consents",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("patient", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("given", types.Flag(), nullable=False),
        sa.Column("document_version", sa.Text(), nullable=False),
        sa.Column("occurred_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("expires_at is null or expires_at > occurred_at", name=op.f("ck_consents_forward")),
        sa.ForeignKeyConstraint(
            ["organisation", "patient"], ["patients.organisation", "patients.id"], name="fk_patient_patients"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_consents")),
        sqlite_strict=True,
    )
    op.create_index("ix_consents_patient", "consents", ["organisation", "patient"], unique=False)
    op.create_table(
        "diagnoses",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("patient", types.Id(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", types.CalendarDate(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "patient"], ["patients.organisation", "patients.id"], name="fk_patient_patients"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_diagnoses")),
        sqlite_strict=True,
    )
    op.create_index("ix_diagnoses_patient", "diagnoses", ["organisation", "patient"], unique=False)
    op.create_table(
        "identity_versions",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("patient", types.Id(), nullable=False),
        sa.Column("version", types.Whole(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_identity_versions_version_from_one")),
        sa.ForeignKeyConstraint(
            ["organisation", "patient"], ["patients.organisation", "patients.id"], name="fk_patient_patients"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_identity_versions")),
        sa.UniqueConstraint(
            "organisation", "patient", "version", name=op.f("uq_identity_versions_organisation_patient_version")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "reminder_preferences",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("patient", types.Id(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("wanted", types.Flag(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("verified", sa.LargeBinary(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "patient"], ["patients.organisation", "patients.id"], name="fk_patient_patients"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_reminder_preferences")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_reminder_preferences_patient", "reminder_preferences", ["organisation", "patient"], unique=False
    )
    op.create_table(
        "trials",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("patient", types.Id(), nullable=False),
        sa.Column("drug", sa.Text(), nullable=False),
        sa.Column("daily_dose", types.Micrograms(), nullable=False),
        sa.Column("weeks", types.Whole(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("replaces", types.Id(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("daily_dose > 0", name=op.f("ck_trials_some_dose")),
        sa.CheckConstraint("weeks >= 0", name=op.f("ck_trials_weeks_from_zero")),
        sa.ForeignKeyConstraint(
            ["organisation", "patient"], ["patients.organisation", "patients.id"], name="fk_patient_patients"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "replaces"], ["trials.organisation", "trials.id"], name="fk_replaces_trials"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_trials")),
        sa.UniqueConstraint("organisation", "replaces", name=op.f("uq_trials_organisation_replaces")),
        sqlite_strict=True,
    )
    op.create_index("ix_trials_patient", "trials", ["organisation", "patient"], unique=False)
    op.create_table(
        "visits",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("patient", types.Id(), nullable=False),
        sa.Column("site", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("sealed_at", types.UtcDateTime(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "patient"], ["patients.organisation", "patients.id"], name="fk_patient_patients"
        ),
        sa.ForeignKeyConstraint(["organisation", "site"], ["sites.organisation", "sites.id"], name="fk_site_sites"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_visits")),
        sqlite_strict=True,
    )
    op.create_index("ix_visits_patient", "visits", ["organisation", "patient"], unique=False)
    op.create_table(
        "search_tokens",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("identity_version", types.Id(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "identity_version"],
            ["identity_versions.organisation", "identity_versions.id"],
            name="fk_identity_version_identity_versions",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_search_tokens")),
        sqlite_strict=True,
    )
    op.create_index("ix_search_tokens_token", "search_tokens", ["organisation", "token"], unique=False)
    keep(op.get_bind(), "patients", changes=["mrn"])
    keep(op.get_bind(), "allergies")
    keep(op.get_bind(), "consents")
    keep(op.get_bind(), "diagnoses")
    keep(op.get_bind(), "identity_versions")
    keep(op.get_bind(), "reminder_preferences")
    keep(op.get_bind(), "trials")
    keep(op.get_bind(), "visits", changes=["sealed_at"])
    keep(op.get_bind(), "search_tokens")


def downgrade() -> None:
    op.drop_index("ix_search_tokens_token", table_name="search_tokens")
    op.drop_table("search_tokens")
    op.drop_index("ix_visits_patient", table_name="visits")
    op.drop_table("visits")
    op.drop_index("ix_trials_patient", table_name="trials")
    op.drop_table("trials")
    op.drop_index("ix_reminder_preferences_patient", table_name="reminder_preferences")
    op.drop_table("reminder_preferences")
    op.drop_table("identity_versions")
    op.drop_index("ix_diagnoses_patient", table_name="diagnoses")
    op.drop_table("diagnoses")
    op.drop_index("ix_consents_patient", table_name="consents")
    op.drop_table("consents")
    op.drop_index("ix_allergies_patient", table_name="allergies")
    op.drop_table("allergies")
    op.drop_table("patients")
