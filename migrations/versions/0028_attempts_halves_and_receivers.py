"""Attempts that were refused, transfers that are taken back on both sides, and receivers whose registration was seen.

Tables of suppliers, removals and corrections are given new columns and constraints (migrations/reshape.py); on SQLite
they are built anew, so the clinic is closed for the seconds that this takes. No row is changed, and none that stands
is held to the new guards.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import allow_rows, keep, refuse_rows
from migrations.reshape import Reference, Shape, reshape

revision = "0028"
down_revision = "0027"

SUPPLIERS = Shape(uniques={"uq_suppliers_organisation_id_dea_number": ("organisation", "id", "dea_number")})
VERIFICATIONS = Shape(
    uniques={"uq_supplier_verifications_organisation_id_supplier": ("organisation", "id", "supplier")}
)
REMOVALS = Shape(
    columns=[sa.Column("seen_registration", types.Id(), nullable=True)],
    checks={
        "seen_if_it_leaves_us": "seen_registration is null or "
        "(kind in ('reverse-distributor', 'transferred') and to_location is null)",
    },
    references={
        "fk_removals_seen_registration": Reference(
            columns=("organisation", "seen_registration", "receiver_dea_number"),
            table="seen_registrations",
            referred=("organisation", "id", "dea_number"),
        )
    },
)
CORRECTIONS = Shape(
    columns=[sa.Column("other", types.Id(), nullable=True)],
    checks={"another_half": "other <> move"},
    references={
        "fk_other_moves": Reference(columns=("organisation", "other"), table="moves", referred=("organisation", "id"))
    },
)
PAIR = ("organisation", "id", "other", "attestation", "mass")
ONE_EACH = "uq_reversals_organisation_attestation"
REVERSALS = Shape(
    columns=[sa.Column("other", types.Id(), nullable=True)],
    drops=[ONE_EACH],
    checks={"another_reversal": "other <> id"},
    uniques={f"uq_reversals_{'_'.join(PAIR)}": PAIR},
    references={
        "fk_reversals_other": Reference(
            columns=("organisation", "other", "id", "attestation", "mass"),
            table="reversals",
            referred=PAIR,
            deferred=True,
        )
    },
)
OUTSIDE = "NEW.kind IN ('reverse-distributor', 'transferred') AND NEW.to_location IS NULL"
A_HALF = (
    "EXISTS (SELECT 1 FROM moves m JOIN removals r ON r.organisation = m.organisation AND r.id = m.removal "
    "WHERE m.organisation = NEW.organisation AND m.id = NEW.original AND r.to_location IS NOT NULL)"
)
#: Of two halves the one that left, and the one that came into what continues its number.
BOTH_HALVES = (
    "SELECT 1 FROM moves a JOIN moves b ON b.organisation = a.organisation AND b.removal = a.removal "
    "JOIN containers c ON c.organisation = b.organisation AND c.id = b.to_container AND c.parent = a.from_container "
    "WHERE a.organisation = NEW.organisation "
    "AND ((a.id = NEW.original AND b.id = o.original) OR (a.id = o.original AND b.id = NEW.original))"
)
STRANGERS = (
    "EXISTS (SELECT 1 FROM reversals o WHERE o.organisation = NEW.organisation AND o.id = NEW.other "
    f"AND NOT EXISTS ({BOTH_HALVES}))"
)


def upgrade() -> None:
    connection = op.get_bind()
    reshape("suppliers", SUPPLIERS)
    reshape("supplier_verifications", VERIFICATIONS)
    op.create_table(
        "seen_registrations",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("supplier", types.Id(), nullable=False),
        sa.Column("dea_number", sa.Text(), nullable=False),
        sa.Column("seen_as", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("schedules", types.Document(), nullable=False),
        sa.Column("valid_until", types.CalendarDate(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "id", "supplier"],
            [f"supplier_verifications.{each}" for each in ("organisation", "id", "supplier")],
            name="fk_seen_registrations_verification",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "supplier", "dea_number"],
            [f"suppliers.{each}" for each in ("organisation", "id", "dea_number")],
            name="fk_seen_registrations_supplier",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_seen_registrations")),
        sa.UniqueConstraint(
            "organisation", "id", "dea_number", name=op.f("uq_seen_registrations_organisation_id_dea_number")
        ),
        sqlite_strict=True,
    )
    keep(connection, "seen_registrations")
    reshape("removals", REMOVALS)
    refuse_rows(connection, "removals", "receiver_not_seen", when=f"{OUTSIDE} AND NEW.seen_registration IS NULL")
    reshape("corrections", CORRECTIONS)
    reshape("reversals", REVERSALS)
    op.create_index(
        "ix_reversals_attested_once",
        "reversals",
        ["organisation", "attestation"],
        unique=True,
        sqlite_where=sa.text("other is null"),
        postgresql_where=sa.text("other is null"),
    )
    refuse_rows(connection, "reversals", "both_halves", when=f"(NEW.other IS NULL) = ({A_HALF}) OR {STRANGERS}")
    op.create_table(
        "refused_takes",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("discrepancy", types.Id(), nullable=False),
        sa.Column("container", types.Id(), nullable=False),
        sa.Column("asked", types.Micrograms(), nullable=False),
        sa.Column("by", types.Id(), nullable=True),
        sa.Column("device", types.Id(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("operation_id", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("asked > 0", name=op.f("ck_refused_takes_asks_for_something")),
        sa.ForeignKeyConstraint(
            ["organisation", "by"], ["accounts.organisation", "accounts.id"], name="fk_by_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "discrepancy", "container"],
            [f"discrepancy_containers.{each}" for each in ("organisation", "discrepancy", "container")],
            name="fk_refused_takes_file",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_refused_takes")),
        sa.UniqueConstraint("organisation", "operation_id", name=op.f("uq_refused_takes_organisation_operation_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_refused_takes_container", "refused_takes", ["organisation", "container"], unique=False)
    keep(connection, "refused_takes")


def downgrade() -> None:
    connection = op.get_bind()
    op.drop_table("refused_takes")
    allow_rows(connection, "reversals", "both_halves")
    op.drop_index("ix_reversals_attested_once", "reversals")
    reshape(
        "reversals",
        Shape(
            loses=["other"],
            drops=[*REVERSALS.references, *REVERSALS.uniques, "ck_reversals_another_reversal"],
            uniques={ONE_EACH: ("organisation", "attestation")},
        ),
    )
    reshape("corrections", Shape(loses=["other"], drops=[*CORRECTIONS.references, "ck_corrections_another_half"]))
    allow_rows(connection, "removals", "receiver_not_seen")
    reshape(
        "removals",
        Shape(loses=["seen_registration"], drops=[*REMOVALS.references, "ck_removals_seen_if_it_leaves_us"]),
    )
    op.drop_table("seen_registrations")
    reshape("supplier_verifications", Shape(drops=list(VERIFICATIONS.uniques)))
    reshape("suppliers", Shape(drops=list(SUPPLIERS.uniques)))
