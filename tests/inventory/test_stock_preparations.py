"""Bags and syringes made up for nobody in particular: made by policy, drawn from in time, counted and wasted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from clinic_api import clock
from clinic_api.database.rows import db
from clinic_api.errors import Refusal
from clinic_api.inventory.queries import accounting, finding, holdings, recalls, tracing
from clinic_api.inventory.queries.tracing import Part
from clinic_api.inventory.rules.drawing import Disposed, NotAVial, PastBeyondUse, Quarantined, StrengthLost
from clinic_api.inventory.rules.holdings import Moment
from clinic_api.inventory.rules.moves import NotEnoughLeft
from clinic_api.quantities import NOTHING, Mass
from tests.builders import Clinic
from tests.inventory.stock import KETAMINE_10, KETAMINE_50, Stock, counted, line, read, refused, refused_with_a_file
from tests.people import Answer


def sharing(clinic: Clinic) -> Stock:
    """A safe and two nurses, in a clinic that shares what it makes up."""
    stock = Stock(clinic)
    stock.share()
    return stock


pytestmark = pytest.mark.begins(at=sharing)


def stopped(stock: Stock, act: Callable[[], object], by: type[Refusal]) -> str:
    """Something that is refused, with nothing changed; what the refusal says."""
    with stock.clinic.nothing_changes(), pytest.raises(by) as refusal:
        act()
    return str(refusal.value)


def seen(stock: Stock, container: UUID) -> dict[str, Any]:
    """A container as the nurse sees it."""
    return dict(stock.nurse.get(f"/containers/{container}").done()["container"])


# ----------------------------------------------------------------------------------------------------------- made


def test_a_bag_is_made_of_vials_and_a_diluent_with_its_exact_strength_maker_and_use_by(stock: Stock) -> None:
    first, second = stock.a_vial(), stock.a_vial(lot="L2", expiry="2026-12-31")
    made = stock.nurse.does("/preparations", **stock.mixing((first, "10"), (second, "1"), diluent_ml="99"))
    assert (made["strength"], made["strength_mg_per_ml"]) == ("5", "5")
    assert (made["drawn_ml"], made["diluent_ml"], made["final_volume_ml"]) == ("11", "99", "110")
    assert (made["made_by"], made["diluent"]) == (stock.nurse.id, "0.9 % saline")
    bag = made["container"]
    assert (bag["kind"], bag["state"], bag["stock"], bag["visit"]) == ("bag", "open", True, None)
    assert (bag["content_mg"], bag["balance_mg"], bag["lot"], bag["expiry"]) == ("550", "550", "L1 + L2", "2026-12-31")
    assert [each["lot"] for each in bag["sources"]] == ["L1", "L2"]
    assert made["use_by"] == bag["use_by"]
    assert datetime.fromisoformat(made["use_by"]) - datetime.fromisoformat(made["made_at"]) == timedelta(hours=4)
    assert (seen(stock, first)["state"], seen(stock, second)["state"]) == ("empty", "open")
    assert stock.clinic.verify() == []


def test_a_strength_whose_decimals_do_not_end_is_kept_as_a_fraction(stock: Stock) -> None:
    made = stock.nurse.does("/preparations", **stock.mixing((stock.a_vial(), "10"), diluent_ml="100"))
    assert (made["strength"], made["strength_mg_per_ml"]) == ("50/11", "4.5455")


@pytest.mark.begins(at=Stock)
def test_a_clinic_that_shares_nothing_is_told_the_ways_out(clinic: Clinic, stock: Stock) -> None:
    vial = stock.a_vial()
    answer = refused(clinic, lambda: stock.nurse.post("/preparations", **stock.mixing((vial, "1"))), 409, "not-shared")
    assert "draw it for a visit, or adopt a product list" in answer["detail"]


def test_it_ends_with_the_first_of_its_sources(stock: Stock) -> None:
    stock.share(bag_use_by_hours=24 * 40)
    soon = stock.a_vial(expiry="2026-03-05")
    made = stock.nurse.does("/preparations", **stock.mixing((stock.a_vial(), "1"), (soon, "1")))
    assert made["use_by"][:10] == "2026-03-06"  # midnight in New York
    fresh = stock.nurse.does("/preparations", **stock.mixing((stock.a_vial(), "1")))
    assert fresh["use_by"][:10] == "2026-03-30"  # 28 days after the puncture


@pytest.mark.parametrize(
    ("different", "status", "by"),
    [
        ({"diluent": None}, 422, "diluent-unclear"),
        ({"diluent_ml": "0"}, 422, "diluent-unclear"),
        ({"kind": "device"}, 422, None),
        ({"containers": []}, 422, None),
        ({"containers": [{"container": str(uuid4()), "volume_ml": "1"}]}, 404, "no-such-container"),
    ],
)
def test_what_cannot_be_made_up_changes_nothing(
    stock: Stock, different: dict[str, Any], status: int, by: str | None
) -> None:
    asked = stock.mixing((stock.a_vial(), "1")) | different
    with stock.clinic.nothing_changes():
        answer = stock.nurse.post("/preparations", **asked)
    assert answer.status in {status, 400}
    assert by in {None, answer["type"]}


def test_vials_that_do_not_belong_together_or_to_everybody_are_not_mixed(stock: Stock, clinic: Clinic) -> None:
    good, weak = stock.a_vial(), stock.a_vial(ndc=KETAMINE_10)
    bag, visit = stock.mix((stock.a_vial(), "10")), stock.a_visit()
    syringe = stock.draw(good, "0.1", visit).syringe
    with stock.clinic.reading():
        patient = str(db.session.execute(sa.text("SELECT patient FROM visits")).scalars().first())
    kit = stock.receive(
        line(vials_invoiced=1, vials_received=1, patient=str(UUID(patient)), prescription="RX-881"),
        invoice_number="INV-7003",
    )[0]["id"]

    def post(*takes: tuple[UUID, str]) -> Callable[[], Answer]:
        return lambda: stock.nurse.post("/preparations", **stock.mixing(*takes))

    refused(clinic, post((good, "1"), (weak, "1")), 409, "another-package")
    refused(clinic, post((good, "1"), (good, "1")), 422, "taken-twice")
    refused(clinic, post((good, "1"), (bag, "1")), 409, "not-a-vial")
    refused(clinic, post((syringe, "0.1")), 409, "not-a-vial")
    refused(clinic, post((UUID(kit), "1")), 409, "came-for-a-patient")
    refused_with_a_file(clinic, post((good, "10.01")), 409, "not-enough-left")
    with clinic.nothing_changes():
        assert clinic.administrators[0].post("/preparations", **stock.mixing((good, "1"))).status == 403


# ---------------------------------------------------------------------------------------------------------- drawn


def test_a_visit_is_drawn_for_from_a_bag_and_the_last_draw_takes_exactly_the_remainder(stock: Stock) -> None:
    bag = stock.mix((stock.a_vial(), "10"), diluent_ml="100")
    visit = stock.a_visit()
    drawn = [stock.draw(bag, ml, visit) for ml in ("36.67", "36.67", "36.66")]
    assert [each.mass.ug for each in drawn] == [166682, 166682, 166636]
    assert [each.label for each in drawn] == ["K-001/1/1", "K-001/1/2", "K-001/1/3"]
    assert (stock.balance(bag), seen(stock, bag)["state"]) == (NOTHING, "empty")
    syringe = stock.nurse.get(f"/containers/{drawn[0].syringe}").done()
    assert (syringe["container"]["lot"], syringe["container"]["strength_mg_per_ml"]) == ("L1", "4.5455")
    assert [each["label"] for each in syringe["container"]["sources"]] == ["K-001"]
    assert syringe["moves"][0]["volume_ml"] is None  # after dilution only micrograms count
    assert stock.clinic.verify() == []


def test_a_staged_syringe_is_assigned_to_a_visit_by_drawing_all_of_it(stock: Stock) -> None:
    staged = stock.mix((stock.a_vial(), "0.7"), kind="syringe", diluent=None, diluent_ml="0")
    assert seen(stock, staged)["state"] == "open"
    visit = stock.a_visit()
    case = stock.draw(staged, "0.7", visit)
    assert (case.mass, stock.balance(staged)) == (Mass.mg(35), NOTHING)
    assert [(each.case, each.drawn) for each in stock.cases(visit)] == [(case.syringe, Mass.mg(35))]
    stock.give(case.syringe, "35", visit)
    assert stock.cases(visit)[0].closed


def test_a_bag_is_not_drawn_from_after_its_use_by_nor_above_what_it_holds(stock: Stock, clinic: Clinic) -> None:
    bag, visit = stock.mix((stock.a_vial(), "10")), stock.a_visit()
    stopped(stock, lambda: stock.draw(bag, "100.02", visit), NotEnoughLeft)
    stock.propose(bag, "450")
    stopped(stock, lambda: stock.draw(bag, "10.02", visit), NotEnoughLeft)
    clinic.later(hours=3, minutes=59)
    stock.draw(bag, "1", visit)
    clinic.later(minutes=2)
    assert "K-001/1 was to be used by" in stopped(stock, lambda: stock.draw(bag, "1", visit), PastBeyondUse)


def test_a_bag_set_apart_or_wasted_in_part_is_not_drawn_from(stock: Stock) -> None:
    apart, wasted, visit = stock.mix((stock.a_vial(), "10")), stock.mix((stock.a_vial(), "10")), stock.a_visit()
    stock.nurse.does(f"/containers/{apart}/quarantine", reason="leaks")
    stock.waste(wasted, "100")
    stopped(stock, lambda: stock.draw(apart, "1", visit), Quarantined)
    stopped(stock, lambda: stock.draw(wasted, "1", visit), Disposed)


def test_a_bag_whose_making_was_corrected_is_wasted_and_not_drawn_from(stock: Stock, clinic: Clinic) -> None:
    bag, visit = stock.mix((stock.a_vial(), "10")), stock.a_visit()
    move = stock.nurse.get(f"/containers/{bag}").done()["moves"][0]["id"]
    asked = stock.nurse.does(f"/moves/{move}/corrections", reason="9 mL were drawn, not 10 mL", restated_mg="450")
    stock.nurse.does(f"/corrections/{asked['id']}/signature", **stock.witness.proof_for(asked["challenge"]))
    assert stock.balance(bag) == Mass.mg(450)
    assert "another strength" in stopped(stock, lambda: stock.draw(bag, "1", visit), StrengthLost)
    stock.waste(bag, "450")
    assert seen(stock, bag)["state"] == "disposed"
    assert clinic.verify() == []


def test_what_was_drawn_from_a_bag_is_no_stock_and_is_given_to_its_visit_only(stock: Stock) -> None:
    bag, visit = stock.mix((stock.a_vial(), "10")), stock.a_visit()
    case = stock.draw(bag, "7", visit)
    assert case.mass == Mass.mg(35)
    stopped(stock, lambda: stock.draw(case.syringe, "1", visit), NotAVial)


# -------------------------------------------------------------------------------------------------- never disappears


def test_what_is_left_of_a_bag_is_wasted_before_a_witness_in_the_accounts_and_in_every_past_answer(
    stock: Stock, clinic: Clinic
) -> None:
    vial = stock.a_vial()
    stock.count(counted(vial), kind="opening")
    clinic.later(minutes=1)
    bag, visit = stock.mix((vial, "10")), stock.a_visit()
    made = clock.now()
    clinic.later(minutes=1)
    case = stock.draw(bag, "7", visit)
    stock.give(case.syringe, "35", visit)
    stock.waste(bag, "465")
    assert stock.nurse.get(f"/sites/{clinic.site}/balances").done()["items"] == []
    with clinic.reading() as scope:
        before = holdings.in_container(bag, Moment(at=made, known_at=scope.at))
        after = holdings.under_registration(UUID(stock.registration), Moment(at=scope.at, known_at=scope.at))
        assert [(each.containers, each.held_ug) for each in before.items] == [(1, 500_000)]
        assert [each.held_ug for each in after.items if each.held_ug] == []
    clinic.later(minutes=1)
    stock.count(kind="closing")
    with clinic.reading() as scope:
        (account,) = accounting.accounts(UUID(stock.registration), since=scope.at - timedelta(hours=1), until=scope.at)
        assert (account.variance_ug, account.faults) == (0, ())
    assert clinic.verify() == []


def test_a_bag_is_counted_whole_until_it_is_drawn_from_and_then_measured(stock: Stock, clinic: Clinic) -> None:
    bag, staged = stock.mix((stock.a_vial(), "10")), stock.mix((stock.a_vial(), "0.7"), kind="syringe", diluent_ml="1")
    sealed = finding.numbered
    with clinic.reading():
        rest = sealed("K-002").id
    lines = [counted(staged), read(rest, "9.3")]
    assert [each["variance_ug"] for each in stock.count(counted(bag), *lines, kind="opening")["lines"]] == [0] * 3
    stock.draw(bag, "7", stock.a_visit())
    count = str(stock.nurse.does("/counts", location=stock.location, kind="closing")["id"])
    with clinic.nothing_changes():
        assert stock.enter(count, counted(bag), *lines)["type"] == "opened-not-counted"
        weighed = {"container": str(bag), "method": "weighed", "gross_g": "120"}
        assert stock.enter(count, weighed, *lines)["type"] == "not-weighable"


def test_a_stock_bag_that_is_not_found_is_missed(stock: Stock) -> None:
    bag = stock.mix((stock.a_vial(), "10"))
    done = stock.count(kind="opening")
    assert [(each["container"], each["found_mg"]) for each in done["lines"]] == [(str(bag), None)]
    assert stock.nurse.get(f"/sites/{stock.clinic.site}/balances").done()["items"][0]["on_hand_mg"] == "500"


def test_a_recall_of_any_lot_finds_the_bag_and_who_got_some(stock: Stock) -> None:
    bag = stock.mix((stock.a_vial(), "5"), (stock.a_vial(lot="L2"), "5"))
    visit = stock.a_visit()
    case = stock.draw(bag, "7", visit)
    stock.give(case.syringe, "35", visit)
    with stock.clinic.reading():
        for lot in ("L1", "L2"):
            ids = {each.id for each in tracing.containers_of_lot(KETAMINE_50, lot, part=Part(None, 50))}
            assert {bag, case.syringe} <= ids
            assert [each.visit for each in recalls.given_from(ids)] == [visit]


def test_an_incident_from_a_bag_past_its_use_by_is_written_down(stock: Stock, clinic: Clinic) -> None:
    bag, visit = stock.mix((stock.a_vial(), "10")), stock.a_visit()
    clinic.later(hours=5)
    told = {"container": str(bag), "visit": str(visit), "volume_ml": "7", "what_happened": "given in an emergency"}
    made = stock.nurse.does("/incidents", **told, given=False, order_missing=False)
    assert made["against"] == ["PastBeyondUse"]
    assert stock.balance(bag) == Mass.mg(465)
