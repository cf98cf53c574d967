"""Which rows of the NDC directory may become packages of a drug, and why the others may not."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from clinic_api.errors import Conflict, Refusal, Unacceptable
from clinic_api.identifiers import Ndc
from clinic_api.inventory.rules.directory import DirectoryRow
from clinic_api.inventory.rules.packaging import Packaging, read_packaging
from clinic_api.inventory.rules.products import ContainerKind, DrugPolicy
from clinic_api.quantities import PLAIN_DECIMAL, decimal_text

#: What the directory calls a vial, and which kind it says that it is; a plain VIAL says nothing.
KINDS: Final[Mapping[str, ContainerKind]] = {
    "VIAL, MULTI-DOSE": ContainerKind.MULTI_DOSE_VIAL,
    "VIAL, SINGLE-DOSE": ContainerKind.SINGLE_DOSE_VIAL,
    "VIAL, SINGLE-USE": ContainerKind.SINGLE_DOSE_VIAL,
}
PLAIN_VIALS: Final = frozenset({"VIAL", "VIAL, GLASS"})
#: The routes by which a clinic of this kind gives what it draws.
ROUTES: Final = frozenset({"INTRAVENOUS", "INTRAMUSCULAR"})
#: Milligrams in the units of mass that the directory uses.
MG_IN: Final[Mapping[str, Fraction]] = {"ug": Fraction(1, 1000), "mg": Fraction(1), "g": Fraction(1000)}
_PER_ML: Final = re.compile(r"(ug|mg|g)/(\d*\.?\d*)mL", re.ASCII)
_NUMBER: Final = re.compile(r"\d*\.?\d+", re.ASCII)
_NOT_IN_A_KEY: Final = re.compile(r"[^a-z0-9]+", re.ASCII)


class Why(StrEnum):
    """Why a row is not taken, in the words a person reads."""

    BULK = "bulk ingredient: powder for compounding is no product that a clinic stocks here"
    OTHER_DRUG = "another drug than this list is for, or several in one"
    UNSCHEDULED = "the directory gives no DEA schedule; a controlled drug without one is not taken on trust"
    OTHER_SCHEDULE = "another DEA schedule than the clinic's policy of this drug"
    NOT_INJECTABLE = "not injectable into a vein or a muscle"
    NOT_A_VIAL = "not a vial; another kind of container is listed by hand, from its label"
    PLAIN_VIAL = "the row does not say whether the vial is multi-dose; read its label and send plain_vials"
    NO_VOLUME = "the vial's content is not given in mL"
    STRENGTH = "the strength cannot be told in mg/mL with at most three decimals"
    NAMELESS = "labeler or name is missing"
    LISTED = "the clinic's list has this code"
    TWICE = "the code stands on an earlier row"


@dataclass(eq=False)
class RowRefused(Unacceptable):
    """A row of the directory is not taken."""

    why: Why

    def __str__(self) -> str:
        return f"{self.why}."


@dataclass(eq=False)
class NothingToAdopt(Unacceptable):
    """No row of the table can become a package."""

    rows: int

    def __str__(self) -> str:
        return "Look at the preview (POST /product-imports/preview); it says of each row why it is not taken."


@dataclass(eq=False)
class ListChanged(Conflict):
    """The clinic's list, or the table, is other than it was in the preview."""

    seen: str | None
    now: str

    def __str__(self) -> str:
        return "Look at the preview again and adopt what it shows now."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A table of packages that somebody wants on a drug's list.

    Args:
        drug: the key of the drug's policy.
        packages, products: the directory's tables, see ``rules.directory``.
        plain_vials: what the labels say that rows which only say VIAL are; None where nobody has read them.
        source: which copy of the directory it is; kept with each new row.
        seen: what the preview called its proposal; None for a preview.
    """

    drug: str
    packages: str
    products: str | None
    plain_vials: ContainerKind | None
    source: str
    seen: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One row with the package that it may become, or why it may not.

    Args:
        package: the row of the drug's policy that it would be; None where it is refused.
        refused: the reason as a sentence; None where it is taken.
        note: what a person should compare although the row is taken.
    """

    number: int
    ndc: str
    package: Mapping[str, Any] | None = None
    refused: str | None = None
    note: str | None = None


def judge_rows(
    rows: Iterable[DirectoryRow], *, drug: DrugPolicy, plain_vials: ContainerKind | None, source: str
) -> tuple[Judged, ...]:
    """Each row as it may be taken into a drug's policy.

    Args:
        plain_vials: what the labels say that the rows which only say VIAL are; None where nobody has read them.
        source: which copy of the directory it is, for the new rows.
    """
    known = {code for package in drug.packages for code in package.codes}
    judged: list[Judged] = []
    seen: set[Ndc] = set()
    for row in rows:
        try:
            ndc = Ndc.parse(row.ndc)
            package = _package(row, ndc, drug=drug, plain_vials=plain_vials)
            _check_new(ndc, package, known, seen)
        except Refusal as refusal:
            judged.append(Judged(number=row.number, ndc=row.ndc, refused=str(refusal)))
        else:
            seen |= _codes(ndc, package)
            note = None if row.schedule is not None else f"no schedule in the table; {drug.schedule} is the policy's"
            judged.append(Judged(number=row.number, ndc=row.ndc, package=package | {"source": source}, note=note))
    return tuple(judged)


def with_packages(content: Mapping[str, Any], judged: Sequence[Judged], *, version: int) -> dict[str, Any]:
    """A drug's policy with the taken packages behind its own.

    Raises:
        NothingToAdopt: none was taken.
    """
    taken = [dict(row.package) for row in judged if row.package is not None]
    if not taken:
        raise NothingToAdopt(rows=len(judged))
    return {**content, "version": version, "products": [*content["products"], *taken]}


def check_as_seen(*, seen: str | None, now: str) -> None:
    """Refuse to adopt other than what somebody looked at.

    Raises:
        ListChanged: it is.
    """
    if seen != now:
        raise ListChanged(seen=seen, now=now)


def _package(row: DirectoryRow, ndc: Ndc, *, drug: DrugPolicy, plain_vials: ContainerKind | None) -> dict[str, Any]:
    _check_drug(row, drug)
    packaging = read_packaging(row.description, ndc=ndc)
    kind = KINDS.get(packaging.container, plain_vials if packaging.container in PLAIN_VIALS else None)
    if kind is None:
        raise RowRefused(Why.PLAIN_VIAL if packaging.container in PLAIN_VIALS else Why.NOT_A_VIAL)
    strength, volume = _strength(row), _volume(packaging)
    name = (row.proprietary or row.nonproprietary or "").strip()
    if not name or not row.labeler:
        raise RowRefused(Why.NAMELESS)
    words = kind.replace("_", " ").replace("multi dose", "multi-dose").replace("single dose", "single-dose")
    return {
        "key": _NOT_IN_A_KEY.sub("-", f"{drug.drug}-{strength}-mg-ml-{volume}-ml-{ndc}"),
        "default": False,
        "name": f"{name} {strength} mg/mL, {volume} mL {words}",
        "labeler": row.labeler,
        "ndc": str(ndc),
        "ndc11": ndc.eleven_digits,
        **({} if packaging.inner in (None, ndc) else {"inner_ndc": str(packaging.inner)}),
        "form": row.form,
        "vials_per_package": packaging.units,
        "strength_mg_per_ml": strength,
        "volume_ml": volume,
        "container": str(kind),
        "status": "unchecked",
    }


def _check_drug(row: DirectoryRow, drug: DrugPolicy) -> None:
    if "BULK" in (row.category or "").upper() or (row.form or "").upper() in {"POWDER", "CRYSTAL"}:
        raise RowRefused(Why.BULK)
    said = (row.substance or "").upper()
    if ";" in said or said.split(" ")[0] != drug.drug.upper():
        raise RowRefused(Why.OTHER_DRUG)
    if row.schedule == "":
        raise RowRefused(Why.UNSCHEDULED)
    if row.schedule not in (None, drug.schedule):
        raise RowRefused(Why.OTHER_SCHEDULE)
    if not (row.form or "").upper().startswith("INJECTION") or not ROUTES & set((row.route or "").upper().split("; ")):
        raise RowRefused(Why.NOT_INJECTABLE)


def _check_new(ndc: Ndc, package: Mapping[str, Any], known: set[Ndc], seen: set[Ndc]) -> None:
    codes = _codes(ndc, package)
    if codes & known:
        raise RowRefused(Why.LISTED)
    if codes & seen:
        raise RowRefused(Why.TWICE)


def _codes(ndc: Ndc, package: Mapping[str, Any]) -> set[Ndc]:
    return {ndc, *(Ndc.parse(package[name]) for name in ("inner_ndc",) if name in package)}


def _strength(row: DirectoryRow) -> str:
    unit, number = _PER_ML.fullmatch(row.unit or ""), _NUMBER.fullmatch(row.strength or "")
    if unit is None or number is None:
        raise RowRefused(Why.STRENGTH)
    return _plain(Fraction(number[0]) * MG_IN[unit[1]] / Fraction(unit[2] or 1), Why.STRENGTH)


def _volume(packaging: Packaging) -> str:
    if packaging.unit != "mL":
        raise RowRefused(Why.NO_VOLUME)
    return _plain(packaging.amount, Why.NO_VOLUME)


def _plain(exact: Fraction, why: Why) -> str:
    text = decimal_text(exact)
    if not PLAIN_DECIMAL.fullmatch(text) or Fraction(text) != exact or not exact:
        raise RowRefused(why)
    return text
