"""Counting what is really there: blind, signed, and never an adjustment of the book."""

from typing import Any
from uuid import uuid4

from clinic_api.inventory.service.counting import VARIANCE
from clinic_api.quantities import Mass
from tests.builders import Clinic, Installation
from tests.inventory.stock import Stock, counted, line, read, refused


def opened(stock: Stock, kind: str = "closing", **different: Any) -> str:
    """A count that was opened; its id."""
    return str(stock.nurse.does("/counts", location=stock.location, kind=kind, **different)["id"])


def test_the_book_is_in_no_answer_until_the_entries_are_in(stock: Stock, clinic: Clinic) -> None:
    sealed, vial = stock.a_vial(), stock.a_vial()
    stock.draw(vial, "1.23", stock.a_visit())
    count = opened(stock)
    for path in (f"/counts/{count}", f"/containers?site={clinic.site}", f"/sites/{clinic.site}/balances"):
        answer = stock.nurse.get(path).done()
        assert "438.5" not in answer.data.decode()
        assert "938.5" not in answer.data.decode()
    assert stock.nurse.get(f"/counts/{count}").json["lines"] is None
    assert stock.nurse.get(f"/containers/{vial}").json["moves"] is None
    for line_ in (read(vial, "8.77", resolution_ml="3"), counted(vial), {"container": str(vial), "method": "weighed"}):
        assert "438.5" not in stock.enter(count, counted(sealed), line_).data.decode()

    answer = stock.enter_both(count, counted(sealed), read(vial, "8.77")).done()
    assert [(each["label"], each["found_mg"], each["expected_mg"]) for each in answer["lines"]] == [
        ("K-001", "500", "500"),
        ("K-002", "438.5", "438.5"),
        ("K-002/1", None, "61.5"),
    ]
    assert "938.5" not in answer.data.decode()
    assert stock.nurse.get(f"/sites/{clinic.site}/balances").json["items"][0]["on_hand_mg"] == "1000"


def test_a_difference_within_the_resolution_is_recorded_and_one_above_is_a_task_and_neither_moves_anything(
    stock: Stock,
) -> None:
    first, second = stock.a_vial(), stock.a_vial()
    before = [stock.balance(vial) for vial in (first, second)]
    answer = stock.enter_both(opened(stock), read(first, "9.5"), read(second, "9.499")).done()
    assert [(each["variance_ug"], each["explained"]) for each in answer["lines"]] == [(-25_000, True), (-25_050, False)]
    assert stock.tasks(VARIANCE) == 1
    assert [stock.balance(vial) for vial in (first, second)] == before
    assert stock.clinic.verify() == []


def test_a_vial_that_was_not_found_is_written_down_as_not_found_and_is_a_task(stock: Stock) -> None:
    here, missing = stock.a_vial(), stock.a_vial()
    answer = stock.enter_both(opened(stock), counted(here)).done()
    line_ = next(each for each in answer["lines"] if each["container"] == str(missing))
    assert (line_["method"], line_["found_mg"], line_["expected_mg"]) == (None, None, "500")
    assert (line_["variance_ug"], line_["explained"], stock.tasks(VARIANCE)) == (-500_000, False, 1)
    assert stock.balance(missing) == Mass.mg(500)


def test_an_empty_safe_is_counted_as_holding_nothing(stock: Stock) -> None:
    answer = stock.count()
    assert (answer["state"], answer["lines"]) == ("complete", [])


def test_two_people_sign_and_only_then_the_count_is_complete(stock: Stock) -> None:
    vial, count = stock.a_vial(), opened(stock)
    assert stock.enter_both(count, counted(vial)).done()["state"] == "entered"
    signed = stock.nurse.does(f"/counts/{count}/signature")
    assert (signed["state"], signed["persons"]) == ("signed", 2)
    assert signed["challenge"]["subject"] == count
    answer = stock.nurse.post(f"/counts/{count}/second", **stock.witness.proof_for(signed["challenge"])).done()
    assert answer["state"] == "complete"
    assert [(each["place"], each["name"]) for each in answer["signatures"]] == [(1, "Ada Nurse"), (2, "Ben Nurse")]
    assert stock.clinic.verify() == []


def test_one_person_opens_the_day_in_a_duo_and_two_close_it(installation: Installation) -> None:
    stock = Stock(installation.found("Duo Clinic", profile="duo"))
    vial, count = stock.a_vial(), opened(stock, "opening")
    stock.enter(count, counted(vial)).done()
    signed = stock.nurse.does(f"/counts/{count}/signature")
    assert (signed["state"], signed["persons"], signed["challenge"], signed["profile"]) == ("complete", 1, None, "duo")
    assert stock.nurse.does("/counts", location=stock.location, kind="closing")["persons"] == 2


def test_signatures_come_in_their_order_from_the_right_people(stock: Stock, clinic: Clinic) -> None:
    vial, count = stock.a_vial(), opened(stock)
    sign = f"/counts/{count}/signature"
    refused(stock.clinic, lambda: stock.nurse.post(sign), 409, "nothing-entered-yet")
    stock.enter(count, counted(vial)).done()
    refused(stock.clinic, lambda: stock.nurse.post(sign), 409, "nothing-entered-yet")
    stock.enter(count, counted(vial), by=stock.witness).done()
    refused(stock.clinic, lambda: stock.witness.post(sign), 403, "not-the-counter")
    challenge = stock.nurse.does(sign)["challenge"]
    refused(stock.clinic, lambda: stock.nurse.post(sign), 409, "signed-before")
    second, away = f"/counts/{count}/second", clinic.nurse("Nora Away", here=False)
    for person, *said in (
        (stock.nurse, 403, "own-witness"),
        (clinic.front_desk(), 403, "not-the-second-counter"),
        (away, 403, "not-the-second-counter"),
    ):
        proof = person.proof_for(challenge)
        refused(stock.clinic, lambda proof=proof: stock.nurse.post(second, **proof), *said)
    stock.nurse.post(second, **stock.witness.proof_for(challenge)).done()
    refused(stock.clinic, lambda: stock.nurse.post(second, **away.proof_for(challenge)), 409, "challenge-used")


def test_a_second_signature_belongs_to_its_own_count(stock: Stock) -> None:
    first, other = opened(stock, "opening"), opened(stock)
    for count in (first, other):
        stock.enter_both(count).done()
    challenges = [stock.nurse.does(f"/counts/{count}/signature")["challenge"] for count in (first, other)]
    swapped = stock.witness.proof_for(challenges[1])
    refused(stock.clinic, lambda: stock.nurse.post(f"/counts/{first}/second", **swapped), 409, "not-as-attested")


def test_entries_go_in_once_because_the_book_cannot_be_unseen(stock: Stock) -> None:
    vial, count = stock.a_vial(), opened(stock)
    stock.enter_both(count, read(vial, "9")).done()
    for person in (stock.nurse, stock.witness):
        refused(stock.clinic, lambda by=person: stock.enter(count, counted(vial), by=by), 409, "entries-already-in")
    assert stock.enter(opened(stock), counted(vial)).status == 201


def test_a_count_takes_what_is_kept_there_once_and_measured_as_it_is(stock: Stock) -> None:
    vial, count = stock.a_vial(), opened(stock)
    stock.draw(vial, "0.1", stock.a_visit())
    safe, stock.location = stock.location, stock.a_location("Safe 2")
    elsewhere = stock.a_vial()
    stock.location = safe
    for lines, *said in (
        ([read(vial, "9.9"), read(vial, "9.9")], 422, "container-twice"),
        ([counted(elsewhere)], 409, "kept-elsewhere"),
        ([counted(uuid4())], 404, "no-such-container"),
        ([counted(vial)], 422, "opened-not-counted"),
        ([{"container": str(vial), "method": "read"}], 422, "volume-unclear"),
        ([read(vial, "9.9", resolution_ml="0.6")], 422, "resolution-too-coarse"),
    ):
        refused(stock.clinic, lambda lines=lines: stock.enter(count, *lines), *said)
    for path in ("/entries", "/signature"):
        body: dict[str, Any] = {"lines": []} if path == "/entries" else {}
        assert stock.nurse.post(f"/counts/{uuid4()}{path}", **body).status == 404


def test_a_sealed_bag_is_counted_by_what_is_written_on_it(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    syringe = stock.draw(vial, "0.7", visit).syringe
    stock.give(syringe, "10.5", visit)
    stock.propose(syringe, "24.5", bag="B-17")
    count = opened(stock)
    refused(stock.clinic, lambda: stock.enter(count, read(vial, "9.3"), read(syringe, "0.49")), 422, "drawn-is-counted")
    answer = stock.enter_both(count, read(vial, "9.3"), counted(syringe)).done()
    assert [(each["label"], each["found_mg"], each["explained"]) for each in answer["lines"]] == [
        ("K-001", "465", True),
        ("K-001/1", "24.5", True),
    ]


def test_a_count_belongs_to_its_clinic_and_to_who_may_count(stock: Stock, clinic: Clinic) -> None:
    count, other = opened(stock), Stock(clinic.installation.found("South Clinic"))
    away = clinic.nurse("Nora Away", here=False)
    with clinic.nothing_changes():
        assert other.nurse.get(f"/counts/{count}").status == 404
        assert other.nurse.post(f"/counts/{count}/entries", lines=[]).status == 404
        assert other.nurse.post("/counts", location=stock.location, kind="opening").status == 404
        assert away.post("/counts", location=stock.location, kind="opening")["type"] == "not-here-today"
        assert away.post(f"/counts/{count}/entries", lines=[])["type"] == "not-here-today"
        assert clinic.administrators[0].post("/counts", location=stock.location, kind="opening").status == 403


def test_a_count_that_was_left_open_hides_the_book_no_longer_than_half_a_day(stock: Stock, clinic: Clinic) -> None:
    stock.receive(line())
    opened(stock)
    path = f"/sites/{clinic.site}/balances"
    assert stock.nurse.get(path).json["items"][0]["on_hand_mg"] is None
    clinic.later(hours=12, minutes=1)
    clinic.sign_in(stock.nurse)
    assert stock.nurse.get(path).json["items"][0]["on_hand_mg"] == "1000"
