"""A delivery from the door to the book, over HTTP: logged, counted blind, signed for, accepted or refused."""

from typing import Any, Final
from uuid import uuid4

import pytest

from clinic_api.inventory.service.storage import DIFFERENCE
from tests.inventory.dock import SCAN, Dock, charged, counted, ids
from tests.inventory.stock import KETAMINE_10, Stock, line
from tests.people import Answer

#: The least that each step is told.
BODIES: Final[dict[str, dict[str, Any]]] = {"count": {"lines": []}, "acceptance": {}, "refusal": {"reason": "not ours"}}


def refused(dock: Dock, path: str, status: int, code: str, **body: Any) -> Answer:
    """What is refused, with nothing changed."""
    with dock.stock.clinic.nothing_changes():
        answer = dock.nurse.post(path, **body)
    assert (answer.status, answer["type"]) == (status, code), answer.json
    return answer


def vials(dock: Dock) -> int:
    """How many containers the book knows."""
    return len(dock.nurse.get(f"/containers?site={dock.stock.clinic.site}").done()["items"])


def test_a_delivery_is_in_the_book_only_when_it_was_counted_and_signed_for(dock: Dock) -> None:
    logged = dock.nurse.does("/deliveries", **dock.body(attachment=SCAN))
    assert (logged["state"], logged["group"], logged["logged_by"]) == ("delivered", "CIII-V", dock.nurse.id)
    assert (logged["carrier"], logged["condition"]) == ("Parcel Post", "box whole, seal whole")
    assert (logged["attachment_name"], logged["attachment_sha256"]) == (SCAN["name"], SCAN["sha256"])
    said = dock.count(logged["id"], counted()).done()
    assert (said["state"], said["count"]["counted_by"], vials(dock)) == ("counted", dock.nurse.id, 0)
    custody = dock.accept(logged["id"]).done()
    assert (custody["delivery"]["state"], custody["challenge"]) == ("accepted", None)
    assert [each["signer"] for each in custody["delivery"]["signatures"]] == [dock.nurse.id]
    assert [dock.stock.balance(id).as_mg_text() for id in ids(custody)] == ["500", "500"]
    receipt = dock.nurse.get(f"/receipts/{custody['receipt']['id']}").done()
    assert (receipt.json, receipt["delivery"]) == (custody["receipt"], logged["id"])
    assert dock.stock.clinic.verify() == []
    assert dock.stock.clinic.trail(logged["id"]) == ["delivery:logged", "delivery:accepted"]


def test_who_counts_is_not_told_what_was_charged_until_the_count_is_in(dock: Dock) -> None:
    delivery = dock.log(charged(vials_invoiced=7))
    told = dock.nurse.get(f"/deliveries/{delivery}").done()
    listed = dock.nurse.get(f"/deliveries?site={dock.stock.clinic.site}&group=CIII-V").done()["items"][0]
    assert [each["vials_invoiced"] for each in (*told["lines"], *listed["lines"])] == [None, None]
    said = dock.count(delivery, counted(vials_received=6)).done()
    assert (said["lines"][0]["vials_invoiced"], said["count"]["blind"]) == (7, True)
    again = dock.count(delivery, counted(vials_received=7)).done()["count"]
    assert (again["number"], again["blind"]) == (2, False)


def test_both_numbers_stay_and_a_difference_asks_the_custodian(dock: Dock) -> None:
    delivery = dock.log(charged(vials_invoiced=4), charged(ndc=KETAMINE_10, vials_invoiced=1))
    dock.count(delivery, counted(vials_received=3, vials_turned_away=1, turned_away_reason="broken in transit")).done()
    custody = dock.accept(delivery).done()
    (only,) = custody["receipt"]["lines"]
    assert (only["vials_invoiced"], only["vials_received"], len(only["containers"])) == (4, 3, 3)
    assert custody["delivery"]["count"]["lines"][0]["turned_away_reason"] == "broken in transit"
    assert dock.stock.tasks(DIFFERENCE) == 2  # the broken vial, and the package of which nothing came
    assert dock.stock.clinic.verify() == []


def test_a_parcel_that_held_nothing_is_a_receipt_of_nothing_and_a_question(dock: Dock) -> None:
    delivery = dock.log(charged(), charged())
    dock.count(delivery).done()
    assert dock.accept(delivery).done()["receipt"]["lines"] == []
    assert (vials(dock), dock.stock.tasks(DIFFERENCE)) == (0, 2)


def test_a_refused_delivery_never_comes_into_the_book(dock: Dock) -> None:
    delivery = dock.log()
    said = dock.nurse.does(f"/deliveries/{delivery}/refusal", reason="the seal was broken")
    assert (said["state"], said["refused_because"], said["receipt"]) == ("refused", "the seal was broken", None)
    refused(dock, f"/deliveries/{delivery}/count", 409, "delivery-not-ready", lines=[counted()])
    refused(dock, f"/deliveries/{delivery}/acceptance", 409, "delivery-not-ready")
    assert vials(dock) == 0


@pytest.mark.parametrize(
    ("end", "step", "unmet"),
    [
        ("delivered", "acceptance", "sign: what came was not counted yet; count it first"),
        ("accepted", "acceptance", "sign: it was accepted and is in the book"),
        ("accepted", "count", "count: it was accepted and is in the book"),
        ("accepted", "refusal", "refuse: it was accepted and is in the book"),
        ("refused", "refusal", "refuse: it was refused"),
    ],
)
def test_a_step_that_is_not_next_is_refused_with_what_is_unmet(dock: Dock, end: str, step: str, unmet: str) -> None:
    delivery = dock.ended(end)
    answer = refused(dock, f"/deliveries/{delivery}/{step}", 409, "delivery-not-ready", **BODIES[step])
    assert answer["detail"].startswith(unmet)


def test_where_the_profile_asks_for_two_the_second_person_signs_before_anything_is_in_the_book(dock: Dock) -> None:
    dock.two(2)
    refused(dock, "/receipts", 409, "second-receiver-needed", **dock.stock.receipt())
    delivery = dock.ended("counted")
    refused(dock, f"/deliveries/{delivery}/second", 404, "no-such-challenge", **dock.nurse.proof_for(str(uuid4())))
    custody = dock.accept(delivery).done()
    assert (custody["delivery"]["state"], custody["receipt"], vials(dock)) == ("signed", None, 0)
    refused(dock, f"/deliveries/{delivery}/count", 409, "delivery-not-ready", lines=[])
    desk = dock.stock.clinic.front_desk()
    path = f"/deliveries/{delivery}/second"
    refused(dock, path, 403, "own-witness", **dock.nurse.proof_for(custody["challenge"]))
    refused(dock, path, 403, "may-not-receive", **desk.proof_for(custody["challenge"]))
    done = dock.nurse.does(path, **dock.stock.witness.proof_for(custody["challenge"]))
    assert (done["delivery"]["state"], vials(dock)) == ("accepted", 2)
    assert [each["place"] for each in done["delivery"]["signatures"]] == [1, 2]
    assert done["receipt"]["received_by"] == dock.nurse.id
    assert dock.stock.clinic.verify() == []


def test_a_second_signature_comes_only_after_the_first(dock: Dock) -> None:
    dock.two(2)
    signed, waiting = dock.ended("counted"), dock.ended("counted")
    challenge = dock.accept(signed).done()["challenge"]
    proof = dock.stock.witness.proof_for(challenge)
    answer = refused(dock, f"/deliveries/{waiting}/second", 409, "delivery-not-ready", **proof)
    assert answer["detail"] == "accept: nobody has signed for what was counted; accept it first"
    dock.accept(waiting).done()
    refused(dock, f"/deliveries/{waiting}/second", 409, "not-as-attested", **proof)


def test_one_call_leaves_the_same_rows_as_three(dock: Dock) -> None:
    once = dock.nurse.does("/receipts", **dock.stock.receipt(attachment=SCAN))
    told = dock.nurse.get(f"/deliveries/{once['delivery']}").done()
    assert (told["state"], told["receipt"], told["attachment_sha256"]) == ("accepted", once["id"], SCAN["sha256"])
    assert (len(told["signatures"]), told["count"]["blind"], told["carrier"]) == (1, False, None)
    slow = dock.accept(dock.ended("counted")).done()["receipt"]
    assert set(slow) == set(once)
    assert [each["vials_received"] for each in slow["lines"]] == [each["vials_received"] for each in once["lines"]]


def test_custody_has_its_own_actual_time_with_the_reason_for_a_late_entry(dock: Dock) -> None:
    delivery = dock.ended("counted")
    path = f"/deliveries/{delivery}/acceptance"
    before = {"received_at": "2026-03-02T08:59:00-05:00", "late_reason": "the internet was down"}
    refused(dock, path, 422, "before-it-came", **before)
    refused(dock, path, 422, "not-yet-received", received_at="2026-03-02T10:30:00-05:00")
    dock.stock.clinic.later(hours=2)
    refused(dock, path, 422, "receipt-reason-missing", received_at="2026-03-02T09:30:00-05:00")
    told = {"received_at": "2026-03-02T09:30:00-05:00", "late_reason": "the internet was down"}
    receipt = dock.accept(delivery, **told).done()["receipt"]
    assert (receipt["received_at"], receipt["recorded_at"][:16]) == ("2026-03-02T14:30:00Z", "2026-03-02T16:00")
    refused(dock, "/deliveries", 422, "receipt-reason-missing", **dock.body(arrived_at="2026-03-02T07:30:00-05:00"))


def test_what_makes_no_sense_is_refused_before_anything_is_written(dock: Dock) -> None:
    for code, body in (
        ("half-a-lot", dock.body(charged(lot="L1"))),
        ("unknown-product", dock.body(charged(ndc="0409-2051-99"))),
        ("wrong-paper", dock.body(document="form-222")),
        ("order-not-wanted", dock.body(order=str(uuid4()))),
        ("invalid-dea-number", dock.body(supplier_dea_number="BC2749186")),
    ):
        refused(dock, "/deliveries", 422, code, **body)
    delivery = dock.log()
    for code, one in (
        ("empty-line", counted(lot="L9", vials_received=0)),
        ("turned-away-unexplained", counted(vials_turned_away=1)),
        ("kit-half-named", counted(prescription="RX-1")),
        ("unknown-product", counted(ndc="0409-2051-99")),
    ):
        refused(dock, f"/deliveries/{delivery}/count", 422, code, lines=[one])
    refused(dock, "/deliveries", 404, "no-such-location", **dock.body(location=str(uuid4())))
    for step, empty in BODIES.items():
        refused(dock, f"/deliveries/{uuid4()}/{step}", 404, "no-such-delivery", **empty)


@pytest.mark.parametrize("wrong", ["AB" * 32, "ab" * 31, "zz" * 32, "", None])
def test_a_scan_is_named_by_sixty_four_hexadecimal_digits(dock: Dock, wrong: str | None) -> None:
    body = dock.body(attachment={"name": "scan.pdf", "sha256": wrong})
    with dock.stock.clinic.nothing_changes():
        assert dock.nurse.post("/deliveries", **body).status == 422


def test_only_somebody_who_is_here_and_may_receive_takes_a_step(dock: Dock) -> None:
    clinic = dock.stock.clinic
    away, desk = clinic.nurse("Nora Away", here=False), clinic.front_desk()
    logged, waiting = dock.log(), dock.ended("counted")
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("/deliveries", dock.body()),
        (f"/deliveries/{logged}/count", {"lines": [counted()]}),
        (f"/deliveries/{waiting}/acceptance", {}),
        (f"/deliveries/{logged}/refusal", {"reason": "not ours"}),
    )
    with clinic.nothing_changes():
        for path, body in steps:
            assert away.post(path, **body)["type"] == "not-here-today"
            assert desk.post(path, **body).status == 403


def test_a_registration_that_does_not_cover_the_drug_takes_no_custody_of_it(dock: Dock) -> None:
    narcotics = dock.stock.clinic.a_registration(dea_number="MK3074250", schedules=["2", "3"])
    delivery = dock.log(location=dock.stock.a_location("Cabinet", narcotics))
    dock.count(delivery, counted()).done()
    refused(dock, f"/deliveries/{delivery}/acceptance", 409, "registration-not-valid")


def test_deliveries_and_receipts_come_in_pages_and_another_clinic_has_none_of_them(dock: Dock) -> None:
    made = [dock.nurse.does("/receipts", **dock.stock.receipt(line()))["id"] for _ in range(3)]
    site, found = dock.stock.clinic.site, []
    for kind in ("receipts", "deliveries"):
        page = dock.nurse.get(f"/{kind}?site={site}&group=CIII-V&limit=2").done()
        rest = dock.nurse.get(f"/{kind}?site={site}&group=CIII-V&limit=2&cursor={page['next']}").done()
        found.append([each["id"] for each in (*page["items"], *rest["items"])])
        assert (len(page["items"]), rest["next"]) == (2, None)
        assert dock.nurse.get(f"/{kind}?site={site}").status == 422  # of which group is always said
        assert dock.nurse.get(f"/{kind}?site={uuid4()}&group=CII").status == 404
    assert found[0] == made
    other = Stock(dock.stock.clinic.installation.found("South Clinic")).nurse
    assert other.get(f"/receipts/{made[0]}").status == 404
    assert other.get(f"/deliveries/{found[1][0]}").status == 404
