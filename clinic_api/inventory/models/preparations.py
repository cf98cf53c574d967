"""Rows of what was made up for nobody in particular: a stock bag or a stock syringe."""

from datetime import datetime
from fractions import Fraction
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.inventory.rules.products import ContainerKind
from clinic_api.quantities import Mass, Volume


class StockPreparation(Regulated, Row):
    """How a container was made up, by whom, until when it may be used. ``id`` is the container's.

    It pins the product list that lets it be shared. What went into it is what its moves say.
    """

    __tablename__ = "stock_preparations"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organisation", "id", "kind", "drawn"],
            [f"containers.{each}" for each in ("organisation", "id", "kind", "content")],
            name="fk_stock_preparations_container",
        ),
        refers("policy", "policy_versions"),
        refers("by", "accounts"),
        sa.CheckConstraint("kind in ('bag', 'syringe')", name="bag_or_syringe"),
        sa.CheckConstraint("drawn_volume > 0", name="something_is_drawn"),
        sa.CheckConstraint("final_volume = drawn_volume + diluent_volume", name="adds_up"),
        sa.CheckConstraint("(diluent is null) = (diluent_volume = 0)", name="named_diluent"),
        sa.CheckConstraint("use_by > at", name="some_use"),
        STRICT,
    )

    kind: Mapped[ContainerKind] = mapped_column(Code(ContainerKind))
    drawn: Mapped[Mass]
    drawn_volume: Mapped[Volume]
    diluent: Mapped[str | None]
    diluent_volume: Mapped[Volume]
    final_volume: Mapped[Volume]
    final: Mapped[Fraction]
    use_by: Mapped[datetime]
    policy: Mapped[UUID]
    by: Mapped[UUID]
    at: Mapped[datetime]
    operation_id: Mapped[UUID]
