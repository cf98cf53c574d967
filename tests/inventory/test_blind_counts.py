"""What is said of a vial while its location is counted: acts go on, and no reply, refusal or paper has a figure."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from clinic_api.inventory.rules.moves import NotEnoughLeft
from clinic_api.quantities import Mass
from tests.inventory.stock import Stock, counted, read, refused_with_a_file
from tests.people import Answer

NOW_COUNTED = "is being counted and nobody may be told what the book expects"


def counting(stock: Stock) -> str:
    """A count that was opened; its id."""
    return str(stock.nurse.does("/counts", location=stock.location, kind="closing")["id"])


def refused(stock: Stock, answer_of: Callable[[], Answer]) -> Answer:
    """Refused because there is not enough, with a file of the attempt and no figure told."""
    answer = refused_with_a_file(stock.clinic, answer_of, 409, "not-enough-left")
    assert answer["facts"]["left"] is None
    assert "finish the count first" in answer["detail"]
    assert b"500" not in answer.data
    return answer


def test_who_asks_for_more_than_there_is_is_not_told_how_much_that_is_while_it_is_counted(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    counting(stock)
    with stock.clinic.nothing_changes(), pytest.raises(NotEnoughLeft) as said:
        stock.draw(vial, "10.01", visit)
    assert (said.value.left, said.value.asked) == (None, Mass.mg("500.5"))
    wasted = {"container": vial, "mass_mg": "501", "reason": "end of vial", "method": "absorbent container"}
    refused(stock, lambda: stock.nurse.post("/wastes", **wasted))
    broken = {"kind": "broken", "reason": "fell from the tray", "contents": [{"container": vial, "mass_mg": "501"}]}
    refused(stock, lambda: stock.nurse.post("/removals", **broken))


def test_the_syringe_of_a_visit_does_not_tell_it_either(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    syringe = stock.draw(vial, "0.7", visit).syringe
    counting(stock)
    with stock.clinic.nothing_changes(), pytest.raises(NotEnoughLeft) as said:
        stock.give(syringe, "35.001", visit)
    assert said.value.left is None


def test_an_adjustment_below_nothing_is_refused_without_the_figure(stock: Stock) -> None:
    vial, otto = stock.a_vial(), stock.clinic.compliance()
    seen = {"seen": "the level is low", "found_at": "2026-03-02T14:00:00Z", "containers": [str(vial)]}
    file = f"/discrepancies/{stock.nurse.does('/discrepancies', site=stock.clinic.site, **seen)['id']}"
    otto.does(f"{file}/containment", measure="freeze")
    otto.does(f"{file}/investigation")
    otto.does(f"{file}/evidence", kind="note", words="read against the light")
    counting(stock)
    lost = {"container": str(vial), "direction": "out_of", "mass_mg": "501", "reason": "less than its label"}
    carl = stock.clinic.custodian()
    refused(stock, lambda: carl.post(f"{file}/adjustments", **lost))


def test_part_of_a_device_is_refused_without_what_it_holds(stock: Stock) -> None:
    (device,) = stock.receive({"ndc": "50458-028-00", "lot": "D1", "expiry": "2027-06-30"} | one())
    counting(stock)
    half = {"container": device["id"], "mass_mg": "14", "reason": "dropped", "method": "absorbent container"}
    with stock.clinic.nothing_changes():
        said = stock.nurse.post("/wastes", **half)
    assert (said["type"], said["facts"]["holds"]) == ("wasted-whole", None)
    assert said["detail"].endswith("is one device; waste all of it")


def one() -> dict[str, Any]:
    """One that came as charged."""
    return {"vials_invoiced": 1, "vials_received": 1}


def test_drawing_goes_on_and_what_is_recorded_of_a_vial_has_no_balance_in_its_reply(stock: Stock) -> None:
    vial = stock.a_vial()
    counting(stock)
    stock.draw(vial, "0.7", stock.a_visit())
    lost = stock.nurse.does(f"/containers/{vial}/hub-loss", mass_mg="0.5")
    found = stock.nurse.does(f"/containers/{vial}/overfill", volume_ml="0.1")
    assert (lost["mass_mg"], lost["balance_mg"], found["mass_mg"], found["balance_mg"]) == ("0.5", None, "5", None)


def test_a_removal_of_all_that_is_there_is_recorded_and_says_how_much_when_the_entries_are_in(stock: Stock) -> None:
    vial = stock.a_vial()
    count = counting(stock)
    broken = {"kind": "broken", "reason": "fell from the tray", "contents": [{"container": vial}]}
    proposed = stock.nurse.does("/removals", **broken)
    assert [each["mass_mg"] for each in proposed["contents"]] == [None]
    path = f"/removals/{proposed['id']}"
    assert [each["mass_mg"] for each in stock.nurse.get(path)["contents"]] == [None]
    assert stock.nurse.get(f"/containers/{vial}")["container"]["held_for_waste_mg"] is None
    stock.enter_both(count, counted(vial)).done()
    assert [each["mass_mg"] for each in stock.nurse.get(path)["contents"]] == ["500"]


def test_what_an_earlier_count_found_is_not_told_of_a_lot_while_somebody_counts_again(stock: Stock) -> None:
    vial = stock.a_vial()
    stock.count(counted(vial))
    path = "/lots/touches?ndc=0409-2053-10&lot=L1"

    def found() -> list[str | None]:
        return [each["mass_mg"] for each in stock.nurse.get(path)["items"] if each["what"] == "counted"]

    assert found() == ["500"]
    counting(stock)
    assert found() == [None]


# ---------------------------------------------------------------------------------------------------------- papers


def lines_of(stock: Stock, kind: str) -> list[str]:
    """An export of the first day, line by line; an inspector is never refused it."""
    otto = stock.clinic.compliance()
    day = {"since": "2026-03-01T00:00:00Z", "until": "2026-03-03T00:00:00Z", "reason": "inspection"}
    made = otto.does("/exports/ledger", kind=kind, registration=stock.registration, **day)
    pin = {"Clinic-Pin": otto.pin}
    return otto.send("GET", f"/exports/{made['id']}/file", {}, pin).data.decode("utf-8-sig").splitlines()


def objects(stock: Stock, kind: str) -> list[dict[str, Any]]:
    """The lines of one kind in the export that proves."""
    told = [json.loads(line) for line in lines_of(stock, "ledger.jsonl")]
    return [each for each in told if each["type"] == kind]


def drawn_from(stock: Stock) -> tuple[UUID, UUID]:
    """Two vials, one of which was drawn from."""
    vial, other = stock.a_vial(), stock.a_vial()
    stock.draw(vial, "0.7", stock.a_visit())
    return vial, other


def test_an_export_made_during_a_count_leaves_the_balances_out_and_says_why(stock: Stock) -> None:
    drawn_from(stock)
    counting(stock)
    for line in objects(stock, "move"):
        assert (line["source_balance_mg"], line["target_balance_mg"]) == (None, None)
        assert line["note"].startswith(f"Left out because Safe 1 {NOW_COUNTED}; export again once")
    head, *lines = lines_of(stock, "ledger.csv")
    assert head.endswith(",note")
    assert len(lines) == 3
    assert all(f"Safe 1 {NOW_COUNTED}" in line for line in lines)


def test_the_sums_of_a_product_that_is_being_counted_say_only_that_its_book_closes(stock: Stock) -> None:
    drawn_from(stock)
    counting(stock)
    [line] = objects(stock, "closing")
    told = {name: value for name, value in line.items() if value is not None}
    assert told.pop("note").startswith("Left out because Safe 1")
    assert told.keys() == {"type", "registration", "ndc", "product", "difference_ug"}
    assert told["difference_ug"] == 0


def test_what_lies_elsewhere_keeps_its_figures_in_the_same_export(stock: Stock) -> None:
    stock.a_vial()
    safe, stock.location = stock.location, stock.a_location("Safe 2")
    stock.a_vial()
    stock.nurse.does("/counts", location=safe, kind="closing")
    assert [line["target_balance_mg"] for line in objects(stock, "move")] == [None, "500"]


def test_an_export_made_after_the_entries_has_everything_and_no_note(stock: Stock) -> None:
    vial, other = drawn_from(stock)
    stock.enter_both(counting(stock), read(vial, "9.3"), counted(other)).done()
    [line] = objects(stock, "closing")
    assert (line["book"]["on_hand_mg"], line["note"]) == ("1000", None)
    assert {line["note"] for line in objects(stock, "move")} == {None}
