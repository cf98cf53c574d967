"""What holds drug, the newest vial, the last count and what waits to be sealed are found, not picked out of all.

Safe to run while the clinic is open: adds a table, a trigger and indexes, changes no row. PostgreSQL lets nobody write
an entry until it is done, so that none is missed.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Connection

from clinic_api.database import types
from clinic_api.database.guards import grant, keep

revision = "0032"
down_revision = "0031"

HOLDING = sa.text("balance > 0")
VIAL = sa.text("parent is null")
#: Whoever writes an entry, with whatever program, leaves it waiting for its place.
WAIT_ON_SQLITE = """
CREATE TRIGGER audit_entries_wait AFTER INSERT ON audit_entries
BEGIN INSERT INTO audit_waiting (organisation, id) VALUES (NEW.organisation, NEW.id); END
"""
WAIT = """
CREATE FUNCTION wait_for_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO audit_waiting (organisation, id) VALUES (NEW.organisation, NEW.id); RETURN NULL; END $$
"""
#: What waits stays until it has its place, whoever asks: nobody hides an entry from the sealer.
LEAVE_ON_SQLITE = """
CREATE TRIGGER audit_waiting_no_delete BEFORE DELETE ON audit_waiting
WHEN NOT EXISTS (SELECT 1 FROM audit_seals WHERE organisation = OLD.organisation AND id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'audit_waiting: records are kept until they have their place'); END
"""
LEAVE = """
CREATE FUNCTION refuse_unplaced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM audit_seals WHERE organisation = OLD.organisation AND id = OLD.id) THEN
    RAISE EXCEPTION 'audit_waiting: records are kept until they have their place' USING ERRCODE = '23001';
  END IF;
  RETURN OLD;
END $$
"""
FILL = """
INSERT INTO audit_waiting (organisation, id) SELECT organisation, id FROM audit_entries AS entry
WHERE NOT EXISTS (SELECT 1 FROM audit_seals AS seal WHERE seal.organisation = entry.organisation AND seal.id = entry.id)
"""
READ = ("audit_entries", "audit_seals")


def upgrade() -> None:
    op.create_table(
        "audit_waiting",
        sa.Column("organisation", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "id", name=op.f("pk_audit_waiting")),
        sqlite_strict=True,
    )
    _wait(op.get_bind())
    op.create_index(
        "ix_containers_holding",
        "containers",
        ["organisation", "location"],
        sqlite_where=HOLDING,
        postgresql_where=HOLDING,
    )
    op.create_index(
        "ix_containers_vials", "containers", ["organisation", "id"], sqlite_where=VIAL, postgresql_where=VIAL
    )
    op.create_index("ix_count_sheets_at", "count_sheets", ["organisation", "at", "id"])


def _wait(bind: Connection) -> None:
    if bind.dialect.name == "sqlite":
        op.execute(WAIT_ON_SQLITE)
        op.execute(FILL)
        keep(bind, "audit_waiting")
        op.execute("DROP TRIGGER audit_waiting_no_delete")
        op.execute(LEAVE_ON_SQLITE)
        return
    op.execute(WAIT)
    op.execute(
        "CREATE TRIGGER audit_entries_wait AFTER INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION wait_for_place()"
    )
    op.execute("ALTER TABLE audit_entries ENABLE ALWAYS TRIGGER audit_entries_wait")
    for table in READ:  # the entries of every organisation, for once
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(FILL)
    for table in READ:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    keep(bind, "audit_waiting")
    op.execute(LEAVE)
    op.execute("DROP TRIGGER audit_waiting_no_delete ON audit_waiting")
    op.execute(
        "CREATE TRIGGER audit_waiting_no_delete BEFORE DELETE ON audit_waiting "
        "FOR EACH ROW EXECUTE FUNCTION refuse_unplaced()"
    )
    op.execute("ALTER TABLE audit_waiting ENABLE ALWAYS TRIGGER audit_waiting_no_delete")
    grant(bind, "audit_waiting", delete=True, app_role="clinic_app")


def downgrade() -> None:
    op.drop_index("ix_count_sheets_at", "count_sheets")
    op.drop_index("ix_containers_vials", "containers")
    op.drop_index("ix_containers_holding", "containers")
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON audit_entries"
    op.execute(f"DROP TRIGGER audit_entries_wait{on}")
    op.drop_table("audit_waiting")
    if on:
        op.execute("DROP FUNCTION wait_for_place()")
        op.execute("DROP FUNCTION refuse_unplaced()")
