"""The working of a dose against the oracles of the domain notes (D1 to D7, D10, D11), exact to the last figure."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from clinic_api.orders.rules.rates import NoDrug, NoTime, ml_per_h_for, per, ug_per_min
from clinic_api.orders.rules.series import DoseOutsideRange, Titration
from clinic_api.orders.rules.weights import (
    DEVINE,
    Body,
    FormulaLacks,
    FormulaSex,
    NoWeight,
    TooShortForFormula,
    basis_weight,
)
from clinic_api.orders.rules.working import BagTooSmall, NothingToDraw, TooSlowForPump, work_out
from clinic_api.protocols.rules.dose import WeightBasis
from clinic_api.protocols.rules.protocol import Route
from clinic_api.quantities import Concentration, DosePerWeight, Mass, Rate, Volume, Weight
from tests.orders.examples import IV_SERIES, MINUTE, STRONG, added_to, made_up_to, weighing

WEAK = Concentration.mg_per_ml(10)
INJECTION = replace(IV_SERIES, route=Route.INTRAMUSCULAR, duration=None)
TALL_MAN = Body(Weight.kg(120), height_mm=1750, formula_sex=FormulaSex.MALE)
WOMAN = Body(Weight.kg(95), height_mm=1600, formula_sex=FormulaSex.FEMALE)


def test_d1_half_a_milligram_per_kilogram_for_70_kg_over_40_minutes() -> None:
    working = work_out(IV_SERIES, weighing("70"), label=STRONG, diluent=made_up_to("50"))
    assert (working.uncapped, working.ordered, working.drawn) == (Mass.mg(35), Mass.mg(35), Mass.mg(35))
    assert (working.drawn_volume, working.final_volume) == (Volume.ml("0.7"), Volume.ml(50))
    assert working.final == Concentration.mg_per_ml("0.7")
    assert (working.ml_per_h, working.pump) == (Fraction(75), Rate.exactly(75))
    assert (working.mg_per_min, working.ug_per_kg_min) == (Fraction("0.875"), Fraction("12.5"))
    assert working.effective_mg_per_kg == DosePerWeight.exactly("0.5")
    assert (working.capped, working.mass_at_pump_rate) == (False, Mass.mg(35))


def test_d2a_a_bag_from_which_fluid_was_withdrawn_first_keeps_its_volume() -> None:
    working = work_out(IV_SERIES, weighing("68.4"), label=WEAK, diluent=made_up_to("100"))
    assert (working.ordered, working.drawn_volume, working.drawn) == (
        Mass.mg("34.2"),
        Volume.ml("3.42"),
        Mass.mg("34.2"),
    )
    assert working.final == Concentration.mg_per_ml("0.342")
    assert (working.final_volume, working.ml_per_h) == (Volume.ml(100), Fraction(150))


def test_d2b_a_bag_that_drug_was_added_to_is_larger_and_runs_faster() -> None:
    working = work_out(IV_SERIES, weighing("68.4"), label=WEAK, diluent=added_to("100"))
    assert working.final_volume == Volume.ml("103.42")
    assert working.final.exact == Fraction(3420, 10342)
    assert working.final.as_text() == "0.3307"
    assert (working.ml_per_h, working.pump) == (Fraction("155.13"), Rate.exactly("155.1"))


def test_the_dose_is_computed_again_from_the_rate_that_the_pump_can_be_set_to() -> None:
    slower = work_out(IV_SERIES, weighing("68.4"), label=WEAK, diluent=added_to("100"))
    assert slower.mass_at_pump_rate == Mass.mg("34.193")  # 155.1 mL/h for 40 min leaves 0.02 mL in the bag
    faster = work_out(IV_SERIES, weighing("68.4"), label=WEAK, diluent=made_up_to("100.03"))
    assert faster.pump is not None
    assert (faster.ml_per_h, faster.pump) == (Fraction("150.045"), Rate.exactly("150"))


def test_a_pump_rate_rounded_up_never_gives_more_than_there_is() -> None:
    working = work_out(IV_SERIES, weighing("70"), label=STRONG, diluent=made_up_to("50.05"))
    assert (working.ml_per_h, working.pump) == (Fraction("75.075"), Rate.exactly("75.1"))
    assert working.mass_at_pump_rate == Mass.mg(35)


def test_d3_a_stock_bag_is_given_as_it_is() -> None:
    working = work_out(IV_SERIES, weighing("70"), label=Concentration.mg_per_ml(1))
    assert (working.drawn_volume, working.final_volume) == (Volume.ml(35), Volume.ml(35))
    assert (working.final, working.ml_per_h) == (Concentration.mg_per_ml(1), Fraction("52.5"))
    assert working.diluent is None


def test_d4_the_same_dose_over_100_minutes() -> None:
    order = replace(IV_SERIES, duration=100 * MINUTE)
    working = work_out(order, weighing("70"), label=STRONG, diluent=made_up_to("50"))
    assert (working.ml_per_h, working.ug_per_kg_min) == (Fraction(30), Fraction(5))


@pytest.mark.parametrize(
    ("body", "basis", "kg", "mg", "ordered"),
    [
        (TALL_MAN, WeightBasis.ACTUAL, "120", "60", "60"),
        (TALL_MAN, WeightBasis.IDEAL, "70.46", "35.23", "35.232"),
        (TALL_MAN, WeightBasis.ADJUSTED, "90.28", "45.14", "45.139"),
        (WOMAN, WeightBasis.ACTUAL, "95", "47.5", "47.5"),
        (WOMAN, WeightBasis.IDEAL, "52.38", "26.19", "26.191"),
        (WOMAN, WeightBasis.ADJUSTED, "69.43", "34.71", "34.715"),
    ],
)
def test_d5_and_d6_the_weight_basis_changes_the_dose(
    body: Body, basis: WeightBasis, kg: str, mg: str, ordered: str
) -> None:
    working = work_out(replace(IV_SERIES, basis=basis), body, label=STRONG, diluent=made_up_to("50"))
    assert round(working.basis.kg, 2) == Fraction(kg)
    assert round(working.basis.kg * working.mg_per_kg.exact, 2) == Fraction(mg)
    assert working.ordered == Mass.mg(ordered)


def test_the_ideal_weight_is_exact_and_says_by_which_formula() -> None:
    basis = basis_weight(TALL_MAN, WeightBasis.ADJUSTED)
    ideal = 50 + Fraction("2.3") * (Fraction(17500, 254) - 60)
    assert (basis.ideal_kg, basis.kg) == (ideal, ideal + Fraction("0.4") * (120 - ideal))
    assert (basis.formula, basis.below_formula) == (DEVINE.version, False)


def test_the_actual_weight_needs_no_formula_and_names_none() -> None:
    assert basis_weight(TALL_MAN, WeightBasis.ACTUAL).formula is None


def test_five_feet_is_where_the_formula_starts_and_a_millimetre_less_is_marked() -> None:
    at_start, below = (replace(WOMAN, height_mm=height) for height in (1524, 1523))
    assert basis_weight(at_start, WeightBasis.IDEAL).kg == Fraction("45.5")
    assert not basis_weight(at_start, WeightBasis.IDEAL).below_formula
    assert basis_weight(below, WeightBasis.IDEAL).below_formula


def test_a_height_that_leaves_no_ideal_weight_is_refused() -> None:
    with pytest.raises(TooShortForFormula, match="no weight at 971 mm"):
        basis_weight(replace(WOMAN, height_mm=971), WeightBasis.IDEAL)


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        (replace(WOMAN, height_mm=None), "the patient's height"),
        (replace(WOMAN, formula_sex=None), "the line of the formula"),
    ],
)
def test_an_ideal_weight_is_never_made_from_what_was_not_entered(body: Body, missing: str) -> None:
    with pytest.raises(FormulaLacks, match=f"the ideal weight needs {missing}"):
        basis_weight(body, WeightBasis.IDEAL)


def test_a_patient_who_was_not_weighed_gets_no_dose() -> None:
    with pytest.raises(NoWeight):
        work_out(IV_SERIES, weighing("0"), label=STRONG)


def test_d7_a_cap_lowers_the_dose_and_the_effective_dose_is_shown() -> None:
    order = replace(IV_SERIES, cap=Mass.mg(60))
    working = work_out(order, weighing("130"), label=STRONG, diluent=made_up_to("50"))
    assert (working.uncapped, working.ordered, working.drawn) == (Mass.mg(65), Mass.mg(60), Mass.mg(60))
    assert working.capped
    assert working.effective_mg_per_kg.exact == Fraction(60, 130)
    assert working.effective_mg_per_kg.as_text() == "0.4615"
    assert working.asked_mg_per_actual_kg.exact == Fraction(60, 130)


def test_a_dose_at_its_cap_is_drawn_to_the_step_below_and_not_above() -> None:
    order = replace(IV_SERIES, cap=Mass.mg("59.9"))  # 1.198 mL: nearest is 1.20 mL, which holds 60 mg
    capped = work_out(order, weighing("130"), label=STRONG, diluent=made_up_to("50"))
    assert (capped.drawn_volume, capped.drawn) == (Volume.ml("1.19"), Mass.mg("59.5"))


def test_a_dose_just_under_its_cap_is_not_rounded_above_it_either() -> None:
    order = replace(IV_SERIES, cap=Mass.mg("34.95"))
    working = work_out(order, weighing("69.88"), label=STRONG, diluent=made_up_to("50"))
    assert (working.ordered, working.capped) == (Mass.mg("34.94"), False)
    assert (working.drawn_volume, working.drawn) == (Volume.ml("0.69"), Mass.mg("34.5"))


def test_a_dose_without_a_cap_is_drawn_to_the_nearest_step_and_computed_again() -> None:
    working = work_out(IV_SERIES, weighing("69.9"), label=STRONG, diluent=made_up_to("50"))
    assert (working.ordered, working.drawn_volume, working.drawn) == (Mass.mg("34.95"), Volume.ml("0.7"), Mass.mg(35))


@given(
    grams=some.integers(20_000, 400_000),
    ug_per_kg=some.integers(100, 2000),
    cap=some.none() | some.integers(5_000, 200_000).map(Mass),
    label=some.sampled_from(["1", "10", "50", "100", "33.333"]),
)
def test_whatever_is_ordered_the_drawn_drug_is_drawable_and_never_above_the_cap(
    grams: int, ug_per_kg: int, cap: Mass | None, label: str
) -> None:
    order = replace(IV_SERIES, cap=cap, mg_per_kg=DosePerWeight(Fraction(ug_per_kg, 1000)))
    strength = Concentration.mg_per_ml(label)
    working = work_out(order, Body(Weight(grams)), label=strength, diluent=added_to("100"))
    assert working.drawn_volume.is_drawable
    assert cap is None or working.drawn <= cap
    assert abs(working.drawn.ug - working.ordered.ug) <= 10 * strength.exact + 1
    assert Mass.rounded(working.final.exact * working.final_volume.ul) == working.drawn


def test_d10_an_injection_of_40_mg_from_two_strengths_has_no_rate() -> None:
    for label, ml in (("50", "0.8"), ("100", "0.4")):
        working = work_out(INJECTION, weighing("80"), label=Concentration.mg_per_ml(label))
        assert (working.drawn, working.drawn_volume) == (Mass.mg(40), Volume.ml(ml))
        assert (working.ml_per_h, working.pump, working.mg_per_min) == (None, None, None)
        assert (working.ug_per_kg_min, working.mass_at_pump_rate) == (None, None)


def test_d11_the_vial_keeps_what_was_not_drawn_in_mg_and_in_ml() -> None:
    working = work_out(IV_SERIES, weighing("70"), label=STRONG, diluent=made_up_to("50"))
    left_mass, left_volume = Mass.mg(500) - working.drawn, Volume.ml(10) - working.drawn_volume
    assert (left_mass, left_volume) == (Mass.mg(465), Volume.ml("9.3"))
    assert STRONG.mass_in(left_volume) == left_mass


def test_the_visit_may_choose_within_the_range_of_the_order_and_not_outside() -> None:
    range_order = replace(
        IV_SERIES, titration=Titration(low=DosePerWeight.exactly("0.5"), high=DosePerWeight.exactly(1))
    )
    chosen = work_out(range_order, weighing("70"), label=STRONG, chosen=DosePerWeight.exactly("0.75"))
    assert (chosen.mg_per_kg, chosen.ordered) == (DosePerWeight.exactly("0.75"), Mass.mg("52.5"))
    with pytest.raises(DoseOutsideRange):
        work_out(range_order, weighing("70"), label=STRONG, chosen=DosePerWeight.exactly("1.001"))


def test_a_dose_below_what_a_syringe_can_be_read_to_is_refused() -> None:
    tiny = replace(IV_SERIES, cap=Mass(499))
    with pytest.raises(NothingToDraw, match=r"0\.499 mg of 50 mg/mL"):
        work_out(tiny, weighing("70"), label=STRONG)


def test_a_label_without_drug_is_refused() -> None:
    with pytest.raises(NoDrug):
        work_out(IV_SERIES, weighing("70"), label=Concentration.mg_per_ml(0))


def test_a_rate_and_the_micrograms_it_gives_are_the_same_thing_said_twice() -> None:
    diluted = Concentration.mg_per_ml("0.7")
    assert ug_per_min(Fraction(75), diluted) == 875
    assert ml_per_h_for(Fraction(875), diluted) == 75
    with pytest.raises(NoDrug):
        ml_per_h_for(Fraction(1), Concentration.mg_per_ml(0))


def test_a_bag_that_the_drug_alone_would_fill_dilutes_nothing() -> None:
    work_out(IV_SERIES, weighing("70"), label=WEAK, diluent=made_up_to("3.501"))
    with pytest.raises(BagTooSmall, match=r"3\.5 mL of drug does not fit into 3\.5 mL"):
        work_out(IV_SERIES, weighing("70"), label=WEAK, diluent=made_up_to("3.5"))


def test_a_rate_below_the_smallest_step_of_a_pump_is_refused() -> None:
    days = replace(IV_SERIES, duration=timedelta(hours=14))
    with pytest.raises(TooSlowForPump, match=r"0\.7 mL over 14:00:00"):
        work_out(days, weighing("70"), label=STRONG)


def test_nothing_can_be_spread_over_no_time() -> None:
    with pytest.raises(NoTime):
        per(MINUTE, amount=Fraction(1), over=timedelta(0))
