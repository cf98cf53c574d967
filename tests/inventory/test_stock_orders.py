"""Schedule II over HTTP: ordered on a form by who may sign it, received against it, and kept apart from the rest."""

from typing import Any
from uuid import uuid4

import pytest

from tests.inventory.dock import FENTANYL, FORM, Dock, charged, counted
from tests.inventory.stock import SUPPLIER, Stock, line
from tests.people import Answer, Person


@pytest.fixture
def dock(stock: Stock) -> Dock:
    """A clinic that stocks fentanyl, whose nurse signed the registration's application."""
    dock = Dock(stock)
    dock.stock_fentanyl()
    return dock


@pytest.fixture
def buyer(dock: Dock) -> Person:
    """A custodian, who records orders and signs none of their own accord."""
    return dock.stock.clinic.custodian()


def refused(dock: Dock, person: Person, path: str, code: str, **body: Any) -> Answer:
    """What is refused, with nothing changed."""
    with dock.stock.clinic.nothing_changes():
        answer = person.post(path, **body)
    assert (answer.status >= 400, answer["type"]) == (True, code), answer.json
    return answer


def power_body(dock: Dock, grantee: Person, **different: Any) -> dict[str, Any]:
    witnesses = [{"account": dock.stock.witness.id}, {"name": "Uma Outside"}]
    usual = {"grantor": {"account": dock.nurse.id}, "grantee": grantee.id, "witnesses": witnesses}
    return {"registration": dock.stock.registration, "valid_from": "2026-03-01", **usual, **different}


def test_an_order_is_received_in_parts_each_with_its_day_and_never_above_what_was_ordered(
    dock: Dock, buyer: Person
) -> None:
    order = dock.order(buyer)
    first = dock.receive_under(order, 6).done()["receipt"]
    (filling,) = first["lines"][0]["order_fillings"]
    assert (first["group"], first["document"], first["invoice_number"]) == ("CII", "form-222", FORM)
    assert (filling["vials"], filling["received_on"]) == (6, "2026-03-02")
    assert dock.receive_under(order, 5)["type"] == "more-than-ordered"
    dock.receive_under(order, 4).done()
    told = dock.nurse.get(f"/stock-orders/{order}").done()
    (only,) = told["lines"]
    assert (only["vials_ordered"], only["vials_received"], only["vials_open"]) == (10, 10, 0)
    assert ([each["vials"] for each in told["fillings"]], told["last_day"]) == ([6, 4], "2026-04-30")
    assert dock.stock.clinic.verify() == []


def test_more_than_was_ordered_is_turned_away_and_the_rest_accepted(dock: Dock, buyer: Person) -> None:
    order = dock.order(buyer)
    delivery = dock.nurse.does("/deliveries", **dock.under(order, 11))["id"]
    dock.count(delivery, counted(ndc=FENTANYL, vials_received=11)).done()
    refused(dock, dock.nurse, f"/deliveries/{delivery}/acceptance", "more-than-ordered")
    ten = counted(ndc=FENTANYL, vials_received=10, vials_turned_away=1, turned_away_reason="one above the order")
    dock.count(delivery, ten).done()
    assert len(dock.accept(delivery).done()["receipt"]["lines"][0]["containers"]) == 10


def test_what_comes_after_the_orders_last_day_is_not_accepted(dock: Dock, buyer: Person) -> None:
    order = dock.order(buyer)
    dock.stock.clinic.later(days=60)
    for person in (dock.nurse, buyer):
        dock.stock.clinic.sign_in(person)
        person.does("/presences", site=dock.stock.clinic.site)
    answer = dock.receive_under(order, 1)
    assert (answer.status, answer["type"]) == (409, "order-lapsed")
    assert answer["detail"].startswith(f"{FORM} was to be filled by 2026-04-30")


def test_schedule_two_comes_under_its_order_and_nothing_else_does(dock: Dock, buyer: Person) -> None:
    order = dock.order(buyer)
    mixed = dock.under(order, 1) | {"lines": [charged(), {"ndc": FENTANYL, "vials_invoiced": 1}]}
    for code, body in (
        ("groups-mixed", mixed),
        ("wrong-paper", dock.body({"ndc": FENTANYL, "vials_invoiced": 1})),
        ("order-missing", dock.under(order, 1) | {"order": None}),
        ("not-this-order", dock.under(order, 1, document_number="222-0000018")),
        ("not-this-order", dock.under(order, 1, document="csos")),
        ("not-this-order", dock.under(order, 1, supplier_dea_number="AB1234563")),
        ("no-such-stock-order", dock.under(str(uuid4()), 1)),
    ):
        refused(dock, dock.nurse, "/deliveries", code, **body)
    delivery = dock.nurse.does("/deliveries", **dock.under(order, 1))["id"]
    refused(dock, dock.nurse, f"/deliveries/{delivery}/count", "groups-mixed", lines=[counted()])
    fentanyl = line(ndc=FENTANYL)
    refused(dock, dock.nurse, "/receipts", "wrong-paper", **dock.stock.receipt(fentanyl))
    refused(dock, dock.nurse, "/receipts", "groups-mixed", **dock.stock.receipt(fentanyl, line()))


def test_one_call_receives_schedule_two_against_its_order_too(dock: Dock, buyer: Person) -> None:
    body = dock.stock.receipt(line(ndc=FENTANYL), invoice_number=FORM, order=dock.order(buyer))
    made = dock.nurse.does("/receipts", **body)
    assert (made["group"], made["document"], made["lines"][0]["order_fillings"][0]["vials"]) == ("CII", "form-222", 2)


def test_the_records_of_both_groups_are_never_in_one_list(dock: Dock, buyer: Person) -> None:
    two = dock.receive_under(dock.order(buyer), 2).done()
    others = dock.accept(dock.ended("counted")).done()
    site = dock.stock.clinic.site
    for kind in ("receipt", "delivery"):
        path = {"receipt": "receipts", "delivery": "deliveries"}[kind]
        for group, custody in (("CII", two), ("CIII-V", others)):
            items = dock.nurse.get(f"/{path}?site={site}&group={group}").done()["items"]
            assert [each["id"] for each in items] == [custody[kind]["id"]]
            assert {each["group"] for each in items} == {group}
    orders = dock.nurse.get(f"/registrations/{dock.stock.registration}/stock-orders").done()["items"]
    assert [each["number"] for each in orders] == [FORM]


def test_an_order_is_signed_by_the_registrant_or_under_a_power_of_attorney_in_force(dock: Dock, buyer: Person) -> None:
    administrator, clinic = dock.stock.clinic.administrators[0], dock.stock.clinic
    by_buyer = dock.order_body(signed_by=buyer.id)
    refused(dock, buyer, "/stock-orders", "may-not-order", **by_buyer)
    power = administrator.does("/powers-of-attorney", **power_body(dock, buyer))
    assert (power["grantor_name"], power["second_witness_name"]) == (dock.nurse.name, "Uma Outside")
    refused(dock, buyer, "/stock-orders", "may-not-order", **by_buyer | {"signed_on": "2026-02-28"})
    assert buyer.does("/stock-orders", **by_buyer)["power"] == power["id"]
    own = dock.order_body(number="222-0000018")  # the registrant's own signature needs none
    assert buyer.does("/stock-orders", **own)["power"] is None
    ended = administrator.does(f"/powers-of-attorney/{power['id']}/revocation", reason="left the clinic")
    assert (ended["revoked_on"], ended["revoked_because"]) == ("2026-03-02", "left the clinic")
    today = by_buyer | {"number": "222-0000019", "signed_on": "2026-03-02"}
    refused(dock, buyer, "/stock-orders", "may-not-order", **today)
    path = f"/powers-of-attorney/{power['id']}/revocation"
    refused(dock, administrator, path, "power-revoked", reason="left twice")
    listed = dock.nurse.get(f"/registrations/{dock.stock.registration}/powers-of-attorney").done()["items"]
    assert [each["revoked_on"] for each in listed] == ["2026-03-02"]
    assert clinic.verify() == []


def test_orders_and_powers_of_a_registration_that_is_not_here_are_not_found(dock: Dock) -> None:
    for what in ("stock-orders", "powers-of-attorney"):
        answer = dock.nurse.get(f"/registrations/{uuid4()}/{what}")
        assert (answer.status, answer["type"]) == (404, "no-such-registration")


def test_a_power_of_attorney_that_cannot_be_one_is_refused(dock: Dock, buyer: Person) -> None:
    administrator = dock.stock.clinic.administrators[0]
    for code, different in (
        ("not-the-registrant", {"grantor": {"account": administrator.id}}),
        ("power-needs-four-people", {"grantor": {"name": buyer.name.upper()}}),
        ("power-needs-four-people", {"witnesses": [{"name": "Uma"}, {"name": "uma"}]}),
        ("power-backwards", {"valid_until": "2026-02-28"}),
        ("no-such-account", {"grantee": str(uuid4())}),
        ("no-such-registration", {"registration": str(uuid4())}),
    ):
        refused(dock, administrator, "/powers-of-attorney", code, **power_body(dock, buyer) | different)
    refused(dock, administrator, f"/powers-of-attorney/{uuid4()}/revocation", "no-such-power", reason="none")
    with dock.stock.clinic.nothing_changes():
        for grantor in ({}, {"account": dock.nurse.id, "name": "Ada"}):
            assert administrator.post("/powers-of-attorney", **power_body(dock, buyer, grantor=grantor)).status == 422
        assert buyer.post("/powers-of-attorney", **power_body(dock, buyer)).status == 403


def test_an_order_that_cannot_be_one_is_refused(dock: Dock, buyer: Person) -> None:
    dock.order(buyer)
    for code, body in (
        ("order-number-taken", dock.order_body()),
        ("not-an-order-form", dock.order_body(number="X", kind="invoice")),
        ("not-ordered-so", dock.order_body({"ndc": "0409-2053-10", "vials_ordered": 1}, number="X")),
        ("signed-ahead", dock.order_body(number="X", signed_on="2026-03-03")),
        ("no-such-stock-order", dock.order_body(number="X", replaces=str(uuid4()))),
        ("invalid-dea-number", dock.order_body(number="X", supplier_dea_number="BC2749186")),
    ):
        refused(dock, buyer, "/stock-orders", code, **body)


def test_a_defective_form_is_voided_and_replaced_and_never_corrected(dock: Dock, buyer: Person) -> None:
    old = dock.order(buyer)
    new = dock.order_body(number="222-0000018", replaces=old)
    refused(dock, buyer, "/stock-orders", "order-stands", **new)
    assert (
        buyer.does(f"/stock-orders/{old}/void", reason="a figure was altered")["void_reason"] == "a figure was altered"
    )
    refused(dock, dock.nurse, "/deliveries", "order-voided", **dock.under(old, 1))
    refused(dock, buyer, f"/stock-orders/{old}/void", "order-voided", reason="again")
    replacement = buyer.does("/stock-orders", **new)
    assert (replacement["replaces"], dock.nurse.get(f"/stock-orders/{old}")["replaced_by"]) == (old, replacement["id"])
    refused(dock, buyer, "/stock-orders", "order-stands", **new | {"number": "222-0000019"})
    supplier = {name: value for name, value in SUPPLIER.items() if name.startswith("supplier")}
    dock.nurse.does(
        "/receipts",
        **dock.stock.receipt(line(ndc=FENTANYL), invoice_number="222-0000018", order=replacement["id"], **supplier),
    )
    refused(dock, buyer, f"/stock-orders/{replacement['id']}/void", "order-filled", reason="too late")
    assert dock.stock.clinic.verify() == []


def test_a_voided_order_is_not_received_against_although_it_stood_when_the_delivery_came(
    dock: Dock, buyer: Person
) -> None:
    order = dock.order(buyer)
    delivery = dock.nurse.does("/deliveries", **dock.under(order, 1))["id"]
    dock.count(delivery, counted(ndc=FENTANYL, vials_received=1)).done()
    buyer.does(f"/stock-orders/{order}/void", reason="not wanted")
    refused(dock, dock.nurse, f"/deliveries/{delivery}/acceptance", "order-voided")


def test_another_clinic_has_none_of_it(dock: Dock, buyer: Person) -> None:
    order = dock.order(buyer)
    other = Stock(dock.stock.clinic.installation.found("South Clinic")).nurse
    assert other.get(f"/stock-orders/{order}").status == 404
