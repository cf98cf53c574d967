"""Moves of every kind: removals by two people, corrections, incidents, what stays in the hub.

The tables of moves, containers and products are given new columns and checks (migrations/reshape.py); on SQLite they
are built anew, so the clinic is closed for the seconds that this takes. No row is changed.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from migrations.reshape import Reference, Shape, reshape

revision = "0017"
down_revision = "0016"


OUT = "('patient', 'waste', 'returned', 'hub', 'destroyed', 'reverse-distributor', 'transferred', 'broken')"
BY_TWO = "('destroyed', 'reverse-distributor', 'transferred', 'broken')"
ADDED = ("removal", "reversal", "reverses", "restates", "incident")
EVERY_KIND = Shape(
    columns=[*(sa.Column(name, types.Id(), nullable=True) for name in ADDED), sa.Column("reason", sa.Text())],
    drops=["uq_moves_organisation_operation_id_to_container"],
    checks={
        "from_outside": "coalesce(from_place, 'supplier') in ('supplier', 'overfill', 'transferred') "
        "or reversal is not null",
        "to_outside": f"coalesce(to_place, 'waste') in {OUT} or reversal is not null",
        "removed_by_two": f"(coalesce(to_place, '') in {BY_TWO} or "
        "(coalesce(from_place, '') = 'transferred' and reversal is null)) = (removal is not null)",
        "reversed_by_two": "(reverses is null) = (reversal is null)",
        "drawn_for_somebody": "from_container is null or to_container is null or (visit is null) = (syringe is null)",
    },
    uniques={
        "uq_moves_organisation_reversal": ("organisation", "reversal"),
        "uq_moves_organisation_restates": ("organisation", "restates"),
        "uq_moves_organisation_removal_from_container": ("organisation", "removal", "from_container"),
    },
    references={
        "fk_removal_removal_postings": Reference(
            columns=("organisation", "removal"), table="removal_postings", referred=("organisation", "id")
        ),
        "fk_incident_incidents": Reference(
            columns=("organisation", "incident"), table="incidents", referred=("organisation", "id")
        ),
        "fk_restates_reversals": Reference(
            columns=("organisation", "restates"), table="reversals", referred=("organisation", "id")
        ),
        "fk_moves_removal_kind": Reference(
            columns=("organisation", "removal", "to_place"),
            table="removal_postings",
            referred=("organisation", "id", "kind"),
        ),
        "fk_moves_reversal": Reference(
            columns=("organisation", "reversal", "reverses", "mass"),
            table="reversals",
            referred=("organisation", "id", "original", "mass"),
        ),
    },
)
AS_BEFORE = Shape(
    loses=[*ADDED, "reason"],
    drops=[*EVERY_KIND.uniques, *EVERY_KIND.references, "ck_moves_removed_by_two", "ck_moves_reversed_by_two"],
    checks={
        "from_outside": "coalesce(from_place, 'supplier') in ('supplier', 'overfill')",
        "to_outside": "coalesce(to_place, 'waste') in ('patient', 'waste', 'returned')",
        "drawn_for_somebody": "from_container is null or to_container is null or "
        "(visit is not null and syringe is not null)",
    },
    uniques={
        "uq_moves_organisation_operation_id_to_container": ("organisation", "operation_id", "to_container"),
    },
)


def upgrade() -> None:
    reshape("moves", EVERY_KIND)
    op.create_index("ix_moves_reverses", "moves", ["organisation", "reverses"], unique=False)
    op.create_index(
        "ix_moves_comes_in_once",
        "moves",
        ["organisation", "operation_id", "to_container"],
        unique=True,
        sqlite_where=sa.text("from_container is null"),
        postgresql_where=sa.text("from_container is null"),
    )
    reshape(
        "containers",
        Shape(checks={"drawn_for_a_visit": "visit is null or parent is not null"}, changes=("balance",)),
    )
    reshape("products", Shape(columns=[sa.Column("hub_cap", types.Micrograms(), nullable=True)]))


def downgrade() -> None:
    reshape("products", Shape(loses=["hub_cap"]))
    reshape(
        "containers",
        Shape(checks={"drawn_for_a_visit": "(parent is null) = (visit is null)"}, changes=("balance",)),
    )
    op.drop_index("ix_moves_comes_in_once", table_name="moves")
    op.drop_index("ix_moves_reverses", table_name="moves")
    reshape("moves", AS_BEFORE)
