"""What happened to drug, told as one line after the other: of a container, of a person, of a lot."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from clinic_api.inventory.rules.products import Method
from clinic_api.quantities import Mass


class Deed(StrEnum):
    """What happens to drug without moving it; a move goes by its own kind."""

    PUNCTURED = "punctured"
    QUARANTINED = "quarantined"
    WASTE_PROPOSED = "waste-proposed"
    COUNTED = "counted"
    SECONDED = "seconded"
    NOT_FOUND = "not-found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened to drug, and who did it.

    Args:
        id: sorts in the order in which things were written down.
        record: the row that says so: a move, a count, a waste, the container itself.
        what: a kind of move, or a ``Deed``.
        occurred_at: when it is said to have happened, UTC; with a reason where it was entered late.
        source, target: the two ends of a move: a container's number or a coded place.
        mass: what moved; of a count, what was found.
        expected: of a count, what the book said then.
        resolution: of a count, how far off the method may be.
        document: the supplier and invoice of a receipt, the receiver and paper of a return.
    """

    id: UUID
    record: UUID
    what: str
    occurred_at: datetime
    recorded_at: datetime
    by: UUID | None
    container: UUID | None = None
    container_label: str | None = None
    product: str | None = None
    ndc: str | None = None
    lot: str | None = None
    late_reason: str | None = None
    by_name: str | None = None
    witness: UUID | None = None
    witness_name: str | None = None
    source: str | None = None
    target: str | None = None
    mass: Mass | None = None
    method: Method | None = None
    expected: Mass | None = None
    resolution: Mass | None = None
    reason: str | None = None
    document: str | None = None
    patient: UUID | None = None
    visit: UUID | None = None


def in_order(happenings: Iterable[Happening]) -> list[Happening]:
    """By when they happened; of one moment, as they were written down."""
    return sorted(happenings, key=lambda each: (each.occurred_at, each.recorded_at, each.id))


def first_of(happenings: Iterable[Happening], *, limit: int) -> list[Happening]:
    """The first few as they were written down."""
    return sorted(happenings, key=lambda each: each.id)[:limit]
