"""Drawing from a named vial: to the microgram, while it may be used, by somebody with standing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from clinic_api.clinics.queries import NoSuchSite
from clinic_api.clinics.rules.standing import NotHereToday, NoValidLicence, RegistrationNotValid
from clinic_api.errors import Refusal
from clinic_api.inventory.queries.containers import NoSuchContainer
from clinic_api.inventory.rules.drawing import (
    Disposed,
    DrawnForAnother,
    Empty,
    Expired,
    NotAVial,
    NotDrawable,
    OtherSite,
    PastBeyondUse,
    Quarantined,
)
from clinic_api.inventory.rules.moves import NotEnoughLeft
from clinic_api.patients import service as visits
from clinic_api.patients.queries.visits import NoSuchVisit
from clinic_api.patients.rules.visits import VisitSealed
from clinic_api.quantities import Mass
from tests.builders import Clinic
from tests.inventory.stock import Stock


def refused(stock: Stock, act: Callable[[], object], by: type[Refusal]) -> str:
    """Something that is refused, with nothing changed; what the refusal says."""
    with stock.clinic.nothing_changes(), pytest.raises(by) as refusal:
        act()
    return str(refusal.value)


def test_a_draw_opens_the_vial_and_leaves_the_rest_to_the_microgram(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    drawn = stock.draw(vial, "0.7", visit)
    assert (drawn.mass, drawn.label, drawn.case) == (Mass.mg(35), "K-001/1", drawn.syringe)
    assert (stock.balance(vial), stock.balance(drawn.syringe)) == (Mass.mg(465), Mass.mg(35))
    shown = stock.nurse.get(f"/containers/{vial}").done()["container"]
    assert (shown["state"], shown["volume_left_ml"]) == ("open", "9.3")
    assert shown["use_by"][:10] == "2026-03-30"
    assert stock.draw(vial, "9.3", visit).label == "K-001/2"
    assert stock.nurse.get(f"/containers/{vial}").done()["container"]["state"] == "empty"
    assert stock.clinic.verify() == []


def test_a_vials_moves_tell_its_whole_life_with_both_balances(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    syringe = stock.draw(vial, "0.7", visit).syringe
    stock.give(syringe, "10.5", visit)
    stock.waste(syringe, "24.5")
    moves = stock.nurse.get(f"/containers/{vial}").done()["moves"]
    assert [(move["kind"], move["mass_mg"], move["source_balance_mg"]) for move in moves] == [
        ("received", "500", None),
        ("drawn", "35", "465"),
    ]
    moves = stock.nurse.get(f"/containers/{syringe}").done()["moves"]
    assert [(move["kind"], move["target"], move["source_balance_mg"]) for move in moves] == [
        ("drawn", "K-001/1", "465"),
        ("administered", "patient", "24.5"),
        ("wasted", "waste", "0"),
    ]
    assert [move["witness"] for move in moves] == [None, None, stock.witness.id]
    assert moves[1]["identity_version"] is not None


def test_one_step_more_than_the_vial_holds_is_refused_with_both_amounts(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    said = refused(stock, lambda: stock.draw(vial, "10.01", visit), NotEnoughLeft)
    assert said.startswith("K-001 holds 500 mg, not 500.5 mg; ")
    for ml in ("0", "0.705", "0.001"):
        refused(stock, lambda ml=ml: stock.draw(vial, ml, visit), NotDrawable)  # type: ignore[misc]


def test_an_expired_vial_is_refused_from_the_first_moment_after_its_last_day(stock: Stock, clinic: Clinic) -> None:
    vial, visit = stock.a_vial(expiry="2026-03-02"), stock.a_visit()
    clinic.installation.set_clock(_midnight() - timedelta(minutes=5))
    _back_to_work(stock)
    stock.draw(vial, "0.1", visit)
    clinic.installation.set_clock(_midnight())
    _back_to_work(stock)
    assert "K-001 expired at" in refused(stock, lambda: stock.draw(vial, "0.1", visit), Expired)


def test_an_opened_vial_is_refused_after_its_28_days_and_its_opening_never_moves(stock: Stock, clinic: Clinic) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    stock.draw(vial, "0.1", visit)
    opened = stock.nurse.get(f"/containers/{vial}").done()["container"]
    clinic.later(days=27)
    _back_to_work(stock)
    stock.draw(vial, "0.1", visit)
    again = stock.nurse.get(f"/containers/{vial}").done()["container"]
    assert (again["punctured_at"], again["use_by"]) == (opened["punctured_at"], opened["use_by"])
    clinic.later(days=1, minutes=1)
    _back_to_work(stock)
    refused(stock, lambda: stock.draw(vial, "0.1", visit), PastBeyondUse)


def test_a_vial_set_apart_is_not_drawn_from_and_still_counts_as_on_hand(stock: Stock, clinic: Clinic) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    set_apart = stock.nurse.does(f"/containers/{vial}/quarantine", reason="cap was loose")
    assert (set_apart["id"], set_apart["by"]) == (str(vial), stock.nurse.id)
    assert refused(stock, lambda: stock.draw(vial, "0.1", visit), Quarantined).startswith("K-001 is in quarantine")
    assert stock.nurse.get(f"/sites/{clinic.site}/balances").done()["items"][0]["quarantined"] == 1
    with clinic.nothing_changes():
        assert stock.nurse.post(f"/containers/{vial}/quarantine", reason="again").status == 409
        assert stock.nurse.post(f"/containers/{uuid4()}/quarantine", reason="what").status == 404
    assert clinic.verify() == []


def test_an_empty_or_wasted_vial_and_a_syringe_are_not_drawn_from(stock: Stock) -> None:
    vial, wasted, visit = stock.a_vial(), stock.a_vial(), stock.a_visit()
    syringe = stock.draw(vial, "10", visit).syringe
    stock.waste(wasted, "500")
    refused(stock, lambda: stock.draw(vial, "0.1", visit), Empty)
    refused(stock, lambda: stock.draw(wasted, "0.1", visit), Disposed)
    refused(stock, lambda: stock.draw(syringe, "0.1", visit), NotAVial)


def test_what_is_promised_to_a_waste_is_not_drawn(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    stock.propose(vial, "499.5")
    refused(stock, lambda: stock.draw(vial, "0.02", visit), NotEnoughLeft)
    stock.draw(vial, "0.01", visit)


def test_who_draws_is_here_today_with_a_licence(stock: Stock, clinic: Clinic) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    away, unlicensed = clinic.nurse("Nora Away", here=False), clinic.nurse("Una Nurse", licence=False)
    for person, by in ((away, NotHereToday), (unlicensed, NoValidLicence)):
        refused(stock, lambda person=person: stock.draw(vial, "0.1", visit, person), by)  # type: ignore[misc]


def test_a_registration_that_ended_covers_no_draw(stock: Stock, clinic: Clinic) -> None:
    ending = clinic.a_registration(dea_number="FI9051361", valid_until="2026-03-02")
    vial, visit = stock.a_vial(), stock.a_visit()
    stock.location = stock.a_location("Safe 2", ending)
    last = stock.a_vial()
    stock.draw(last, "0.1", visit)
    clinic.later(days=1)
    _back_to_work(stock)
    refused(stock, lambda: stock.draw(last, "0.1", visit), RegistrationNotValid)
    stock.draw(vial, "0.1", visit)


def test_a_visit_is_served_from_its_own_sites_stock(stock: Stock, clinic: Clinic) -> None:
    vial, elsewhere = stock.a_vial(), stock.a_visit(clinic.a_site(name="Second"))
    refused(stock, lambda: stock.draw(vial, "0.1", elsewhere), OtherSite)


def test_another_clinics_vial_and_visit_do_not_exist(stock: Stock) -> None:
    other = Stock(stock.clinic.installation.found("South Clinic"))
    vial, visit, theirs, their_visit = stock.a_vial(), stock.a_visit(), other.a_vial(), other.a_visit()
    refused(stock, lambda: stock.draw(theirs, "0.1", visit), NoSuchContainer)
    refused(stock, lambda: stock.draw(vial, "0.1", their_visit), NoSuchVisit)
    with other.clinic.nothing_changes():
        assert stock.nurse.get(f"/containers/{theirs}").status == 404
        assert stock.nurse.post(f"/containers/{theirs}/quarantine", reason="not mine").status == 404
        assert stock.nurse.post(f"/containers/{theirs}/overfill", volume_ml="0.1").status == 404
        assert stock.nurse.get(f"/containers?site={other.clinic.site}").status == 404
        assert stock.nurse.get(f"/sites/{other.clinic.site}/balances").status == 404
    assert NoSuchSite.status == 404


def test_nothing_is_added_to_a_sealed_visit(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    syringe = stock.draw(vial, "0.7", visit).syringe
    with stock.acting() as scope:
        visits.seal_visit(visit, scope=scope)
    refused(stock, lambda: stock.draw(vial, "0.1", visit), VisitSealed)
    refused(stock, lambda: stock.give(syringe, "1", visit), VisitSealed)
    with stock.clinic.nothing_changes():
        body = {"container": syringe, "mass_mg": "35", "reason": "left over", "method": "absorbent"}
        assert stock.nurse.post("/wastes", **body)["type"] == "visit-sealed"


# -------------------------------------------------------------------------------------------------------------- giving


def test_what_was_given_leaves_the_syringe_and_the_case_says_what_is_left(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    syringe = stock.draw(vial, "0.7", visit).syringe
    stock.give(syringe, "22.5", visit)
    [case] = stock.cases(visit)
    assert (case.drawn, case.administered) == (Mass.mg(35), Mass.mg("22.5"))
    assert (case.wasted, case.returned) == (Mass(0), Mass(0))
    assert str(case).startswith("K-001/1: 12.5 mg of the 35 mg drawn")
    refused(stock, lambda: stock.give(syringe, "12.501", visit), NotEnoughLeft)
    stock.give(syringe, "12.5", visit)
    assert stock.cases(visit)[0].closed


def test_giving_nothing_moves_nothing(stock: Stock) -> None:
    visit = stock.a_visit()
    syringe = stock.draw(stock.a_vial(), "0.7", visit).syringe
    with stock.clinic.nothing_changes():
        stock.give(syringe, "0", visit)


def test_a_promised_waste_never_stands_in_the_way_of_what_was_given(stock: Stock) -> None:
    visit = stock.a_visit()
    syringe = stock.draw(stock.a_vial(), "0.7", visit).syringe
    stock.propose(syringe, "35")
    stock.give(syringe, "35", visit)
    assert stock.balance(syringe) == Mass(0)


def test_a_syringe_is_given_only_in_the_visit_it_was_drawn_for(stock: Stock) -> None:
    visit, other = stock.a_visit(), stock.a_visit()
    syringe = stock.draw(stock.a_vial(), "0.7", visit).syringe
    refused(stock, lambda: stock.give(syringe, "1", other), DrawnForAnother)


# ------------------------------------------------------------------------------------------------------------ overfill


def test_overfill_is_recorded_before_it_is_drawn_and_only_up_to_the_cap(stock: Stock, clinic: Clinic) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    stock.draw(vial, "10", visit)
    found = stock.nurse.does(f"/containers/{vial}/overfill", volume_ml="0.3")
    assert (found["mass_mg"], found["balance_mg"]) == ("15", "15")
    with clinic.nothing_changes():
        above = stock.nurse.post(f"/containers/{vial}/overfill", volume_ml="0.21")
        undrawable = stock.nurse.post(f"/containers/{vial}/overfill", volume_ml="0.005")
        desk = clinic.administrators[0].post(f"/containers/{vial}/overfill", volume_ml="0.1")
    assert (above.status, above["type"]) == (409, "more-than-overfill")
    assert (undrawable.status, undrawable["type"]) == (422, "not-drawable")
    assert desk.status == 403
    stock.nurse.does(f"/containers/{vial}/overfill", volume_ml="0.2")
    assert stock.draw(vial, "0.5", visit).mass == Mass.mg(25)
    assert clinic.verify() == []


# ------------------------------------------------------------------------------------------------------------- helpers


def _midnight() -> datetime:
    return datetime(2026, 3, 3, 5, tzinfo=UTC)


def _back_to_work(stock: Stock) -> None:
    """A new day: everybody signs in again and is here."""
    for person in (*stock.clinic.administrators, stock.nurse, stock.witness):
        stock.clinic.sign_in(person)
    for person in (stock.nurse, stock.witness):
        person.does("/presences", site=stock.clinic.site)
