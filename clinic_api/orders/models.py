"""Rows of orders."""

from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import CHANGES, STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.orders.rules.series import OrderState, SeriesOrder, Titration
from clinic_api.protocols.rules.dose import WeightBasis
from clinic_api.protocols.rules.protocol import Route
from clinic_api.quantities import DosePerWeight, Mass


class SeriesOrderRow(Regulated, Row):
    """A series order; only its state changes, and each change is an audit entry."""

    __tablename__ = "series_orders"
    __table_args__ = (
        refers("patient", "patients"),
        refers("protocol", "policy_versions"),
        refers("drafted_by", "accounts"),
        sa.Index("ix_series_orders_patient", "organisation", "patient"),
        sa.CheckConstraint("visits > 0", name="visits_from_one"),
        sa.CheckConstraint("minutes is null or minutes > 0", name="minutes_from_one"),
        sa.CheckConstraint("cap is null or cap > 0", name="cap_is_something"),
        sa.CheckConstraint(
            "(titration_low is null and titration_high is null) "
            "or (titration_low is not null and titration_high is not null)",
            name="range_has_two_ends",
        ),
        STRICT,
    )

    patient: Mapped[UUID]
    protocol: Mapped[UUID]
    route: Mapped[Route] = mapped_column(Code(Route))
    visits: Mapped[int]
    mg_per_kg: Mapped[Fraction]
    minutes: Mapped[int | None]
    basis: Mapped[WeightBasis] = mapped_column(Code(WeightBasis))
    cap: Mapped[Mass | None]
    titration_low: Mapped[Fraction | None]
    titration_high: Mapped[Fraction | None]
    valid_until: Mapped[datetime]
    indication: Mapped[str]
    drafted_by: Mapped[UUID]
    at: Mapped[datetime]
    state: Mapped[OrderState] = mapped_column(Code(OrderState), info=CHANGES)

    def series(self) -> SeriesOrder:
        """The order as the rules read it."""
        low, high = self.titration_low, self.titration_high
        return SeriesOrder(
            route=self.route,
            visits=self.visits,
            mg_per_kg=DosePerWeight(self.mg_per_kg),
            duration=None if self.minutes is None else timedelta(minutes=self.minutes),
            basis=self.basis,
            cap=self.cap,
            valid_until=self.valid_until,
            titration=None if low is None or high is None else Titration(DosePerWeight(low), DosePerWeight(high)),
        )
