"""One draw from several containers, and what is made up for nobody in particular.

The tables of containers, moves and preparations are given new columns and constraints (migrations/reshape.py); on
SQLite they are built anew, so the clinic is closed for the seconds that this takes. No row is changed.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep
from migrations.reshape import Reference, Shape, reshape

revision = "0026"
down_revision = "0025"

DRAWN = "(from_container is not null and to_container is not null and reversal is null)"
CONTAINERS = Shape(
    uniques={
        "uq_containers_organisation_id_registration": ("organisation", "id", "registration"),
        "uq_containers_organisation_id_kind_content": ("organisation", "id", "kind", "content"),
    },
    changes=("balance",),
)
MOVES = Shape(
    columns=[sa.Column("stock", types.Id(), nullable=True)],
    checks={
        "made_up_for_nobody": f"({DRAWN} and visit is null) = (stock is not null)",
        "into_what_is_made_up": "stock is null or stock = to_container",
        "into_its_case": f"not ({DRAWN} and visit is not null) or syringe = to_container",
    },
    references={
        "fk_stock_stock_preparations": Reference(
            columns=("organisation", "stock"), table="stock_preparations", referred=("organisation", "id")
        ),
        **{
            f"fk_moves_{end}_registration": Reference(
                columns=("organisation", end, "registration"),
                table="containers",
                referred=("organisation", "id", "registration"),
            )
            for end in ("from_container", "to_container")
        },
    },
)


def upgrade() -> None:
    reshape("containers", CONTAINERS)
    op.create_table(
        "stock_preparations",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("drawn", types.Micrograms(), nullable=False),
        sa.Column("drawn_volume", types.Microlitres(), nullable=False),
        sa.Column("diluent", sa.Text(), nullable=True),
        sa.Column("diluent_volume", types.Microlitres(), nullable=False),
        sa.Column("final_volume", types.Microlitres(), nullable=False),
        sa.Column("final", types.Ratio(), nullable=False),
        sa.Column("use_by", types.UtcDateTime(), nullable=False),
        sa.Column("policy", types.Id(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("operation_id", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind in ('bag', 'syringe')", name=op.f("ck_stock_preparations_bag_or_syringe")),
        sa.CheckConstraint("drawn_volume > 0", name=op.f("ck_stock_preparations_something_is_drawn")),
        sa.CheckConstraint("final_volume = drawn_volume + diluent_volume", name=op.f("ck_stock_preparations_adds_up")),
        sa.CheckConstraint(
            "(diluent is null) = (diluent_volume = 0)", name=op.f("ck_stock_preparations_named_diluent")
        ),
        sa.CheckConstraint("use_by > at", name=op.f("ck_stock_preparations_some_use")),
        sa.ForeignKeyConstraint(
            ["organisation", "id", "kind", "drawn"],
            ["containers.organisation", "containers.id", "containers.kind", "containers.content"],
            name="fk_stock_preparations_container",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "policy"],
            ["policy_versions.organisation", "policy_versions.id"],
            name="fk_policy_policy_versions",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "by"], ["accounts.organisation", "accounts.id"], name="fk_by_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_stock_preparations")),
        sqlite_strict=True,
    )
    keep(op.get_bind(), "stock_preparations")
    reshape("moves", MOVES)
    reshape("preparations", Shape(columns=[sa.Column("sources", types.Document(), nullable=True)]))


def downgrade() -> None:
    reshape("preparations", Shape(loses=["sources"]))
    reshape(
        "moves",
        Shape(loses=["stock"], drops=[*MOVES.references, *(f"ck_moves_{name}" for name in MOVES.checks)]),
    )
    op.drop_table("stock_preparations")
    reshape("containers", Shape(drops=list(CONTAINERS.uniques), changes=("balance",)))
