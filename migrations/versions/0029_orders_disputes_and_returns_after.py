"""What comes after: an order for an incident, a dispute of a second signature, a return after one was taken back.

Signatures can be named together with their signer, and incidents with who recorded them; reviews say why no order will
come. Those three tables are given that (migrations/reshape.py); on SQLite they are built anew, so the clinic is closed
for the seconds that this takes. No row is changed.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep
from migrations.reshape import Shape, reshape

revision = "0029"
down_revision = "0028"

SIGNER = ("organisation", "id", "asked_by", "signer", "subject_table", "subject")
SIGNED = Shape(uniques={"uq_attestations_signer": SIGNER})
WAITING = Shape(
    columns=[sa.Column("order_due_at", types.UtcDateTime(), nullable=True)],
    checks={"waits_for_what_is_missing": "order_due_at is null or order_missing"},
    uniques={"uq_incidents_organisation_id_by_order_missing": ("organisation", "id", "by", "order_missing")},
)


def upgrade() -> None:
    reshape("attestations", SIGNED)
    reshape("incidents", WAITING)
    reshape("incident_reviews", Shape(columns=[sa.Column("no_order_because", sa.Text(), nullable=True)]))
    op.create_table(
        "disputes",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("author", types.Id(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("subject_table", sa.Text(), nullable=False),
        sa.Column("subject", types.Id(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "subject_table in ('wastes', 'removals', 'corrections')", name=op.f("ck_disputes_of_the_ledger")
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "id", "author", "by", "subject_table", "subject"],
            [
                "attestations.organisation",
                "attestations.id",
                "attestations.asked_by",
                "attestations.signer",
                "attestations.subject_table",
                "attestations.subject",
            ],
            name="fk_disputes_attestation",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_disputes")),
        sqlite_strict=True,
    )
    op.create_index("ix_disputes_subject", "disputes", ["organisation", "subject"], unique=False)
    op.create_table(
        "incident_orders",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("author", types.Id(), nullable=False),
        sa.Column("order_missing", types.Flag(), nullable=False),
        sa.Column("series_order", types.Id(), nullable=False),
        sa.Column("prescriber", types.Id(), nullable=False),
        sa.Column("alone", types.Flag(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(prescriber = author) = alone", name=op.f("ck_incident_orders_says_who_was_alone")),
        sa.CheckConstraint("order_missing", name=op.f("ck_incident_orders_was_missing")),
        sa.ForeignKeyConstraint(
            ["organisation", "id", "author", "order_missing"],
            ["incidents.organisation", "incidents.id", "incidents.by", "incidents.order_missing"],
            name="fk_incident_orders_incident",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "prescriber"], ["accounts.organisation", "accounts.id"], name="fk_prescriber_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "series_order"],
            ["series_orders.organisation", "series_orders.id"],
            name="fk_series_order_series_orders",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_incident_orders")),
        sqlite_strict=True,
    )
    op.create_table(
        "further_returns",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("container", types.Id(), nullable=False),
        sa.Column("before", types.Id(), nullable=False),
        sa.Column("mass", types.Micrograms(), nullable=False),
        sa.Column("taken_back", types.Id(), nullable=False),
        sa.Column("receiver_name", sa.Text(), nullable=False),
        sa.Column("receiver_address", sa.Text(), nullable=False),
        sa.Column("receiver_dea_number", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "before", "mass"],
            ["moves.organisation", "moves.id", "moves.mass"],
            name="fk_further_returns_before",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "container"], ["returns.organisation", "returns.id"], name="fk_container_returns"
        ),
        sa.ForeignKeyConstraint(["organisation", "id"], ["moves.organisation", "moves.id"], name="fk_id_moves"),
        sa.ForeignKeyConstraint(
            ["organisation", "taken_back", "before", "mass"],
            ["reversals.organisation", "reversals.id", "reversals.original", "reversals.total"],
            name="fk_further_returns_taken_back",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_further_returns")),
        sa.UniqueConstraint("organisation", "before", name=op.f("uq_further_returns_organisation_before")),
        sqlite_strict=True,
    )
    op.create_index("ix_further_returns_container", "further_returns", ["organisation", "container"], unique=False)
    keep(op.get_bind(), "disputes")
    keep(op.get_bind(), "incident_orders")
    keep(op.get_bind(), "further_returns")


def downgrade() -> None:
    op.drop_index("ix_further_returns_container", table_name="further_returns")
    op.drop_table("further_returns")
    op.drop_table("incident_orders")
    op.drop_index("ix_disputes_subject", table_name="disputes")
    op.drop_table("disputes")
    reshape("incident_reviews", Shape(loses=["no_order_because"]))
    reshape(
        "incidents",
        Shape(loses=["order_due_at"], drops=["ck_incidents_waits_for_what_is_missing", *WAITING.uniques]),
    )
    reshape("attestations", Shape(drops=list(SIGNED.uniques)))
