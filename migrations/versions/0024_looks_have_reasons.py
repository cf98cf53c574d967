"""Why somebody looked at a record who does not treat the patient, sealed beside the look.

A reason stands like the look it belongs to, so the table's guard is made again with the new column in it
(migrations/reshape.py); on SQLite the table is built anew for that, so the clinic is closed for the seconds that this
takes. No row is changed.
"""

import sqlalchemy as sa

from migrations.reshape import Shape, reshape

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    reshape("audit_accesses", Shape(columns=[sa.Column("reason", sa.LargeBinary(), nullable=True)]))


def downgrade() -> None:
    reshape("audit_accesses", Shape(loses=["reason"]))
