"""What is questioned and what is refused before a dose is prepared; every limit at its smallest step."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from clinic_api.orders.rules.guards import (
    Caution,
    DoseTooHigh,
    LastVisit,
    NeedsDiluent,
    ReasonMissing,
    WeightCannotBe,
    check_diluted,
    check_dose_change,
    check_duration,
    check_mg_per_kg,
    check_rate_jump,
    check_reasons,
    check_weight,
    check_working,
)
from clinic_api.orders.rules.weights import Body, FormulaSex
from clinic_api.orders.rules.working import Diluent, work_out
from clinic_api.protocols.rules.dose import WeightBasis
from clinic_api.protocols.rules.protocol import Route
from clinic_api.quantities import Concentration, DosePerWeight, Mass, Weight
from tests.orders.examples import GUARDS, IV_SERIES, MINUTE, STRONG, added_to, made_up_to, weighing

STRONGEST = Concentration.mg_per_ml(100)
SAME_AS_LAST = LastVisit(weight=Weight.kg(70), ordered=Mass.mg(35), ml_per_h=Fraction(75))


@pytest.mark.parametrize(
    ("mg_per_kg", "caution"),
    [
        ("0.099", Caution.MG_PER_KG_LOW),
        ("0.1", None),
        ("1.5", None),
        ("1.501", Caution.MG_PER_KG_HIGH),
        ("2", Caution.MG_PER_KG_HIGH),
    ],
)
def test_an_unusual_dose_per_kilogram_is_questioned(mg_per_kg: str, caution: Caution | None) -> None:
    assert check_mg_per_kg(DosePerWeight.exactly(mg_per_kg), GUARDS) is caution


def test_more_than_two_milligrams_per_kilogram_is_refused_with_both_figures() -> None:
    with pytest.raises(DoseTooHigh) as refusal:
        check_mg_per_kg(DosePerWeight.exactly("2.001"), GUARDS)
    assert str(refusal.value) == (
        "2.001 mg/kg is more than the 2 mg/kg this protocol allows; lower the dose or check the weight"
    )


@pytest.mark.parametrize(
    ("now", "caution"),
    [
        ("80", None),
        ("88", None),
        ("72", None),
        ("88.001", Caution.WEIGHT_CHANGED),
        ("71.999", Caution.WEIGHT_CHANGED),
        ("100", Caution.WEIGHT_CHANGED),
        ("60", Caution.WEIGHT_CHANGED),
    ],
)
def test_a_weight_more_than_a_tenth_off_the_last_is_questioned(now: str, caution: Caution | None) -> None:
    assert check_weight(Weight.kg(now), last=Weight.kg(80), guards=GUARDS) is caution


@pytest.mark.parametrize("now", ["100.001", "59.999", "176.370"])
def test_a_weight_more_than_a_quarter_off_the_last_is_refused(now: str) -> None:
    with pytest.raises(WeightCannotBe, match="more than 25 % off the last weight, 80 kg; weigh again in kilograms"):
        check_weight(Weight.kg(now), last=Weight.kg(80), guards=GUARDS)


@pytest.mark.parametrize(
    ("now", "caution"),
    [
        ("35", None),
        ("43.75", None),
        ("26.25", None),
        ("43.751", Caution.DOSE_CHANGED),
        ("26.249", Caution.DOSE_CHANGED),
    ],
)
def test_a_dose_more_than_a_quarter_off_the_last_is_questioned(now: str, caution: Caution | None) -> None:
    assert check_dose_change(Mass.mg(now), last=Mass.mg(35), guards=GUARDS) is caution


def test_a_rate_of_more_than_twice_the_last_is_questioned() -> None:
    assert check_rate_jump(Fraction(150), last=Fraction(75), guards=GUARDS) is None
    assert check_rate_jump(Fraction("150.001"), last=Fraction(75), guards=GUARDS) is Caution.RATE_JUMPED


def test_an_infusion_shorter_than_30_minutes_is_questioned_and_an_injection_is_not() -> None:
    assert check_duration(30 * MINUTE, GUARDS) is None
    assert check_duration(30 * MINUTE - timedelta(seconds=1), GUARDS) is Caution.SHORT_DURATION
    assert check_duration(None, GUARDS) is None


def test_what_is_not_known_of_the_last_visit_is_not_compared_with() -> None:
    assert check_weight(Weight.kg(70), last=None, guards=GUARDS) is None
    assert check_dose_change(Mass.mg(35), last=None, guards=GUARDS) is None
    assert check_rate_jump(Fraction(75), last=None, guards=GUARDS) is None
    assert check_rate_jump(None, last=Fraction(75), guards=GUARDS) is None


@pytest.mark.parametrize("diluent", [None, added_to("0")])
def test_100_mg_per_ml_never_goes_into_a_vein_undiluted(diluent: Diluent | None) -> None:
    working = work_out(IV_SERIES, weighing("70"), label=STRONGEST, diluent=diluent)
    with pytest.raises(NeedsDiluent) as refusal:
        check_diluted(working, GUARDS)
    assert str(refusal.value) == (
        "100 mg/mL must not be given into a vein (refused from 100 mg/mL); "
        "say what it is diluted with, or draw from a weaker container"
    )


def test_100_mg_per_ml_may_be_diluted_or_go_into_a_muscle_and_50_may_go_into_a_vein() -> None:
    injection = replace(IV_SERIES, route=Route.INTRAMUSCULAR, duration=None)
    check_diluted(work_out(IV_SERIES, weighing("70"), label=STRONGEST, diluent=made_up_to("50")), GUARDS)
    check_diluted(work_out(injection, weighing("70"), label=STRONGEST), GUARDS)
    check_diluted(work_out(IV_SERIES, weighing("70"), label=STRONG), GUARDS)


def test_a_usual_visit_raises_no_question() -> None:
    working = work_out(IV_SERIES, weighing("70"), label=STRONG, diluent=made_up_to("50"))
    assert check_working(working, last=SAME_AS_LAST, guards=GUARDS) == ()
    assert check_working(working, last=LastVisit(), guards=GUARDS) == ()


def test_everything_unusual_is_listed_at_once() -> None:
    order = replace(IV_SERIES, mg_per_kg=DosePerWeight.exactly("1.6"), duration=10 * MINUTE)
    working = work_out(order, weighing("80"), label=STRONG, diluent=made_up_to("50"))
    assert check_working(working, last=SAME_AS_LAST, guards=GUARDS) == (
        Caution.MG_PER_KG_HIGH,
        Caution.WEIGHT_CHANGED,
        Caution.DOSE_CHANGED,
        Caution.RATE_JUMPED,
        Caution.SHORT_DURATION,
    )


def test_a_capped_dose_that_is_low_for_the_patient_is_questioned() -> None:
    working = work_out(replace(IV_SERIES, cap=Mass.mg("6.9")), weighing("70"), label=STRONG, diluent=made_up_to("50"))
    assert check_working(working, last=LastVisit(), guards=GUARDS) == (Caution.MG_PER_KG_LOW,)


def test_an_ideal_weight_above_the_scale_is_questioned() -> None:
    thin = Body(Weight.kg(50), height_mm=1750, formula_sex=FormulaSex.MALE)
    working = work_out(replace(IV_SERIES, basis=WeightBasis.IDEAL), thin, label=STRONG, diluent=made_up_to("50"))
    assert check_working(working, last=LastVisit(), guards=GUARDS) == (Caution.BASIS_ABOVE_ACTUAL,)


def test_an_ideal_weight_cannot_hide_a_dose_that_is_too_high_for_the_patient() -> None:
    thin = Body(Weight.kg(50), height_mm=1750, formula_sex=FormulaSex.MALE)
    order = replace(IV_SERIES, basis=WeightBasis.IDEAL, mg_per_kg=DosePerWeight.exactly("1.5"))
    working = work_out(order, thin, label=STRONG, diluent=made_up_to("50"))
    with pytest.raises(DoseTooHigh, match=r"about 2\.1139 mg/kg"):
        check_working(working, last=LastVisit(), guards=GUARDS)


def test_a_height_that_the_formula_was_not_made_for_is_questioned() -> None:
    short = Body(Weight.kg(60), height_mm=1500, formula_sex=FormulaSex.FEMALE)
    working = work_out(replace(IV_SERIES, basis=WeightBasis.IDEAL), short, label=STRONG, diluent=made_up_to("50"))
    assert check_working(working, last=LastVisit(), guards=GUARDS) == (Caution.BELOW_FORMULA_HEIGHT,)


def test_what_is_unusual_needs_a_reason_in_words() -> None:
    cautions = (Caution.DOSE_CHANGED, Caution.SHORT_DURATION)
    check_reasons(cautions, {Caution.DOSE_CHANGED: "no response", Caution.SHORT_DURATION: "trial protocol"})
    check_reasons((), {})
    with pytest.raises(ReasonMissing) as refusal:
        check_reasons(cautions, {Caution.SHORT_DURATION: "  "})
    assert refusal.value.cautions == cautions
    assert str(refusal.value) == "a reason is needed for: dose_changed, short_duration"
