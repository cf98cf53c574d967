"""How a package is described in the FDA's NDC directory: boxes in boxes, and so much in the innermost."""

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Final

from clinic_api.errors import Unacceptable
from clinic_api.identifiers import Ndc

#: ``10 VIAL, MULTI-DOSE in 1 BOX (0409-2051-05)``; a level begins after ``>``, in newer copies after ``/``.
_COUNT: Final = re.compile(r"\d+|\d*\.\d+", re.ASCII)
_NAMED: Final = re.compile(r"([^()]+)(?:\(([0-9-]+)\))?", re.ASCII)
_BETWEEN: Final = re.compile(r"\s+(?:>|/)\s+", re.ASCII)
_PARTS: Final = re.compile(r"\*|\bKIT\b", re.ASCII)


class Unclear(StrEnum):
    """Why a description says no single package, in the words a person reads."""

    KIT = "a kit of several parts is listed by hand, from its label"
    SHAPE = 'it is not written as "10 VIAL in 1 CARTON (code) > 20 mL in 1 VIAL"'
    CHAIN = "what is in one level is not what the next one describes"
    WHOLE = "a level does not hold a whole number"
    OTHER_CODE = "it does not name the code of this row"


@dataclass(eq=False)
class UnclearPackaging(Unacceptable):
    """A package's description cannot be taken as one package of equal containers."""

    described: str
    why: Unclear

    def __str__(self) -> str:
        return f"{self.described!r}: {self.why}; compare it with the package"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaging:
    """A package of equal containers.

    Args:
        units: how many containers are in the package.
        container: what they are, as the directory says it: ``VIAL, MULTI-DOSE``.
        amount, unit: how much is in one: 20, ``mL``.
        inner: the code on one container, where it is another than the package's.
    """

    units: int
    container: str
    amount: Fraction
    unit: str
    inner: Ndc | None


def read_packaging(text: str, *, ndc: Ndc) -> Packaging:
    """What a description says of the package that carries ``ndc``.

    Raises:
        UnclearPackaging: it says no such package; says why.
        InvalidNdc, AmbiguousNdc: a code in it cannot be read.
    """
    if _PARTS.search(text):
        raise UnclearPackaging(text, Unclear.KIT)
    known = [_level(level.strip(), text) for level in _BETWEEN.split(text.strip())]
    for (_, what, _, _), (_, _, into, _) in pairwise(known):
        if what != into:
            raise UnclearPackaging(text, Unclear.CHAIN)
    codes = [Ndc.parse(code) if code else None for *_, code in known]
    if ndc not in codes:
        raise UnclearPackaging(text, Unclear.OTHER_CODE)
    outer = codes.index(ndc)
    amount, unit, container, _ = known[-1]
    return Packaging(
        units=_units([count for count, *_ in known[outer:-1]], text),
        container=container,
        amount=Fraction(amount),
        unit=unit,
        inner=codes[-1] if outer < len(codes) - 1 else None,
    )


def _level(said: str, text: str) -> tuple[str, str, str, str | None]:
    """How many of what are in one of what, and the code that it carries."""
    count, _, rest = said.partition(" ")
    what, within, rest = rest.partition(" in 1 ")
    named = _NAMED.fullmatch(rest)
    if not _COUNT.fullmatch(count) or not what or not within or named is None or not named[1].strip():
        raise UnclearPackaging(text, Unclear.SHAPE)
    return count, what, named[1].strip(), named[2]


def _units(counts: list[str], text: str) -> int:
    """Containers in the package: so many of the next level in each level, down to the innermost."""
    units = 1
    for count in counts:
        if not count.isdecimal() or int(count) == 0:
            raise UnclearPackaging(text, Unclear.WHOLE)
        units *= int(count)
    return units
