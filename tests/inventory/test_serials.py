"""Serial numbers from the dock to the export: read once, borne by the very vial, and never received twice."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from clinic_api.database.rows import db
from clinic_api.inventory.models.serials import ContainerSerial, CountedSerials
from clinic_api.inventory.models.stock import Container
from tests.inventory.dock import Dock, charged, ids
from tests.inventory.dock import counted as on_the_dock
from tests.inventory.stock import Stock, line, refused
from tests.people import Answer

GS = "\x1d"
BOX = "0100304092053105"


def scanned(stock: Stock, serial: str) -> list[str]:
    """The labels of what a scan of a serialised code finds."""
    asked = {"scan": f"]d2{BOX}1727063010L1{GS}21{serial}", "site": stock.clinic.site}
    return [each["label"] for each in stock.nurse.post("/scans", **asked).done()["containers"]]


def receipt(stock: Stock, **different: Any) -> Answer:
    """Two vials come, with the numbers that were read."""
    return stock.nurse.post("/receipts", **stock.receipt(line(**different)))


def test_each_vial_bears_its_number_and_a_scan_finds_the_very_one(stock: Stock) -> None:
    made = receipt(stock, serials=["SN-1", "SN-2"]).done()["lines"][0]["containers"]
    assert [(each["label"], each["serial"]) for each in made] == [("K-001", "SN-1"), ("K-002", "SN-2")]
    assert (scanned(stock, "SN-2"), scanned(stock, "SN-1")) == (["K-002"], ["K-001"])
    assert scanned(stock, "SN-9") == ["K-001", "K-002"]
    shown = stock.nurse.get(f"/containers/{made[1]['id']}")["container"]
    assert shown["serial"] == "SN-2"
    assert stock.clinic.verify() == []


def test_the_number_of_a_box_finds_all_that_came_in_it(stock: Stock) -> None:
    receipt(stock, vials_invoiced=12, vials_received=12, serials=["BOX-1", "BOX-2"]).done()
    assert scanned(stock, "BOX-2") == ["K-011", "K-012"]
    assert len(scanned(stock, "BOX-1")) == 10


def test_what_comes_without_numbers_has_none(stock: Stock) -> None:
    made = receipt(stock).done()["lines"][0]["containers"]
    assert [each["serial"] for each in made] == [None, None]


def test_a_number_that_came_before_is_refused_with_the_vial_that_bears_it(stock: Stock) -> None:
    receipt(stock, serials=["SN-1", "SN-2"]).done()
    again = refused(stock.clinic, lambda: receipt(stock, serials=["SN-3", "SN-2"]), 409, "serial-known")
    assert again["facts"] == {"serial": "SN-2", "container": "K-002"}
    assert "no two packages have one number" in again["detail"]


def test_another_product_may_bear_the_same_number(stock: Stock) -> None:
    receipt(stock, serials=["SN-1", "SN-2"]).done()
    assert receipt(stock, ndc="42023-113-10", serials=["SN-1", "SN-2"]).status == 201


def test_numbers_that_do_not_fit_or_were_read_twice_are_refused(stock: Stock) -> None:
    for serials, code in ((["A", "B", "C"], "serials-do-not-fit"), (["A", "A"], "serial-twice"), (["ä"], "")):
        answer = refused(
            stock.clinic, lambda said=serials: receipt(stock, serials=said), 422, code or "unreadable-scan"
        )
        assert answer["detail"]
    twice = [line(serials=["A", "B"]), line(lot="L2", serials=["C", "A"])]
    refused(stock.clinic, lambda: stock.nurse.post("/receipts", **stock.receipt(*twice)), 422, "serial-twice")


def test_who_signs_for_a_delivery_signs_for_the_numbers_that_were_read(stock: Stock) -> None:
    dock = Dock(stock)
    delivery = dock.log(charged())
    said = dock.count(delivery, on_the_dock(serials=["SN-1", "SN-2"])).done()
    assert said["count"]["lines"][0]["serials"] == ["SN-1", "SN-2"]
    [vial, _] = ids(dock.accept(delivery).done())
    assert scanned(stock, "SN-1") == [stock.nurse.get(f"/containers/{vial}")["container"]["label"]]
    again = dock.log(charged(), document_number="INV-7002")
    refused(stock.clinic, lambda: dock.count(again, on_the_dock(serials=["SN-1", "SN-3"])), 409, "serial-known")


def test_a_number_that_came_meanwhile_is_refused_when_the_delivery_is_accepted(stock: Stock) -> None:
    dock = Dock(stock)
    delivery = dock.log(charged())
    dock.count(delivery, on_the_dock(serials=["SN-1", "SN-2"])).done()
    receipt(stock, serials=["SN-2", "SN-3"]).done()
    refused(stock.clinic, lambda: dock.accept(delivery), 409, "serial-known")


def test_an_export_says_the_number_on_each_line_of_its_vial(stock: Stock) -> None:
    made = receipt(stock, serials=["SN-1", "SN-2"]).done()["lines"][0]["containers"]
    stock.draw(made[1]["id"], "1", stock.a_visit())
    otto = stock.clinic.compliance()
    day = {"since": "2026-03-01T00:00:00Z", "until": "2026-03-03T00:00:00Z", "reason": "inspection"}
    export = otto.does("/exports/ledger", kind="ledger.jsonl", registration=stock.registration, **day)
    told = otto.send("GET", f"/exports/{export['id']}/file", {}, {"Clinic-Pin": otto.pin}).data.decode().splitlines()
    moves = [each for each in map(json.loads, told) if each["type"] == "move"]
    assert [(each["kind"], each["serial"]) for each in moves] == [
        ("received", "SN-1"),
        ("received", "SN-2"),
        ("drawn", "SN-2"),
    ]


def test_the_database_itself_keeps_numbers_as_they_were_read_and_none_twice(stock: Stock) -> None:
    dock = Dock(stock)
    delivery = dock.log(charged())
    dock.count(delivery, on_the_dock(serials=["SN-1", "SN-2"])).done()
    dock.accept(delivery).done()
    other = stock.a_vial()
    table: Any = ContainerSerial.__table__
    with stock.clinic.reading():
        row = dict(db.session.execute(sa.select(table).order_by(table.c.id).limit(1)).mappings().one())
        assert db.session.execute(sa.select(sa.func.count()).select_from(Container)).scalar_one() == 3
    for statement in (
        sa.insert(table).values(row | {"id": other}),
        sa.insert(table).values(row | {"id": other, "place": 0}),
        *(sa.update(each).values(digest=b"") for each in (ContainerSerial, CountedSerials)),
        *(sa.delete(each) for each in (ContainerSerial, CountedSerials)),
    ):
        with stock.clinic.nothing_changes(), pytest.raises(DBAPIError), stock.clinic.transaction():
            db.session.execute(statement)
