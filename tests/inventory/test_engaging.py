"""The first stock of a registration asks for its initial inventory, on that day, until it is signed."""

from datetime import UTC, datetime

from clinic_api.inventory.service.engaging import INITIAL
from clinic_api.tasks import queries as tasks
from tests.inventory.stock import Stock, counted
from tests.inventory.test_inventories import opened, taken


def owed(stock: Stock) -> list[tuple[str, str, datetime]]:
    """The open tasks for an initial inventory: whose, which role, by when."""
    with stock.clinic.reading():
        return [(str(t.subject), t.role, t.due_at) for t in tasks.open_tasks() if t.kind == INITIAL]


def test_a_registration_without_stock_owes_nothing_yet(stock: Stock) -> None:
    assert owed(stock) == []


def test_the_first_stock_asks_for_it_by_the_end_of_that_day_at_the_site_and_only_once(stock: Stock) -> None:
    stock.a_vial()
    stock.a_vial()
    assert owed(stock) == [(stock.registration, "custodian", datetime(2026, 3, 3, 5, tzinfo=UTC))]


def test_the_signed_initial_inventory_closes_it_and_later_stock_asks_no_more(stock: Stock) -> None:
    vial = stock.a_vial()
    opened_first = opened(stock)
    assert (opened_first["state"], len(owed(stock))) == ("counting", 1)
    taken(stock, counted(vial))
    assert owed(stock) == []
    stock.a_vial()
    assert owed(stock) == []
    assert stock.clinic.verify() == []


def test_an_inventory_that_only_one_has_signed_still_owes_it(stock: Stock) -> None:
    inventory = opened(stock)
    vial = stock.a_vial()
    stock.enter_both(inventory["counts"][0]["count"], counted(vial)).done()
    stock.sign_both(inventory["counts"][0]["count"])
    stock.nurse.does(f"/inventories/{inventory['id']}/signature")
    assert len(owed(stock)) == 1


def test_another_inventory_than_the_initial_one_does_not_close_it(stock: Stock) -> None:
    taken(stock, counted(stock.a_vial()), kind="biennial")
    assert len(owed(stock)) == 1


def test_a_transfer_engages_the_registration_that_it_goes_to(stock: Stock) -> None:
    other = stock.clinic.a_registration(dea_number="BC2749185")
    there, vial, visit = stock.a_location("Safe 2", other), stock.a_vial(), stock.a_visit()
    stock.draw(vial, "9.5", visit)
    stock.give(stock.draw(stock.a_vial(), "10", visit).syringe, "500", visit)
    moved = {"kind": "transferred", "reason": "to the other clinic", "contents": [{"container": vial}]}
    asked = stock.nurse.does("/removals", **moved, to_location=there)
    stock.nurse.does(f"/removals/{asked['id']}/signature", **stock.witness.proof_for(asked["challenge"]))
    assert [registration for registration, _, _ in owed(stock)] == [stock.registration, other]
