"""Which weight a dose is multiplied with: the scale's, an ideal one, or one in between."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from clinic_api.errors import Unacceptable
from clinic_api.protocols.rules.dose import WeightBasis
from clinic_api.quantities import Weight

MM_PER_INCH: Final = Fraction(254, 10)


class FormulaSex(StrEnum):
    """Which line of the weight formula the prescriber chose; it says nothing else about the person."""

    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True)
class WeightFormula:
    """One published way from height to an ideal weight, pinned by its version.

    Args:
        version: the name that every working keeps. Another coefficient is another version.
        base_kg: the ideal weight at ``from_inches``.
        kg_per_inch: what each further inch adds, and each missing one takes away.
        adjusted_share: how much of the weight above the ideal the adjusted weight keeps.
    """

    version: str
    base_kg: Mapping[FormulaSex, Fraction]
    kg_per_inch: Fraction
    from_inches: int
    adjusted_share: Fraction


#: Devine 1974 in inches; the variant with 0.91 kg/cm gives other milligrams. Source: domain notes, not checked
#: against the paper; adjusted weight with the usual 0.4.
DEVINE: Final = WeightFormula(
    version="devine-1974-inches-2.3, adjusted-0.4",
    base_kg={FormulaSex.MALE: Fraction(50), FormulaSex.FEMALE: Fraction("45.5")},
    kg_per_inch=Fraction("2.3"),
    from_inches=60,
    adjusted_share=Fraction("0.4"),
)


@dataclass(frozen=True)
class Body:
    """What was measured today.

    Args:
        height_mm: height in millimetres; None where nobody has measured it.
        formula_sex: the line of the formula; None where the prescriber has not chosen.
    """

    weight: Weight
    height_mm: int | None = None
    formula_sex: FormulaSex | None = None


@dataclass(frozen=True)
class BasisWeight:
    """The weight that the dose is multiplied with, and where it comes from.

    Args:
        kg: kilograms, not rounded.
        ideal_kg: the ideal weight it was made from; None where the scale's weight counts.
        formula: the version of the formula; None where none was needed.
        below_formula: the person is shorter than the formula was made for.
    """

    basis: WeightBasis
    kg: Fraction
    ideal_kg: Fraction | None = None
    formula: str | None = None
    below_formula: bool = False


@dataclass(eq=False)
class NoWeight(Unacceptable):
    """A dose by weight needs a weight of more than nothing: weigh the patient."""


@dataclass(eq=False)
class FormulaLacks(Unacceptable):
    """The weight formula needs something that has not been entered."""

    basis: WeightBasis
    missing: str

    def __str__(self) -> str:
        return f"the {self.basis} weight needs {self.missing}; enter it, or order by actual weight"


@dataclass(eq=False)
class TooShortForFormula(Unacceptable):
    """The formula gives no weight for this height."""

    height_mm: int

    def __str__(self) -> str:
        return f"the formula gives no weight at {self.height_mm} mm; measure again, or order by actual weight"


def basis_weight(body: Body, basis: WeightBasis, *, formula: WeightFormula = DEVINE) -> BasisWeight:
    """The weight that the milligrams per kilogram are multiplied with.

    Raises:
        NoWeight: the scale says nothing.
        FormulaLacks: height or the line of the formula is missing.
        TooShortForFormula: the formula comes to nothing or less.
    """
    if body.weight.g == 0:
        raise NoWeight
    if basis is WeightBasis.ACTUAL:
        return BasisWeight(basis=basis, kg=body.weight.exact)
    height_mm, line = _measured(body, basis)
    further_inches = height_mm / MM_PER_INCH - formula.from_inches
    ideal = formula.base_kg[line] + formula.kg_per_inch * further_inches
    if ideal <= 0:
        raise TooShortForFormula(height_mm)
    share = formula.adjusted_share if basis is WeightBasis.ADJUSTED else Fraction(0)
    return BasisWeight(
        basis=basis,
        kg=ideal + share * (body.weight.exact - ideal),
        ideal_kg=ideal,
        formula=formula.version,
        below_formula=further_inches < 0,
    )


def _measured(body: Body, basis: WeightBasis) -> tuple[int, FormulaSex]:
    """Height in millimetres and the line of the formula, or the refusal that names what is missing."""
    if body.height_mm is None:
        raise FormulaLacks(basis=basis, missing="the patient's height")
    if body.formula_sex is None:
        raise FormulaLacks(basis=basis, missing="the line of the formula (female or male)")
    return body.height_mm, body.formula_sex
