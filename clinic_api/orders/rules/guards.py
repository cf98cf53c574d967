"""What is questioned and what is refused before a dose is prepared; the limits are the protocol's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from clinic_api.errors import Conflict, Unacceptable
from clinic_api.orders.rules.working import DoseWorking
from clinic_api.protocols.rules.dose import DoseGuards
from clinic_api.protocols.rules.protocol import Route
from clinic_api.quantities import Concentration, DosePerWeight, Mass, Weight


class Caution(StrEnum):
    """Something unusual that may be right: it is done only with a reason."""

    MG_PER_KG_LOW = "mg_per_kg_low"
    MG_PER_KG_HIGH = "mg_per_kg_high"
    WEIGHT_CHANGED = "weight_changed"
    DOSE_CHANGED = "dose_changed"
    RATE_JUMPED = "rate_jumped"
    SHORT_DURATION = "short_duration"
    BASIS_ABOVE_ACTUAL = "basis_above_actual"
    BELOW_FORMULA_HEIGHT = "below_formula_height"


@dataclass(frozen=True)
class LastVisit:
    """What the last visit of this patient had; None is unknown and is never compared with.

    Args:
        weight: on the scale then.
        ordered: the dose then ordered, not what was given of it: an infusion stopped early would make
            today's same dose look like a rise.
        ml_per_h: the rate then ordered.
    """

    weight: Weight | None = None
    ordered: Mass | None = None
    ml_per_h: Fraction | None = None


@dataclass(eq=False)
class DoseTooHigh(Conflict):
    """The dose per kilogram is above what the protocol ever allows."""

    asked: DosePerWeight
    most: DosePerWeight

    def __str__(self) -> str:
        return f"{self.asked} is more than the {self.most} this protocol allows; lower the dose or check the weight"


@dataclass(eq=False)
class WeightCannotBe(Conflict):
    """Today's weight is too far from the last one: pounds may have been taken for kilograms."""

    now: Weight
    last: Weight
    most_percent: int

    def __str__(self) -> str:
        return (
            f"{self.now} is more than {self.most_percent} % off the last weight, {self.last}; "
            "weigh again in kilograms, and correct the last weight if that was the wrong one"
        )


@dataclass(eq=False)
class NeedsDiluent(Conflict):
    """A drug of this strength must not go into a vein undiluted."""

    strength: Concentration
    refused_from: Concentration

    def __str__(self) -> str:
        return (
            f"{self.strength} must not be given into a vein (refused from {self.refused_from}); "
            "say what it is diluted with, or draw from a weaker container"
        )


@dataclass(eq=False)
class ReasonMissing(Unacceptable):
    """Something unusual in the order needs a reason."""

    cautions: tuple[Caution, ...]

    def __str__(self) -> str:
        return f"a reason is needed for: {', '.join(self.cautions)}"


def check_mg_per_kg(mg_per_kg: DosePerWeight, guards: DoseGuards) -> Caution | None:
    """Refuse a dose that is never right, question one that is unusual.

    Raises:
        DoseTooHigh: above ``mg_per_kg_hard_high``.
    """
    if mg_per_kg > guards.mg_per_kg_hard_high:
        raise DoseTooHigh(asked=mg_per_kg, most=guards.mg_per_kg_hard_high)
    if mg_per_kg > guards.mg_per_kg_soft_high:
        return Caution.MG_PER_KG_HIGH
    return Caution.MG_PER_KG_LOW if mg_per_kg < guards.mg_per_kg_soft_low else None


def check_weight(now: Weight, *, last: Weight | None, guards: DoseGuards) -> Caution | None:
    """Refuse a weight that looks like pounds taken for kilograms, question one that moved a good deal.

    Raises:
        WeightCannotBe: the change is above ``weight_change_hard_percent`` of the last weight.
    """
    if last is None:
        return None
    if _changed_more(now.g, last.g, percent=guards.weight_change_hard_percent):
        raise WeightCannotBe(now=now, last=last, most_percent=guards.weight_change_hard_percent)
    return Caution.WEIGHT_CHANGED if _changed_more(now.g, last.g, percent=guards.weight_change_soft_percent) else None


def check_dose_change(now: Mass, *, last: Mass | None, guards: DoseGuards) -> Caution | None:
    """Question a dose that differs from the last visit's by more than ``dose_change_reason_percent``."""
    if last is None:
        return None
    return Caution.DOSE_CHANGED if _changed_more(now.ug, last.ug, percent=guards.dose_change_reason_percent) else None


def check_rate_jump(now: Fraction | None, *, last: Fraction | None, guards: DoseGuards) -> Caution | None:
    """Question a rate, mL/h, of more than ``rate_times_reason`` times the last one."""
    if now is None or last is None:
        return None
    return Caution.RATE_JUMPED if now > last * guards.rate_times_reason else None


def check_duration(duration: timedelta | None, guards: DoseGuards) -> Caution | None:
    """Question an infusion shorter than ``duration_soft_least``; an injection has no duration to question."""
    if duration is None:
        return None
    return Caution.SHORT_DURATION if duration < guards.duration_soft_least else None


def check_diluted(working: DoseWorking, guards: DoseGuards) -> None:
    """Refuse an intravenous dose that would reach the vein as strong as the label forbids.

    It goes by the strength that is given, not by whether a diluent was named: a diluent of nothing dilutes nothing.

    Raises:
        NeedsDiluent: at or above ``undiluted_refused_from``.

    Source:
        ketamine label, 100 mg/mL (config/protocols, ``guards``).
    """
    limit = guards.undiluted_refused_from
    if working.route is Route.INTRAVENOUS and working.final >= limit:
        raise NeedsDiluent(strength=working.final, refused_from=limit)


def check_working(working: DoseWorking, *, last: LastVisit, guards: DoseGuards) -> tuple[Caution, ...]:
    """Every guard at once: refuse what is never right, and list what needs a reason.

    The dose is judged twice, by the weight that counts and by the weight on the scale, because an ideal weight
    above the real one would otherwise hide a high dose.

    Raises:
        NeedsDiluent: see ``check_diluted``.
        DoseTooHigh: see ``check_mg_per_kg``.
        WeightCannotBe: see ``check_weight``.
    """
    check_diluted(working, guards)
    basis = working.basis
    found = (
        check_mg_per_kg(working.mg_per_kg, guards),
        check_mg_per_kg(working.asked_mg_per_actual_kg, guards),
        check_weight(working.body.weight, last=last.weight, guards=guards),
        check_dose_change(working.ordered, last=last.ordered, guards=guards),
        check_rate_jump(working.ml_per_h, last=last.ml_per_h, guards=guards),
        check_duration(working.duration, guards),
        Caution.BASIS_ABOVE_ACTUAL if basis.kg > working.body.weight.exact else None,
        Caution.BELOW_FORMULA_HEIGHT if basis.below_formula else None,
    )
    return tuple(caution for caution in Caution if caution in found)


def check_reasons(cautions: Iterable[Caution], reasons: Mapping[Caution, str]) -> None:
    """Refuse to go on while something unusual has no reason.

    Raises:
        ReasonMissing: a caution has no reason, or one of blanks only; it names them all.
    """
    missing = tuple(caution for caution in cautions if not reasons.get(caution, "").strip())
    if missing:
        raise ReasonMissing(missing)


def _changed_more(now: int, last: int, *, percent: int) -> bool:
    """Whether ``now`` is more than so many per cent of ``last`` away from it, counted without dividing."""
    return abs(now - last) * 100 > percent * last
