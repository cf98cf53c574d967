"""The dose rule of a protocol, and the guards around it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from clinic_api.clinics.rules.content import Content, Origin
from clinic_api.protocols.rules.signs import MINUTE
from clinic_api.quantities import Concentration, DosePerWeight, Mass


class WeightBasis(StrEnum):
    """Which weight the milligrams per kilogram are multiplied with."""

    ACTUAL = "actual"
    IDEAL = "ideal"
    ADJUSTED = "adjusted"


@dataclass(frozen=True)
class DoseRule:
    """What the protocol proposes before a prescriber decides.

    Args:
        mg_per_kg: how much drug for the weight, exact.
        lasts: how long the infusion runs.
        weight_basis: the weight it is multiplied with.
        max_dose: the cap, where the clinic has one; None is no cap, never a cap of nothing.
    """

    mg_per_kg: DosePerWeight
    lasts: timedelta
    weight_basis: WeightBasis
    max_dose: Mass | None
    origin: Origin


@dataclass(frozen=True)
class DoseGuards:
    """When an order is questioned (soft) or refused (hard).

    Args:
        mg_per_kg_soft_low: below asks for a confirmation.
        mg_per_kg_soft_high: above asks for a confirmation.
        mg_per_kg_hard_high: above is refused.
        weight_change_soft_percent: change since the last visit; above asks (pounds taken for kilograms).
        weight_change_hard_percent: above is refused.
        dose_change_reason_percent: change from the last session's dose; above needs a reason.
        rate_times_reason: how many times the last rate; above needs a reason.
        duration_soft_least: shorter asks for a confirmation.
        undiluted_refused_from: at or above, an intravenous order without a diluent is refused.
    """

    mg_per_kg_soft_low: DosePerWeight
    mg_per_kg_soft_high: DosePerWeight
    mg_per_kg_hard_high: DosePerWeight
    weight_change_soft_percent: int
    weight_change_hard_percent: int
    dose_change_reason_percent: int
    rate_times_reason: Fraction
    duration_soft_least: timedelta
    undiluted_refused_from: Concentration
    origin: Origin


def read_dose(table: Content) -> DoseRule:
    """The dose rule.

    Raises:
        MalformedContent: a field is missing or wrong.
    """
    return DoseRule(
        mg_per_kg=DosePerWeight(table.exact("mg_per_kg")),
        lasts=table.span("minutes", MINUTE, least=1),
        weight_basis=table.choice("weight_basis", WeightBasis),
        max_dose=Mass.rounded(table.exact("max_dose_mg") * 1000) if table.has("max_dose_mg") else None,
        origin=table.origin(),
    )


def read_guards(table: Content) -> DoseGuards:
    """The dose guards; a soft limit never lies outside its hard one.

    Raises:
        MalformedContent: a field is missing or wrong, or soft and hard limits are in the wrong order.
    """
    guards = DoseGuards(
        mg_per_kg_soft_low=DosePerWeight(table.exact("mg_per_kg_soft_low")),
        mg_per_kg_soft_high=DosePerWeight(table.exact("mg_per_kg_soft_high")),
        mg_per_kg_hard_high=DosePerWeight(table.exact("mg_per_kg_hard_high")),
        weight_change_soft_percent=table.whole("weight_change_soft_percent", least=1),
        weight_change_hard_percent=table.whole("weight_change_hard_percent", least=1),
        dose_change_reason_percent=table.whole("dose_change_reason_percent", least=1),
        rate_times_reason=table.exact("rate_times_reason"),
        duration_soft_least=table.span("duration_soft_least_minutes", MINUTE),
        undiluted_refused_from=Concentration(table.exact("undiluted_refused_from_mg_per_ml")),
        origin=table.origin(),
    )
    if not guards.mg_per_kg_soft_low < guards.mg_per_kg_soft_high <= guards.mg_per_kg_hard_high:
        raise table.refusal("mg_per_kg_soft_high", "must lie above the soft low and not above the hard high")
    if guards.weight_change_soft_percent > guards.weight_change_hard_percent:
        raise table.refusal("weight_change_soft_percent", "must not lie above the hard percentage")
    return guards
