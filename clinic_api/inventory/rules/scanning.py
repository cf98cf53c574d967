"""Reading what a scanner sent, or a person typed from the package: whose code it is, lot, expiry and serial number."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from clinic_api.errors import Unacceptable
from clinic_api.identifiers import AmbiguousNdc, Gtin14, Ndc
from clinic_api.inventory.rules.elements import Fault, UnreadableScan, check_value, day_of, elements_of
from clinic_api.inventory.rules.products import DrugPolicy, Package

#: Scanners that say which symbology they read begin with one of these. Source: GS1 General Specifications 5.1.6.
ELEMENT_STRINGS: Final = ("]d2", "]C1", "]e0", "]Q3", "]J1")
#: Codes that hold plain data: a number of a package, or a label of ours.
PLAIN: Final = ("]E0", "]I1", "]I0", "]d1", "]Q1", "]Q0", "]C0")
#: How the code on a label of ours begins; the container's id follows, in hexadecimal.
OURS: Final = "IC:"
LONGEST: Final = 500
_LABEL: Final = re.compile(rf"{OURS}([0-9A-F]{{32}})", re.ASCII)
_NUMBER: Final = re.compile(r"[A-Z]-[0-9]{3,9}(?:/[0-9]{1,4})?", re.ASCII)
_NDC: Final = re.compile(r"[0-9]{10,11}|[0-9]+-[0-9]+-[0-9]+", re.ASCII)
_GTIN: Final = re.compile(r"[0-9]{12,14}", re.ASCII)
_BRACKETED: Final = re.compile(r"\(([0-9]{2,4})\)((?:\\\(|[^(])*)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What one code says; each field is None where it does not say it.

    Args:
        gtin: the number in the code, which names a package of some maker.
        ndc: a drug code as it stands on the package, where no barcode was read.
        expiry: the last day on which it may be used.
        container: a container of ours, by the code of its label.
        number: likewise, by the number that is written on it.
    """

    gtin: Gtin14 | None = None
    ndc: str | None = None
    lot: str | None = None
    expiry: date | None = None
    serial: str | None = None
    container: UUID | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPackage:
    """The package that a code names.

    Args:
        ndc: the code that was read, of the box or of what is in it.
        units: how many vials or devices stand behind it.
    """

    drug: DrugPolicy
    package: Package
    ndc: Ndc
    units: int


@dataclass(eq=False)
class NotStocked(Unacceptable):
    """What was scanned is on none of the clinic's product lists."""

    scanned: str
    may_be: tuple[str, ...]
    lot: str | None
    expiry: date | None

    def __str__(self) -> str:
        return (
            f"{self.scanned} is {' or '.join(self.may_be)} and on no product list; compare it with the package, "
            "and adopt a list that has it (POST /product-imports)"
        )


@dataclass(eq=False)
class CaseOfPackages(Unacceptable):
    """The code names a case of packages, and not how many are in it."""

    gtin: str

    def __str__(self) -> str:
        return f"{self.gtin} stands for a case; open it and scan a package"


def code_of(container: UUID) -> str:
    """What the barcode on a label of ours holds: nothing but the container's id."""
    return f"{OURS}{container.hex.upper()}"


def read_scan(text: str, *, on: date) -> Scanned:
    """What a code says; it is read the same with or without symbology, FNC1 in front, brackets, and in any order.

    Args:
        text: as the scanner sent it, FNC1 as GS (0x1D); or as it is printed, with brackets.
        on: today, by which a two-digit year finds its century.

    Raises:
        UnreadableScan, InvalidGtin: it cannot be read; says why.
    """
    symbology, data = _opened(text)
    plain = None if symbology in ELEMENT_STRINGS else _plain(data)
    return plain or _of_elements(elements_in(text), on)


def elements_in(text: str) -> Mapping[str, str]:
    """Every element that a code holds, by its number.

    Raises:
        UnreadableScan: it is no element string; says why.
    """
    _, data = _opened(text)
    said: dict[str, str] = {}
    for ai, value in _bracketed(data) if data.startswith("(") else elements_of(data):
        if said.setdefault(ai, value) != value:
            raise UnreadableScan(Fault.TWICE, ai)
    return said


def find_scanned(scanned: Scanned, drugs: Iterable[DrugPolicy]) -> FoundPackage:
    """The package on the clinic's lists that a code names.

    Raises:
        AmbiguousNdc: the digits are those of several packages.
        InvalidNdc, InvalidGtin: they are those of none.
        NotStocked: the clinic has no such package on its lists.
        CaseOfPackages: it is the number of a case.
    """
    stocked = [(drug, package) for drug in drugs for package in drug.packages]
    known = frozenset(code for _, package in stocked for code in package.codes)
    read = _ndc_of(scanned, known)
    for drug, package in stocked:
        if read in package.codes:
            return FoundPackage(drug=drug, package=package, ndc=read, units=package.units_under(read))
    raise _not_stocked(scanned, (str(read),))


def _ndc_of(scanned: Scanned, known: frozenset[Ndc]) -> Ndc:
    if scanned.gtin is None:
        return Ndc.parse(scanned.ndc, known=known)
    if scanned.gtin.digits[0] != "0":
        raise CaseOfPackages(gtin=str(scanned.gtin))
    try:
        return Ndc.from_gtin14(scanned.gtin, known=known)
    except AmbiguousNdc as several:
        # A barcode has no hyphens, so every unknown one is ambiguous; only two of our own packages really are.
        if sum(str(ndc) in several.candidates for ndc in known) > 1:
            raise
        raise _not_stocked(scanned, several.candidates) from None


def _not_stocked(scanned: Scanned, may_be: tuple[str, ...]) -> NotStocked:
    read = str(scanned.gtin or scanned.ndc)
    return NotStocked(scanned=read, may_be=may_be, lot=scanned.lot, expiry=scanned.expiry)


def _opened(text: str) -> tuple[str, str]:
    """The symbology that the scanner says it read, if it says so, and what stood in the code."""
    data = text.rstrip("\r\n")
    symbology, data = (data[:3], data[3:]) if data.startswith("]") else ("", data)
    if symbology and symbology not in ELEMENT_STRINGS + PLAIN:
        raise UnreadableScan(Fault.SYMBOLOGY, "")
    if not data:
        raise UnreadableScan(Fault.EMPTY, "")
    return symbology, data


def _plain(data: str) -> Scanned | None:
    """A label of ours, or a number of a package by itself; None for everything else."""
    if label := _LABEL.fullmatch(data):
        return Scanned(container=UUID(hex=label[1]))
    if _NUMBER.fullmatch(data):
        return Scanned(number=data)
    if _NDC.fullmatch(data):
        return Scanned(ndc=data)
    if _GTIN.fullmatch(data):
        return Scanned(gtin=Gtin14(data.rjust(14, "0")))
    return None


def _bracketed(data: str) -> Iterable[tuple[str, str]]:
    place = 0
    while place < len(data):
        found = _BRACKETED.match(data, place)
        if found is None:
            raise UnreadableScan(Fault.BRACKETS, "")
        ai, value = found[1], found[2].replace("\\(", "(")
        check_value(ai, value)
        yield ai, value
        place = found.end()


def _of_elements(said: Mapping[str, str], on: date) -> Scanned:
    if "01" not in said:
        raise UnreadableScan(Fault.NO_PRODUCT, "")
    return Scanned(
        gtin=Gtin14(said["01"]),
        lot=said.get("10"),
        expiry=day_of(said["17"], on=on) if "17" in said else None,
        serial=said.get("21"),
    )
