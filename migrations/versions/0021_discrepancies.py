"""Discrepancies, their files, and what people decided about them.

Safe to run while the clinic is open: adds tables, touches no row.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0021"
down_revision = "0020"

FILES = "determinations events evidence forms notices adjustments containers holds approvals releases closings reviews"
TABLES = ("discrepancies", *(f"discrepancy_{name}" for name in FILES.split()))


def _key() -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, types.Id(), nullable=False) for name in ("organisation", "id"))


def _told(*, nullable: bool = False) -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("by", types.Id(), nullable=nullable),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
    )


def _refers(column: str, table: str) -> sa.ForeignKeyConstraint:
    ours = [f"{table}.organisation", f"{table}.id"]
    return sa.ForeignKeyConstraint(["organisation", column], ours, name=f"fk_{column}_{table}")


def upgrade() -> None:
    op.create_table(
        "discrepancies",
        *_key(),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("site", types.Id(), nullable=False),
        sa.Column("registration", types.Id(), nullable=True),
        sa.Column("subject_table", sa.Text(), nullable=True),
        sa.Column("subject", types.Id(), nullable=True),
        sa.Column("variance_ug", types.Whole(), nullable=True),
        sa.Column("found_at", types.UtcDateTime(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        *_told(nullable=True),
        sa.CheckConstraint("(subject is null) = (sealed is not null)", name=op.f("ck_discrepancies_shown_or_seen")),
        sa.CheckConstraint(
            "(subject_table is null) = (subject is null)", name=op.f("ck_discrepancies_about_one_record")
        ),
        sa.CheckConstraint("found_at <= at", name=op.f("ck_discrepancies_found_before")),
        _refers("registration", "registrations"),
        _refers("site", "sites"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_discrepancies")),
        sa.UniqueConstraint(
            "organisation", "subject_table", "subject", name=op.f("uq_discrepancies_organisation_subject_table_subject")
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_discrepancies_site", "discrepancies", ["organisation", "site", "id"], unique=False)
    op.create_table(
        "discrepancy_determinations",
        *_key(),
        sa.Column("discrepancy", types.Id(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("factors_version", types.Whole(), nullable=False),
        sa.Column("weights", types.Document(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("deadlines", types.Document(), nullable=False),
        sa.Column("warning", sa.Text(), nullable=False),
        *_told(),
        _refers("by", "accounts"),
        _refers("discrepancy", "discrepancies"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_discrepancy_determinations")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_discrepancy_determinations_discrepancy",
        "discrepancy_determinations",
        ["organisation", "discrepancy"],
        unique=False,
    )
    op.create_table(
        "discrepancy_events",
        *_key(),
        sa.Column("discrepancy", types.Id(), nullable=False),
        sa.Column("number", types.Whole(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("owner", types.Id(), nullable=True),
        sa.Column("subject_table", sa.Text(), nullable=True),
        sa.Column("subject", types.Id(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by", types.Id(), nullable=True),
        sa.Column("device", types.Id(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(number = 1) = (from_state is null)", name=op.f("ck_discrepancy_events_first_from_nowhere")
        ),
        sa.CheckConstraint(
            "(subject_table is null) = (subject is null)", name=op.f("ck_discrepancy_events_about_one_record")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_discrepancy_events_from_one")),
        _refers("discrepancy", "discrepancies"),
        _refers("owner", "accounts"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_discrepancy_events")),
        sa.UniqueConstraint(
            "organisation", "discrepancy", "number", name=op.f("uq_discrepancy_events_organisation_discrepancy_number")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "discrepancy_evidence",
        *_key(),
        sa.Column("discrepancy", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("refers_to", types.Id(), nullable=True),
        *_told(),
        sa.CheckConstraint(
            "(kind = 'attachment') = (sha256 is not null)", name=op.f("ck_discrepancy_evidence_attached_by_hash")
        ),
        sa.CheckConstraint(
            "(kind in ('recount', 'refused_draw', 'counted_again')) = (refers_to is not null)",
            name=op.f("ck_discrepancy_evidence_names_its_record"),
        ),
        _refers("by", "accounts"),
        _refers("discrepancy", "discrepancies"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_discrepancy_evidence")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_discrepancy_evidence_discrepancy", "discrepancy_evidence", ["organisation", "discrepancy"], unique=False
    )
    op.create_table(
        "discrepancy_forms",
        *_key(),
        sa.Column("discrepancy", types.Id(), nullable=False),
        sa.Column("version", types.Whole(), nullable=False),
        sa.Column("spec_version", types.Whole(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        *_told(),
        sa.CheckConstraint("version > 0", name=op.f("ck_discrepancy_forms_version_from_one")),
        _refers("by", "accounts"),
        _refers("discrepancy", "discrepancies"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_discrepancy_forms")),
        sa.UniqueConstraint(
            "organisation", "discrepancy", "version", name=op.f("uq_discrepancy_forms_organisation_discrepancy_version")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "discrepancy_notices",
        *_key(),
        sa.Column("discrepancy", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sent_at", types.UtcDateTime(), nullable=False),
        *_told(),
        sa.CheckConstraint("sent_at <= at", name=op.f("ck_discrepancy_notices_sent_before")),
        _refers("by", "accounts"),
        _refers("discrepancy", "discrepancies"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_discrepancy_notices")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_discrepancy_notices_discrepancy", "discrepancy_notices", ["organisation", "discrepancy"], unique=False
    )
    op.create_table(
        "discrepancy_adjustments",
        *_key(),
        sa.Column("discrepancy", types.Id(), nullable=False),
        sa.Column("container", types.Id(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("mass", types.Micrograms(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        *_told(),
        sa.CheckConstraint("mass > 0", name=op.f("ck_discrepancy_adjustments_adjusts_something")),
        _refers("by", "accounts"),
        _refers("container", "containers"),
        _refers("discrepancy", "discrepancies"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_discrepancy_adjustments")),
        sa.UniqueConstraint("organisation", "id", "by", name=op.f("uq_discrepancy_adjustments_organisation_id_by")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_discrepancy_adjustments_discrepancy",
        "discrepancy_adjustments",
        ["organisation", "discrepancy"],
        unique=False,
    )
    op.create_table(
        "discrepancy_containers",
        *_key(),
        sa.Column("discrepancy", types.Id(), nullable=False),
        sa.Column("container", types.Id(), nullable=False),
        *_told(nullable=True),
        _refers("container", "containers"),
        _refers("discrepancy", "discrepancies"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_discrepancy_containers")),
        sa.UniqueConstraint(
            "organisation",
            "discrepancy",
            "container",
            name=op.f("uq_discrepancy_containers_organisation_discrepancy_container"),
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_discrepancy_containers_container", "discrepancy_containers", ["organisation", "container"], unique=False
    )
    op.create_table(
        "discrepancy_holds",
        *_key(),
        sa.Column("discrepancy", types.Id(), nullable=False),
        sa.Column("container", types.Id(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        *_told(),
        _refers("container", "containers"),
        _refers("discrepancy", "discrepancies"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_discrepancy_holds")),
        sqlite_strict=True,
    )
    op.create_index("ix_discrepancy_holds_container", "discrepancy_holds", ["organisation", "container"], unique=False)
    op.create_index(
        "ix_discrepancy_holds_discrepancy", "discrepancy_holds", ["organisation", "discrepancy"], unique=False
    )
    op.create_table(
        "discrepancy_approvals",
        *_key(),
        sa.Column("author", types.Id(), nullable=False),
        sa.Column("approver", types.Id(), nullable=False),
        sa.Column("attestation", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("approver <> author", name=op.f("ck_discrepancy_approvals_two_people")),
        _refers("approver", "accounts"),
        _refers("attestation", "attestations"),
        sa.ForeignKeyConstraint(
            ["organisation", "id", "author"],
            ["discrepancy_adjustments.organisation", "discrepancy_adjustments.id", "discrepancy_adjustments.by"],
            name="fk_discrepancy_approvals_adjustment",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_discrepancy_approvals")),
        sa.UniqueConstraint(
            "organisation", "attestation", name=op.f("uq_discrepancy_approvals_organisation_attestation")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "discrepancy_releases",
        *_key(),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        *_told(),
        _refers("id", "discrepancy_holds"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_discrepancy_releases")),
        sqlite_strict=True,
    )
    op.create_table(
        "discrepancy_closings",
        *_key(),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("move", types.Id(), nullable=True),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("profile_version", types.Whole(), nullable=False),
        sa.Column("replaced", sa.Text(), nullable=True),
        sa.Column("chain", types.Document(), nullable=False),
        *_told(),
        _refers("by", "accounts"),
        _refers("id", "discrepancies"),
        _refers("move", "moves"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_discrepancy_closings")),
        sqlite_strict=True,
    )
    op.create_table(
        "discrepancy_reviews",
        *_key(),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        *_told(),
        _refers("by", "accounts"),
        _refers("id", "discrepancy_closings"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_discrepancy_reviews")),
        sqlite_strict=True,
    )
    for table in TABLES:
        keep(op.get_bind(), table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
