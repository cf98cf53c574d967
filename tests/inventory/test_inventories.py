"""Statutory inventories: every location counted, frozen as a signed record; the next is due from the count."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from clinic_api.clinics.service import adopt
from clinic_api.inventory.service.inventories import DUE
from clinic_api.tasks import queries as tasks
from tests.builders import Clinic, Installation
from tests.clinics.laws import of_state, own
from tests.inventory.stock import Stock, counted, read, refused
from tests.people import Answer


def opened(stock: Stock, kind: str = "initial", business: str = "opening") -> dict[str, Any]:
    """An inventory that was opened."""
    asked = {"registration": stock.registration, "kind": kind, "business": business}
    return dict(stock.nurse.does("/inventories", **asked))


def count_all(stock: Stock, inventory: dict[str, Any], *lines: dict[str, Any]) -> None:
    """Two people count every location; everything lies in the first one."""
    for n, each in enumerate(inventory["counts"]):
        stock.enter_both(each["count"], *(lines if n == 0 else ())).done()
        stock.sign_both(each["count"])


def sign_both(stock: Stock, inventory: dict[str, Any]) -> Answer:
    """The two who counted sign the inventory."""
    signed = stock.nurse.does(f"/inventories/{inventory['id']}/signature")
    return stock.nurse.post(f"/inventories/{inventory['id']}/second", **stock.witness.proof_for(signed["challenge"]))


def taken(stock: Stock, *lines: dict[str, Any], kind: str = "initial") -> dict[str, Any]:
    """An inventory that was counted and signed."""
    inventory = opened(stock, kind)
    count_all(stock, inventory, *lines)
    return dict(sign_both(stock, inventory).done().json)


def record(stock: Stock, inventory: dict[str, Any]) -> dict[str, Any]:
    """What was signed."""
    return dict(stock.nurse.get(f"/inventories/{inventory['id']}/record").done().json)


def due(stock: Stock) -> dict[str, Any]:
    """When the next one is due."""
    return dict(stock.nurse.get(f"/registrations/{stock.registration}/next-inventory").done().json)


def due_tasks(stock: Stock) -> list[datetime]:
    """When the open tasks that ask for the next one are due."""
    with stock.clinic.reading():
        return [task.due_at for task in tasks.open_tasks() if task.kind == DUE]


def test_an_inventory_covers_every_location_and_says_who_when_and_at_which_moment(stock: Stock, clinic: Clinic) -> None:
    """Inventory records open or close of business, date, takers, and the method of each line (21 CFR 1304.11)."""
    sealed, vial = stock.a_vial(), stock.a_vial()
    stock.draw(vial, "3.6", stock.a_visit())
    stock.a_location("Refrigerator")
    inventory = opened(stock, business="close")
    assert [each["location_name"] for each in inventory["counts"]] == ["Safe 1", "Refrigerator"]
    assert (inventory["state"], inventory["record"], inventory["persons"]) == ("counting", None, 2)
    refused(clinic, lambda: stock.nurse.post(f"/inventories/{inventory['id']}/signature"), 409, "counts-not-complete")
    count_all(stock, inventory, counted(sealed), read(vial, "6.4"))
    assert stock.nurse.get(f"/inventories/{inventory['id']}").json["state"] == "counted"
    assert sign_both(stock, inventory).done()["state"] == "complete"

    said = record(stock, inventory)
    assert (said["kind"], said["business"], said["counted_on"]) == ("initial", "close", "2026-03-02")
    assert (said["registration"]["dea_number"], said["zone"]) == ("AB1234563", "America/New_York")
    assert {(each["name"], each["location"]) for each in said["takers"]} == {
        (name, place) for name in ("Ada Nurse", "Ben Nurse") for place in ("Safe 1", "Refrigerator")
    }
    line = next(each for each in said["lists"]["CIII-CV"]["products"] if each["product"] == "ketamine-50-mg-ml-10-ml")
    assert (line["sealed"]["containers"], line["sealed"]["size_ml"], line["sealed"]["method"]) == (1, "10", "counted")
    [opened_line] = line["opened"]
    assert (opened_line["container"], opened_line["method"], opened_line["resolution_mg"]) == ("K-002", "read", "25")
    assert (opened_line["volume_ml"], opened_line["location"], line["not_found"]) == ("6.4", "Safe 1", ["K-002/1"])
    assert clinic.verify() == []


def test_quarantined_stock_is_on_hand_with_its_reason(stock: Stock) -> None:
    """Everything possessed counts as on hand until it is disposed of (21 CFR 1304.11(a))."""
    vial = stock.a_vial()
    stock.nurse.does(f"/containers/{vial}/quarantine", reason="cap was loose")
    said = record(stock, taken(stock, counted(vial)))
    line = next(each for each in said["lists"]["CIII-CV"]["products"] if each["total_mg"] != "0")
    assert (line["total_mg"], line["sealed"]["containers"], line["set_apart"][0]["reason"]) == (
        "500",
        0,
        "cap was loose",
    )


def test_nothing_on_hand_is_an_inventory_too_and_says_zero(stock: Stock) -> None:
    said = record(stock, taken(stock))
    assert [said["lists"][name]["none_on_hand"] for name in ("CII", "CIII-CV")] == [True, True]
    assert {each["total_mg"] for each in said["lists"]["CIII-CV"]["products"]} == {"0"}
    assert len(said["lists"]["CIII-CV"]["products"]) == 5


def test_a_signed_inventory_never_changes_whatever_happens_to_the_stock(stock: Stock, clinic: Clinic) -> None:
    """Frozen once signed."""
    vial = stock.a_vial()
    inventory = taken(stock, counted(vial))
    before = record(stock, inventory)
    clinic.later(minutes=5)
    stock.draw(vial, "1", stock.a_visit())
    stock.nurse.does(f"/containers/{vial}/quarantine", reason="dropped")
    assert record(stock, inventory) == before
    refused(clinic, lambda: stock.nurse.post(f"/inventories/{inventory['id']}/signature"), 409, "frozen-before")


def test_who_signs_an_inventory_took_part_in_it_and_the_two_are_two(stock: Stock, clinic: Clinic) -> None:
    inventory, other = opened(stock), clinic.custodian("Kim Keeper")
    path = f"/inventories/{inventory['id']}"
    count_all(stock, inventory)
    refused(clinic, lambda: other.post(f"{path}/signature"), 403, "not-a-taker")
    challenge = stock.nurse.does(f"{path}/signature")["challenge"]
    for person, *said in ((stock.nurse, 403, "own-witness"), (other, 403, "not-a-taker")):
        proof = person.proof_for(challenge)
        refused(clinic, lambda proof=proof: stock.nurse.post(f"{path}/second", **proof), *said)
    assert due_tasks(stock) == []
    done = stock.nurse.post(f"{path}/second", **stock.witness.proof_for(challenge)).done()
    assert [each["name"] for each in done["signatures"]] == ["Ada Nurse", "Ben Nurse"]
    again = stock.nurse.post(f"{path}/second", **stock.witness.proof_for(challenge))
    assert again["type"] == "challenge-used"


def test_the_next_inventory_is_due_two_years_after_the_count_and_not_after_the_signature(
    stock: Stock, clinic: Clinic
) -> None:
    """The biennial date runs from the last qualifying full count (21 CFR 1304.11(c))."""
    assert (due(stock)["kind"], due(stock)["due_on"], due(stock)["counted_on"]) == ("initial", None, None)
    inventory = opened(stock)
    count_all(stock, inventory)
    clinic.tomorrow(stock.nurse, stock.witness)
    for person in (stock.nurse, stock.witness):
        person.does("/presences", site=clinic.site)
    assert due(stock)["due_on"] is None
    sign_both(stock, inventory).done()
    said = due(stock)
    assert (said["kind"], said["counted_on"], said["due_on"]) == ("biennial", "2026-03-02", "2028-03-02")
    assert (said["every_months"], said["rule"], said["last"]) == (
        24,
        "us-federal version 1 and us-ny version 1",
        inventory["id"],
    )
    assert due_tasks(stock) == [datetime(2028, 3, 3, 5, tzinfo=UTC)]


def test_a_stricter_state_rule_wins_and_the_answer_says_so(stock: Stock, clinic: Clinic) -> None:
    with clinic.transaction() as scope:
        adopt("jurisdiction", "house", own(inventory={"every_months": 12}), scope=scope)
        adopt("jurisdiction", "us-xx", of_state("XX", inventory={"every_months": 6}), scope=scope)
    taken(stock)
    said = due(stock)
    assert (said["due_on"], said["every_months"], said["rule"]) == ("2027-03-02", 12, "house version 1")
    assert due_tasks(stock) == [datetime(2027, 3, 3, 5, tzinfo=UTC)]


def test_a_biennial_answers_the_task_and_asks_for_the_next_and_a_closing_one_for_none(
    stock: Stock, clinic: Clinic
) -> None:
    taken(stock)
    clinic.tomorrow(stock.nurse, stock.witness)
    for person in (stock.nurse, stock.witness):
        person.does("/presences", site=clinic.site)
    taken(stock, kind="biennial")
    assert due_tasks(stock) == [datetime(2028, 3, 4, 5, tzinfo=UTC)]
    taken(stock, kind="registration-closing")
    assert (due_tasks(stock), due(stock)["kind"], due(stock)["due_on"]) == ([], None, None)


def test_a_daily_count_of_everything_is_no_inventory(stock: Stock) -> None:
    stock.count()
    assert due(stock)["last"] is None


def test_one_person_takes_it_where_the_practice_is_one_and_the_record_says_so(installation: Installation) -> None:
    stock = Stock(installation.found("Solo Clinic", profile="solo"))
    vial, inventory = stock.a_vial(), opened(stock)
    stock.enter(inventory["counts"][0]["count"], counted(vial)).done()
    stock.nurse.does(f"/counts/{inventory['counts'][0]['count']}/signature")
    signed = stock.nurse.does(f"/inventories/{inventory['id']}/signature")
    assert (signed["state"], signed["challenge"]) == ("complete", None)
    assert (
        "single-person practice: the closing count by two people is replaced"
        in (record(stock, inventory)["profile"]["replaced"])
    )
    assert len(due_tasks(stock)) == 1


def test_an_inventory_is_asked_for_by_law_of_a_registration_with_a_place_of_this_clinic(
    stock: Stock, clinic: Clinic
) -> None:
    asked = {"registration": stock.registration, "kind": "initial", "business": "opening"}
    empty = clinic.a_registration(dea_number="BC2749185")
    away = clinic.nurse("Nora Away", here=False)
    for body, *said in (
        (asked | {"kind": "closing"}, 422, "not-an-inventory"),
        (asked | {"registration": empty}, 409, "nowhere-to-count"),
        (asked | {"registration": str(UUID(int=1))}, 404, "no-such-registration"),
    ):
        refused(clinic, lambda body=body: stock.nurse.post("/inventories", **body), *said)
    assert stock.nurse.post("/inventories", **{**asked, "business": "noon"}).status == 422
    refused(clinic, lambda: away.post("/inventories", **asked), 409, "not-here-today")
    inventory, other = opened(stock), Stock(clinic.installation.found("South Clinic"))
    for path in ("", "/record"):
        assert other.nurse.get(f"/inventories/{inventory['id']}{path}").status == 404
    assert stock.nurse.get(f"/inventories/{inventory['id']}/record")["type"] == "no-such-signed-record"
    refused(clinic, lambda: other.nurse.post(f"/inventories/{inventory['id']}/signature"), 404, "no-such-inventory")
