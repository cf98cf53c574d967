"""Receiving from an invoice: what came becomes vials with numbers, what did not come becomes a task."""

from typing import Any
from uuid import uuid4

import pytest

from clinic_api import identifiers
from clinic_api.identifiers import IdSource
from clinic_api.inventory.service.storage import DIFFERENCE
from clinic_api.quantities import Mass
from tests.builders import Clinic
from tests.inventory.stock import KETAMINE_10, KETAMINE_50, Stock, line
from tests.people import Answer


def refused(stock: Stock, status: int, code: str, *lines: dict[str, Any], **different: Any) -> Answer:
    """A receipt that is refused, with nothing changed."""
    with stock.clinic.nothing_changes():
        answer = stock.nurse.post("/receipts", **stock.receipt(*lines, **different))
    assert (answer.status, answer["type"]) == (status, code)
    return answer


def test_each_vial_that_came_has_a_short_number_of_its_own_and_holds_what_its_label_says(stock: Stock) -> None:
    answer = stock.nurse.post("/receipts", **stock.receipt(line(), line(ndc=KETAMINE_10, lot="L2"))).done()
    vials = [vial for each in answer["lines"] for vial in each["containers"]]
    assert [vial["label"] for vial in vials] == ["K-001", "K-002", "K-003", "K-004"]
    assert [stock.balance(vial["id"]).as_mg_text() for vial in vials] == ["500", "500", "200", "200"]
    assert (answer["supplier_dea_number"], answer["received_by"]) == ("BC2749185", stock.nurse.id)
    assert stock.tasks(DIFFERENCE) == 0
    assert stock.receive(line())[0]["label"] == "K-005"
    assert stock.clinic.verify() == []


def test_numbers_have_no_gap_and_none_is_given_twice_where_another_clock_was_behind(
    stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock.receive(line())
    stock.clinic.later(minutes=-1)
    monkeypatch.setattr(identifiers, "_IDS", IdSource())  # as a process does that gave no id before
    assert [vial["label"] for vial in stock.receive(line())] == ["K-003", "K-004"]
    stock.clinic.later(seconds=1)
    assert [vial["label"] for vial in stock.receive(line(vials_received=1))] == ["K-005"]
    stock.clinic.later(minutes=2)
    assert [vial["label"] for vial in stock.receive(line())] == ["K-006", "K-007"]
    assert stock.receive(line())[0]["label"] == "K-008"


def test_what_was_invoiced_and_did_not_come_stays_as_two_numbers_and_a_task(stock: Stock) -> None:
    answer = stock.nurse.post("/receipts", **stock.receipt(line(vials_invoiced=3, vials_received=2), line()))
    first = answer.done()["lines"][0]
    assert (first["vials_invoiced"], first["vials_received"], len(first["containers"])) == (3, 2, 2)
    assert stock.tasks(DIFFERENCE) == 1


def test_a_line_of_which_nothing_came_puts_nothing_into_the_book(stock: Stock) -> None:
    assert stock.receive(line(vials_received=0)) == []
    assert stock.tasks(DIFFERENCE) == 1


def test_the_suppliers_dea_number_must_pass_its_own_arithmetic(stock: Stock) -> None:
    refused(stock, 422, "invalid-dea-number", supplier_dea_number="BC2749186")


def test_a_code_that_the_clinic_does_not_stock_or_that_says_nothing_is_refused(stock: Stock) -> None:
    refused(stock, 422, "unknown-product", line(ndc="0409-2051-99"))
    refused(stock, 422, "invalid-ndc", line(ndc="ketamine"))
    refused(stock, 422, "empty-line", line(vials_invoiced=0, vials_received=0))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_that_no_calendar_reckons_with_is_refused_for_it_would_hide_the_whole_stock(
    stock: Stock, day: str
) -> None:
    refused(stock, 422, "malformed", line(expiry=day))
    refused(stock, 422, "malformed", line(), invoice_date=day)


def test_a_registration_without_3n_or_out_of_its_years_takes_no_ketamine(stock: Stock, clinic: Clinic) -> None:
    narcotics = clinic.a_registration(dea_number="MK3074250", schedules=["2", "3"])
    over = clinic.a_registration(dea_number="FI9051361", valid_from="2023-01-01", valid_until="2026-03-01")
    for number, registration in enumerate((narcotics, over)):
        elsewhere = stock.a_location(f"Cabinet {number}", registration)
        answer = refused(stock, 409, "registration-not-valid", location=elsewhere)
        assert answer["facts"]["schedule"] == "3N"


def test_only_somebody_who_is_here_and_may_receive_does(stock: Stock, clinic: Clinic) -> None:
    away, desk = clinic.nurse("Nora Away", here=False), clinic.front_desk()
    for person, status in ((away, 409), (desk, 403)):
        with clinic.nothing_changes():
            assert person.post("/receipts", **stock.receipt()).status == status


def test_a_location_of_another_clinic_does_not_exist(stock: Stock) -> None:
    other = Stock(stock.clinic.installation.found("South Clinic"))
    refused(stock, 404, "no-such-location", location=other.location)
    refused(stock, 404, "no-such-location", location=str(uuid4()))


def test_a_receipt_bears_the_day_on_which_the_stock_came(stock: Stock) -> None:
    answer = stock.nurse.post(
        "/receipts",
        **stock.receipt(received_at="2026-03-02T07:30:00-05:00", late_reason="the internet was down"),
    ).done()
    assert answer["received_at"] == "2026-03-02T12:30:00Z"
    refused(stock, 422, "receipt-reason-missing", received_at="2026-03-02T07:30:00-05:00")
    refused(stock, 422, "not-yet-received", received_at="2026-03-02T10:30:00-05:00")


def test_an_invoice_lacks_nothing_that_an_inspector_asks_for(stock: Stock) -> None:
    for field in ("supplier_name", "supplier_address", "supplier_dea_number", "invoice_number", "invoice_date"):
        body = stock.receipt()
        del body[field]
        with stock.clinic.nothing_changes():
            answer = stock.nurse.post("/receipts", **body)
        assert answer.status == 422
        assert list(answer["errors"]) == [field]


def test_vials_are_whole_numbers_and_nothing_is_bent_into_one(stock: Stock) -> None:
    with stock.clinic.nothing_changes():
        wrong: tuple[Any, ...] = (-1, 501, 1.0, 1.5, "2", True, None, [], {})
        for number in wrong:
            answer = stock.nurse.post("/receipts", **stock.receipt(line(vials_received=number)))
            assert answer.status == 422
            assert "vials_received" in str(answer["errors"]["lines"])


def test_a_place_has_one_name_under_one_registration(stock: Stock, clinic: Clinic) -> None:
    administrator = clinic.administrators[0]
    with clinic.nothing_changes():
        taken = administrator.post("/locations", registration=stock.registration, name="Safe 1")
        unknown = administrator.post("/locations", registration=str(uuid4()), name="Safe 2")
    assert (taken.status, taken["type"]) == (409, "location-taken")
    assert (unknown.status, unknown["type"]) == (404, "no-such-registration")


def test_the_product_list_says_strengths_and_which_registration_they_need(stock: Stock) -> None:
    items = stock.nurse.get("/products").done()["items"]
    usual = [item for item in items if item["usual"]]
    assert [(item["ndc"], item["strength_mg_per_ml"], item["content_mg"]) for item in usual] == [
        (KETAMINE_50, "50", "500")
    ]
    assert {item["registration_schedule"] for item in items} == {"3N"}


def test_a_sites_containers_come_in_pages_in_the_order_of_their_numbers(stock: Stock, clinic: Clinic) -> None:
    stock.receive(line(vials_invoiced=5, vials_received=5))
    path, labels = f"/containers?site={clinic.site}&limit=2", []
    page = stock.nurse.get(path).done()
    while True:
        labels.append([item["label"] for item in page["items"]])
        if page["next"] is None:
            break
        page = stock.nurse.get(f"{path}&cursor={page['next']}").done()
    assert labels == [["K-001", "K-002"], ["K-003", "K-004"], ["K-005"]]
    assert stock.nurse.get("/containers").status == 422
    assert stock.nurse.get(f"/containers?site={uuid4()}").status == 404
    assert stock.nurse.get(f"{path}&cursor=nonsense!").status == 422


def test_a_site_holds_each_product_by_itself_and_never_as_one_sum(stock: Stock, clinic: Clinic) -> None:
    stock.receive(line(), line(ndc=KETAMINE_10))
    items = stock.nurse.get(f"/sites/{clinic.site}/balances").done()["items"]
    held = {item["product"]: (item["on_hand_mg"], item["sealed"], item["opened"]) for item in items}
    assert held == {"ketamine-10-mg-ml-20-ml": ("400", 2, 0), "ketamine-50-mg-ml-10-ml": ("1000", 2, 0)}
    assert stock.balance(stock.a_vial()) == Mass.mg(500)
