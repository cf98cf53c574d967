"""What is due, the outbox, and tasks.

Safe to run while the clinic is open: adds tables, touches no row.
"""

import sqlalchemy as sa
from alembic import op

from clinic_api.database import types
from clinic_api.database.guards import keep

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "due",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", types.Id(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("lease_until", types.UtcDateTime(), nullable=True),
        sa.Column("attempts", types.Whole(), nullable=False),
        sa.Column("done_at", types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_due")),
        sa.UniqueConstraint("organisation", "kind", "subject", name=op.f("uq_due_organisation_kind_subject")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_due_open",
        "due",
        ["at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "outbox",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient_kind", sa.Text(), nullable=False),
        sa.Column("recipient", types.Id(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("params", types.Document(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("subject", types.Id(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", types.Whole(), nullable=False),
        sa.Column("sent_at", types.UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("organisation", "dedupe_key", name=op.f("uq_outbox_organisation_dedupe_key")),
        sqlite_strict=True,
    )
    op.create_index("ix_outbox_subject", "outbox", ["organisation", "subject"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_table", sa.Text(), nullable=False),
        sa.Column("subject", types.Id(), nullable=False),
        sa.Column("visit", types.Id(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("opened_at", types.UtcDateTime(), nullable=False),
        sa.Column("opened_by", types.Id(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_tasks")),
        sqlite_strict=True,
    )
    op.create_index("ix_tasks_due_at", "tasks", ["organisation", "due_at"], unique=False)
    op.create_index("ix_tasks_subject", "tasks", ["organisation", "subject"], unique=False)
    op.create_index("ix_tasks_visit", "tasks", ["organisation", "visit"], unique=False)
    op.create_table(
        "task_closings",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("closed_by", types.Id(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["organisation", "id"], ["tasks.organisation", "tasks.id"], name="fk_id_tasks"),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_task_closings")),
        sqlite_strict=True,
    )
    keep(op.get_bind(), "due", changes=["at", "lease_until", "attempts", "done_at"])
    keep(op.get_bind(), "outbox", changes=["state", "attempts", "sent_at", "outcome"])
    keep(op.get_bind(), "tasks")
    keep(op.get_bind(), "task_closings")
    if op.get_bind().dialect.name == "postgresql":
        # Beside the tenant's own policy: a worker sees and leases what is due, whoever it belongs to; this table only.
        for name, act in (("worker_looks", "SELECT"), ("worker_leases", "UPDATE")):
            op.execute(f"CREATE POLICY {name} ON due FOR {act} USING (current_setting('app.worker', true) = 'on')")


def downgrade() -> None:
    op.drop_table("task_closings")
    op.drop_index("ix_tasks_visit", table_name="tasks")
    op.drop_index("ix_tasks_subject", table_name="tasks")
    op.drop_index("ix_tasks_due_at", table_name="tasks")
    op.drop_table("tasks")
    op.drop_index("ix_outbox_subject", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(
        "ix_due_open",
        table_name="due",
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.drop_table("due")
