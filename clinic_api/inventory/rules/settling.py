"""What a document says beside what was counted: every line keeps both numbers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from clinic_api.errors import Unacceptable
from clinic_api.inventory.rules.papers import Group
from clinic_api.inventory.rules.receiving import EmptyLine


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One line of a document: so many vials were charged. Not every document says the lot and its expiry."""

    ndc: str
    invoiced: int
    lot: str | None = None
    expiry: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedLine:
    """What was really there of one lot.

    Args:
        received: vials that are to be accepted.
        turned_away: vials that came and are not accepted: damaged, or more than was ordered.
        turned_away_reason: why; None where there are none.
        patient, prescription: whom a patient-specific kit is for, and under which prescription.
        serials: as they were read off what is to be accepted, in its order.
    """

    ndc: str
    lot: str
    expiry: date
    received: int
    turned_away: int = 0
    turned_away_reason: str | None = None
    patient: UUID | None = None
    prescription: str | None = None
    serials: tuple[str, ...] = ()

    @property
    def came(self) -> int:
        """All that came, whether it is accepted or not."""
        return self.received + self.turned_away


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A line of a receipt: charged and accepted vials of one lot, side by side."""

    ndc: str
    lot: str
    expiry: date
    invoiced: int
    received: int
    patient: UUID | None = None
    prescription: str | None = None
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settlement:
    """A receipt's lines, and the lines of the document of which nothing was found at all, under any lot."""

    lines: tuple[Settled, ...]
    missing: tuple[DocumentLine, ...]


@dataclass(eq=False)
class HalfALot(Unacceptable):
    """A line of the document says a lot without its expiry, or the other way round."""

    ndc: str

    def __str__(self) -> str:
        return f"{self.ndc}: write both as the document has them, or leave both out; the count says what came"


@dataclass(eq=False)
class TurnedAwayUnexplained(Unacceptable):
    """Vials that are not accepted need a reason, and a reason needs such vials."""

    ndc: str
    lot: str

    def __str__(self) -> str:
        return f"{self.ndc}, lot {self.lot}: write how many vials are not accepted and why, or neither"


@dataclass(eq=False)
class KitHalfNamed(Unacceptable):
    """A patient-specific kit names its patient and its prescription."""

    ndc: str
    lot: str

    def __str__(self) -> str:
        return f"{self.ndc}, lot {self.lot}: write both as the pharmacy's label has them, or neither for stock"


class KitNotForScheduleTwo(Unacceptable):
    """A pharmacy delivers no schedule II drug to the clinic for one patient."""

    def __str__(self) -> str:
        return "Leave the patient out; only CIII to CV comes so (21 USC 829a(a))."


def check_document_line(line: DocumentLine) -> None:
    """Refuse a line whose lot is told by half; HalfALot."""
    if (line.lot is None) != (line.expiry is None):
        raise HalfALot(ndc=line.ndc)


def check_counted_line(line: CountedLine, *, group: Group, charged: Sequence[DocumentLine]) -> None:
    """Refuse a line that says nothing, hides why vials are not accepted, or names a patient by half.

    Args:
        group: of the delivery.
        charged: the document's lines; that nothing came of one of them says something.

    Raises:
        EmptyLine, TurnedAwayUnexplained, KitHalfNamed, KitNotForScheduleTwo: so it is.
    """
    if line.came == 0 and (line.ndc, line.lot) not in {(each.ndc, each.lot) for each in charged}:
        raise EmptyLine(ndc=line.ndc, lot=line.lot)
    if (line.turned_away > 0) != (line.turned_away_reason is not None):
        raise TurnedAwayUnexplained(ndc=line.ndc, lot=line.lot)
    if (line.patient is None) != (line.prescription is None):
        raise KitHalfNamed(ndc=line.ndc, lot=line.lot)
    if line.patient is not None and group is Group.SCHEDULE_TWO:
        raise KitNotForScheduleTwo


def settle(document: Sequence[DocumentLine], counted: Sequence[CountedLine]) -> Settlement:
    """Put what was charged beside what was counted, in the order of the count.

    A counted lot goes with the line that names it; what was charged without a lot is shared out among the lots that
    came and no line names, the last of them bearing the rest. Packages are named by one spelling of their NDC.
    """
    left, charged = list(document), list[int | None]()
    for line in counted:
        named = next((each for each in left if (each.ndc, each.lot) == (line.ndc, line.lot)), None)
        if named is not None:
            left.remove(named)
        charged.append(None if named is None else named.invoiced)
    shares = _shared(counted, charged, left)
    lines = [_settled(line, invoiced) for line, invoiced in zip(counted, shares, strict=True)]
    lines += [gone for each in left if (gone := _not_come(each)) is not None]
    found = {line.ndc for line, invoiced in zip(counted, charged, strict=True) if invoiced is None}
    missing = tuple(each for each in left if each.lot is None and each.ndc not in found)
    return Settlement(tuple(line for line in lines if line.invoiced + line.received), missing)


def _shared(
    counted: Sequence[CountedLine], charged: Sequence[int | None], left: Sequence[DocumentLine]
) -> Sequence[int]:
    """How many were charged of each counted line; ``charged`` is None where no line of the document names its lot."""
    unnamed = Counter[str]()
    for each in left:
        unnamed[each.ndc] += each.invoiced if each.lot is None else 0
    last = {line.ndc: place for place, line in enumerate(counted) if charged[place] is None}
    shares = []
    for place, line in enumerate(counted):
        if (share := charged[place]) is None:
            share = unnamed[line.ndc] if last[line.ndc] == place else min(line.came, unnamed[line.ndc])
            unnamed[line.ndc] -= share
        shares.append(share)
    return shares


def _settled(line: CountedLine, invoiced: int) -> Settled:
    return Settled(
        ndc=line.ndc,
        lot=line.lot,
        expiry=line.expiry,
        invoiced=invoiced,
        received=line.received,
        patient=line.patient,
        prescription=line.prescription,
        serials=line.serials,
    )


def _not_come(line: DocumentLine) -> Settled | None:
    """A line whose lot nobody found; one that names no lot cannot be a line of a receipt."""
    if line.lot is None or line.expiry is None:
        return None
    return Settled(ndc=line.ndc, lot=line.lot, expiry=line.expiry, invoiced=line.invoiced, received=0)
