"""The accountability audit finds late entries, and which location held what, without reading every move and container.

Safe to run while the clinic is open: adds two indexes, touches no row.
"""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_index("ix_moves_learned", "moves", ["organisation", "registration", "recorded_at"])
    op.create_index("ix_containers_location_product", "containers", ["organisation", "location", "product"])


def downgrade() -> None:
    op.drop_index("ix_containers_location_product", "containers")
    op.drop_index("ix_moves_learned", "moves")
