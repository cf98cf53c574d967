"""How the book closes: what came in is somewhere, to the microgram, and a count says whether it really is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from clinic_api.inventory.rules.moves import COMES_FROM, GOES_TO, Kind
from clinic_api.quantities import NOTHING, Concentration, Mass, Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One move as an export shows it; people and patients by id only.

    Args:
        source: where it came from: a container's number, or a coded place.
        target: where it went, likewise.
        volume: of undiluted drug; None once it was diluted.
        case: the number of the syringe whose case it belongs to.
        source_balance: what the source held afterwards; None for a place, and while it is being counted, blind.
        identity_version: who the patient was when it was given.
        witness: who watched a waste; None for every other move.
        removal: which removal by two people it belongs to.
        reverses: which move it takes back; its kind is then that move's.
        disputed_at: since when who signed as the second person says that it was not so.
        counted: the names of the locations that are being counted, blind, so that balances are left out of the line.
        serial: of the package that the container came in, where it was read.
    """

    id: UUID
    kind: Kind
    occurred_at: datetime
    recorded_at: datetime
    late_reason: str | None
    registration: UUID
    dea_number: str
    product: str
    product_name: str
    ndc: str
    concentration: Concentration
    lot: str
    expiry: date
    source: str
    target: str
    case: str | None
    mass: Mass
    volume: Volume | None
    source_balance: Mass | None
    target_balance: Mass | None
    visit: UUID | None
    patient: UUID | None
    identity_version: UUID | None
    by: UUID | None
    witness: UUID | None
    operation_id: UUID
    removal: UUID | None = None
    reverses: UUID | None = None
    incident: UUID | None = None
    reason: str | None = None
    disputed_at: datetime | None = None
    counted: tuple[str, ...] = ()
    serial: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What came into the book and what left it, over some time; draws between containers change nothing.

    What was taken back is taken off.
    """

    received: Mass = NOTHING
    overfill_found: Mass = NOTHING
    transferred_in: Mass = NOTHING
    drawn: Mass = NOTHING
    administered: Mass = NOTHING
    wasted: Mass = NOTHING
    returned: Mass = NOTHING
    hub_loss: Mass = NOTHING
    destroyed: Mass = NOTHING
    sent_to_reverse_distributor: Mass = NOTHING
    transferred_out: Mass = NOTHING
    broken: Mass = NOTHING
    adjusted_in: Mass = NOTHING
    adjusted_out: Mass = NOTHING
    lost: Mass = NOTHING

    @property
    def came(self) -> Mass:
        """All that came in."""
        return Mass.total(self.of(kind) for kind in COMES_FROM.values())

    @property
    def went(self) -> Mass:
        """All that left."""
        return Mass.total(self.of(kind) for kind in GOES_TO.values())

    def of(self, kind: Kind) -> Mass:
        """How much was moved by moves of one kind."""
        mass: Mass = getattr(self, field_of(kind))
        return mass


@dataclass(frozen=True, slots=True, kw_only=True)
class PhysicalCount:
    """What complete counts found of one product, and what the book said then.

    Args:
        at: when; the latest, where several locations were counted.
        resolution: how far off the methods used may be, in all.
    """

    at: datetime
    found: Mass
    book: Mass
    resolution: Mass


@dataclass(frozen=True, slots=True, kw_only=True)
class Accountability:
    """One product under one registration, between two physical counts, and its book from the first day.

    Args:
        between: what came and went from the opening count to the closing count.
        ever: what came and went from the first day until the end of the period.
        on_hand: what the containers hold by the book at the end of the period.
        counted: the names of its locations that are being counted, blind: nobody is told its figures meanwhile.
    """

    registration: UUID
    dea_number: str
    product: str
    product_name: str
    ndc: str
    concentration: Concentration
    opening: PhysicalCount | None
    between: Flow
    closing: PhysicalCount | None
    ever: Flow
    on_hand: Mass
    counted: tuple[str, ...] = ()

    @property
    def accountable_for(self) -> Mass | None:
        """Opening count, receipts and overfill; unknown without an opening count."""
        return None if self.opening is None else self.opening.found + self.between.came

    @property
    def accounted_for(self) -> Mass | None:
        """What was given, wasted and returned, and the closing count; unknown without one."""
        return None if self.closing is None else self.between.went + self.closing.found

    @property
    def variance_ug(self) -> int | None:
        """Accounted for less accountable for, micrograms; below zero is a shortage; unknown without both counts."""
        if self.accountable_for is None or self.accounted_for is None:
            return None
        return self.accounted_for.ug - self.accountable_for.ug

    @property
    def difference_ug(self) -> int:
        """What came in less what left and what is held; anything but zero is a fault of the book."""
        return self.ever.came.ug - self.ever.went.ug - self.on_hand.ug

    @property
    def closes(self) -> bool:
        """Whether received = administered + wasted + returned + on hand, to the microgram."""
        return self.difference_ug == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteBalance:
    """What a site holds of one product, by the book.

    Args:
        on_hand: all of it, in whatever condition; None while it is being counted.
        sealed: vials that were never opened, and may be used.
        opened: opened containers that hold something, syringes among them.
        quarantined: containers set apart that hold something.
    """

    product: str
    product_name: str
    ndc: str
    concentration: Concentration
    on_hand: Mass | None
    sealed: int | None
    opened: int | None
    quarantined: int | None


def field_of(kind: Kind) -> str:
    """The name under which a flow holds a kind of moves."""
    return str(kind).replace("-", "_")


def flow_of(moved: Iterable[tuple[Kind, Mass, bool]]) -> Flow:
    """Sums by kind, as one flow.

    Args:
        moved: kind, mass, and whether it took back what was moved.

    Raises:
        ValueError: more was taken back than was ever moved; no sound ledger says so.
    """
    sums: Counter[Kind] = Counter()
    for kind, mass, reverses in moved:
        sums[kind] += -mass.ug if reverses else mass.ug
    return Flow(**{field_of(kind): Mass(ug) for kind, ug in sums.items()})


def in_all(counts: Iterable[PhysicalCount]) -> PhysicalCount:
    """The counts of several locations as one; there is at least one."""
    made = list(counts)
    return PhysicalCount(
        at=max(count.at for count in made),
        found=Mass.total(count.found for count in made),
        book=Mass.total(count.book for count in made),
        resolution=Mass.total(count.resolution for count in made),
    )
