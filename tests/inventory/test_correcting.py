"""Taking back what was entered wrongly, and recording what happened against a rule; over HTTP, on both databases."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from clinic_api import clock
from clinic_api.inventory.service.correcting import SECOND
from clinic_api.inventory.service.incidents import REVIEW
from clinic_api.quantities import NOTHING, Mass
from tests.inventory.stock import Stock, refused_with_a_file
from tests.people import Answer, Person

WHY = "the syringe was read wrongly"


def moves(stock: Stock, container: UUID) -> list[Any]:
    return list(stock.nurse.get(f"/containers/{container}").done()["moves"])


def propose(stock: Stock, move: str, **different: Any) -> Any:
    return stock.nurse.does(f"/moves/{move}/corrections", **{"reason": WHY} | different)


def sign(stock: Stock, proposed: Any, by: Person) -> Answer:
    return stock.nurse.post(f"/corrections/{proposed['id']}/signature", **by.proof_for(proposed["challenge"]))


def refused(stock: Stock, move: str, kind: str, **different: Any) -> None:
    with stock.clinic.nothing_changes():
        answer = stock.nurse.post(f"/moves/{move}/corrections", **{"reason": WHY} | different)
    assert (answer.status // 100, answer["type"]) == (4, kind)


def a_dose(stock: Stock) -> tuple[UUID, UUID, UUID, str]:
    """A vial, a visit, a syringe of 35 mg of which 12 mg were given, and that move."""
    vial, visit = stock.a_vial(), stock.a_visit()
    syringe = stock.draw(vial, "0.7", visit).syringe
    stock.give(syringe, "12", visit)
    return vial, visit, syringe, moves(stock, syringe)[-1]["id"]


def test_a_wrong_amount_is_taken_back_and_stated_anew_before_a_second_person(stock: Stock) -> None:
    _, visit, syringe, given = a_dose(stock)
    proposed = propose(stock, given, restated_mg="10.5")
    assert (proposed["state"], stock.balance(syringe), stock.tasks(SECOND)) == ("pending", Mass.mg(23), 1)
    posted = sign(stock, proposed, stock.witness).done()
    assert (posted["state"], stock.balance(syringe), stock.tasks(SECOND)) == ("posted", Mass.mg("24.5"), 0)
    drawn, first, back, anew = moves(stock, syringe)
    assert (first["id"], first["mass_mg"]) == (given, "12")
    assert (back["id"], back["reverses"], back["kind"]) == (posted["reversing_move"], given, "administered")
    assert (anew["id"], anew["mass_mg"], anew["occurred_at"]) == (
        posted["restated_move"],
        "10.5",
        first["occurred_at"],
    )
    assert drawn["kind"] == "drawn"
    (case,) = stock.cases(visit)
    assert (case.administered, case.left) == (Mass.mg("10.5"), Mass.mg("24.5"))
    assert stock.clinic.verify() == []


def test_a_move_is_taken_back_in_parts_and_never_more_than_it_moved(stock: Stock) -> None:
    _, _, syringe, given = a_dose(stock)
    sign(stock, propose(stock, given, mass_mg="5"), stock.witness).done()
    refused(stock, given, "more-than-moved", mass_mg="7.001")
    sign(stock, propose(stock, given, mass_mg="7"), stock.witness).done()
    assert stock.balance(syringe) == Mass.mg(35)
    refused(stock, given, "all-taken-back")
    refused(stock, moves(stock, syringe)[-1]["id"], "reversals-stand")
    assert stock.clinic.verify() == []


def test_of_two_pending_corrections_of_one_move_the_second_finds_it_taken_back(stock: Stock) -> None:
    _, _, _, given = a_dose(stock)
    one, other = propose(stock, given), propose(stock, given)
    sign(stock, one, stock.witness).done()
    with stock.clinic.nothing_changes():
        late = sign(stock, other, stock.witness)
    assert (late.status, late["type"]) == (409, "all-taken-back")


def test_nobody_signs_their_own_correction_and_nobody_signs_twice(stock: Stock) -> None:
    _, _, _, given = a_dose(stock)
    proposed = propose(stock, given)
    desk = stock.clinic.front_desk()
    with stock.clinic.nothing_changes():
        own, wrong = sign(stock, proposed, stock.nurse), sign(stock, proposed, desk)
    assert (own["type"], wrong["type"]) == ("own-witness", "may-not-correct")
    sign(stock, proposed, stock.witness).done()
    with stock.clinic.nothing_changes():
        twice = sign(stock, proposed, stock.witness)
    assert (twice.status, twice["type"]) == (409, "challenge-used")


def test_drug_that_was_used_since_cannot_be_taken_back_to_where_it_came_from(stock: Stock) -> None:
    vial, visit, syringe, _ = a_dose(stock)
    drawn = moves(stock, vial)[-1]["id"]
    proposed = propose(stock, drawn)
    refused_with_a_file(stock.clinic, lambda: sign(stock, proposed, stock.witness), 409, "not-enough-left")
    received = propose(stock, moves(stock, vial)[0]["id"])
    refused_with_a_file(stock.clinic, lambda: sign(stock, received, stock.witness), 409, "not-enough-left")
    assert (stock.balance(syringe), len(stock.cases(visit))) == (Mass.mg(23), 1)


def test_a_vial_that_never_came_is_taken_out_of_the_book_again(stock: Stock) -> None:
    vial = stock.a_vial()
    received = moves(stock, vial)[0]["id"]
    refused(stock, received, "stated-by-its-act", restated_mg="400")
    sign(stock, propose(stock, received), stock.witness).done()
    assert stock.balance(vial) == NOTHING
    assert stock.clinic.verify() == []


def test_a_waste_that_was_taken_back_leaves_the_syringe_for_use(stock: Stock) -> None:
    _, _, syringe, _ = a_dose(stock)
    stock.waste(syringe, "23")
    wasted = moves(stock, syringe)[-1]["id"]
    sign(stock, propose(stock, wasted), stock.witness).done()
    assert stock.balance(syringe) == Mass.mg(23)
    assert stock.nurse.get(f"/containers/{syringe}").done()["container"]["state"] == "open"


def test_no_such_move_and_no_such_correction_are_not_found(stock: Stock) -> None:
    refused(stock, str(UUID(int=3)), "no-such-move")
    missing = stock.nurse.get(f"/corrections/{UUID(int=3)}")
    assert (missing.status, missing["type"]) == (404, "no-such-correction")


# ------------------------------------------------------------------------------------------------------- incidents


def incident(stock: Stock, vial: UUID, visit: UUID, **different: Any) -> Answer:
    usual = {
        "container": vial,
        "visit": visit,
        "volume_ml": "0.7",
        "what_happened": "patient seized, drew what was at hand",
        "given": True,
        "order_missing": True,
    }
    return stock.nurse.post("/incidents", **usual | different)


def test_what_happened_with_a_quarantined_expired_vial_is_recorded_and_put_on_the_review_list(stock: Stock) -> None:
    vial, visit = stock.a_vial(expiry="2026-03-31"), stock.a_visit()
    stock.nurse.does(f"/containers/{vial}/quarantine", reason="cap was loose")
    stock.clinic.tomorrow(stock.nurse, stock.witness)
    stock.clinic.later(days=60)
    stock.clinic.sign_in(stock.nurse)
    done = incident(stock, vial, visit).done()
    assert done["against"] == ["Quarantined", "Expired"]
    assert (stock.balance(vial), stock.tasks(REVIEW)) == (Mass.mg(465), 1)
    (case,) = stock.cases(visit)
    assert (case.administered, case.closed) == (Mass.mg(35), True)
    unreviewed = stock.nurse.get("/incidents?unreviewed=true").done()["items"]
    assert [each["id"] for each in unreviewed] == [done["id"]]
    assert stock.clinic.verify() == []


def test_more_than_the_book_says_is_found_first_so_that_nothing_falls_below_zero(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    done = incident(stock, vial, visit, volume_ml="10.8", given=False, order_missing=False).done()
    assert (done["against"], stock.balance(vial)) == (["NotEnoughLeft"], NOTHING)
    assert stock.balance(UUID(done["syringe"])) == Mass.mg(540)
    assert stock.clinic.verify() == []


def test_an_incident_is_reviewed_by_somebody_else_once(stock: Stock) -> None:
    done = incident(stock, stock.a_vial(), stock.a_visit()).done()
    doctor, keeper = stock.clinic.prescriber(), stock.clinic.custodian()
    path, said = f"/incidents/{done['id']}/review", {"finding": "right thing to do, nobody could be asked"}
    said["no_order_because"] = "the prescriber on call could not be reached"
    reviewed = doctor.does(path, **said)
    assert (reviewed["reviewer"], stock.tasks(REVIEW)) == (doctor.id, 0)
    with stock.clinic.nothing_changes():
        again = keeper.post(path, **said)
    assert (again.status, again["type"]) == (409, "reviewed-before")
    assert stock.nurse.get("/incidents?unreviewed=true").done()["items"] == []


def test_an_incident_dated_ahead_or_without_words_changes_nothing(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    with stock.clinic.nothing_changes():
        ahead = incident(stock, vial, visit, occurred_at=(clock.now() + timedelta(hours=1)).isoformat())
        mute = incident(stock, vial, visit, what_happened="oops")
        odd = incident(stock, vial, visit, volume_ml="0.701")
    assert (ahead["type"], mute.status, odd["type"]) == ("not-yet-happened", 422, "not-drawable")
    earlier = incident(stock, vial, visit, occurred_at=(clock.now() - timedelta(hours=2)).isoformat()).done()
    assert moves(stock, vial)[-1]["late_reason"] == earlier["what_happened"]
