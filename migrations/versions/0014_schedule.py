"""Appointments and their reminders; no chair and no patient is taken twice at one time.

On PostgreSQL this needs the extension btree_gist, which comes with the server; where the owner may not create it, a
superuser does so first.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0014"
down_revision = "0013"


TAKES = "state IN ('booked', 'checked_in')"
#: Whoever or whatever cannot be in two appointments at one time.
TAKEN = ("chair", "patient")


def refuse_double_booking_on_postgresql() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for column in TAKEN:
        op.execute(
            f"ALTER TABLE appointments ADD CONSTRAINT ex_appointments_{column} EXCLUDE USING gist "
            f"(organisation WITH =, {column} WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE ({TAKES})"
        )


def refuse_double_booking_on_sqlite() -> None:
    same = " OR ".join(f"other.{column} = NEW.{column}" for column in TAKEN)
    clash = (
        "SELECT 1 FROM appointments AS other WHERE other.organisation = NEW.organisation AND other.id <> NEW.id "
        f"AND other.{TAKES} AND ({same}) AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at"
    )
    for name, moment in (("insert", "INSERT"), ("update", "UPDATE OF chair, starts_at, ends_at, state")):
        op.execute(
            f"CREATE TRIGGER appointments_one_at_a_time_{name} BEFORE {moment} ON appointments "
            f"WHEN NEW.{TAKES} AND EXISTS ({clash}) BEGIN SELECT RAISE(ABORT, 'appointments: double booking'); END"
        )


def upgrade() -> None:
    op.create_table(
        "appointments",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("patient", types.Id(), nullable=False),
        sa.Column("site", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("chair", types.Id(), nullable=False),
        sa.Column("starts_at", types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", types.UtcDateTime(), nullable=False),
        sa.Column("local_start", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("minutes", types.Whole(), nullable=False),
        sa.Column("version", types.Whole(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("visit", types.Id(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_appointments_forward")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_appointments_some_minutes")),
        sa.CheckConstraint("version > 0", name=op.f("ck_appointments_version_from_one")),
        sa.ForeignKeyConstraint(
            ["organisation", "chair"], ["chairs.organisation", "chairs.id"], name="fk_chair_chairs"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "patient"], ["patients.organisation", "patients.id"], name="fk_patient_patients"
        ),
        sa.ForeignKeyConstraint(["organisation", "site"], ["sites.organisation", "sites.id"], name="fk_site_sites"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_appointments")),
        sqlite_strict=True,
    )
    op.create_index("ix_appointments_chair", "appointments", ["organisation", "chair", "starts_at"], unique=False)
    op.create_index("ix_appointments_patient", "appointments", ["organisation", "patient", "starts_at"], unique=False)
    op.create_index("ix_appointments_site", "appointments", ["organisation", "site", "starts_at"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("appointment", types.Id(), nullable=False),
        sa.Column("version", types.Whole(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("planned_for", types.UtcDateTime(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=True),
        sa.Column("settled_at", types.UtcDateTime(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "appointment"],
            ["appointments.organisation", "appointments.id"],
            name="fk_appointment_appointments",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_reminders")),
        sa.UniqueConstraint(
            "organisation",
            "appointment",
            "version",
            "kind",
            "channel",
            name=op.f("uq_reminders_organisation_appointment_version_kind_channel"),
        ),
        sqlite_strict=True,
    )
    keep(
        op.get_bind(),
        "appointments",
        changes=[
            "chair",
            "starts_at",
            "ends_at",
            "local_start",
            "zone",
            "minutes",
            "version",
            "state",
            "reason",
            "visit",
        ],
    )
    keep(op.get_bind(), "reminders", changes=["fate", "settled_at"])
    if op.get_bind().dialect.name == "postgresql":
        refuse_double_booking_on_postgresql()
    else:
        refuse_double_booking_on_sqlite()


def downgrade() -> None:
    op.drop_table("reminders")
    op.drop_index("ix_appointments_site", table_name="appointments")
    op.drop_index("ix_appointments_patient", table_name="appointments")
    op.drop_index("ix_appointments_chair", table_name="appointments")
    op.drop_table("appointments")
