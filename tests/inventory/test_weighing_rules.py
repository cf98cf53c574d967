"""Weighing: volume, resolution and mass follow from what the scale showed, exactly."""

from dataclasses import replace
from fractions import Fraction

import pytest

from clinic_api.clinics.rules.content import MalformedContent, Status
from clinic_api.inventory.rules.counting import CountLine, DrawnIsCounted, VolumeUnclear, judged
from clinic_api.inventory.rules.products import Method, read_drug
from clinic_api.inventory.rules.weighing import Grams, LighterThanEmpty, NotWeighable, Scale, Typed, Weighed, weighed
from clinic_api.quantities import Mass, NotAnAmount, Volume
from tests.inventory.test_counting_rules import OPEN, SYRINGE, VIAL
from tests.protocols.shipped import changed, shipped

KEY = "ketamine-50-mg-ml-10-ml"
AT_BEST = Volume.ml("0.1")


def shipped_scale() -> Scale:
    """What the shipped list says of weighing."""
    scale = read_drug(shipped("products/ketamine")).scale
    assert scale is not None
    return scale


def of(gross: str, tare: str | None = None, scale: str | None = None, *, at_best: Volume = AT_BEST) -> Weighed:
    """A vial as it was weighed."""
    typed = Typed(
        gross=Grams.exactly(gross),
        tare=None if tare is None else Grams.exactly(tare),
        scale=None if scale is None else Grams.exactly(scale),
    )
    return weighed(typed, label="K-014", product=KEY, known=shipped_scale(), at_best=at_best)


def test_the_volume_is_the_weight_without_the_vial_by_the_density_and_never_rounded_on_the_way() -> None:
    found = of("22.09", "13")
    assert (found.exact_ul, found.tare, found.density) == (Fraction(9000), Grams(13_000), Fraction(101, 100))
    assert of("22.1", "13").exact_ul == Fraction(910_000, 101)


def test_the_resolution_is_the_scales_for_both_weights_by_the_density_rounded_up() -> None:
    assert of("22.1", "13", "0.5").resolution == Volume(991)  # 1000 mg / 1.01
    assert of("22.1", "13", "1").resolution == Volume(1981)
    assert of("22.1", "13").scale == Grams(100)


def test_a_tare_that_was_not_weighed_brings_its_tolerance_with_it() -> None:
    assert of("22.1", None, "0.1").resolution == Volume(1090)  # (100 + 1000) mg / 1.01
    assert of("22.1", None, "0.1").tare == Grams(13_000)


def test_weighing_is_never_trusted_to_be_finer_than_it_is_at_its_best() -> None:
    assert of("22.1", "13", "0.001").resolution == AT_BEST
    assert of("22.1", "13", "0.001", at_best=Volume(1)).resolution == Volume(2)


def test_a_vial_is_not_lighter_than_it_is_empty_and_as_heavy_means_nothing_left() -> None:
    assert of("13", "13").exact_ul == 0
    with pytest.raises(LighterThanEmpty, match=r"K-014: 12\.999 g is less than the 13 g of the empty one"):
        of("12.999", "13")


def test_without_a_density_nothing_can_be_weighed() -> None:
    typed = Typed(gross=Grams(20_000), tare=Grams(13_000))
    for known in (None, replace(shipped_scale(), weights={})):
        with pytest.raises(NotWeighable, match="has no density; read it off its scale"):
            weighed(typed, label="K-014", product=KEY, known=known, at_best=AT_BEST)


def test_a_weighed_line_is_worked_out_and_rounded_to_whole_micrograms_once() -> None:
    line = CountLine(
        container=VIAL, method=Method.WEIGHED, typed=Typed(gross=Grams(22_100), tare=Grams(13_000), scale=Grams(50))
    )
    found = judged(line, replace(OPEN, scale=shipped_scale()))
    assert (found.volume, found.found, found.resolution) == (Volume(9010), Mass(450_495), Mass.mg(5))
    assert found.weighed is not None
    assert not found.explained  # 14.5 mg off, told to 5 mg; read to half a millilitre it would have been


def test_a_weighed_line_has_weights_and_no_volume_and_only_it_has() -> None:
    typed = Typed(gross=Grams(22_100))
    weighable = replace(OPEN, scale=shipped_scale())
    for line in (
        CountLine(container=VIAL, method=Method.WEIGHED, typed=typed, volume=Volume.ml(9)),
        CountLine(container=VIAL, method=Method.WEIGHED, typed=typed, resolution=AT_BEST),
        CountLine(container=VIAL, method=Method.READ, typed=typed, volume=Volume.ml(9)),
        CountLine(container=VIAL, method=Method.COUNTED, typed=typed),
    ):
        with pytest.raises(VolumeUnclear):
            judged(line, replace(weighable, opened=line.method is not Method.COUNTED))
    with pytest.raises(DrawnIsCounted):
        judged(CountLine(container=VIAL, method=Method.WEIGHED, typed=typed), SYRINGE)


def test_grams_are_plain_decimal_text_of_whole_milligrams() -> None:
    assert (Grams.parse("21.43"), Grams.parse("21.43").as_g_text()) == (Grams(21_430), "21.43")
    for text in ("21.4305", "2e1", "21,43", "-1", ""):
        with pytest.raises(NotAnAmount):
            Grams.parse(text)


def test_every_shipped_package_has_weights_that_say_how_far_they_can_be_trusted() -> None:
    drug = read_drug(shipped("products/ketamine"))
    assert drug.scale is not None
    assert set(drug.scale.weights) == {package.key for package in drug.packages}
    assert {of.origin.status for of in drug.scale.weights.values()} == {Status.UNCHECKED}


def test_a_list_that_is_older_than_weighing_can_still_be_read() -> None:
    older = changed(changed(changed(shipped("products/ketamine"), "weighing", ...), "weights", ...), "drift", ...)
    assert (read_drug(older).scale, read_drug(older).drift) == (None, None)
    with pytest.raises(MalformedContent, match="density_g_per_ml must be a plain decimal"):
        read_drug(changed(shipped("products/ketamine"), "weights.0.density_g_per_ml", "about 1"))
