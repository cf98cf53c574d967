"""Stock that leaves by two people's hands, over HTTP, on both databases."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from clinic_api import clock
from clinic_api.inventory.service.removing import ACKNOWLEDGEMENT, SECOND, SHARE_NEAR
from clinic_api.quantities import NOTHING, Mass
from tests.inventory.stock import REVERSE, Stock
from tests.people import Answer, Person

WHY = "expired, no longer to be used"


def asked(kind: str, *containers: UUID, **different: Any) -> dict[str, Any]:
    """What the author's tablet sends."""
    return {"kind": kind, "reason": WHY, "contents": [{"container": each} for each in containers], **different}


def eligible(stock: Stock, *people: Person, yes: bool = True) -> None:
    for person in people:
        stock.clinic.administrators[0].does(
            "/destruction-witnesses", account=person.id, eligible=yes, basis="on our own payroll, trained"
        )


def signed(stock: Stock, proposed: Any, by: Person) -> Answer:
    return stock.nurse.post(f"/removals/{proposed['id']}/signature", **by.proof_for(proposed["challenge"]))


def refused(stock: Stock, status: int, kind: str, body: dict[str, Any]) -> Answer:
    with stock.clinic.nothing_changes():
        answer = stock.nurse.post("/removals", **body)
    assert (answer.status, answer["type"]) == (status, kind)
    return answer


def test_two_employees_destroy_expired_vials_and_the_book_closes(stock: Stock) -> None:
    first, second = stock.a_vial(), stock.a_vial()
    eligible(stock, stock.nurse, stock.witness)
    proposed = stock.nurse.does("/removals", **asked("destroyed", first, second, method="denatured in a cartridge"))
    assert (proposed["state"], len(proposed["signatures"])) == ("pending", 1)
    assert proposed["challenge"]["subject_digest"] == proposed["digest"]
    assert (stock.balance(first), stock.tasks(SECOND)) == (Mass.mg(500), 1)

    posted = signed(stock, proposed, stock.witness).done()
    assert (posted["state"], [each["signer"] for each in posted["signatures"]]) == (
        "posted",
        [stock.nurse.id, stock.witness.id],
    )
    assert (stock.balance(first), stock.balance(second), stock.tasks(SECOND)) == (NOTHING, NOTHING, 0)
    history = stock.nurse.get(f"/containers/{first}").done()
    assert (history["container"]["state"], history["moves"][-1]["kind"]) == ("disposed", "destroyed")
    assert stock.clinic.trail(proposed["id"]) == ["removal:proposed", "removal:posted"]
    assert stock.clinic.verify() == []


def test_somebody_who_is_no_employee_of_the_registrant_is_not_one_of_the_two(stock: Stock) -> None:
    vial = stock.a_vial()
    proposed = stock.nurse.does("/removals", **asked("destroyed", vial, method="denatured"))
    assert proposed["signatures"] == []
    with stock.clinic.nothing_changes():
        answer = signed(stock, proposed, stock.witness)
    assert (answer.status, answer["type"]) == (403, "not-an-eligible-employee")
    third = stock.clinic.medical_assistant()
    eligible(stock, stock.witness, third)
    assert signed(stock, proposed, stock.witness).done()["state"] == "pending"
    again = stock.nurse.does(f"/removals/{proposed['id']}/challenges")
    assert signed(stock, again, third).done()["state"] == "posted"


def test_an_employee_who_left_the_list_does_not_count_any_more(stock: Stock) -> None:
    vial = stock.a_vial()
    eligible(stock, stock.nurse, stock.witness)
    eligible(stock, stock.witness, yes=False)
    proposed = stock.nurse.does("/removals", **asked("destroyed", vial, method="denatured"))
    assert signed(stock, proposed, stock.witness)["type"] == "not-an-eligible-employee"


def test_one_person_is_never_both(stock: Stock) -> None:
    vial, third = stock.a_vial(), stock.clinic.nurse("Cleo Nurse")
    eligible(stock, stock.witness, third)
    proposed = stock.nurse.does("/removals", **asked("destroyed", vial, method="denatured"))
    signed(stock, proposed, stock.witness).done()
    again = stock.nurse.does(f"/removals/{proposed['id']}/challenges")
    with stock.clinic.nothing_changes():
        twice, own = signed(stock, again, stock.witness), signed(stock, again, stock.nurse)
    assert (twice["type"], own["type"]) == ("second-is-the-first", "own-witness")


def test_a_shipment_to_a_reverse_distributor_closes_only_with_the_receivers_word(stock: Stock) -> None:
    vial = stock.a_vial()
    eligible(stock, stock.nurse, stock.witness)
    stock.see(REVERSE)
    proposed = stock.nurse.does("/removals", **asked("reverse-distributor", vial, receiver=REVERSE, document="RD-1"))
    signed(stock, proposed, stock.witness).done()
    assert (stock.balance(vial), stock.tasks(ACKNOWLEDGEMENT)) == (NOTHING, 1)
    said = {"document": "ACK-9", "arrived_as_sent": True, "received_at": clock.now().isoformat()}
    heard = stock.nurse.does(f"/removals/{proposed['id']}/acknowledgement", **said)
    assert (heard["state"], heard["acknowledged_document"], stock.tasks(ACKNOWLEDGEMENT)) == (
        "acknowledged",
        "ACK-9",
        0,
    )
    with stock.clinic.nothing_changes():
        again = stock.nurse.post(f"/removals/{proposed['id']}/acknowledgement", **said)
    assert (again.status, again["type"]) == (409, "not-this-state")


def test_a_spill_is_written_down_before_two_people_and_the_case_closes(stock: Stock) -> None:
    visit = stock.a_visit()
    drawn = stock.draw(stock.a_vial(), "0.7", visit)
    spilt = {"container": drawn.syringe, "mass_mg": "24.5"}
    proposed = stock.nurse.does("/removals", kind="broken", reason="syringe fell on the floor", contents=[spilt])
    signed(stock, proposed, stock.witness).done()
    stock.give(drawn.syringe, "10.5", visit)
    (case,) = stock.cases(visit)
    assert (case.lost, case.closed) == (Mass.mg("24.5"), True)
    assert stock.clinic.verify() == []


def test_what_is_promised_to_a_removal_is_not_drawn_until_it_is_withdrawn(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    proposed = stock.nurse.does("/removals", **asked("broken", vial))
    with stock.clinic.nothing_changes():
        wasted = stock.nurse.post("/wastes", container=vial, mass_mg="1", reason="past its date", method="cartridge")
    assert wasted["type"] == "not-enough-left"
    body = {"reason": "it was another vial"}
    withdrawn = stock.nurse.does(f"/removals/{proposed['id']}/withdrawal", **body)
    assert (withdrawn["state"], stock.tasks(SECOND)) == ("withdrawn", 0)
    assert stock.draw(vial, "0.7", visit).mass == Mass.mg(35)
    for path in ("withdrawal", "challenges"):
        with stock.clinic.nothing_changes():
            answer = stock.nurse.post(f"/removals/{proposed['id']}/{path}", **(body if path == "withdrawal" else {}))
        assert (answer.status, answer["type"]) == (409, "not-this-state")


def test_an_opened_vial_leaves_one_registration_and_comes_into_the_other_as_it_was(stock: Stock) -> None:
    vial, sealed, visit = stock.a_vial(), stock.a_vial(), stock.a_visit()
    stock.give(stock.draw(vial, "9.5", visit).syringe, "475", visit)
    opened = stock.nurse.get(f"/containers/{vial}").done()["container"]
    there = stock.clinic.a_registration(stock.clinic.a_site(name="Second"), dea_number="FI9051361")
    location = stock.a_location("Safe 2", there)
    proposed = stock.nurse.does("/removals", **asked("transferred", vial, to_location=location))
    assert (proposed["receiver_dea_number"], proposed["share_percent"]) == ("FI9051361", "5.0")
    assert stock.tasks(SHARE_NEAR) == 1
    signed(stock, proposed, stock.witness).done()
    assert stock.balance(vial) == NOTHING
    (arrived,) = _at(stock, location)
    assert (arrived["registration"], arrived["lot"], arrived["balance_mg"]) == (there, "L1", "25")
    assert (arrived["use_by"], arrived["state"]) == (opened["use_by"], "open")
    assert stock.nurse.get(f"/containers/{arrived['id']}").done()["moves"][0]["kind"] == "transferred-in"
    refused(stock, 409, "too-much-transferred", asked("transferred", sealed, to_location=location))
    assert stock.clinic.verify() == []


def test_a_removal_that_cannot_be_changes_nothing(stock: Stock) -> None:
    vial, syringe = stock.a_vial(), stock.draw(stock.a_vial(), "0.7", stock.a_visit()).syringe
    refused(stock, 422, "method-missing", asked("destroyed", vial))
    refused(stock, 422, "receiver-missing", asked("reverse-distributor", vial))
    refused(stock, 422, "receiver-not-asked", asked("broken", vial, receiver=REVERSE))
    refused(stock, 409, "drawn-stays", asked("destroyed", syringe, method="denatured"))
    refused(stock, 422, "removed-twice", asked("broken", vial, vial))
    refused(stock, 404, "no-such-container", asked("broken", UUID(int=7)))
    refused(stock, 422, "invalid-dea-number", asked("transferred", vial, receiver=REVERSE | {"dea_number": "BC1"}))
    refused(
        stock,
        422,
        "not-yet-happened",
        asked("broken", vial, occurred_at=(clock.now() + timedelta(hours=1)).isoformat()),
    )
    refused(
        stock,
        422,
        "late-without-reason",
        asked("broken", vial, occurred_at=(clock.now() - timedelta(hours=1)).isoformat()),
    )
    part = [{"container": vial, "mass_mg": "1"}]
    refused(stock, 409, "only-whole", asked("reverse-distributor", receiver=REVERSE) | {"contents": part})
    refused(stock, 422, "malformed", asked("patient", vial))


def test_a_removal_is_read_and_listed_and_an_unknown_one_is_not_found(stock: Stock) -> None:
    proposed = stock.nurse.does("/removals", **asked("broken", stock.a_vial()))
    assert stock.nurse.get(f"/removals/{proposed['id']}").done()["state"] == "pending"
    assert [each["id"] for each in stock.nurse.get("/removals").done()["items"]] == [proposed["id"]]
    missing = stock.nurse.get(f"/removals/{UUID(int=9)}")
    assert (missing.status, missing["type"]) == (404, "no-such-removal")


def test_what_stays_in_the_hub_is_a_line_of_its_own_up_to_its_cap(stock: Stock) -> None:
    visit = stock.a_visit()
    drawn = stock.draw(stock.a_vial(), "0.7", visit)
    lost = stock.nurse.does(f"/containers/{drawn.syringe}/hub-loss", mass_mg="2")
    assert (lost["mass_mg"], lost["balance_mg"]) == ("2", "33")
    with stock.clinic.nothing_changes():
        more = stock.nurse.post(f"/containers/{drawn.syringe}/hub-loss", mass_mg="3.001")
    assert (more.status, more["type"]) == (409, "more-than-stays-in-the-hub")
    stock.nurse.does(f"/containers/{drawn.syringe}/hub-loss", mass_mg="3")
    stock.give(drawn.syringe, "30", visit)
    (case,) = stock.cases(visit)
    assert (case.lost, case.closed) == (Mass.mg(5), True)
    vial = stock.a_vial()
    stock.draw(vial, "0.7", visit)
    assert stock.nurse.does(f"/containers/{vial}/hub-loss", mass_mg="5")["balance_mg"] == "460"


def _at(stock: Stock, location: str) -> list[Any]:
    site = stock.clinic.administrators[0].get("/sites").done()["items"][-1]["id"]
    found = stock.nurse.get(f"/containers?site={site}&limit=100").done()["items"]
    return [each for each in found if each["location"] == location]
