"""One syringe out of several containers: one case, one move from each source, all of it or nothing."""

from collections.abc import Callable
from uuid import UUID

import pytest

from clinic_api.errors import Refusal
from clinic_api.inventory.queries import chain, recalls, tracing
from clinic_api.inventory.queries.tracing import Part
from clinic_api.inventory.rules.drawing import Empty, Expired, NotDrawable, OtherSite, Quarantined
from clinic_api.inventory.rules.mixing import AnotherPackage, AnotherPlace, TakenTwice
from clinic_api.inventory.rules.moves import NotEnoughLeft
from clinic_api.quantities import NOTHING, Mass
from tests.builders import Clinic
from tests.inventory.stock import KETAMINE_10, KETAMINE_50, Stock

MYLAN_50 = "67457-001-10"


def refused(stock: Stock, act: Callable[[], object], by: type[Refusal]) -> str:
    """Something that is refused, with nothing changed; what the refusal says."""
    with stock.clinic.nothing_changes(), pytest.raises(by) as refusal:
        act()
    return str(refusal.value)


def test_a_second_vial_fills_up_what_the_first_lacks_in_one_case_with_a_move_from_each(stock: Stock) -> None:
    first, second, visit = stock.a_vial(), stock.a_vial(lot="L2", expiry="2026-12-31"), stock.a_visit()
    stock.draw(first, "9.8", stock.a_visit())
    drawn = stock.draw_from(visit, (first, "0.2"), (second, "0.5"))
    assert (drawn.mass, drawn.label, drawn.volume.ul) == (Mass.mg(35), "K-001/2", 700)
    assert (stock.balance(first), stock.balance(second)) == (NOTHING, Mass.mg(475))
    shown = stock.nurse.get(f"/containers/{drawn.syringe}").done()
    moved = shown["moves"]
    said = [[move[each] for each in ("source", "mass_mg", "source_balance_mg", "target_balance_mg")] for move in moved]
    assert said == [["K-001", "10", "0", "10"], ["K-002", "25", "475", "35"]]
    assert len({move["operation_id"] for move in moved}) == 1
    (case,) = stock.cases(visit)
    assert (case.drawn, case.left) == (Mass.mg(35), Mass.mg(35))
    stock.give(drawn.syringe, "30", visit)
    stock.waste(drawn.syringe, "5")
    assert stock.cases(visit)[0].closed
    assert stock.clinic.verify() == []


def test_every_lot_and_expiry_that_went_in_is_shown_and_found_by_its_recall(stock: Stock) -> None:
    first, second, visit = stock.a_vial(), stock.a_vial(lot="L2", expiry="2026-12-31"), stock.a_visit()
    syringe = stock.draw_from(visit, (first, "0.2"), (second, "0.5")).syringe
    shown = stock.nurse.get(f"/containers/{syringe}").done()["container"]
    assert (shown["lot"], shown["expiry"]) == ("L1 + L2", "2026-12-31")
    assert [(each["label"], each["lot"], each["expiry"]) for each in shown["sources"]] == [
        ("K-001", "L1", "2027-06-30"),
        ("K-002", "L2", "2026-12-31"),
    ]
    assert stock.nurse.get(f"/containers/{first}").done()["container"]["sources"] == []
    stock.give(syringe, "35", visit)
    part = Part(None, 50)
    with stock.clinic.reading():
        for lot in ("L1", "L2"):
            assert syringe in {each.id for each in tracing.containers_of_lot(KETAMINE_50, lot, part=part)}
            moved = tracing.touches_of_lot(KETAMINE_50, lot, part=part)
            assert [each.what for each in moved if each.patient and each.target == "patient"] == ["administered"]
        assert [each.visit for each in recalls.given_from([second, syringe])] == [visit]
        assert set(chain.chain([second])) == set(chain.chain([first]))


def test_what_one_source_forbids_forbids_the_whole_draw_and_nothing_moves(stock: Stock) -> None:
    good, visit = stock.a_vial(), stock.a_visit()
    empty, apart, old = stock.a_vial(), stock.a_vial(), stock.a_vial(expiry="2026-03-01")
    stock.draw(empty, "10", stock.a_visit())
    stock.nurse.does(f"/containers/{apart}/quarantine", reason="cap was loose")
    for bad, ml, by in ((empty, "0.5", Empty), (apart, "0.5", Quarantined), (old, "0.5", Expired)):
        said = refused(stock, lambda bad=bad, ml=ml: stock.draw_from(visit, (good, "0.2"), (bad, ml)), by)  # type: ignore[misc]
        assert "K-00" in said
    other = stock.a_vial()
    refused(stock, lambda: stock.draw_from(visit, (good, "0.2"), (other, "10.01")), NotEnoughLeft)
    refused(stock, lambda: stock.draw_from(visit, (good, "0.2"), (other, "0")), NotDrawable)
    refused(stock, lambda: stock.draw_from(visit, (good, "0.2"), (good, "0.2")), TakenTwice)
    assert stock.balance(good) == Mass.mg(500)


def test_what_is_accounted_for_by_itself_is_not_mixed(stock: Stock, clinic: Clinic) -> None:
    good, visit = stock.a_vial(), stock.a_visit()
    weak, other = stock.a_vial(ndc=KETAMINE_10), stock.a_vial(ndc=MYLAN_50)
    cart = in_another_place(stock)
    for bad, by in ((weak, AnotherPackage), (other, AnotherPackage), (cart, AnotherPlace)):
        assert "K-001" in refused(stock, lambda bad=bad: stock.draw_from(visit, (good, "0.2"), (bad, "0.5")), by)  # type: ignore[misc]
    elsewhere, another = stock.a_visit(clinic.a_site(name="Second")), stock.a_vial()
    refused(stock, lambda: stock.draw_from(elsewhere, (good, "0.2"), (another, "0.5")), OtherSite)


def in_another_place(stock: Stock) -> UUID:
    """A vial that lies in another location."""
    location = stock.a_location("Cart")
    made = stock.nurse.does("/receipts", **stock.receipt(location=location, invoice_number="INV-7002"))
    return UUID(made["lines"][0]["containers"][0]["id"])


def test_hub_loss_is_capped_for_each_draw_from_a_vial_also_where_another_began_the_syringe(stock: Stock) -> None:
    first, second, visit = stock.a_vial(), stock.a_vial(), stock.a_visit()
    stock.draw_from(visit, (first, "0.2"), (second, "0.5"))
    stock.draw_from(visit, (first, "0.2"), (second, "0.5"))
    stock.nurse.does(f"/containers/{second}/hub-loss", mass_mg="10")
    with stock.clinic.nothing_changes():
        assert stock.nurse.post(f"/containers/{second}/hub-loss", mass_mg="0.001").status == 409
    assert stock.clinic.verify() == []
