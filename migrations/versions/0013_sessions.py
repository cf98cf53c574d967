"""Infusion sessions: states, acts, answers, releases and discharge proofs.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "infusion_sessions",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("patient", types.Id(), nullable=False),
        sa.Column("site", types.Id(), nullable=False),
        sa.Column("chair", types.Id(), nullable=False),
        sa.Column("appointment", types.Id(), nullable=True),
        sa.Column("protocol", types.Id(), nullable=False),
        sa.Column("profile", types.Id(), nullable=False),
        sa.Column("identifiers_checked", types.Document(), nullable=False),
        sa.Column("checked_in_by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", types.Whole(), nullable=False),
        sa.Column("owner", types.Id(), nullable=False),
        sa.Column("series_order", types.Id(), nullable=True),
        sa.Column("started_at", types.UtcDateTime(), nullable=True),
        sa.Column("stopped_at", types.UtcDateTime(), nullable=True),
        sa.Column("left_at", types.UtcDateTime(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_infusion_sessions_version_from_one")),
        sa.ForeignKeyConstraint(
            ["organisation", "chair"], ["chairs.organisation", "chairs.id"], name="fk_chair_chairs"
        ),
        sa.ForeignKeyConstraint(["organisation", "id"], ["visits.organisation", "visits.id"], name="fk_id_visits"),
        sa.ForeignKeyConstraint(
            ["organisation", "patient"], ["patients.organisation", "patients.id"], name="fk_patient_patients"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "profile"],
            ["policy_versions.organisation", "policy_versions.id"],
            name="fk_profile_policy_versions",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "protocol"],
            ["policy_versions.organisation", "policy_versions.id"],
            name="fk_protocol_policy_versions",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "series_order"],
            ["series_orders.organisation", "series_orders.id"],
            name="fk_series_order_series_orders",
        ),
        sa.ForeignKeyConstraint(["organisation", "site"], ["sites.organisation", "sites.id"], name="fk_site_sites"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_infusion_sessions")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_infusion_sessions_one_here",
        "infusion_sessions",
        ["organisation", "patient"],
        unique=True,
        sqlite_where=sa.text(
            "state IN ('checked_in', 'screening', 'ready', 'infusing', 'paused', 'recovering', 'discharge_ready')"
        ),
        postgresql_where=sa.text(
            "state IN ('checked_in', 'screening', 'ready', 'infusing', 'paused', 'recovering', 'discharge_ready')"
        ),
    )
    op.create_index(
        "ix_infusion_sessions_patient", "infusion_sessions", ["organisation", "patient", "id"], unique=False
    )
    op.create_index("ix_infusion_sessions_site", "infusion_sessions", ["organisation", "site", "state"], unique=False)
    op.create_table(
        "discharge_proofs",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("visit", types.Id(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("criteria", types.Document(), nullable=False),
        sa.Column("overridden", types.Document(), nullable=False),
        sa.Column("occurred_at", types.UtcDateTime(), nullable=False),
        sa.Column("by", types.Id(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "visit"],
            ["infusion_sessions.organisation", "infusion_sessions.id"],
            name="fk_visit_infusion_sessions",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_discharge_proofs")),
        sqlite_strict=True,
    )
    op.create_index("ix_discharge_proofs_visit", "discharge_proofs", ["organisation", "visit"], unique=False)
    op.create_table(
        "releases",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("visit", types.Id(), nullable=False),
        sa.Column("series_order", types.Id(), nullable=False),
        sa.Column("working", types.Id(), nullable=True),
        sa.Column("released_by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "series_order"],
            ["series_orders.organisation", "series_orders.id"],
            name="fk_series_order_series_orders",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "visit"],
            ["infusion_sessions.organisation", "infusion_sessions.id"],
            name="fk_visit_infusion_sessions",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_releases")),
        sqlite_strict=True,
    )
    op.create_index("ix_releases_visit", "releases", ["organisation", "visit"], unique=False)
    op.create_table(
        "session_answers",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("visit", types.Id(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("value", types.Document(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("occurred_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("by", types.Id(), nullable=True),
        sa.Column("device", types.Id(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(value is null) <> (sealed is null)", name=op.f("ck_session_answers_open_or_sealed")),
        sa.ForeignKeyConstraint(
            ["organisation", "visit"],
            ["infusion_sessions.organisation", "infusion_sessions.id"],
            name="fk_visit_infusion_sessions",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_session_answers")),
        sqlite_strict=True,
    )
    op.create_index("ix_session_answers_visit", "session_answers", ["organisation", "visit"], unique=False)
    op.create_table(
        "session_events",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("visit", types.Id(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("occurred_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.Column("claimed_at", types.UtcDateTime(), nullable=True),
        sa.Column("marks", types.Document(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by", types.Id(), nullable=True),
        sa.Column("device", types.Id(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "visit"],
            ["infusion_sessions.organisation", "infusion_sessions.id"],
            name="fk_visit_infusion_sessions",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_session_events")),
        sqlite_strict=True,
    )
    op.create_index("ix_session_events_visit", "session_events", ["organisation", "visit", "recorded_at"], unique=False)
    keep(
        op.get_bind(),
        "infusion_sessions",
        changes=["state", "version", "owner", "series_order", "started_at", "stopped_at", "left_at"],
    )
    keep(op.get_bind(), "discharge_proofs")
    keep(op.get_bind(), "releases")
    keep(op.get_bind(), "session_answers")
    keep(op.get_bind(), "session_events")


def downgrade() -> None:
    op.drop_index("ix_session_events_visit", table_name="session_events")
    op.drop_table("session_events")
    op.drop_index("ix_session_answers_visit", table_name="session_answers")
    op.drop_table("session_answers")
    op.drop_index("ix_releases_visit", table_name="releases")
    op.drop_table("releases")
    op.drop_index("ix_discharge_proofs_visit", table_name="discharge_proofs")
    op.drop_table("discharge_proofs")
    op.drop_index("ix_infusion_sessions_site", table_name="infusion_sessions")
    op.drop_index("ix_infusion_sessions_patient", table_name="infusion_sessions")
    op.drop_index(
        "ix_infusion_sessions_one_here",
        table_name="infusion_sessions",
        sqlite_where=sa.text(
            "state IN ('checked_in', 'screening', 'ready', 'infusing', 'paused', 'recovering', 'discharge_ready')"
        ),
        postgresql_where=sa.text(
            "state IN ('checked_in', 'screening', 'ready', 'infusing', 'paused', 'recovering', 'discharge_ready')"
        ),
    )
    op.drop_table("infusion_sessions")
