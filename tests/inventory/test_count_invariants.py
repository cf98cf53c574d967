"""What a count must never be: tolerated away, guessed, seen beforehand, or turned into an adjustment."""

from uuid import UUID

from clinic_api.inventory.queries import books
from clinic_api.inventory.service.counting import VARIANCE
from tests.builders import Clinic
from tests.inventory.dock import Dock
from tests.inventory.stock import Stock, counted, read, refused
from tests.inventory.test_inventories import due, record, taken


def estimated(vial: object) -> dict[str, str]:
    """A vial whose content was guessed."""
    return {"container": str(vial), "method": "estimated", "volume_ml": "10"}


def test_a_count_stores_its_numbers_and_who_counted(stock: Stock) -> None:
    """Not only that somebody counted, as an application did that was looked at for this one."""
    vial = stock.a_vial()
    answer = stock.count(read(vial, "9.8"))
    [line] = answer["lines"]
    assert (line["volume_ml"], line["found_mg"], line["expected_mg"], line["variance_ug"]) == (
        "9.8",
        "490",
        "500",
        -10_000,
    )
    assert line["counted_by"] == stock.nurse.id
    assert [each["counted_by"] for each in answer["tallies"]] == [stock.nurse.id, stock.witness.id]


def test_a_variance_opens_a_task_and_never_posts_an_adjustment(stock: Stock) -> None:
    """A count that differs is a question; the book changes only by moves of drug."""
    vial = stock.a_vial()
    with stock.clinic.reading():
        before = [line.id for line in books.moves_of(vial)]
    stock.count(read(vial, "5"))
    with stock.clinic.reading():
        assert [line.id for line in books.moves_of(vial)] == before
    assert (stock.balance(vial).as_mg_text(), stock.tasks(VARIANCE)) == ("500", 1)
    assert stock.clinic.verify() == []


def test_schedule_ii_is_counted_exactly_and_never_estimated(stock: Stock, clinic: Clinic) -> None:
    """21 CFR 1304.11(e)(6)."""
    two, three = Dock(stock).a_schedule_two_vial(), stock.a_vial()
    count = str(stock.nurse.does("/counts", location=stock.location, kind="closing")["id"])
    answer = refused(clinic, lambda: stock.enter(count, estimated(two), estimated(three)), 422, "exact-only")
    assert "is CII and not to be estimated (us-federal version 1)" in answer["detail"]
    said = stock.enter_both(count, counted(two), estimated(three)).done()
    assert sorted(each["method"] for each in said["lines"]) == ["counted", "estimated"]


def test_schedule_ii_and_the_others_are_listed_apart(stock: Stock) -> None:
    """21 CFR 1304.04(f)."""
    two, three = Dock(stock).a_schedule_two_vial(), stock.a_vial()
    lists = record(stock, taken(stock, counted(two), counted(three)))["lists"]
    on_hand = {
        name: [each["schedule"] for each in of["products"] if each["total_mg"] != "0"] for name, of in lists.items()
    }
    assert on_hand == {"CII": ["CII"], "CIII-CV": ["CIII"]}


def test_the_biennial_date_runs_from_the_count(stock: Stock, clinic: Clinic) -> None:
    """From the last full inventory's count, not from any later count that is none."""
    vial = stock.a_vial()
    taken(stock, counted(vial))
    clinic.tomorrow(stock.nurse, stock.witness)
    for person in (stock.nurse, stock.witness):
        person.does("/presences", site=clinic.site)
    cycle = stock.nurse.does("/counts", location=stock.location, kind="cycle", containers=[str(vial)])
    stock.enter(cycle["id"], counted(vial)).done()
    stock.count(counted(vial))
    assert (due(stock)["counted_on"], due(stock)["due_on"]) == ("2026-03-02", "2028-03-02")
    assert due(stock)["registration"] == str(UUID(stock.registration))
