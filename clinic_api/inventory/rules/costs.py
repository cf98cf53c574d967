"""What drug costs: whole cents, kept apart from everything an inspector sees (21 USC 880(b)(4))."""

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from clinic_api.errors import Unacceptable

#: Up to ten million dollars a vial; no sign, no exponent, no other digits than these.
PLAIN_DOLLARS: Final = re.compile(r"(0|[1-9][0-9]{0,6})(?:\.([0-9]{1,2}))?", re.ASCII)
CENTS: Final = 100


class NotAPrice(Unacceptable):
    """This is no amount of money."""

    def __str__(self) -> str:
        return 'Write dollars as text with at most two decimals, such as "12.50".'


@dataclass(eq=False)
class NotALineOfIt(Unacceptable):
    """A price is told of something that is no line of this receipt, or twice of one line."""

    line: UUID

    def __str__(self) -> str:
        return f"{self.line}: name each line of the receipt once at most"


@dataclass(frozen=True, slots=True)
class LinePrice:
    """What one vial of a receipt's line cost, in cents."""

    line: UUID
    unit_cents: int


def parse_dollars(text: object) -> int:
    """Cents from plain decimal text.

    Raises:
        NotAPrice: it is none.
    """
    read = PLAIN_DOLLARS.fullmatch(text) if isinstance(text, str) else None
    if read is None:
        raise NotAPrice
    return int(read[1]) * CENTS + int((read[2] or "").ljust(2, "0"))


def as_dollars(cents: int) -> str:
    """Cents as plain decimal text with two decimals."""
    return f"{cents // CENTS}.{cents % CENTS:02d}"


def check_lines(prices: tuple[LinePrice, ...], *, lines: frozenset[UUID]) -> None:
    """Refuse a price of another receipt's line, and two of one line.

    Raises:
        NotALineOfIt: names it.
    """
    seen = set[UUID]()
    for price in prices:
        if price.line not in lines or price.line in seen:
            raise NotALineOfIt(line=price.line)
        seen.add(price.line)
