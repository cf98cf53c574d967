"""Corrections of moves, and incidents.

A move can be named together with its mass, so that nothing is taken back beyond it; on SQLite the table of moves is
built anew for that (migrations/reshape.py), so the clinic is closed for the seconds that this takes. No row is changed.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep
from migrations.reshape import Shape, reshape

revision = "0016"
down_revision = "0015"


NAMED = Shape(uniques={"uq_moves_organisation_id_mass": ("organisation", "id", "mass")})


def upgrade() -> None:
    reshape("moves", NAMED)
    op.create_table(
        "corrections",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("move", types.Id(), nullable=False),
        sa.Column("mass", types.Micrograms(), nullable=False),
        sa.Column("restated", types.Micrograms(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("operation_id", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("mass > 0 and coalesce(restated, 1) > 0", name=op.f("ck_corrections_corrects_something")),
        sa.ForeignKeyConstraint(
            ["organisation", "by"], ["accounts.organisation", "accounts.id"], name="fk_by_accounts"
        ),
        sa.ForeignKeyConstraint(["organisation", "move"], ["moves.organisation", "moves.id"], name="fk_move_moves"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("organisation", "id", "by", name=op.f("uq_corrections_organisation_id_by")),
        sa.UniqueConstraint("organisation", "operation_id", name=op.f("uq_corrections_organisation_operation_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_corrections_move", "corrections", ["organisation", "move"], unique=False)
    op.create_table(
        "reversals",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("author", types.Id(), nullable=False),
        sa.Column("second", types.Id(), nullable=False),
        sa.Column("attestation", types.Id(), nullable=False),
        sa.Column("original", types.Id(), nullable=False),
        sa.Column("original_mass", types.Micrograms(), nullable=False),
        sa.Column("mass", types.Micrograms(), nullable=False),
        sa.Column("follows", types.Id(), nullable=True),
        sa.Column("before", types.Micrograms(), nullable=False),
        sa.Column("total", types.Micrograms(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(follows is null) = (before = 0)", name=op.f("ck_reversals_follows_the_last")),
        sa.CheckConstraint("mass > 0 and before >= 0 and total = before + mass", name=op.f("ck_reversals_adds_up")),
        sa.CheckConstraint("second <> author", name=op.f("ck_reversals_two_people")),
        sa.CheckConstraint("total <= original_mass", name=op.f("ck_reversals_never_more_than_was_moved")),
        sa.ForeignKeyConstraint(
            ["organisation", "attestation"],
            ["attestations.organisation", "attestations.id"],
            name="fk_attestation_attestations",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "follows", "original", "before"],
            ["reversals.organisation", "reversals.id", "reversals.original", "reversals.total"],
            name="fk_reversals_follows",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "id", "author"],
            ["corrections.organisation", "corrections.id", "corrections.by"],
            name="fk_reversals_correction",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "original", "original_mass"],
            ["moves.organisation", "moves.id", "moves.mass"],
            name="fk_reversals_original",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "second"], ["accounts.organisation", "accounts.id"], name="fk_second_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_reversals")),
        sa.UniqueConstraint("organisation", "attestation", name=op.f("uq_reversals_organisation_attestation")),
        sa.UniqueConstraint(
            "organisation", "id", "original", "mass", name=op.f("uq_reversals_organisation_id_original_mass")
        ),
        sa.UniqueConstraint(
            "organisation", "id", "original", "total", name=op.f("uq_reversals_organisation_id_original_total")
        ),
        sa.UniqueConstraint(
            "organisation", "original", "before", name=op.f("uq_reversals_organisation_original_before")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "incidents",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("container", types.Id(), nullable=False),
        sa.Column("visit", types.Id(), nullable=True),
        sa.Column("against", types.Document(), nullable=False),
        sa.Column("what_happened", sa.Text(), nullable=False),
        sa.Column("order_missing", types.Flag(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("occurred_at", types.UtcDateTime(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("occurred_at <= at", name=op.f("ck_incidents_has_happened")),
        sa.ForeignKeyConstraint(
            ["organisation", "by"], ["accounts.organisation", "accounts.id"], name="fk_by_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "container"], ["containers.organisation", "containers.id"], name="fk_container_containers"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "visit"], ["visits.organisation", "visits.id"], name="fk_visit_visits"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_incidents")),
        sqlite_strict=True,
    )
    op.create_index("ix_incidents_visit", "incidents", ["organisation", "visit"], unique=False)
    op.create_table(
        "incident_reviews",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("reviewer", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "id"], ["incidents.organisation", "incidents.id"], name="fk_id_incidents"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "reviewer"], ["accounts.organisation", "accounts.id"], name="fk_reviewer_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_incident_reviews")),
        sqlite_strict=True,
    )
    keep(op.get_bind(), "corrections")
    keep(op.get_bind(), "reversals")
    keep(op.get_bind(), "incidents")
    keep(op.get_bind(), "incident_reviews")


def downgrade() -> None:
    op.drop_table("incident_reviews")
    op.drop_index("ix_incidents_visit", table_name="incidents")
    op.drop_table("incidents")
    op.drop_table("reversals")
    op.drop_index("ix_corrections_move", table_name="corrections")
    op.drop_table("corrections")
    reshape("moves", Shape(drops=list(NAMED.uniques)))
