"""Vial history, movements of a person, and who touched a lot; each look names the patients whom it showed."""

from typing import Any
from uuid import UUID

import pytest

from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.inventory.rules.tracing import Deed, Happening, first_of, in_order
from clinic_api.inventory.service import upkeep
from clinic_api.inventory.service.upkeep import ReturnOrder
from clinic_api.patients.queries import visits as anchors
from tests.builders import OPENING, Clinic
from tests.inventory.counts import count, read
from tests.inventory.stock import KETAMINE_10, KETAMINE_50, Stock, line
from tests.people import Person

DAY = "since=2026-03-02T00:00:00Z&until=2026-03-03T00:00:00Z"


def a_day(stock: Stock) -> tuple[UUID, UUID, UUID]:
    """A vial received, drawn from, given, wasted, counted and set apart: its id, the syringe's and the visit's."""
    vial, visit = stock.a_vial(), stock.a_visit()
    stock.clinic.later(minutes=1)
    syringe = stock.draw(vial, "0.7", visit).syringe
    stock.clinic.later(minutes=1)
    stock.give(syringe, "10.5", visit)
    stock.waste(syringe, "24.5")
    stock.clinic.later(minutes=1)
    count(stock, read(vial, "9.3"))
    stock.clinic.later(minutes=1)
    stock.nurse.does(f"/containers/{vial}/quarantine", reason="label came off")
    return vial, syringe, visit


def patient_of(stock: Stock, visit: UUID) -> str:
    with stock.clinic.reading():
        return str(anchors.visit(visit).patient)


def pages(person: Person, path: str, *, limit: int) -> list[dict[str, Any]]:
    """Every page of a list, after each other."""
    items, cursor = [], ""
    while True:
        page = person.get(f"{path}&limit={limit}{cursor and f'&cursor={cursor}'}").done()
        assert len(page["items"]) <= limit
        items += page["items"]
        if page["next"] is None:
            return items
        cursor = page["next"]


def looks(clinic: Clinic, route: str) -> list[list[str]]:
    """The patients whom each look through a route showed, oldest first."""
    rows = clinic.compliance().get("/audit/accesses?limit=100").done()["items"]
    return [row["patients"] for row in rows if row["route"].endswith(route)]


# ------------------------------------------------------------------------------------------------------ the history


def test_a_vials_history_is_one_timeline_of_all_that_happened_to_it(stock: Stock) -> None:
    vial, _, _ = a_day(stock)
    told = stock.nurse.get(f"/containers/{vial}").done()["timeline"]
    assert [each["what"] for each in told] == ["received", "punctured", "drawn", "counted", "quarantined"]
    by_what = {each["what"]: each for each in told}
    assert by_what["received"]["document"] == "North Wholesale, INV-7001"
    assert by_what["drawn"]["target"] == "K-001/1"
    assert by_what["quarantined"]["reason"] == "label came off"
    assert {each["by_name"] for each in told} == {"Ada Nurse"}
    found = by_what["counted"]
    assert (found["method"], found["mass_mg"], found["expected_mg"], found["resolution_mg"]) == (
        "read",
        "465",
        "465",
        "25",
    )


def test_a_syringes_history_names_the_patient_and_the_witness(stock: Stock, clinic: Clinic) -> None:
    _, syringe, visit = a_day(stock)
    told = stock.nurse.get(f"/containers/{syringe}").done()["timeline"]
    assert sorted(each["what"] for each in told) == ["administered", "drawn", "waste-proposed", "wasted"]
    by_what = {each["what"]: each for each in told}
    assert by_what["administered"]["patient"] == patient_of(stock, visit)
    assert (by_what["wasted"]["by_name"], by_what["wasted"]["witness_name"]) == ("Ada Nurse", "Ben Nurse")
    assert (by_what["waste-proposed"]["reason"], by_what["waste-proposed"]["mass_mg"]) == ("dose complete", "24.5")
    assert looks(clinic, "/containers/<uuid:container>") == [[patient_of(stock, visit)]]


def test_a_vial_that_a_count_did_not_find_says_so(stock: Stock) -> None:
    vial = stock.a_vial()
    count(stock)
    [_, missing] = stock.nurse.get(f"/containers/{vial}").done()["timeline"]
    assert (missing["what"], missing["mass_mg"], missing["expected_mg"]) == ("not-found", None, "500")


def test_a_vial_that_was_given_back_names_the_receiver_and_the_paper(stock: Stock) -> None:
    vial, receiver = stock.a_vial(), Supplier(name="Reverse", address="1 Depot", dea_number="BC2749185")
    with stock.acting() as scope:
        upkeep.give_back(ReturnOrder(container=vial, receiver=receiver, document="R-1"), scope=scope)
    [_, back] = stock.nurse.get(f"/containers/{vial}").done()["timeline"]
    assert (back["what"], back["document"], back["mass_mg"]) == ("returned", "Reverse, R-1", "500")


def test_while_it_is_counted_blind_the_timeline_is_not_told(stock: Stock) -> None:
    vial = stock.a_vial()
    stock.nurse.does("/counts", location=stock.location, kind="closing")
    assert stock.nurse.get(f"/containers/{vial}").done()["timeline"] is None


# ------------------------------------------------------------------------------------------------------- the person


def test_a_persons_movements_are_what_they_received_drew_gave_wasted_witnessed_and_counted(stock: Stock) -> None:
    _, _, visit = a_day(stock)
    mine = pages(stock.nurse, f"/staff/{stock.nurse.id}/movements?{DAY}", limit=50)
    assert [each["what"] for each in mine] == ["received", "drawn", "administered", "wasted", "counted"]
    assert mine[2]["patient"] == patient_of(stock, visit)
    theirs = pages(stock.nurse, f"/staff/{stock.witness.id}/movements?{DAY}", limit=50)
    assert [(each["what"], each["by_name"], each["witness_name"]) for each in theirs] == [
        ("wasted", "Ada Nurse", "Ben Nurse"),
        ("seconded", "Ben Nurse", None),
    ]


def test_the_pages_of_a_person_are_the_whole_list_and_each_names_only_whom_it_showed(
    stock: Stock, clinic: Clinic
) -> None:
    for _ in range(2):
        a_day(stock)
    path = f"/staff/{stock.nurse.id}/movements?{DAY}"
    whole = pages(stock.nurse, path, limit=50)
    assert pages(stock.nurse, path, limit=3) == whole
    shown = [sorted({each["patient"] for each in whole[n : n + 3] if each["patient"]}) for n in range(0, len(whole), 3)]
    assert looks(clinic, "/movements")[1:] == shown


def test_a_period_ends_before_its_end_and_begins_with_its_beginning(stock: Stock) -> None:
    a_day(stock)
    first = "since=2026-03-02T14:00:00Z&until=2026-03-02T14:01:00Z"
    movements = pages(stock.nurse, f"/staff/{stock.nurse.id}/movements?{first}", limit=50)
    assert [each["what"] for each in movements] == ["received"]


def test_nobody_here_has_no_movements(stock: Stock, clinic: Clinic) -> None:
    assert stock.nurse.get(f"/staff/{clinic.site}/movements?{DAY}")["type"] == "no-such-account"
    assert clinic.front_desk().get(f"/staff/{stock.nurse.id}/movements?{DAY}").status == 403


# ---------------------------------------------------------------------------------------------------------- the lot


def test_who_touched_a_lot_is_everybody_who_moved_or_counted_it_and_every_patient_who_got_it(
    stock: Stock, clinic: Clinic
) -> None:
    _, syringe, visit = a_day(stock)
    stock.receive(line(lot="L2"), line(ndc=KETAMINE_10))
    touches = pages(stock.nurse, f"/lots/touches?ndc={KETAMINE_50}&lot=L1", limit=50)
    assert [each["what"] for each in touches] == ["received", "drawn", "administered", "wasted", "counted"]
    assert {each["patient"] for each in touches} - {None} == {patient_of(stock, visit)}
    assert {each["container_label"] for each in touches} == {"K-001", "K-001/1"}
    assert {name for each in touches for name in (each["by_name"], each["witness_name"])} - {None} == {
        "Ada Nurse",
        "Ben Nurse",
    }
    assert touches[-1]["expected_mg"] is None
    assert looks(clinic, "/lots/touches") == [[patient_of(stock, visit)]]
    held = pages(stock.nurse, f"/lots/containers?ndc={KETAMINE_50}&lot=L1", limit=1)
    assert [each["label"] for each in held] == ["K-001", "K-001/1"]
    assert held[1]["id"] == str(syringe)
    assert pages(stock.nurse, f"/lots/touches?ndc={KETAMINE_50}&lot=L1", limit=2) == touches


def test_a_lot_of_the_same_number_of_another_product_is_another_lot(stock: Stock) -> None:
    stock.receive(line(ndc=KETAMINE_10))
    assert pages(stock.nurse, f"/lots/touches?ndc={KETAMINE_50}&lot=L1", limit=5) == []
    assert len(pages(stock.nurse, f"/lots/touches?ndc={KETAMINE_10}&lot=L1", limit=5)) == 2


@pytest.mark.parametrize(("ndc", "kind"), [("99999-999-99", "unknown-product"), ("12", "invalid-ndc")])
def test_an_ndc_that_the_clinic_never_had_is_refused(stock: Stock, ndc: str, kind: str) -> None:
    refused = stock.nurse.get(f"/lots/touches?ndc={ndc}&lot=L1")
    assert (refused.status, refused["type"]) == (422, kind)


def test_a_product_that_is_no_longer_listed_is_found_by_what_was_received(stock: Stock) -> None:
    stock.receive(line(ndc=KETAMINE_10))
    olga = stock.clinic.administrators[0]
    content = olga.get("/policies/product/ketamine").done()["content"]
    content["products"] = [each for each in content["products"] if each["ndc"] == KETAMINE_50]
    olga.does("/policies/product/ketamine", content=content)
    assert len(pages(stock.nurse, f"/lots/containers?ndc={KETAMINE_10}&lot=L1", limit=5)) == 2


def test_happenings_are_ordered_by_when_they_happened_or_by_when_they_were_written_down() -> None:
    def one(number: int, minutes: int) -> Happening:
        at = OPENING.replace(minute=minutes)
        return Happening(
            id=UUID(int=number), record=UUID(int=9), what=Deed.COUNTED, occurred_at=at, recorded_at=at, by=None
        )

    late, early = one(1, 5), one(2, 1)
    assert in_order([late, early]) == [early, late]
    assert first_of([early, late], limit=1) == [late]
