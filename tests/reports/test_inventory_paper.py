"""The printed statutory inventory: what 21 CFR 1304.11 asks for stands there, schedule II on pages of its own."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from tests.builders import Clinic
from tests.inventory.dock import FENTANYL, Dock
from tests.inventory.stock import Stock, counted, line, read
from tests.inventory.test_inventories import count_all, opened, sign_both
from tests.reports.paper import Paper, squeezed


@pytest.fixture
def stock(clinic: Clinic) -> Stock:
    """A safe and two nurses."""
    return Stock(clinic)


def counted_all(stock: Stock) -> dict[str, Any]:
    """An inventory whose counts are complete: sealed vials of two lots, an opened one, one set apart, fentanyl."""
    Dock(stock).stock_fentanyl()
    first, second, vial, apart = stock.a_vial(), stock.a_vial(), stock.a_vial(), stock.a_vial()
    other = stock.a_vial(lot="L2")
    stock.give(stock.draw(vial, "3.6", visit := stock.a_visit()).syringe, "180", visit)
    stock.nurse.does(f"/containers/{apart}/quarantine", reason="cap was loose")
    stock.a_location("Refrigerator")
    inventory = opened(stock, business="close")
    here = [counted(each) for each in (first, second, apart, other)]
    count_all(stock, inventory, *here, read(vial, "6.4"))
    return inventory


def printed(stock: Stock, inventory: dict[str, Any]) -> Paper:
    """The paper, as somebody prints it, read back."""
    answer = stock.nurse.get(f"/inventories/{inventory['id']}/record.pdf").done()
    assert answer.headers["Content-Type"] == "application/pdf"
    return Paper(answer.data, tuple(squeezed(page.extract_text()) for page in PdfReader(BytesIO(answer.data)).pages))


def test_the_paper_says_whose_it_is_when_it_was_taken_by_whom_and_every_line(stock: Stock) -> None:
    inventory = counted_all(stock)
    sign_both(stock, inventory).done()
    paper = printed(stock, inventory)
    for words in (
        "Initial inventory SIGNED",
        "Schedules III to V, taken on 2026-03-02 at the close of business",
        "North Clinic AB1234563 1 Road, Albany 2, 2N, 3, 3N",
        "Times are America/New_York (UTC-05:00)",
        "2026-03-02 09:00:00 UTC-05:00",
        "Safe 1 Ada Nurse",
        "Refrigerator Ben Nurse",
        "Ketamine hydrochloride injection 50 mg/mL, 10 mL multi-dose vial",
        "NDC 0409-2053-10, CIII, 50 mg/mL, multi dose vial",
        "Sealed K-001, K-002 Safe 1 L1 counted, exact 2 x 10 mL 1000",
        "Sealed K-005 Safe 1 L2 counted, exact 1 x 10 mL 500",
        "Opened K-003 Safe 1 L1 read, within 25 mg 6.4 mL 320",
        "Set apart K-004 cap was loose Safe 1 L1 counted, exact",
        "Total on hand 2320",
        "none on hand",
        "Ada Nurse, nurse counted",
        "Ben Nurse, nurse counted",
    ):
        assert paper.says(words), words


def test_schedule_two_stands_on_pages_of_its_own(stock: Stock) -> None:
    inventory = counted_all(stock)
    sign_both(stock, inventory).done()
    pages = printed(stock, inventory).pages
    two = [page for page in pages if squeezed("Schedule II, taken on") in page]
    assert len(two) == 1
    assert "Fentanyl" in two[0]
    assert "Ketamine" not in two[0]
    assert squeezed("Ada Nurse, nurse") in two[0]
    for number, page in enumerate(pages, 1):
        assert squeezed(f"DEA AB1234563 | initial inventory of 2026-03-02 | North Clinic SIGNED Page {number}/") in page
        assert squeezed("content SHA-256") in page


def test_until_the_second_has_signed_it_is_a_draft_and_before_the_first_there_is_none(stock: Stock) -> None:
    inventory = counted_all(stock)
    path = f"/inventories/{inventory['id']}"
    assert (stock.nurse.get(f"{path}/record.pdf").status, stock.nurse.get(f"{path}/record").status) == (404, 404)
    asked = stock.nurse.does(f"{path}/signature")["challenge"]
    draft = printed(stock, inventory)
    assert draft.says("NOT YET SIGNED BY ALL")
    assert all("DRAFT" in page for page in draft.pages)
    stock.nurse.does(f"{path}/second", **stock.witness.proof_for(asked))
    assert "DRAFT" not in printed(stock, inventory).text


def test_the_same_record_gives_the_same_bytes_whatever_happened_since(stock: Stock) -> None:
    inventory = counted_all(stock)
    sign_both(stock, inventory).done()
    first = printed(stock, inventory).data
    stock.a_vial()
    stock.clinic.later(hours=1)
    assert printed(stock, inventory).data == first


def test_nothing_on_hand_and_what_was_not_found_are_printed_too(stock: Stock) -> None:
    gone = stock.receive(line(vials_invoiced=1, vials_received=1))[0]["label"]
    inventory = opened(stock)
    count_all(stock, inventory)
    sign_both(stock, inventory).done()
    paper = printed(stock, inventory)
    assert paper.says("Schedule II No product is listed.")
    assert paper.says(f"NOT FOUND {gone}")
    assert paper.says("42023-113-10 CIII none on hand")


def test_the_paper_is_for_who_reads_the_ledger_and_of_ones_own_clinic(stock: Stock) -> None:
    inventory = counted_all(stock)
    sign_both(stock, inventory).done()
    path = f"/inventories/{inventory['id']}/record.pdf"
    assert stock.clinic.front_desk().get(path).status == 403
    assert stock.clinic.installation.found("South Clinic").nurse().get(path).status == 404
    assert FENTANYL in printed(stock, inventory).text
