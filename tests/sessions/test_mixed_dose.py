"""A dose out of several vials, and out of what was made up before it was known for whom, at the chair."""

from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_api.dosing.rules.intake import AskedTake, DrawUp, OtherVolume, takes_of
from clinic_api.inventory.rules.drawing import Take
from clinic_api.quantities import Mass, Volume
from clinic_api.sessions import queries
from clinic_api.sessions.rules.dose_check import DoseLook, differences
from clinic_api.sessions.service.snapshot.whole import summary_content
from tests.builders import Clinic
from tests.inventory.stock import KETAMINE_10
from tests.sessions.ward import DOSE, SEEN, Ward

A, B = UUID(int=1), UUID(int=2)


def released(clinic: Clinic) -> Ward:
    """A patient who may have a dose today."""
    ward = Ward(clinic)
    ward.order()
    return ward.check_in().screen().release()


pytestmark = pytest.mark.begins(at=released)


def test_one_container_gives_all_that_was_worked_out_and_several_come_to_it() -> None:
    asked = Volume.ml("0.7")
    assert takes_of(DrawUp(visit=A, takes=(AskedTake(A),)), asked) == (Take(A, asked),)
    both = (AskedTake(A, Volume.ml("0.2")), AskedTake(B, Volume.ml("0.5")))
    assert takes_of(DrawUp(visit=A, takes=both), asked) == tuple(Take(it.container, it.volume or asked) for it in both)


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=200).filter(lambda n: n != 70))
def test_volumes_that_do_not_come_to_it_are_refused_with_both(steps: int) -> None:
    named = Volume(steps * 10)
    with pytest.raises(OtherVolume) as refusal:
        takes_of(DrawUp(visit=A, takes=(AskedTake(A, named),)), Volume.ml("0.7"))
    assert str(refusal.value).startswith(f"0.7 mL were worked out, and {named} would be drawn")


def test_a_strength_whose_decimals_do_not_end_is_checked_to_the_last_digit_that_can_be_typed() -> None:
    made = DoseLook(mg_per_ml=Fraction(50, 11), drawn=Volume.ml(7), ml_per_h=None, to_infuse=None)

    def seen(mg_per_ml: str) -> tuple[str, ...]:
        look = DoseLook(mg_per_ml=Fraction(mg_per_ml), drawn=made.drawn, ml_per_h=None, to_infuse=None)
        return differences(look, expected=made, wristband_matches=True)

    assert [seen(typed) for typed in ("4.545", "4.546")] == [(), ()]
    assert [seen(typed) for typed in ("4.544", "4.547", "4.5", "50")] == [("strength",)] * 4


def test_a_dose_out_of_two_vials_is_one_case_and_names_both_lots_to_the_end(ward: Ward) -> None:
    first, second = ward.stock.a_vial(), ward.stock.a_vial(lot="L2", expiry="2026-12-31")
    ward.stock.draw(first, "9.8", ward.stock.a_visit())
    ward.does("dose", **DOSE)
    takes = [{"container": str(first), "volume_ml": "0.2"}, {"container": str(second), "volume_ml": "0.5"}]
    made = ward.does("draws", containers=takes)
    assert (made["drawn_mg"], made["drawn_ml"], made["final_mg_per_ml"]) == ("35", "0.7", "0.7")
    assert made["source"] == str(first)
    named = ("label", "lot", "expiry", "drawn_ml", "drawn_mg")
    assert [[each[name] for name in named] for each in made["sources"]] == [
        ["K-001", "L1", "2027-06-30", "0.2", "10"],
        ["K-002", "L2", "2026-12-31", "0.5", "25"],
    ]
    assert ward.see()["preparation"]["sources"] == made["sources"]
    ward.does("dose-check", ward.ben, **SEEN)
    ward.does("start")
    ward.clinic.later(minutes=40)
    ward.does("stop")
    assert [(case.drawn, case.administered) for case in ward.stock.cases(UUID(ward.visit))] == [
        (Mass.mg(35), Mass.mg(35))
    ]
    assert ward.clinic.verify() == []


def test_a_draw_that_cannot_be_changes_nothing(ward: Ward) -> None:
    vial, weak = ward.stock.a_vial(), ward.stock.a_vial(ndc=KETAMINE_10)
    ward.does("dose", **DOSE)
    take = {"container": str(vial), "volume_ml": "0.2"}
    asked: tuple[tuple[dict[str, Any], int], ...] = (
        ({}, 422),
        ({"container": str(vial), "containers": [take]}, 422),
        ({"containers": []}, 422),
        ({"containers": [take | {"volume_ml": "0"}]}, 422),
        ({"containers": [take]}, 409),
        ({"containers": [take, {"container": str(weak), "volume_ml": "0.5"}]}, 409),
        ({"containers": [take, {"container": str(uuid4()), "volume_ml": "0.5"}]}, 404),
        ({"containers": [take, {"container": str(vial), "volume_ml": "0.5"}]}, 422),
    )
    for body, status in asked:
        with ward.clinic.nothing_changes():
            assert ward.tries("draws", **body).status == status, body
    with ward.clinic.nothing_changes():
        assert ward.tries("dose", diluent=None).status == 422
        assert ward.tries("dose", **DOSE, container=str(vial)).status == 422


def test_a_dose_out_of_a_stock_bag_goes_by_its_exact_strength(ward: Ward) -> None:
    ward.stock.share()
    bag = ward.stock.mix((ward.stock.a_vial(), "10"), diluent_ml="100")
    worked = ward.does("dose", container=str(bag), diluent=None)
    assert (worked["strength_mg_per_ml"], worked["drawn_ml"], worked["drawn_mg"]) == ("4.5455", "7.7", "35")
    made = ward.does("draws", container=str(bag))
    assert (made["drawn_mg"], made["final_volume_ml"], made["sources"][0]["label"]) == ("35", "7.7", "K-001/1")
    assert ward.stock.balance(bag) == Mass.mg(465)
    assert ward.clinic.verify() == []


def test_the_signed_record_says_where_a_mixed_dose_came_from(ward: Ward) -> None:
    first, second = ward.stock.a_vial(), ward.stock.a_vial(lot="L2", expiry="2026-12-31")
    ward.does("dose", **DOSE)
    takes = [{"container": str(first), "volume_ml": "0.2"}, {"container": str(second), "volume_ml": "0.5"}]
    ward.does("draws", containers=takes)
    ward.does("dose-check", ward.ben, **SEEN)
    ward.does("start")
    ward.clinic.later(minutes=40)
    ward.does("stop")
    with ward.clinic.reading() as scope:
        (line,) = summary_content(queries.infusion(UUID(ward.visit)), at=scope.at)["ledger"]
    assert line["container"] == "vial K-001, vial K-002, syringe K-001/1"
    assert (line["lot"], line["expires"], line["drawn_ml"]) == ("L1 + L2", "2027-06-30 + 2026-12-31", "0.7")
