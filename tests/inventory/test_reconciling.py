"""Reconciling a registration: everything between two counts, and a book that closes to the microgram."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import pytest

from clinic_api import clock
from clinic_api.clinics.queries import NoSuchRegistration
from clinic_api.inventory.queries import books, reconciling
from clinic_api.inventory.rules.books import Accountability
from clinic_api.inventory.rules.moves import Kind
from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.inventory.service import upkeep
from clinic_api.inventory.service.upkeep import ReturnOrder
from clinic_api.quantities import Mass
from tests.builders import OPENING, Clinic
from tests.inventory.counts import count, counted, read
from tests.inventory.stock import KETAMINE_10, Stock, line


def accounts(stock: Stock, *, since: datetime = OPENING) -> Sequence[Accountability]:
    """The accountability of the registration, up to now."""
    with stock.clinic.reading():
        return reconciling.reconcile(UUID(stock.registration), since=since, until=clock.now())


def give_back(stock: Stock, vial: UUID) -> None:
    """A whole vial goes back."""
    receiver = Supplier(name="Reverse", address="1 Depot", dea_number="BC2749185")
    with stock.acting() as scope:
        upkeep.give_back(ReturnOrder(container=vial, receiver=receiver, document="R-1"), scope=scope)


def a_day(stock: Stock) -> list[UUID]:
    """Counted, received, drawn, given, wasted, overfill found, given back."""
    count(stock, kind="opening")
    stock.clinic.later(minutes=1)
    vials = [stock.a_vial() for _ in range(3)]
    visit = stock.a_visit()
    syringe = stock.draw(vials[0], "0.7", visit).syringe
    stock.give(syringe, "10.5", visit)
    stock.waste(syringe, "24.5")
    stock.nurse.does(f"/containers/{vials[0]}/overfill", volume_ml="0.1")
    give_back(stock, vials[2])
    stock.clinic.later(minutes=1)
    return vials


def test_a_day_comes_out_to_the_microgram_between_two_counts(stock: Stock) -> None:
    opened, sealed, _ = a_day(stock)
    count(stock, read(opened, "9.4"), counted(sealed))
    [line_] = accounts(stock)
    flow = line_.between
    assert (flow.received, flow.overfill_found) == (Mass.mg(1500), Mass.mg(5))
    assert (flow.administered, flow.wasted, flow.returned) == (Mass.mg("10.5"), Mass.mg("24.5"), Mass.mg(500))
    assert line_.opening is not None
    assert line_.closing is not None
    assert (line_.opening.found, line_.closing.found, line_.closing.book) == (Mass(0), Mass.mg(970), Mass.mg(970))
    assert (line_.accountable_for, line_.accounted_for, line_.variance_ug) == (Mass.mg(1505), Mass.mg(1505), 0)
    assert (line_.on_hand, line_.closes, line_.dea_number) == (Mass.mg(970), True, "AB1234563")


def test_a_closing_count_that_lacks_two_hundred_milligrams_is_a_shortage_and_the_book_still_closes(
    stock: Stock,
) -> None:
    opened, sealed, _ = a_day(stock)
    count(stock, read(opened, "5.4"), counted(sealed))
    [line_] = accounts(stock)
    assert (line_.variance_ug, line_.closes, line_.on_hand) == (-200_000, True, Mass.mg(970))


def test_a_vial_that_was_not_found_counts_as_nothing_in_hand(stock: Stock) -> None:
    opened, _, _ = a_day(stock)
    count(stock, read(opened, "9.4"))
    [line_] = accounts(stock)
    assert line_.variance_ug == -500_000


def test_without_a_complete_count_the_variance_is_unknown_and_the_book_closes_all_the_same(stock: Stock) -> None:
    stock.receive(line(), line(ndc=KETAMINE_10))
    id = stock.nurse.does("/counts", location=stock.location, kind="opening")["id"]
    stock.enter_both(id)
    lines = accounts(stock)
    assert [each.product for each in lines] == ["ketamine-10-mg-ml-20-ml", "ketamine-50-mg-ml-10-ml"]
    assert [each.on_hand for each in lines] == [Mass.mg(400), Mass.mg(1000)]
    assert [(each.opening, each.variance_ug, each.closes) for each in lines] == [(None, None, True)] * 2


def test_the_opening_count_is_the_closing_count_of_the_day_before(stock: Stock, clinic: Clinic) -> None:
    opened, sealed, _ = a_day(stock)
    count(stock, read(opened, "9.4"), counted(sealed))
    evening = clock.now()
    clinic.later(hours=2)
    visit = stock.a_visit()
    syringe = stock.draw(opened, "1", visit).syringe
    stock.give(syringe, "50", visit)
    clinic.later(minutes=1)
    [open_still] = accounts(stock, since=evening)
    assert (open_still.opening is not None, open_still.closing, open_still.variance_ug) == (True, None, None)
    assert open_still.between.administered == Mass.mg(50)
    count(stock, read(opened, "8.4"), counted(sealed))
    [line_] = accounts(stock, since=evening)
    assert line_.opening is not None
    assert (line_.opening.found, line_.between.received, line_.variance_ug) == (Mass.mg(970), Mass(0), 0)
    assert (line_.ever.received, line_.closes) == (Mass.mg(1500), True)


def test_the_book_as_it_was_at_an_earlier_hour_closes_too(stock: Stock, clinic: Clinic) -> None:
    vial = stock.a_vial()
    clinic.later(minutes=1)
    then = clock.now()
    clinic.later(minutes=1)
    stock.waste(vial, "500")
    with clinic.reading():
        [line_] = reconciling.reconcile(UUID(stock.registration), since=OPENING, until=then)
    assert (line_.on_hand, line_.ever.wasted, line_.closes) == (Mass.mg(500), Mass(0), True)


def test_a_second_safe_that_was_not_counted_leaves_the_variance_unknown(stock: Stock) -> None:
    opened, sealed, _ = a_day(stock)
    count(stock, read(opened, "9.4"), counted(sealed))
    safe, stock.location = stock.location, stock.a_location("Safe 2")
    second = stock.a_vial()
    assert accounts(stock)[0].variance_ug is None
    stock.clinic.later(minutes=1)
    count(stock, counted(second), kind="opening")
    stock.clinic.later(minutes=1)
    count(stock, counted(second))
    stock.location = safe
    [line_] = accounts(stock)
    assert line_.closing is not None
    assert (line_.closing.found, line_.variance_ug) == (Mass.mg(1470), 0)


def test_the_ledger_lists_every_move_of_a_registration_once_in_the_order_in_which_it_happened(
    stock: Stock,
) -> None:
    a_day(stock)
    with stock.clinic.reading():
        lines = list(books.ledger_lines(UUID(stock.registration), since=OPENING, until=clock.now(), stride=2))
        kept = books.balances_and_moves()
    assert [each.kind for each in lines] == [
        *(Kind.RECEIVED, Kind.RECEIVED, Kind.RECEIVED, Kind.DRAWN),
        *(Kind.ADMINISTERED, Kind.WASTED, Kind.OVERFILL_FOUND, Kind.RETURNED),
    ]
    given = lines[4]
    assert (given.source, given.target, given.case, given.volume) == ("K-001/1", "patient", "K-001/1", None)
    assert given.patient is not None
    assert given.identity_version is not None
    assert (lines[5].witness, lines[5].by) == (UUID(stock.witness.id), UUID(stock.nurse.id))
    assert all(booked == moved for booked, moved in kept.values())
    assert kept["K-001"] == (470_000, 470_000)


def test_a_receipt_that_is_entered_late_stands_where_it_happened_with_its_reason(stock: Stock) -> None:
    stock.clinic.later(hours=1)
    stock.a_vial()
    told = {"received_at": "2026-03-02T14:05:00Z", "late_reason": "the internet was down"}
    stock.receive(line(vials_invoiced=1, vials_received=1), **told)
    with stock.clinic.reading():
        lines = list(books.ledger_lines(UUID(stock.registration), since=OPENING, until=clock.now()))
    assert [(each.target, each.late_reason) for each in lines] == [("K-002", "the internet was down"), ("K-001", None)]


def test_another_clinics_registration_has_no_ledger_here(clinic: Clinic) -> None:
    other = Stock(clinic.installation.found("South Clinic"))
    other.a_vial()
    with clinic.reading() as scope, pytest.raises(NoSuchRegistration):
        reconciling.reconcile(UUID(other.registration), since=OPENING, until=scope.at)
    with clinic.reading() as scope, pytest.raises(NoSuchRegistration):
        list(books.ledger_lines(UUID(other.registration), since=OPENING, until=scope.at))
