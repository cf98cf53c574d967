"""Serial numbers: one for each vial, or one for each package of several; none comes twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from clinic_api.errors import Conflict, Unacceptable
from clinic_api.inventory.rules.elements import check_value

#: The element of a code that holds a serial number. Source: GS1 General Specifications 3.5.2.
SERIAL: Final = "21"


@dataclass(frozen=True, slots=True)
class Numbered:
    """The serial number of one vial, and which one of its package it is, from one."""

    serial: str
    place: int


@dataclass(eq=False)
class SerialsDoNotFit(Unacceptable):
    """There are neither as many serial numbers as vials nor as many as packages."""

    ndc: str
    lot: str
    serials: int
    vials: int
    packages: int

    def __str__(self) -> str:
        return (
            f"{self.ndc}, lot {self.lot}: write {self.vials} serial numbers, one for each vial, or {self.packages}, "
            f"one for each package, not {self.serials}; or leave them out"
        )


@dataclass(eq=False)
class SerialTwice(Unacceptable):
    """A serial number stands twice in one delivery."""

    serial: str

    def __str__(self) -> str:
        return f"{self.serial} was read twice; read each package once"


@dataclass(eq=False)
class SerialKnown(Conflict):
    """A package with this serial number was received before."""

    serial: str
    container: str

    def __str__(self) -> str:
        return (
            f"{self.serial} is {self.container}, which is in the book; compare the package with it, set it apart, and "
            "ask the supplier: no two packages have one number"
        )


def numbered(serials: Sequence[str], *, vials: int, units: int) -> tuple[Numbered, ...]:
    """Which serial number each vial of a line has, in their order; of a line without numbers, none.

    Args:
        units: how many vials a package of the product holds; the last one of a line may hold fewer.

    Raises:
        UnreadableScan: a number that no package can bear.
        SerialTwice, SerialsDoNotFit: so it is.
    """
    if not serials:
        return ()
    for serial in serials:
        check_value(SERIAL, serial)
    check_each_once(serials)
    if len(serials) == vials:
        return tuple(Numbered(serial, 1) for serial in serials)
    return tuple(Numbered(serials[n // units], n % units + 1) for n in range(vials))


def check_fit(serials: Sequence[str], *, ndc: str, lot: str, vials: int, units: int) -> None:
    """Refuse serial numbers that are neither one for each vial nor one for each package of a line; see ``numbered``."""
    packages = -(-vials // units)
    if serials and len(serials) not in (vials, packages):
        raise SerialsDoNotFit(ndc=ndc, lot=lot, serials=len(serials), vials=vials, packages=packages)
    numbered(serials, vials=vials, units=units)


def check_each_once(serials: Iterable[str]) -> None:
    """Refuse a number that was read twice.

    Raises:
        SerialTwice: names it.
    """
    seen: set[str] = set()
    for serial in serials:
        if serial in seen:
            raise SerialTwice(serial=serial)
        seen.add(serial)
