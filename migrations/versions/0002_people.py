"""People, credentials, tokens, tablets and roles.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0002"
down_revision = "0001"


def upgrade() -> None:

    op.create_table(
        "accounts",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("created_by", types.Id(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("organisation", "login", name=op.f("uq_accounts_organisation_login")),
        sqlite_strict=True,
    )
    op.create_table(
        "devices",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_devices")),
        sa.UniqueConstraint("organisation", "hash", name=op.f("uq_devices_organisation_hash")),
        sqlite_strict=True,
    )
    op.create_table(
        "misses",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("device", types.Id(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_misses")),
        sqlite_strict=True,
    )
    op.create_index("ix_misses_login", "misses", ["organisation", "login", "at"], unique=False)
    op.create_table(
        "credentials",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("account", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "account"], ["accounts.organisation", "accounts.id"], name="fk_account_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_credentials")),
        sqlite_strict=True,
    )
    op.create_index("ix_credentials_account", "credentials", ["organisation", "account", "kind"], unique=False)
    op.create_table(
        "role_proposals",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("account", types.Id(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("give", types.Flag(), nullable=False),
        sa.Column("proposed_by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "account"], ["accounts.organisation", "accounts.id"], name="fk_account_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_role_proposals")),
        sa.UniqueConstraint(
            "organisation", "id", "proposed_by", name=op.f("uq_role_proposals_organisation_id_proposed_by")
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_role_proposals_account", "role_proposals", ["organisation", "account"], unique=False)
    op.create_table(
        "sign_ins",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("account", types.Id(), nullable=False),
        sa.Column("device", types.Id(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "account"], ["accounts.organisation", "accounts.id"], name="fk_account_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "device"], ["devices.organisation", "devices.id"], name="fk_device_devices"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_sign_ins")),
        sqlite_strict=True,
    )
    op.create_index("ix_sign_ins_account", "sign_ins", ["organisation", "account", "at"], unique=False)
    op.create_table(
        "used_codes",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("account", types.Id(), nullable=False),
        sa.Column("step", types.Whole(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation", "account"], ["accounts.organisation", "accounts.id"], name="fk_account_accounts"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_used_codes")),
        sa.UniqueConstraint("organisation", "account", "step", name=op.f("uq_used_codes_organisation_account_step")),
        sqlite_strict=True,
    )
    op.create_table(
        "role_approvals",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("proposed_by", types.Id(), nullable=False),
        sa.Column("approved_by", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("approved_by <> proposed_by", name=op.f("ck_role_approvals_two_people")),
        sa.ForeignKeyConstraint(
            ["organisation", "id", "proposed_by"],
            ["role_proposals.organisation", "role_proposals.id", "role_proposals.proposed_by"],
            name="fk_role_approvals_proposal",
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_role_approvals")),
        sqlite_strict=True,
    )
    op.create_table(
        "tokens",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("account", types.Id(), nullable=False),
        sa.Column("auth_event", types.Id(), nullable=False),
        sa.Column("device", types.Id(), nullable=True),
        sa.Column("issued_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation", "account"], ["accounts.organisation", "accounts.id"], name="fk_account_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "auth_event"], ["sign_ins.organisation", "sign_ins.id"], name="fk_auth_event_sign_ins"
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "device"], ["devices.organisation", "devices.id"], name="fk_device_devices"
        ),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("organisation", "hash", name=op.f("uq_tokens_organisation_hash")),
        sqlite_strict=True,
    )

    keep(op.get_bind(), "accounts")
    keep(op.get_bind(), "devices")
    keep(op.get_bind(), "misses")
    keep(op.get_bind(), "credentials")
    keep(op.get_bind(), "role_proposals")
    keep(op.get_bind(), "sign_ins")
    keep(op.get_bind(), "used_codes")
    keep(op.get_bind(), "role_approvals")
    keep(op.get_bind(), "tokens", changes=["ended_at"])


def downgrade() -> None:

    op.drop_table("tokens")
    op.drop_table("role_approvals")
    op.drop_table("used_codes")
    op.drop_index("ix_sign_ins_account", table_name="sign_ins")
    op.drop_table("sign_ins")
    op.drop_index("ix_role_proposals_account", table_name="role_proposals")
    op.drop_table("role_proposals")
    op.drop_index("ix_credentials_account", table_name="credentials")
    op.drop_table("credentials")
    op.drop_index("ix_misses_login", table_name="misses")
    op.drop_table("misses")
    op.drop_table("devices")
    op.drop_table("accounts")
