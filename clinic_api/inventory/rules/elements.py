"""GS1 element strings: which application identifiers a drug package carries, and what each must look like.

An element that stands on no drug package (a coupon, a bank account, a parcel's address) is not on the list: nobody
could tell where it ends, so a code with one is refused instead of being read half.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from clinic_api.errors import Unacceptable
from clinic_api.identifiers import has_check_digit

#: FNC1 as scanners send it.
GS: Final = "\x1d"
#: GS1 General Specifications 7.12: so many years ahead of this one a two-digit year may lie.
AHEAD: Final = 50
CENTURY: Final = 100
_NUMERIC: Final = re.compile(r"[0-9]*", re.ASCII)
#: GS1 General Specifications, table 7.11-1: what text in an element may be made of.
_TEXT: Final = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*", re.ASCII)
_PART: Final = re.compile(r"(\[?)([NX])(\d+)?(?:\.\.(\d+))?\]?((?:,\w+)*)", re.ASCII)
#: What is longer than this is no number of an element.
LONGEST_AI: Final = 4


class Fault(StrEnum):
    """Why a scan cannot be read, in the words a person reads."""

    EMPTY = "there is nothing in it"
    CHARACTER = "it holds a character that no GS1 code has"
    UNKNOWN_AI = "this is no element of a drug package, so nobody can tell where it ends"
    LENGTH = "the element is too short or too long"
    DIGITS = "the element holds more than digits"
    CHECK_DIGIT = "the check digit does not fit the other digits"
    DATE = "there is no such day or time"
    NOT_ZERO = "the element must begin with 0"
    BRACKETS = "the brackets do not enclose the numbers of elements"
    TWICE = "one element stands in it twice, with two values; are two packages in view?"
    SYMBOLOGY = "a code of this kind names no drug package"
    NO_PRODUCT = "no product is named in it; scan the code that has (01)"


@dataclass(eq=False)
class UnreadableScan(Unacceptable):
    """What was scanned cannot be taken as a code of a drug package."""

    failed: Fault
    element: str

    def __str__(self) -> str:
        where = f"({self.element}): " if self.element else ""
        return f"{where}{self.failed}; scan again, or type what is printed on the package"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an element's value, and what it must look like."""

    numeric: bool
    least: int
    most: int
    optional: bool
    checks: tuple[str, ...]


def _parts(spelled: str) -> tuple[Part, ...]:
    """The parts of a value, from the notation of the GS1 Syntax Dictionary: ``N6,yymmdd [N4],hhmi``."""
    found = []
    for optional, kind, exactly, at_most, checks in _PART.findall(spelled):
        least, most = (int(exactly), int(exactly)) if exactly else (1, int(at_most))
        found.append(Part(kind == "N", least, most, bool(optional), tuple(filter(None, checks.split(",")))))
    return tuple(found)


#: The elements of drug packages and of the cartons and pallets around them. Source: GS1 Syntax Dictionary.
SPELLED: Final[Mapping[str, str]] = {
    "00": "N18,csum,gcppos2",
    **dict.fromkeys(("01", "02"), "N14,csum,gcppos2"),
    "03": "N14,csum,gcppos2",
    **dict.fromkeys(("10", "21", "22", "243", "254"), "X..20"),
    **dict.fromkeys(("11", "12", "13", "15", "16", "17"), "N6,yymmd0"),
    "20": "N2",
    "235": "X..28",
    "242": "N..6",
    **dict.fromkeys(("240", "241", "250", "251", "400", "403"), "X..30"),
    **dict.fromkeys(("30", "37"), "N..8"),
    **{f"3{kind}{places}": "N6" for kind in (*range(10, 17), *range(20, 58), *range(60, 70)) for places in range(6)},
    **dict.fromkeys((f"41{kind}" for kind in range(8)), "N13,csum,gcppos1"),
    "420": "X..20",
    "421": "N3 X..9",
    "422": "N3",
    "423": "N3 [N3] [N3] [N3] [N3]",
    "7001": "N13",
    "7002": "X..30",
    "7003": "N6,yymmdd N4,hhmi",
    "7004": "N..4",
    "7005": "X..12",
    "7006": "N6,yymmdd",
    "7007": "N6,yymmdd [N6],yymmdd",
    "7008": "X..3",
    "7009": "X..10",
    "7010": "X..2",
    "7011": "N6,yymmdd [N4],hhmi",
    **dict.fromkeys(("7020", "7021", "7022"), "X..20"),
    "7023": "X..30",
    **dict.fromkeys((f"703{place}" for place in range(10)), "N3 X..27"),
    **dict.fromkeys((f"71{country}" for country in range(8)), "X..20"),
    **dict.fromkeys((f"723{place}" for place in range(10)), "X2 X..28"),
    "7240": "X..20",
    "8001": "N4 N5 N3 N1 N1",
    "8002": "X..20",
    "8003": "N1,zero N13,csum,gcppos1 [X..16]",
    "8004": "X..30",
    "8005": "N6",
    "8006": "N14,csum,gcppos2 N4",
    "8008": "N6,yymmdd N2,hh [N2],mi [N2],ss",
    "8009": "X..50",
    **dict.fromkeys(("8017", "8018"), "N18,csum,gcppos2"),
    "8019": "N..10",
    "8020": "X..25",
    "8111": "N4",
    "8200": "X..70",
    "90": "X..30",
    **dict.fromkeys((str(own) for own in range(91, 100)), "X..90"),
}
ELEMENTS: Final[Mapping[str, tuple[Part, ...]]] = {ai: _parts(spelled) for ai, spelled in SPELLED.items()}
#: Their length is known from these first two digits, so no FNC1 ends them. Source: GS1 General Specifications 7.8.4.
ENDS_BY_ITSELF: Final = frozenset(
    {"00", "01", "02", "03", "04", *map(str, range(11, 21)), *map(str, range(31, 37)), "41"}
)


def elements_of(data: str) -> Iterator[tuple[str, str]]:
    """Each element with its value, as they follow one another; FNC1 as ``GS``, also where none is needed.

    Raises:
        UnreadableScan: an element that nobody knows, or a value that cannot be one.
    """
    rest = data.removeprefix(GS)
    if not rest:
        raise UnreadableScan(Fault.EMPTY, "")
    while rest:
        ai = _named(rest)
        value, rest = _ended(ai, rest[len(ai) :])
        check_value(ai, value)
        yield ai, value
        rest = rest.removeprefix(GS)


def check_value(ai: str, value: str) -> None:
    """Refuse a value that the element cannot have.

    Raises:
        UnreadableScan: says which element and why.
    """
    if ai not in ELEMENTS:
        raise UnreadableScan(Fault.UNKNOWN_AI, ai[:LONGEST_AI])
    rest = value
    for part in ELEMENTS[ai]:
        taken, rest = rest[: part.most], rest[part.most :]
        if taken or not part.optional:
            _check_part(ai, part, taken)
    if rest:
        raise UnreadableScan(Fault.LENGTH, ai)


def day_of(yymmdd: str, *, on: date) -> date:
    """The day that six digits name; day 00 is the last of its month.

    A year lies at most 50 years ahead of ``on`` and less than 50 behind it, so no century has to be written.

    Raises:
        ValueError: there is no such day.

    Source:
        GS1 General Specifications 7.12 (the year) and 3.4 (day 00).
    """
    year, month, day = (int(yymmdd[place : place + 2]) for place in (0, 2, 4))
    year += on.year - on.year % CENTURY
    if year - on.year > AHEAD:
        year -= CENTURY
    elif year - on.year <= -AHEAD:
        year += CENTURY
    return date(year, month, day or monthrange(year, month)[1])


def _named(rest: str) -> str:
    for length in range(2, LONGEST_AI + 1):
        if rest[:length] in ELEMENTS:
            return rest[:length]
    raise UnreadableScan(Fault.UNKNOWN_AI, rest[:2] if _NUMERIC.fullmatch(rest[:2]) else "")


def _ended(ai: str, rest: str) -> tuple[str, str]:
    if ai[:2] not in ENDS_BY_ITSELF:
        value, _, after = rest.partition(GS)
        return value, after
    length = sum(part.most for part in ELEMENTS[ai])
    return rest[:length], rest[length:]


def _check_part(ai: str, part: Part, taken: str) -> None:
    if len(taken) < part.least:
        raise UnreadableScan(Fault.LENGTH, ai)
    if part.numeric and not _NUMERIC.fullmatch(taken):
        raise UnreadableScan(Fault.DIGITS, ai)
    if not _TEXT.fullmatch(taken):
        raise UnreadableScan(Fault.CHARACTER, ai)
    for name in part.checks:
        check, fault = _CHECKS.get(name, _UNCHECKED)
        if not check(taken):
            raise UnreadableScan(fault, ai)


def _is_day(yymmdd: str) -> bool:
    try:
        # A leap year is one in 1996 and in 2096 alike, and 2000 was one: any century of ours will do.
        day_of(yymmdd, on=date(2000, 1, 1))
    except ValueError:
        return False
    return True


def _is_full_day(yymmdd: str) -> bool:
    return yymmdd[4:] != "00" and _is_day(yymmdd)


def _below(limit: int) -> Callable[[str], bool]:
    return lambda digits: int(digits) < limit


_CHECKS: Final[Mapping[str, tuple[Callable[[str], bool], Fault]]] = {
    "csum": (has_check_digit, Fault.CHECK_DIGIT),
    "yymmd0": (_is_day, Fault.DATE),
    "yymmdd": (_is_full_day, Fault.DATE),
    "hh": (_below(24), Fault.DATE),
    "mi": (_below(60), Fault.DATE),
    "ss": (_below(60), Fault.DATE),
    "hhmi": (lambda digits: int(digits[:2]) < 24 and int(digits[2:]) < 60, Fault.DATE),  # noqa: PLR2004 - a clock
    "zero": (lambda digit: digit == "0", Fault.NOT_ZERO),
}
#: Who owns a company prefix is known to GS1, not here.
_UNCHECKED: Final = (lambda _: True, Fault.EMPTY)
