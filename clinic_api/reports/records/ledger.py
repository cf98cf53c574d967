"""What a ledger export says: one line per move of drug, and the sums that close."""

from dataclasses import dataclass
from datetime import date, datetime

from clinic_api.quantities import Mass, Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One move of drug, from one end to the other.

    Args:
        source: where it came from: a container's number, or a coded place such as ``supplier``.
        target: where it went, likewise.
        patient_name: whom it was given to, as identified at that moment; None for every other move.
        witness: who saw a waste; None where nobody had to.
    """

    move: str
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    late_reason: str | None
    registration: str
    ndc: str
    product: str
    strength: str
    lot: str
    expires_on: date
    source: str
    target: str
    case: str | None
    mass: Mass
    volume: Volume | None
    source_balance: Mass | None
    target_balance: Mass | None
    patient_name: str | None
    patient_address: str | None
    by: str
    witness: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingLine:
    """The identity of one product under one registration: what came in is somewhere, to the microgram."""

    registration: str
    ndc: str
    received: Mass
    overfill_found: Mass
    administered: Mass
    wasted: Mass
    returned: Mass
    on_hand: Mass

    @property
    def difference_ug(self) -> int:
        """In less out, micrograms; anything but zero is a fault of the book."""
        came = self.received.ug + self.overfill_found.ug
        return came - self.administered.ug - self.wasted.ug - self.returned.ug - self.on_hand.ug
