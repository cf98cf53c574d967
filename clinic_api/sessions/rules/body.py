"""What a body can measure: a weight or a height that nobody has is refused where it is entered."""

from dataclasses import dataclass

from clinic_api.errors import Unacceptable
from clinic_api.protocols.rules.signs import Measure, Plausibility
from clinic_api.quantities import Weight

GRAMS_PER_KG = 1000
MM_PER_CM = 10


@dataclass(eq=False)
class ImpossibleMeasure(Unacceptable):
    """Nobody measures this."""

    measure: Measure
    lowest: int
    highest: int

    def __str__(self) -> str:
        return f"{self.measure} lies from {self.lowest} to {self.highest}; measure again, and mind the unit"


def check_body(*, weight: Weight | None, height_mm: int | None, limits: Plausibility) -> None:
    """Refuse a weight or height that cannot be; None was not measured.

    Raises:
        ImpossibleMeasure: outside what the protocol holds possible.
    """
    _check(Measure.WEIGHT, None if weight is None else weight.g, unit=GRAMS_PER_KG, limits=limits)
    _check(Measure.HEIGHT, height_mm, unit=MM_PER_CM, limits=limits)


def _check(measure: Measure, value: int | None, *, unit: int, limits: Plausibility) -> None:
    possible = limits.body[measure]
    if value is not None and not possible.lowest * unit <= value <= possible.highest * unit:
        raise ImpossibleMeasure(measure, possible.lowest, possible.highest)
