"""Weighing: what a scale showed, and the volume and the resolution that follow from it; exact until the last step."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import ClassVar, Final

from clinic_api.clinics.rules.content import Content, Origin
from clinic_api.errors import Unacceptable
from clinic_api.quantities import Counted, Quantity, Volume

PRODUCT_FIELDS: Final = ("product", "tare_g", "tare_tolerance_g", "density_g_per_ml")


@dataclass(frozen=True, order=True, slots=True)
class Grams(Counted):
    """What a scale shows, in whole milligrams."""

    mg: int
    smallest: ClassVar[str] = "mg"
    unit: ClassVar[str] = "g"
    write: ClassVar[str] = 'Write grams as text, such as "21.43".'
    as_g_text = Quantity.as_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What is known of a product's weight.

    Args:
        tare: the empty vial with its stopper.
        tolerance: how far an empty vial may be off that.
        density: of the fluid, grams in each mL; the same number says milligrams in each uL.
    """

    tare: Grams
    tolerance: Grams
    density: Fraction
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What a product list says of weighing: the clinic's scale, and each product's weights by its key."""

    resolution: Grams
    weights: Mapping[str, Weights]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed off the scale.

    Args:
        gross: container and all.
        tare: the empty container, weighed on the same scale; None for the product's own.
        scale: what the scale can tell apart; None for the clinic's scale.
    """

    gross: Grams
    tare: Grams | None = None
    scale: Grams | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What follows from a weighing, with everything it was worked out from.

    Args:
        exact_ul: the volume, microlitres, not rounded.
        resolution: how finely it can be told.
    """

    exact_ul: Fraction
    resolution: Volume
    tare: Grams
    scale: Grams
    density: Fraction


@dataclass(eq=False)
class NotWeighable(Unacceptable):
    """Nothing is known of what this product weighs."""

    container: str

    def __str__(self) -> str:
        return f"{self.container}: its product list has no density; read it off its scale, or adopt a list that has one"


@dataclass(eq=False)
class LighterThanEmpty(Unacceptable):
    """A container is said to weigh less than it does empty."""

    container: str
    gross: Grams
    tare: Grams

    def __str__(self) -> str:
        return f"{self.container}: {self.gross} is less than the {self.tare} of the empty one; weigh both again"


def weighed(typed: Typed, *, label: str, product: str, known: Scale | None, at_best: Volume) -> Weighed:
    """The volume that a weighing comes to.

    The resolution is the scale's for the gross weight, and for the tare again the scale's where the empty container
    was weighed, or the product's tolerance where it was not. It is never finer than weighing is at its best.

    Args:
        label: the container's number.
        product: the key of its product.
        known: what the product list says of weighing; None where it says nothing.
        at_best: the finest that this method is trusted with; the density is not known more exactly.

    Raises:
        NotWeighable: the density of the fluid is not known.
        LighterThanEmpty: the gross weight is below the tare.

    Source:
        config/products/, [weighing] and [[weights]].
    """
    of = None if known is None else known.weights.get(product)
    if known is None or of is None:
        raise NotWeighable(container=label)
    tare, scale = typed.tare or of.tare, typed.scale or known.resolution
    if typed.gross < tare:
        raise LighterThanEmpty(container=label, gross=typed.gross, tare=tare)
    off = scale.mg + (of.tolerance.mg if typed.tare is None else scale.mg)
    return Weighed(
        exact_ul=Fraction(typed.gross.mg - tare.mg) / of.density,
        resolution=max(Volume(ceil(off / of.density)), at_best),
        tare=tare,
        scale=scale,
        density=of.density,
    )


def read_scale(whole: Content) -> Scale | None:
    """What a drug's policy says of weighing; None in a list that is older than this."""
    if not whole.has("weighing"):
        return None
    table = whole.table("weighing", "scale_resolution_g")
    table.origin()
    rows = whole.rows("weights", *PRODUCT_FIELDS)
    return Scale(
        resolution=_grams(table, "scale_resolution_g"), weights={row.text("product"): _of(row) for row in rows}
    )


def _of(row: Content) -> Weights:
    return Weights(
        tare=_grams(row, "tare_g"),
        tolerance=_grams(row, "tare_tolerance_g"),
        density=row.exact("density_g_per_ml"),
        origin=row.origin(),
    )


def _grams(table: Content, name: str) -> Grams:
    table.exact(name)
    return Grams.exactly(table.text(name))
