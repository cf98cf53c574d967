"""Removals of stock by two people, and who may be one of them.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "eligibilities",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("account", types.Id(), nullable=False),
        sa.Column("eligible", types.Flag(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "account"], ["accounts.organisation", "accounts.id"], name="fk_account_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "by"], ["accounts.organisation", "accounts.id"], name="fk_by_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_eligibilities")),
        sqlite_strict=True,
    )
    op.create_index("ix_eligibilities_account", "eligibilities", ["organisation", "account", "id"], unique=False)
    op.create_table(
        "removals",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("registration", types.Id(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("receiver_name", sa.Text(), nullable=True),
        sa.Column("receiver_address", sa.Text(), nullable=True),
        sa.Column("receiver_dea_number", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("to_location", types.Id(), nullable=True),
        sa.Column("contents", types.Document(), nullable=False),
        sa.Column("share_percent", sa.Text(), nullable=True),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("occurred_at", types.UtcDateTime(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("operation_id", types.Id(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(kind = 'destroyed') = (method is not null)", name=op.f("ck_removals_destroyed_somehow")),
        sa.CheckConstraint(
            "(kind in ('reverse-distributor', 'transferred')) = (receiver_dea_number is not null)",
            name=op.f("ck_removals_has_receiver"),
        ),
        sa.CheckConstraint(
            "kind in ('destroyed', 'reverse-distributor', 'transferred', 'broken')",
            name=op.f("ck_removals_leaves_like_this"),
        ),
        sa.CheckConstraint(
            "to_location is null or kind = 'transferred'", name=op.f("ck_removals_stays_ours_if_transferred")
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "by"], ["accounts.organisation", "accounts.id"], name="fk_by_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "registration"],
            ["registrations.organisation", "registrations.id"],
            name="fk_registration_registrations",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "to_location"], ["locations.organisation", "locations.id"], name="fk_to_location_locations"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_removals")),
        sa.UniqueConstraint("organisation", "id", "kind", name=op.f("uq_removals_organisation_id_kind")),
        sa.UniqueConstraint("organisation", "operation_id", name=op.f("uq_removals_organisation_operation_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_removals_registration", "removals", ["organisation", "registration", "kind", "occurred_at"], unique=False
    )
    op.create_table(
        "removal_signatures",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("removal", types.Id(), nullable=False),
        sa.Column("place", types.Whole(), nullable=False),
        sa.Column("signer", types.Id(), nullable=False),
        sa.Column("attestation", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("place between 1 and 2", name=op.f("ck_removal_signatures_one_or_two")),
        sa.ForeignKeyConstraint(
            ["organisation", "attestation"],
            ["attestations.organisation", "attestations.id"],
            name="fk_attestation_attestations",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "removal"], ["removals.organisation", "removals.id"], name="fk_removal_removals"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "signer"], ["accounts.organisation", "accounts.id"], name="fk_signer_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_removal_signatures")),
        sa.UniqueConstraint("organisation", "attestation", name=op.f("uq_removal_signatures_organisation_attestation")),
        sa.UniqueConstraint(
            "organisation", "removal", "place", name=op.f("uq_removal_signatures_organisation_removal_place")
        ),
        sa.UniqueConstraint(
            "organisation", "removal", "signer", name=op.f("uq_removal_signatures_organisation_removal_signer")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "removal_withdrawals",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "id"], ["removals.organisation", "removals.id"], name="fk_id_removals"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_removal_withdrawals")),
        sqlite_strict=True,
    )
    op.create_table(
        "removal_postings",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first", types.Id(), nullable=False),
        sa.Column("second", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("first <> second", name=op.f("ck_removal_postings_two_people")),
        sa.ForeignKeyConstraint(
            ["organisation", "id", "first"],
            ["removal_signatures.organisation", "removal_signatures.removal", "removal_signatures.signer"],
            name="fk_removal_postings_first",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "id", "kind"],
            ["removals.organisation", "removals.id", "removals.kind"],
            name="fk_removal_postings_removal",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "id", "second"],
            ["removal_signatures.organisation", "removal_signatures.removal", "removal_signatures.signer"],
            name="fk_removal_postings_second",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_removal_postings")),
        sa.UniqueConstraint("organisation", "id", "kind", name=op.f("uq_removal_postings_organisation_id_kind")),
        sqlite_strict=True,
    )
    op.create_table(
        "acknowledgements",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("arrived_as_sent", types.Flag(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column("received_at", types.UtcDateTime(), nullable=False),
        sa.Column("by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "id"],
            ["removal_postings.organisation", "removal_postings.id"],
            name="fk_id_removal_postings",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_acknowledgements")),
        sqlite_strict=True,
    )
    op.create_table(
        "removal_lines",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("removal", types.Id(), nullable=False),
        sa.Column("container", types.Id(), nullable=False),
        sa.Column("mass", types.Micrograms(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("mass > 0", name=op.f("ck_removal_lines_removes_something")),
        sa.ForeignKeyConstraint(
            ["organisation", "container"], ["containers.organisation", "containers.id"], name="fk_container_containers"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "removal"], ["removals.organisation", "removals.id"], name="fk_removal_removals"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_removal_lines")),
        sa.UniqueConstraint(
            "organisation", "removal", "container", name=op.f("uq_removal_lines_organisation_removal_container")
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_removal_lines_container", "removal_lines", ["organisation", "container"], unique=False)
    keep(op.get_bind(), "eligibilities")
    keep(op.get_bind(), "removals")
    keep(op.get_bind(), "removal_signatures")
    keep(op.get_bind(), "removal_withdrawals")
    keep(op.get_bind(), "removal_postings")
    keep(op.get_bind(), "acknowledgements")
    keep(op.get_bind(), "removal_lines")


def downgrade() -> None:
    op.drop_index("ix_removal_lines_container", table_name="removal_lines")
    op.drop_table("removal_lines")
    op.drop_table("acknowledgements")
    op.drop_table("removal_postings")
    op.drop_table("removal_withdrawals")
    op.drop_table("removal_signatures")
    op.drop_index("ix_removals_registration", table_name="removals")
    op.drop_table("removals")
    op.drop_index("ix_eligibilities_account", table_name="eligibilities")
    op.drop_table("eligibilities")
