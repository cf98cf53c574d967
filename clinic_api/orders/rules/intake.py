"""What a prescriber enters for a series of visits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from clinic_api.orders.rules.series import SeriesOrder, Titration
from clinic_api.protocols.rules.dose import WeightBasis
from clinic_api.protocols.rules.protocol import Route
from clinic_api.quantities import DosePerWeight, Mass


class Event(StrEnum):
    """What the audit says of orders."""

    DRAFTED = "order:drafted"
    SIGNED = "order:signed"
    SUPERSEDED = "order:superseded"
    CANCELLED = "order:cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """A series order as it is written down; nothing holds before it is signed.

    Args:
        protocol: the key of the protocol it follows, such as ``iv-ketamine``.
        minutes: how long each infusion runs; None for an injection.
        cap: the most any visit may get; None is no cap.
        indication: the diagnosis it is given for, as an ICD-10-CM code.
    """

    patient: UUID
    protocol: str
    route: Route
    visits: int
    mg_per_kg: DosePerWeight
    minutes: int | None
    basis: WeightBasis
    cap: Mass | None
    valid_until: datetime
    indication: str
    titration_low: DosePerWeight | None = None
    titration_high: DosePerWeight | None = None

    def series(self) -> SeriesOrder:
        """The order as the rules read it."""
        low, high = self.titration_low, self.titration_high
        return SeriesOrder(
            route=self.route,
            visits=self.visits,
            mg_per_kg=self.mg_per_kg,
            duration=None if self.minutes is None else timedelta(minutes=self.minutes),
            basis=self.basis,
            cap=self.cap,
            valid_until=self.valid_until,
            titration=None if low is None or high is None else Titration(low, high),
        )
