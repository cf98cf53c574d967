"""Adjustments: what a discrepancy approved moves the book, and what was lost leaves it.

The table of moves is given a column and other checks (migrations/reshape.py); on SQLite it is built anew, so the clinic
is closed for the seconds that this takes. No row is changed.
"""

import sqlalchemy as sa

from clinic_api.database import types
from migrations.reshape import Reference, Shape, reshape

revision = "0025"
down_revision = "0024"

IN = "('supplier', 'overfill', 'transferred'{more})"
OUT = "('patient', 'waste', 'returned', 'hub', 'destroyed', 'reverse-distributor', 'transferred', 'broken'{more})"
UNIQUE = "uq_moves_organisation_adjustment"
FOREIGN = "fk_adjustment_discrepancy_approvals"


def _places(into: str, out: str) -> dict[str, str]:
    return {
        "from_outside": f"coalesce(from_place, 'supplier') in {IN.format(more=into)} or reversal is not null",
        "to_outside": f"coalesce(to_place, 'waste') in {OUT.format(more=out)} or reversal is not null",
    }


def upgrade() -> None:
    by_two = (
        "(coalesce(from_place, '') = 'adjusted' or coalesce(to_place, '') in ('adjusted', 'lost'))"
        " = (adjustment is not null)"
    )
    reshape(
        "moves",
        Shape(
            columns=[sa.Column("adjustment", types.Id(), nullable=True)],
            checks={**_places(", 'adjusted'", ", 'adjusted', 'lost'"), "adjusted_by_two": by_two},
            uniques={UNIQUE: ("organisation", "adjustment")},
            references={
                FOREIGN: Reference(
                    columns=("organisation", "adjustment"),
                    table="discrepancy_approvals",
                    referred=("organisation", "id"),
                )
            },
        ),
    )


def downgrade() -> None:
    reshape(
        "moves",
        Shape(
            loses=["adjustment"],
            drops=[UNIQUE, FOREIGN, "ck_moves_adjusted_by_two"],
            checks=_places("", ""),
        ),
    )
