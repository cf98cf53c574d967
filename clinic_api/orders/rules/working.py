"""The working of one dose: from the order and today's weight to what is drawn up and what the pump is set to."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from clinic_api.errors import Unacceptable
from clinic_api.orders.rules.rates import UG_PER_MG, NoDrug, ml_per_h_over, ug_per_min
from clinic_api.orders.rules.series import SeriesOrder, dose_of
from clinic_api.orders.rules.weights import BasisWeight, Body, basis_weight
from clinic_api.protocols.rules.protocol import Route
from clinic_api.quantities import Concentration, DosePerWeight, Mass, Rate, Volume


class MadeUp(StrEnum):
    """How the diluent was made up with the drug: the final volume depends on it."""

    WITHDRAW_FIRST = "withdraw_first"
    ADD_TO_BAG = "add_to_bag"


@dataclass(frozen=True)
class Diluent:
    """What the drug is diluted with.

    Args:
        volume: what the bag or syringe comes to in all where as much fluid is withdrawn before the drug
            goes in; what it held before where the drug is added to it.
    """

    volume: Volume
    made_up: MadeUp


@dataclass(frozen=True)
class DoseWorking:
    """Every figure on the way from the order to the pump, kept as it was used.

    Args:
        body: what was measured today.
        basis: the weight that was multiplied, the version of its formula with it.
        mg_per_kg: the dose of this visit: the order's, or chosen within its range.
        uncapped: dose times weight, rounded half to even to whole micrograms.
        cap: the most the order allows; None is no cap.
        ordered: the lesser of the two, before any syringe.
        label: the strength that the container's label says.
        drawn_volume: undiluted drug, as a syringe can be read to it.
        drawn: the drug in exactly that volume: what the ledger, the pump and the chart go by.
        diluent: what it was made up with; None is given as drawn.
        final_volume: what there is to give, diluent included.
        final: the strength of that.
        duration: how long it runs; None for an injection, which has neither rate.
        ml_per_h: the rate, not rounded.
        pump: the nearest rate that a pump can be set to.
    """

    route: Route
    body: Body
    basis: BasisWeight
    mg_per_kg: DosePerWeight
    uncapped: Mass
    cap: Mass | None
    ordered: Mass
    label: Concentration
    drawn_volume: Volume
    drawn: Mass
    diluent: Diluent | None
    final_volume: Volume
    final: Concentration
    duration: timedelta | None
    ml_per_h: Fraction | None
    pump: Rate | None

    @property
    def capped(self) -> bool:
        """Whether the cap made the dose smaller; if so, ``effective_mg_per_kg`` must be shown."""
        return self.ordered < self.uncapped

    @property
    def effective_mg_per_kg(self) -> DosePerWeight:
        """What the drawn drug comes to for each kilogram of the weight that counts."""
        return DosePerWeight(self.drawn.exact / self.basis.kg)

    @property
    def asked_mg_per_actual_kg(self) -> DosePerWeight:
        """What the order, with its cap, comes to for each kilogram on the scale, before any rounding."""
        asked_mg = self.mg_per_kg.exact * self.basis.kg
        if self.cap is not None:
            asked_mg = min(asked_mg, self.cap.exact)
        return DosePerWeight(asked_mg / self.body.weight.exact)

    @property
    def mg_per_min(self) -> Fraction | None:
        """Milligrams a minute at the exact rate; None for an injection."""
        return None if self.ml_per_h is None else ug_per_min(self.ml_per_h, self.final) / UG_PER_MG

    @property
    def ug_per_kg_min(self) -> Fraction | None:
        """Micrograms for each kilogram of the weight that counts and minute; None for an injection."""
        return None if self.mg_per_min is None else self.mg_per_min * UG_PER_MG / self.basis.kg

    @property
    def mass_at_pump_rate(self) -> Mass | None:
        """What the pump gives in the ordered time at the rate it can be set to; None for an injection.

        A rate rounded up empties the bag a little early, one rounded down leaves a little in it.
        """
        if self.duration is None or self.pump is None:
            return None
        run_ul = min(self.pump.exact_ul_in(self.duration), Fraction(self.final_volume.ul))
        return Mass.rounded(self.final.exact * run_ul)


@dataclass(eq=False)
class NothingToDraw(Unacceptable):
    """The dose is smaller than a syringe can be read to."""

    ordered: Mass
    label: Concentration

    def __str__(self) -> str:
        return f"{self.ordered} of {self.label} is less than a syringe can be read to; use a weaker strength"


@dataclass(eq=False)
class BagTooSmall(Unacceptable):
    """The drug alone would fill the bag, so nothing would dilute it."""

    drawn: Volume
    bag: Volume

    def __str__(self) -> str:
        return f"{self.drawn} of drug does not fit into {self.bag} with any diluent; choose a larger bag"


@dataclass(eq=False)
class TooSlowForPump(Unacceptable):
    """The rate is slower than a pump can be set to."""

    final_volume: Volume
    duration: timedelta

    def __str__(self) -> str:
        return (
            f"{self.final_volume} over {self.duration} is slower than a pump can be set to; dilute to a larger volume"
        )


def work_out(
    order: SeriesOrder,
    body: Body,
    *,
    label: Concentration,
    diluent: Diluent | None = None,
    chosen: DosePerWeight | None = None,
) -> DoseWorking:
    """Work out one visit's dose, from the order to the pump.

    The order is rounded to a volume that can be drawn first, and the drug is computed again from that volume,
    so the chart never says milligrams that nobody could have drawn. A dose at its cap is rounded down.

    Args:
        label: the strength on the container that will be drawn from (for a stock bag, the bag's).
        diluent: None where it is given as drawn.
        chosen: this visit's dose within the order's range; None is the order's own.

    Raises:
        DoseOutsideRange: ``chosen`` is not one the order allows.
        NoWeight, FormulaLacks, TooShortForFormula: see ``basis_weight``.
        NoDrug: the label says a strength of nothing.
        NothingToDraw: no syringe can be read to so little.
        BagTooSmall: the drug alone would fill the bag.
        TooSlowForPump: the rate is below the pump's smallest step.
        NoTime: an infusion that lasts no time.

    Source:
        docs/decisions, the ledger conserves micrograms; oracles D1 to D7 in tests/orders.
    """
    mg_per_kg = dose_of(order, chosen=chosen)
    basis = basis_weight(body, order.basis)
    uncapped = Mass.rounded(mg_per_kg.exact * basis.kg * UG_PER_MG)
    ordered = uncapped if order.cap is None else min(uncapped, order.cap)
    drawn_volume, drawn = drawable(ordered, label, cap=order.cap)
    final_volume = final_volume_of(drawn_volume, diluent)
    ml_per_h, pump = _rates(final_volume, order.duration)
    return DoseWorking(
        route=order.route,
        body=body,
        basis=basis,
        mg_per_kg=mg_per_kg,
        uncapped=uncapped,
        cap=order.cap,
        ordered=ordered,
        label=label,
        drawn_volume=drawn_volume,
        drawn=drawn,
        diluent=diluent,
        final_volume=final_volume,
        final=Concentration.of(drawn, final_volume),
        duration=order.duration,
        ml_per_h=ml_per_h,
        pump=pump,
    )


def drawable(ordered: Mass, label: Concentration, *, cap: Mass | None) -> tuple[Volume, Mass]:
    """The nearest volume a syringe can be read to, and the drug in it; never more drug than the cap.

    Raises:
        NoDrug: the label says a strength of nothing.
        NothingToDraw: no syringe can be read to so little.
    """
    if label.exact == 0:
        raise NoDrug
    exact_ul = ordered.ug / label.exact
    volume = Volume.rounded_to_step(exact_ul)
    if cap is not None and label.exact * volume.ul > cap.ug:
        volume = Volume.rounded_to_step(exact_ul, never_more=True)
    drawn = Mass.rounded(label.exact * volume.ul)
    if drawn.ug == 0:
        raise NothingToDraw(ordered=ordered, label=label)
    return volume, drawn


def final_volume_of(drawn: Volume, diluent: Diluent | None) -> Volume:
    """What there is to give: oracle D2 shows that the two ways of making up a bag differ.

    Raises:
        BagTooSmall: as much as the whole bag would have to be withdrawn.
    """
    if diluent is None:
        return drawn
    if diluent.made_up is MadeUp.ADD_TO_BAG:
        return diluent.volume + drawn
    if drawn >= diluent.volume:
        raise BagTooSmall(drawn=drawn, bag=diluent.volume)
    return diluent.volume


def _rates(final_volume: Volume, duration: timedelta | None) -> tuple[Fraction | None, Rate | None]:
    """The exact rate in mL/h and the nearest one that a pump can be set to; neither for an injection."""
    if duration is None:
        return None, None
    ml_per_h = ml_per_h_over(final_volume, duration)
    pump = Rate.rounded(ml_per_h * Rate.parts)
    if pump.steps == 0:
        raise TooSlowForPump(final_volume=final_volume, duration=duration)
    return ml_per_h, pump
