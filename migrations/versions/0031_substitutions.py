"""Another strength than a dose was worked out for: who authorised it, and which working was done under it.

The table of workings is given a column and constraints (migrations/reshape.py); on SQLite it is built anew, so the
clinic is closed for the seconds that this takes. No row is changed.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep
from migrations.reshape import Reference, Shape, reshape

revision = "0031"
down_revision = "0030"

REFERRED = Shape(uniques={"uq_dose_workings_organisation_id_visit_label": ("organisation", "id", "visit", "label")})
REFERS = Shape(
    columns=[sa.Column("substitution", types.Id(), nullable=True)],
    uniques={"uq_dose_workings_organisation_substitution": ("organisation", "substitution")},
    references={
        "fk_dose_workings_substitution": Reference(
            columns=("organisation", "substitution", "visit", "label"),
            table="substitutions",
            referred=("organisation", "id", "visit", "to_strength"),
        )
    },
)


def upgrade() -> None:
    reshape("dose_workings", REFERRED)
    op.create_table(
        "substitutions",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("visit", types.Id(), nullable=False),
        sa.Column("working", types.Id(), nullable=False),
        sa.Column("from_strength", types.Ratio(), nullable=False),
        sa.Column("to_strength", types.Ratio(), nullable=False),
        sa.Column("from_volume", types.Microlitres(), nullable=False),
        sa.Column("to_volume", types.Microlitres(), nullable=False),
        sa.Column("policy", types.Id(), nullable=False),
        sa.Column("authorised_by", types.Id(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("from_strength <> to_strength", name=op.f("ck_substitutions_another_strength")),
        sa.CheckConstraint("from_volume > 0 and to_volume > 0", name=op.f("ck_substitutions_something_is_drawn")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_substitutions_for_a_reason")),
        sa.ForeignKeyConstraint(
            ["organisation", "working", "visit", "from_strength"],
            ["dose_workings.organisation", "dose_workings.id", "dose_workings.visit", "dose_workings.label"],
            name="fk_substitutions_working",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "policy"],
            ["policy_versions.organisation", "policy_versions.id"],
            name="fk_policy_policy_versions",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "authorised_by"],
            ["accounts.organisation", "accounts.id"],
            name="fk_authorised_by_accounts",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_substitutions")),
        sa.UniqueConstraint(
            "organisation",
            "id",
            "visit",
            "to_strength",
            name=op.f("uq_substitutions_organisation_id_visit_to_strength"),
        ),
        sa.UniqueConstraint(
            "organisation", "working", "to_strength", name=op.f("uq_substitutions_organisation_working_to_strength")
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_substitutions_visit", "substitutions", ["organisation", "visit"], unique=False)
    keep(op.get_bind(), "substitutions")
    reshape("dose_workings", REFERS)


def downgrade() -> None:
    reshape("dose_workings", Shape(loses=["substitution"], drops=[*REFERS.references, *REFERS.uniques]))
    op.drop_index("ix_substitutions_visit", table_name="substitutions")
    op.drop_table("substitutions")
    reshape("dose_workings", Shape(drops=list(REFERRED.uniques)))
