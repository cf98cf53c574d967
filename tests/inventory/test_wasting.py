"""Wasting in two steps: one proposes, another watches with their own PIN, and only then it moves."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from clinic_api.inventory.queries import cases
from clinic_api.inventory.service.wasting import WITNESS
from clinic_api.quantities import Mass
from clinic_api.signatures.rules import Meaning
from tests.builders import Clinic, Installation
from tests.inventory.stock import Stock, refused_with_a_file
from tests.people import Answer, Person


@pytest.fixture
def syringe(stock: Stock) -> UUID:
    """A syringe of 35 mg; its id."""
    return stock.draw(stock.a_vial(), "0.7", stock.a_visit()).syringe


def witness(stock: Stock, proposed: Any, by: Person, **different: Any) -> Answer:
    """What the author's tablet sends when somebody has typed their PIN."""
    proof = by.proof_for(proposed["challenge"]) | different
    return stock.nurse.post(f"/wastes/{proposed['id']}/witness", **proof)


def refused(stock: Stock, proposed: Any, by: Person, *said: object, **different: Any) -> None:
    """A witness who is refused; nothing moved, and the waste still waits."""
    with stock.clinic.nothing_changes():
        answer = witness(stock, proposed, by, **different)
    assert (answer.status, answer["type"]) == said
    assert stock.nurse.get(f"/wastes/{proposed['id']}").done()["state"] == "pending"


def test_a_waste_waits_for_its_witness_and_then_leaves_the_syringe_in_one_move(stock: Stock, syringe: UUID) -> None:
    proposed = stock.propose(syringe, "24.5")
    assert (proposed["state"], proposed["mass_mg"], proposed["container_label"]) == ("pending", "24.5", "K-001/1")
    assert proposed["challenge"]["subject_digest"] == proposed["digest"]
    assert proposed["challenge"]["meaning"] == Meaning.WITNESSED
    assert (stock.balance(syringe), stock.tasks(WITNESS)) == (Mass.mg(35), 1)

    posted = witness(stock, proposed, stock.witness).done()
    assert posted.status == 201
    assert (posted["state"], posted["by"], posted["witness"]) == ("witnessed", stock.nurse.id, stock.witness.id)
    assert (stock.balance(syringe), stock.tasks(WITNESS)) == (Mass.mg("10.5"), 0)
    assert stock.clinic.trail(proposed["id"]) == ["waste:proposed", "waste:posted"]
    assert stock.clinic.verify() == []


def test_nobody_witnesses_their_own_waste_on_any_tablet(stock: Stock, syringe: UUID) -> None:
    proposed = stock.propose(syringe, "24.5")
    refused(stock, proposed, stock.nurse, 403, "own-witness")
    with stock.clinic.nothing_changes():
        answer = stock.witness.post(f"/wastes/{proposed['id']}/witness", **stock.nurse.proof_for(proposed["challenge"]))
    assert (answer.status, answer["type"]) == (403, "own-witness")


def test_a_witness_who_is_unknown_or_types_a_wrong_pin_changes_nothing(stock: Stock, syringe: UUID) -> None:
    proposed = stock.propose(syringe, "24.5")
    refused(stock, proposed, stock.witness, 401, "wrong-proof", login="nobody")
    refused(stock, proposed, stock.witness, 401, "wrong-pin", pin="975310")
    assert witness(stock, proposed, stock.witness).status == 201


def test_a_witness_is_here_today_at_this_site(stock: Stock, clinic: Clinic, syringe: UUID) -> None:
    proposed = stock.propose(syringe, "24.5")
    away = clinic.nurse("Nora Away", here=False)
    refused(stock, proposed, away, 409, "not-here-today")
    away.does("/presences", site=clinic.a_site(name="Second"))
    refused(stock, proposed, away, 409, "not-here-today")


def test_the_front_desk_and_a_witness_only_grant_do_not_count_in_a_team(
    stock: Stock, clinic: Clinic, syringe: UUID
) -> None:
    proposed = stock.propose(syringe, "24.5")
    refused(stock, proposed, clinic.front_desk(), 403, "may-not-witness")
    refused(stock, proposed, clinic.person("Willa Witness", "witness-only"), 403, "may-not-witness")
    assert witness(stock, proposed, clinic.custodian()).status == 201


def test_alone_in_practice_a_named_employee_with_a_witness_grant_watches(installation: Installation) -> None:
    stock = Stock(installation.found("Solo Clinic", profile="solo"))
    syringe = stock.draw(stock.a_vial(), "0.7", stock.a_visit()).syringe
    proposed = stock.propose(syringe, "24.5", bag="B-17")
    assert (proposed["bag"], proposed["due_at"]) == ("B-17", "2026-03-04T05:00:00Z")
    assert witness(stock, proposed, stock.clinic.person("Willa Witness", "witness-only")).status == 201


def test_a_waste_is_witnessed_once_whoever_signs_again(stock: Stock, clinic: Clinic, syringe: UUID) -> None:
    proposed = stock.propose(syringe, "24.5")
    renewed = stock.nurse.does(f"/challenges/{proposed['challenge']['id']}/renewal")
    witness(stock, proposed, stock.witness).done()
    other = clinic.custodian()
    with clinic.nothing_changes():
        same = witness(stock, proposed, other)
        second = witness(stock, proposed | {"challenge": renewed}, other)
    assert (same.status, same["type"]) == (409, "challenge-used")
    assert (second.status, second["type"]) == (409, "already-witnessed")
    assert stock.balance(syringe) == Mass.mg("10.5")


def test_a_signature_for_one_waste_does_not_post_another(stock: Stock, syringe: UUID) -> None:
    first, second = stock.propose(syringe, "10"), stock.propose(syringe, "20")
    with stock.clinic.nothing_changes():
        swapped = stock.nurse.post(f"/wastes/{second['id']}/witness", **stock.witness.proof_for(first["challenge"]))
    assert (swapped.status, swapped["type"]) == (409, "not-as-attested")
    assert witness(stock, first, stock.witness).status == 201


def test_a_challenge_that_expired_is_renewed_and_the_waste_stays_pending_meanwhile(
    stock: Stock, clinic: Clinic, syringe: UUID
) -> None:
    proposed = stock.propose(syringe, "24.5")
    clinic.later(minutes=3)
    refused(stock, proposed, stock.witness, 409, "challenge-expired")
    renewed = stock.nurse.does(f"/challenges/{proposed['challenge']['id']}/renewal")
    assert witness(stock, proposed | {"challenge": renewed}, stock.witness).status == 201


def test_a_pending_waste_never_goes_back_to_stock(stock: Stock, clinic: Clinic, syringe: UUID) -> None:
    stock.propose(syringe, "24.5")
    clinic.later(hours=9)
    body = {"container": syringe, "reason": "dose complete", "method": "absorbent"}
    with clinic.nothing_changes():
        too_much = stock.nurse.post("/wastes", **body, mass_mg="10.501")
    assert (too_much.status, too_much["type"]) == (409, "not-enough-left")
    assert too_much["facts"] == {"container": "K-001/1", "asked": "10.501 mg", "left": "10.5 mg"}
    shown = stock.nurse.get(f"/containers/{syringe}").done()["container"]
    assert (shown["balance_mg"], shown["held_for_waste_mg"]) == ("35", "24.5")
    with clinic.reading() as scope:
        [waiting] = cases.open_wastes()
        assert str(waiting).startswith("K-001/1: 24.5 mg waits for a witness until 2026-03-03 05:00 UTC")
        assert waiting.due_at > scope.at + timedelta(hours=1)


def test_a_waste_that_waits_belongs_to_its_visit_and_holds_it_open(stock: Stock, syringe: UUID) -> None:
    proposed = stock.propose(syringe, "35")
    with stock.clinic.reading():
        assert proposed["visit"] is not None
        visit = cases.waste(proposed["id"]).visit
        assert visit is not None
        assert [waste.mass for waste in cases.open_wastes(visit)] == [Mass.mg(35)]
        assert not cases.case_balances(visit)[0].closed
    witness(stock, proposed, stock.witness).done()
    with stock.clinic.reading():
        assert cases.open_wastes(visit) == []
        assert cases.case_balances(visit)[0].closed


def test_what_is_no_longer_there_is_not_wasted_although_it_was_promised(stock: Stock) -> None:
    visit = stock.a_visit()
    syringe = stock.draw(stock.a_vial(), "0.7", visit).syringe
    proposed = stock.propose(syringe, "24.5")
    stock.give(syringe, "10.501", visit)
    refused_with_a_file(stock.clinic, lambda: witness(stock, proposed, stock.witness), 409, "not-enough-left")


def test_one_microgram_too_many_and_nothing_at_all_are_not_wasted(stock: Stock, syringe: UUID) -> None:
    body = {"container": syringe, "reason": "dose complete", "method": "absorbent"}
    more = partial(stock.nurse.post, "/wastes", **body, mass_mg="35.001")
    refused_with_a_file(stock.clinic, more, 409, "not-enough-left")
    with stock.clinic.nothing_changes():
        nothing = stock.nurse.post("/wastes", **body, mass_mg="0")
        no_reason = stock.nurse.post("/wastes", container=syringe, mass_mg="1", reason="x", method="absorbent")
    assert (nothing.status, list(nothing["errors"])) == (422, ["mass_mg"])
    assert (no_reason.status, list(no_reason["errors"])) == (422, ["reason"])


def test_another_clinics_waste_and_syringe_do_not_exist(stock: Stock, syringe: UUID) -> None:
    other = Stock(stock.clinic.installation.found("South Clinic"))
    proposed = stock.propose(syringe, "24.5")
    with stock.clinic.nothing_changes():
        assert other.nurse.get(f"/wastes/{proposed['id']}").status == 404
        proof = other.witness.proof_for(proposed["challenge"])
        assert other.nurse.post(f"/wastes/{proposed['id']}/witness", **proof).status == 404
        body = {"container": syringe, "mass_mg": "1", "reason": "not mine", "method": "absorbent"}
        assert other.nurse.post("/wastes", **body).status == 404
        ours = stock.witness.proof_for(proposed["challenge"])
        assert stock.nurse.post(f"/wastes/{uuid4()}/witness", **ours).status == 404


def test_only_who_may_waste_proposes_and_only_from_here(stock: Stock, clinic: Clinic, syringe: UUID) -> None:
    body = {"container": syringe, "mass_mg": "1", "reason": "dose complete", "method": "absorbent"}
    with_no_right, away = clinic.front_desk(), clinic.nurse("Nora Away", here=False)
    with clinic.nothing_changes():
        assert with_no_right.post("/wastes", **body).status == 403
        assert away.post("/wastes", **body)["type"] == "not-here-today"
        assert stock.nurse.send("POST", "/wastes", body, {"Clinic-Pin": None})["type"] == "pin-needed"


def taken_back(stock: Stock, proposed: Any, by: Person | None = None, reason: str = "the wrong syringe") -> Answer:
    """What the tablet sends when somebody takes a proposal back."""
    return (by or stock.nurse).post(f"/wastes/{proposed['id']}/withdrawal", reason=reason)


def test_a_proposal_that_was_wrong_is_taken_back_with_its_reason_and_holds_nothing_any_more(
    stock: Stock, syringe: UUID
) -> None:
    proposed = stock.propose(syringe, "35")
    answer = taken_back(stock, proposed).done()
    assert (answer["state"], answer["withdrawn_by"]) == ("withdrawn", stock.nurse.id)
    assert answer["withdrawal_reason"] == "the wrong syringe"
    assert (stock.balance(syringe), stock.tasks(WITNESS)) == (Mass.mg(35), 0)
    assert stock.clinic.trail(proposed["id"]) == ["waste:proposed", "waste:withdrawn"]
    assert witness(stock, stock.propose(syringe, "24.5"), stock.witness).status == 201
    assert stock.clinic.verify() == []


def test_a_proposal_that_the_infusion_overtook_does_not_keep_the_remainder_for_ever(stock: Stock) -> None:
    visit = stock.a_visit()
    syringe = stock.draw(stock.a_vial(), "0.7", visit).syringe
    proposed = stock.propose(syringe, "35")
    stock.give(syringe, "10.5", visit)
    refused_with_a_file(stock.clinic, lambda: witness(stock, proposed, stock.witness), 409, "not-enough-left")
    assert taken_back(stock, proposed, stock.witness, "the infusion went on").status == 201
    assert witness(stock, stock.propose(syringe, "24.5"), stock.witness).status == 201
    assert stock.balance(syringe) == Mass.mg(0)


def test_a_waste_is_either_witnessed_or_taken_back_and_only_once(stock: Stock, syringe: UUID) -> None:
    seen, back = stock.propose(syringe, "10"), stock.propose(syringe, "5")
    witness(stock, seen, stock.witness).done()
    taken_back(stock, back).done()
    with stock.clinic.nothing_changes():
        answers = [taken_back(stock, seen), taken_back(stock, back), witness(stock, back, stock.witness)]
    assert [(answer.status, answer["type"]) for answer in answers] == [
        (409, "already-witnessed"),
        (409, "waste-withdrawn"),
        (409, "waste-withdrawn"),
    ]


def test_a_waste_is_taken_back_with_a_reason_by_somebody_who_may_waste_and_is_here(
    stock: Stock, clinic: Clinic, syringe: UUID
) -> None:
    proposed, desk, away = stock.propose(syringe, "35"), clinic.front_desk(), clinic.nurse("Nora Away", here=False)
    with clinic.nothing_changes():
        assert taken_back(stock, proposed, reason="x").status == 422
        assert taken_back(stock, proposed, away)["type"] == "not-here-today"
        assert taken_back(stock, {"id": uuid4()}).status == 404
    assert taken_back(stock, proposed, desk).status == 403
