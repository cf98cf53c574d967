"""What a ledger export says: one line per move of drug, and the sums that close; during a blind count, less."""

from collections.abc import Mapping, Sequence
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
        witness: who saw it or signed it as the second; None where nobody had to.
        reverses: the move that it takes back, whose kind it then has.
        incident: the incident that it belongs to.
        disputed_at: since when who signed as the second person says that it was not so.
        note: why balances are left out; None where none are.
        serial: the serial number of the package that the container came in, where it was read.
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
    reverses: str | None = None
    removal: str | None = None
    incident: str | None = None
    reason: str | None = None
    disputed_at: datetime | None = None
    note: str | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """What a complete count found, and what the book said then."""

    at: datetime
    found: Mass
    book: Mass
    resolution: Mass


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLine:
    """What came in and went out over some time, by kind of move; draws between containers change nothing."""

    amounts: Mapping[str, Mass]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingLine:
    """One product under one registration: the audit between two counts, and the identity of the book.

    Args:
        between: what came and went between the two counts.
        ever: what came and went from the first day to the end of the period.
        accountable_for: opening count, receipts and overfill; None without an opening count.
        accounted_for: given, wasted, returned and the closing count; None without one.
        variance_ug: the second less the first; a shortage is below zero; prints as it is.
        difference_ug: all that came in less all that went out less what is on hand by the book; anything but
            zero is a fault of the book.
        note: why the figures are left out; each of them is None then, but the difference.
    """

    registration: str
    ndc: str
    product: str
    opening: CountLine | None
    between: FlowLine | None
    closing: CountLine | None
    accountable_for: Mass | None
    accounted_for: Mass | None
    variance_ug: int | None
    ever: FlowLine | None
    on_hand: Mass | None
    difference_ug: int
    note: str | None = None


def withheld(locations: Sequence[str]) -> str | None:
    """Why figures of the book are left out while locations are being counted, blind; None where nobody counts."""
    if not locations:
        return None
    return (
        f"Left out because {', '.join(locations)} is being counted and nobody may be told what the book expects; "
        "export again once the entries of the count are in."
    )
