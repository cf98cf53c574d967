"""Why somebody looked at a record who does not treat the patient, sealed beside the look.

Safe to run while the clinic is open: adds a column that may be empty, touches no row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("audit_accesses", sa.Column("reason", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("audit_accesses", "reason")
