"""The accountability audit: what a registrant must account for, what was accounted for, and what lies between.

A variance is printed, never refused. What is refused nowhere but always told is a fault of our own sums.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

from clinic_api.errors import Conflict
from clinic_api.inventory.rules.moves import Kind
from clinic_api.inventory.rules.tallies import Tally
from clinic_api.quantities import Concentration, Mass


class Line(StrEnum):
    """The lines of an audit, in the order in which an inspector reads them."""

    OPENING_COUNT = "opening-count"
    RECEIVED = "received"
    TRANSFERRED_IN = "transferred-in"
    RETURNED_TO_STOCK = "returned-to-stock"
    OVERFILL_FOUND = "overfill-found"
    ADMINISTERED = "administered"
    DISPENSED = "dispensed"
    WASTED = "wasted"
    TRANSFERRED_OUT = "transferred-out"
    REVERSE_DISTRIBUTED = "reverse-distributed"
    DESTROYED = "destroyed"
    BREAKAGE = "breakage"
    DEAD_SPACE = "dead-space"
    REPORTED_LOSS = "reported-loss"
    CLOSING_COUNT = "closing-count"


#: What is accountable for (A); every other line is accounted for (B).
ACCOUNTABLE_FOR: Final = frozenset(
    {Line.OPENING_COUNT, Line.RECEIVED, Line.TRANSFERRED_IN, Line.RETURNED_TO_STOCK, Line.OVERFILL_FOUND}
)
#: Where each kind of move stands. None for drug that stays in containers of ours, and for adjustments: they bring the
#: book to what was counted, and as a line they would hide the variance. A new kind is one line here.
LINE_OF: Final[Mapping[Kind, Line | None]] = {
    Kind.RECEIVED: Line.RECEIVED,
    Kind.OVERFILL_FOUND: Line.OVERFILL_FOUND,
    Kind.DRAWN: None,
    Kind.ADMINISTERED: Line.ADMINISTERED,
    Kind.WASTED: Line.WASTED,
    Kind.RETURNED: Line.REVERSE_DISTRIBUTED,
    Kind.TRANSFERRED_IN: Line.TRANSFERRED_IN,
    Kind.TRANSFERRED_OUT: Line.TRANSFERRED_OUT,
    Kind.SENT_TO_REVERSE_DISTRIBUTOR: Line.REVERSE_DISTRIBUTED,
    Kind.DESTROYED: Line.DESTROYED,
    Kind.BROKEN: Line.BREAKAGE,
    Kind.HUB_LOSS: Line.DEAD_SPACE,
    Kind.LOST: Line.REPORTED_LOSS,
    Kind.ADJUSTED_IN: None,
    Kind.ADJUSTED_OUT: None,
}


class Finding(StrEnum):
    """How our own sums can fail; neither has anything to do with a count."""

    LINES_DIFFER = "lines-differ"
    BALANCES_DIFFER = "balances-differ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One place where our own sums do not agree.

    Args:
        difference_ug: what the lines, or the kept balances, say beyond what the moves say.
        containers: the numbers of the containers it is about, where it is about some.
    """

    finding: Finding
    difference_ug: int
    containers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One product under one registration; strengths are never pooled."""

    registration: UUID
    dea_number: str
    product: str
    product_name: str
    ndc: str
    concentration: Concentration


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One move across the border of the book.

    Args:
        incoming: it came into a container of ours. What comes back on a line that counts what left is taken off it.
        whole: a whole vial moved, so that it also counts as a container.
        evidence: the record that an inspector asks for: the receipt, the waste, else the move itself.
    """

    line: Line
    incoming: bool
    mass: Mass
    whole: bool
    evidence: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """One line of an audit.

    Args:
        containers: how many whole containers are in it.
        mass_ug: micrograms; below zero only where more was taken back than happened in the period.
        exact_ul: the same as fluid at the labelled strength, microlitres, not rounded.
        evidence: the ids of the records that prove it.
    """

    line: Line
    containers: int
    mass_ug: int
    exact_ul: Fraction
    evidence: tuple[UUID, ...]

    @property
    def accountable_for(self) -> bool:
        """Whether it stands on side A."""
        return self.line in ACCOUNTABLE_FOR

    @property
    def side(self) -> str:
        """A for accountable for, B for accounted for."""
        return "A" if self.accountable_for else "B"


@dataclass(frozen=True, slots=True, kw_only=True)
class LateEntry:
    """A move that was written down later than it happened, or on the other side of a count.

    Args:
        counted: it stands in the lines of this period. Where not, it happened before the opening count and the
            book learned of it after.
    """

    move: UUID
    line: Line | None
    mass: Mass
    occurred_at: datetime
    recorded_at: datetime
    reason: str | None
    counted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An accountability audit of one product between two physical counts.

    Args:
        lines: every line, in order, also those of nothing; a count that was not made has none.
        faults: where our own sums fail; empty in a sound book.
    """

    of: Subject
    opening: Tally | None
    closing: Tally | None
    lines: tuple[AccountLine, ...]
    late: tuple[LateEntry, ...]
    faults: tuple[Fault, ...]

    @property
    def accountable_for_ug(self) -> int | None:
        """A: the opening count and all that came; unknown without an opening count."""
        return None if self.opening is None else sum(line.mass_ug for line in self.lines if line.accountable_for)

    @property
    def accounted_for_ug(self) -> int | None:
        """B: all that left and the closing count; unknown without a closing count."""
        return None if self.closing is None else sum(line.mass_ug for line in self.lines if not line.accountable_for)

    @property
    def variance_ug(self) -> int | None:
        """B less A: below zero is a shortage; unknown without both counts."""
        if self.accountable_for_ug is None or self.accounted_for_ug is None:
            return None
        return self.accounted_for_ug - self.accountable_for_ug

    @property
    def variance_percent(self) -> Fraction | None:
        """The variance as hundredths of A; unknown where there is none, or nothing to account for."""
        if self.variance_ug is None or not self.accountable_for_ug:
            return None
        return Fraction(100 * self.variance_ug, self.accountable_for_ug)


@dataclass(eq=False)
class CountUnderWay(Conflict):
    """A blind count is open, and an audit would tell the counter what to find."""

    locations: tuple[str, ...]

    def __str__(self) -> str:
        return f"Enter the count of {', '.join(self.locations)} first; the audit can then be drawn up."


def check_nobody_counts(locations: Iterable[str]) -> None:
    """Refuse to show the book while somebody counts blind.

    Args:
        locations: the names of those that are being counted.

    Raises:
        CountUnderWay: there are some.
    """
    if open_now := tuple(sorted(locations)):
        raise CountUnderWay(locations=open_now)


def lines_of(
    posted: Iterable[Posted], *, opening: Tally | None, closing: Tally | None, concentration: Concentration
) -> tuple[AccountLine, ...]:
    """Every line of an audit in order, with what proves it.

    Args:
        concentration: as the label says; fluid is derived from mass by it.

    Source:
        The equation of an accountability audit; its categories follow 21 CFR 1304.22.
    """
    moved: dict[Line, list[Posted]] = defaultdict(list)
    for each in posted:
        moved[each.line].append(each)
    counted = {Line.OPENING_COUNT: opening, Line.CLOSING_COUNT: closing}
    lines = []
    for line in Line:
        made = counted.get(line)
        if line not in counted:
            lines.append(_moved_line(line, moved[line], concentration))
        elif made is not None:
            lines.append(_count_line(line, made, concentration))
    return tuple(lines)


def faults_of(
    lines: Iterable[AccountLine], *, change_ug: int, balances: Mapping[str, tuple[int, int]]
) -> tuple[Fault, ...]:
    """Where our own sums fail: the lines against the ends of the moves, the kept balances against their moves.

    Args:
        change_ug: what came into our containers less what left them, summed by their ends alone, micrograms.
        balances: each container's kept balance beside the one its moves give, by its number.
    """
    said = sum(_signed(line) for line in lines)
    off = {label: kept - moved for label, (kept, moved) in balances.items() if kept != moved}
    found = []
    if said != change_ug:
        found.append(Fault(finding=Finding.LINES_DIFFER, difference_ug=said - change_ug))
    if off:
        labels = tuple(sorted(off))
        found.append(Fault(finding=Finding.BALANCES_DIFFER, difference_ug=sum(off.values()), containers=labels))
    return tuple(found)


def _signed(line: AccountLine) -> int:
    if line.line in {Line.OPENING_COUNT, Line.CLOSING_COUNT}:
        return 0
    return line.mass_ug if line.accountable_for else -line.mass_ug


def _moved_line(line: Line, posted: list[Posted], concentration: Concentration) -> AccountLine:
    adds = line in ACCOUNTABLE_FOR
    signed = [(1 if each.incoming is adds else -1, each) for each in posted]
    mass_ug = sum(sign * each.mass.ug for sign, each in signed)
    return AccountLine(
        line=line,
        containers=sum(sign for sign, each in signed if each.whole),
        mass_ug=mass_ug,
        exact_ul=mass_ug / concentration.exact,
        evidence=tuple(dict.fromkeys(each.evidence for each in posted)),
    )


def _count_line(line: Line, made: Tally, concentration: Concentration) -> AccountLine:
    return AccountLine(
        line=line,
        containers=made.full + made.opened,
        mass_ug=made.found.ug,
        exact_ul=made.found.ug / concentration.exact,
        evidence=made.counts,
    )
