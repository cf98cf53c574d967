"""Amounts are exact, or they are refused."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_api import quantities as q
from clinic_api.errors import Conflict
from clinic_api.quantities import NOTHING, Concentration, DosePerWeight, Mass, NotAnAmount, Rate, Volume, Weight


@pytest.mark.parametrize(
    ("ug", "text"),
    [
        (0, "0"),
        (1, "0.001"),
        (10, "0.01"),
        (37_500, "37.5"),
        (10_001, "10.001"),
        (100_000, "100"),
        (10**12, "1000000000"),
    ],
)
def test_an_amount_is_written_plainly(ug: int, text: str) -> None:
    assert Mass(ug).as_mg_text() == text
    assert str(Mass(ug)) == f"{text} mg"


def test_each_quantity_says_its_unit() -> None:
    counted = (Mass.mg("37.5"), Volume.ml("0.70"), Weight.kg("68.4"), Rate.exactly("52.5"))
    assert [str(each) for each in counted] == ["37.5 mg", "0.7 mL", "68.4 kg", "52.5 mL/h"]
    assert str(Concentration.mg_per_ml("50")) == "50 mg/mL"
    assert str(DosePerWeight.exactly("0.5")) == "0.5 mg/kg"


@pytest.mark.parametrize("amount", ["37.5", Decimal("37.5"), Decimal("37.50000"), Decimal("375e-1")])
def test_an_amount_may_come_as_text_or_as_a_decimal(amount: str | Decimal) -> None:
    assert Mass.mg(amount) == Mass(37_500)


@pytest.mark.parametrize(
    "number",
    [
        "-1",
        "-0.001",
        "0.0001",
        "1000000",
        "1e999999",
        "1e-999999",
        "NaN",
        "sNaN",
        "Infinity",
        "37.500000000000000000001",
    ],
)
def test_a_number_that_is_not_so_many_whole_micrograms_is_refused(number: str) -> None:
    with pytest.raises(NotAnAmount, match="that number"):
        Mass.mg(Decimal(number))


def test_a_whole_number_may_be_an_amount_up_to_a_million() -> None:
    assert Mass.mg(999_999) == Mass(999_999_000)
    for number in (-1, 1_000_000, 10**4300):
        with pytest.raises(NotAnAmount, match="that number"):
            Mass.mg(number)


@pytest.mark.parametrize("amount", [37.5, 5.0, True, None, Fraction(5)])
def test_a_float_never_becomes_an_amount(amount: Any) -> None:
    for made in (Mass.mg, Volume.ml, Weight.kg, Concentration.mg_per_ml, DosePerWeight.exactly, Rate.exactly):
        with pytest.raises(TypeError, match="takes text, a whole number or a Decimal"):
            made(amount)


@pytest.mark.parametrize("counted", [Mass, Volume, Weight, Rate])
@pytest.mark.parametrize("count", [-1, 1.0, True, "1", None])
def test_what_is_counted_is_whole_and_not_below_zero(counted: type[q.Counted], count: Any) -> None:
    with pytest.raises(ValueError, match="whole count and never below zero"):
        counted(count)


@pytest.mark.parametrize("ratio", [Concentration, DosePerWeight])
@pytest.mark.parametrize("value", [Fraction(-1, 1000), 0.5, 1, "0.5"])
def test_a_strength_is_an_exact_fraction_and_not_below_zero(ratio: type[q.Quantity], value: Any) -> None:
    with pytest.raises(ValueError, match="fraction and never below zero"):
        ratio(value)


def test_amounts_add_up_and_are_taken_away_exactly() -> None:
    assert Mass.mg("0.1") + Mass.mg("0.1") + Mass.mg("0.1") == Mass.mg("0.3")
    assert Mass.mg(5) - Mass.mg(5) == NOTHING
    assert Mass.total([]) == NOTHING
    assert Mass.total(Mass(ug) for ug in (1, 2, 3)) == Mass(6)
    assert max(Volume(1), Volume(2)) == Volume(2)


def test_one_microgram_more_than_there_is_cannot_be_taken_away() -> None:
    held = Mass.mg(10)
    with pytest.raises(q.BelowZero) as refusal:
        held - Mass.mg("10.001")
    assert isinstance(refusal.value, Conflict)
    assert str(refusal.value) == "there is 10 mg, so 10.001 mg cannot be taken away; count again or take less"
    assert held == Mass.mg(10)


def test_different_things_are_neither_equal_nor_added_nor_compared() -> None:
    drug: Any = Mass(1)
    fluid: Any = Volume(1)
    strength: Any = Concentration(Fraction(1))
    assert drug != fluid
    assert strength != DosePerWeight(Fraction(1))
    acts: list[Callable[[], object]] = [
        lambda: drug + fluid, lambda: drug - fluid, lambda: drug < fluid, lambda: drug + 1, lambda: drug * 0.5,
        lambda: drug * drug, lambda: sum([drug]), lambda: strength < DosePerWeight(Fraction(2)),
    ]  # fmt: skip
    for act in acts:
        with pytest.raises(TypeError):
            act()


@pytest.mark.parametrize(("amount", "name"), [(Mass(1), "ug"), (Concentration(Fraction(1)), "exact")])
def test_an_amount_cannot_be_changed(amount: q.Quantity, name: str) -> None:
    before = str(amount)
    with pytest.raises(AttributeError):
        setattr(amount, name, Fraction(2))
    assert str(amount) == before


def test_so_many_times_as_much_is_exact_or_refused() -> None:
    assert Mass.mg(28) * 3 == Mass.mg(84)
    assert Mass.mg(35) * Fraction(3, 10) == Mass.mg("10.5")
    with pytest.raises(NotAnAmount) as refusal:
        Mass(1) * Fraction(1, 2)
    assert str(refusal.value) == "0.0005 mg cannot be taken as an exact amount. Take steps of 0.001 mg."


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.5", 0), ("1.5", 2), ("2.5", 2), ("2.499999", 2), ("2.500001", 3), ("1/3", 0), ("2/3", 1), ("7", 7)],
)
def test_a_fraction_is_rounded_once_and_half_to_even(exact: str, rounded: int) -> None:
    assert Mass.rounded(Fraction(exact)) == Mass(rounded)
    assert Volume.rounded_to_step(10 * Fraction(exact)) == Volume(10 * rounded)


@pytest.mark.parametrize("not_exact", [0.5, Decimal("0.5"), 3])
def test_only_an_exact_fraction_is_rounded(not_exact: Any) -> None:
    with pytest.raises(TypeError, match="only an exact fraction"):
        Mass.rounded(not_exact)


def test_a_syringe_is_read_in_steps_of_a_hundredth_of_a_millilitre() -> None:
    assert Volume.ml("0.70").is_drawable
    assert not Volume.ml("0.701").is_drawable
    assert Volume.rounded_to_step(Fraction(706)) == Volume.ml("0.71")


@pytest.mark.parametrize(("exact_ul", "drawn"), [("700", "0.70"), ("709.999", "0.70"), ("710", "0.71")])
def test_a_dose_at_its_cap_is_never_rounded_up(exact_ul: str, drawn: str) -> None:
    assert Volume.rounded_to_step(Fraction(exact_ul), never_more=True) == Volume.ml(drawn)


def test_nothing_can_be_divided_by_nothing() -> None:
    water = Concentration.of(NOTHING, Volume.ml(50))
    with pytest.raises(NotAnAmount, match="35 mg for 0 mL cannot be taken"):
        Concentration.of(Mass.mg(35), Volume(0))
    with pytest.raises(NotAnAmount, match="35 mg for 0 kg"):
        DosePerWeight.of(Mass.mg(35), Weight(0))
    with pytest.raises(NotAnAmount, match="35 mg at 0 mg/mL"):
        water.exact_ul_for(Mass.mg(35))
    assert water.mass_in(Volume.ml(7)) == NOTHING


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("0.70", "0.7"),
        ("100", "100"),
        ("1/1024", "0.0009765625"),
        ("10000000", "10000000"),
        ("1/25", "0.04"),
    ],
)
def test_a_fraction_that_ends_is_written_whole(value: str, text: str) -> None:
    assert str(Concentration(Fraction(value))) == f"{text} mg/mL"


@pytest.mark.parametrize(
    ("value", "text"),
    [("34200/103420", "0.3307"), ("60/130", "0.4615"), ("1/3", "0.3333"), ("1/7", "0.1429"), ("1/30", "0.03333"),
     ("1/3000", "0.0003333"), ("12345/7", "1763.5714"), ("99999999/100000011", "1"), ("1000/3", "333.3333")],
)  # fmt: skip
def test_a_fraction_that_never_ends_is_written_about(value: str, text: str) -> None:
    assert str(Concentration(Fraction(value))) == f"about {text} mg/mL"


@settings(deadline=None)
@given(st.fractions(0, 10**6, max_denominator=10**9))
def test_text_is_exact_or_within_half_of_its_last_place(value: Fraction) -> None:
    text = q.decimal_text(value)
    assert text == text.strip("-+eE ")
    assert abs(Fraction(text) - value) <= (0 if q.ends(value) else min(Fraction(1, 20_000), value / 2000))


def test_a_base_without_a_number_says_nothing() -> None:
    with pytest.raises(NotImplementedError):
        str(q.Quantity(1))


def test_d1_d11_seventy_kilograms_at_half_a_milligram_in_forty_minutes() -> None:
    vial, dose = Concentration.mg_per_ml("50"), DosePerWeight.exactly("0.5").mass_for(Weight.kg("70"))
    drawn = Volume.rounded_to_step(vial.exact_ul_for(dose))
    assert (dose, drawn, vial.mass_in(drawn)) == (Mass.mg(35), Volume.ml("0.70"), dose)
    assert str(Concentration.of(dose, Volume.ml(50))) == "0.7 mg/mL"
    assert Rate.exactly("75").exact_ul_in(timedelta(minutes=40)) == Volume.ml(50).ul
    assert q.decimal_text(Fraction(dose.ug, 40 * 70)) == "12.5"
    assert (Mass.mg(500) - dose, Volume.ml(10) - drawn) == (Mass.mg(465), Volume.ml("9.30"))


def test_d2_adding_to_a_bag_is_weaker_than_taking_out_first() -> None:
    dose = DosePerWeight.exactly("0.5").mass_for(Weight.kg("68.4"))
    assert Concentration.mg_per_ml(10).exact_ul_for(dose) == Volume.ml("3.42").ul
    assert str(Concentration.of(dose, Volume.ml(100))) == "0.342 mg/mL"
    added = Concentration.of(dose, Volume.ml("103.42"))
    assert (str(added), added.mass_in(Volume.ml("103.42"))) == ("about 0.3307 mg/mL", Mass.mg("34.2"))
    with pytest.raises(NotAnAmount, match=r"16\.5345 mg cannot be taken as an exact amount"):
        added.mass_in(Volume.ml(50))
    assert Rate.rounded(Fraction("155.13") * q.PUMP_STEPS_PER_ML_PER_H) == Rate.exactly("155.1")


def test_d7_the_dose_that_a_cap_leaves_is_shown_by_weight() -> None:
    assert DosePerWeight.of(Mass.mg(60), Weight.kg(130)).as_text() == "0.4615"


def test_d8_a_pause_and_a_slower_rate_close_to_the_microgram() -> None:
    ran = Rate.exactly("75").exact_ul_in(timedelta(minutes=18)) + Rate.exactly("37.5").exact_ul_in(
        timedelta(minutes=26)
    )
    went_in = Mass.rounded(Concentration.of(Mass.mg(35), Volume.ml(50)).exact * ran)
    assert (ran, went_in, Mass.mg(35) - went_in) == (Fraction(38_750), Mass.mg("27.125"), Mass.mg("7.875"))


@pytest.mark.parametrize(("strength", "volume"), [("50", "0.80"), ("100", "0.40")])
def test_d10_the_same_dose_from_another_strength_is_another_volume(strength: str, volume: str) -> None:
    assert Concentration.mg_per_ml(strength).exact_ul_for(Mass.mg(40)) == Volume.ml(volume).ul
