"""Scanning finds and tells, and creates nothing; packages of the directory are looked at, then adopted as seen."""

from typing import Any
from uuid import uuid4

from clinic_api.inventory.rules.scanning import code_of
from tests.builders import Clinic
from tests.inventory.stock import KETAMINE_10, KETAMINE_50, Stock, line
from tests.inventory.test_importing_rules import USUAL, table
from tests.people import Answer

GS = "\x1d"
BOX = "0100304092053105"
KIT = "010035045802803417270630"
NEW = USUAL["ndc"]


def scan(stock: Stock, text: str, **different: Any) -> Answer:
    """Scan at the stock's site; whatever it is, nothing is created."""
    with stock.clinic.nothing_changes():
        return stock.nurse.post("/scans", **{"scan": text, "site": stock.clinic.site} | different)


def test_a_scanned_box_tells_product_lot_expiry_serial_and_which_vials_of_ours_it_fits(stock: Stock) -> None:
    mine, _ = stock.receive(line())
    stock.receive(line(lot="L2"), line(ndc=KETAMINE_10))
    said = scan(stock, f"]d2{BOX}1727063010L1{GS}2142").done()
    assert (said["product"]["key"], said["ndc"], said["gtin"]) == ("ketamine-50-mg-ml-10-ml", KETAMINE_50, BOX[2:])
    assert (said["lot"], said["expiry"], said["expired"], said["serial"]) == ("L1", "2027-06-30", False, "42")
    assert said["units"] == 10
    assert [each["label"] for each in said["containers"]] == [mine["label"], "K-002"]
    assert {each["balance_mg"] for each in said["containers"]} == {"500"}
    assert len(scan(stock, BOX)["containers"]) == 4


def test_receiving_takes_what_a_scan_returned(stock: Stock) -> None:
    said = scan(stock, f"{BOX}1727063010L1").done()
    mine = line(**{name: said[name] for name in ("ndc", "lot", "expiry")}, vials_received=10, vials_invoiced=10)
    assert len(stock.receive(mine)) == said["units"]
    assert [each["lot"] for each in scan(stock, f"{BOX}1727063010L1")["containers"]] == ["L1"] * 10


def test_a_kit_is_so_many_devices_and_each_is_one_container_that_is_wasted_whole(stock: Stock) -> None:
    said = scan(stock, f"{KIT}10SP1").done()
    assert (said["product"]["kind"], said["product"]["content_mg"], said["units"]) == ("device", "28", 3)
    kits = [{"ndc": "50458-028-02", "devices": 2}, {"ndc": "50458-028-03", "devices": 3}]
    assert (said["product"]["kits"], said["product"]["inner_ndc"], said["product"]["units"]) == (kits, None, 1)
    devices = stock.receive(line(ndc=said["ndc"], lot="SP1", vials_invoiced=3, vials_received=3))
    assert [device["label"] for device in devices] == ["E-001", "E-002", "E-003"]
    first = stock.nurse.get(f"/containers/{devices[0]['id']}")["container"]
    assert (first["state"], first["balance_mg"], first["volume_left_ml"]) == ("sealed", "28", None)
    with stock.clinic.nothing_changes():
        asked = {"container": devices[0]["id"], "mass_mg": "14", "reason": "dropped", "method": "absorbent container"}
        answer = stock.nurse.post("/wastes", **asked)
    assert (answer.status, answer["type"]) == (409, "wasted-whole")
    stock.waste(devices[0]["id"], "28")
    assert stock.balance(devices[0]["id"]).ug == 0
    assert stock.clinic.verify() == []


def test_a_label_or_a_number_of_ours_finds_its_container_and_no_other(stock: Stock, clinic: Clinic) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    drawn = stock.draw(vial, "1", visit)
    for text, found in ((code_of(vial), vial), ("K-001", vial), ("K-001/1", drawn.syringe)):
        (container,) = scan(stock, text).done()["containers"]
        assert container["id"] == str(found)
    assert scan(stock, code_of(vial))["product"] is None
    for text in (code_of(uuid4()), "K-999"):
        assert (scan(stock, text).status, scan(stock, text)["type"]) == (404, "no-such-container")
    other = Stock(clinic.installation.found("South Clinic"))
    assert scan(other, code_of(vial)).status == 404


def test_a_code_that_cannot_be_trusted_is_refused_with_the_reason(stock: Stock) -> None:
    for text, code in (
        ("0100304092053106", "unreadable-scan"),
        ("49799000101", "ambiguous-ndc"),
        ("304092053106", "invalid-gtin"),
        ("0100342023114105", "not-stocked"),
    ):
        answer = scan(stock, text)
        assert (answer.status, answer["type"]) == (422, code)
    assert scan(stock, BOX, site=str(uuid4())).status == 404
    assert scan(stock, "").status == 422
    assert stock.clinic.administrators[0].post("/scans", scan=BOX, site=stock.clinic.site).status == 403


def test_an_expired_package_is_told_as_such(stock: Stock) -> None:
    assert scan(stock, f"{BOX}17260301")["expired"] is True
    assert scan(stock, f"{BOX}17260302")["expired"] is False
    assert scan(stock, BOX)["expired"] is None


def test_amounts_stay_hidden_from_a_scan_while_the_location_is_being_counted(stock: Stock) -> None:
    vial = stock.a_vial()
    stock.nurse.does("/counts", location=stock.location, kind="closing")
    for text in (code_of(vial), BOX):
        assert [each["balance_mg"] for each in scan(stock, text)["containers"]] == [None]


# ---------------------------------------------------------------------------------- a table of the directory


def body(**different: Any) -> dict[str, Any]:
    """A table of one package that the clinic does not have."""
    return {"drug": "ketamine", "packages": table(), "source": "FDA NDC directory, a copy", **different}


def test_what_was_seen_is_adopted_as_a_new_version_and_what_was_received_before_keeps_its_own(stock: Stock) -> None:
    before = stock.a_vial()
    prescriber = stock.clinic.prescriber()
    asked = body(packages=table({}, {"dea_schedule": ""}))
    with stock.clinic.nothing_changes():
        seen = prescriber.post("/product-imports/preview", **asked).done()
    assert [(row["number"], row["refused"] is None) for row in seen["rows"]] == [(2, True), (3, False)]
    assert seen["policy_version"] == 2
    adopted = prescriber.does("/product-imports", **asked, seen=seen["proposal"])
    assert adopted == seen.json
    policy = prescriber.get("/policies/product/ketamine")
    assert (policy["version"], policy["content"]["products"][-1]["ndc"]) == (2, NEW)
    product = scan(stock, NEW)["product"]
    assert (product["labeler"], product["form"], product["units"]) == ("Eugia US LLC", "INJECTION, SOLUTION", 10)
    assert (product["inner_ndc"], product["policy"]) == ("55150-438-01", policy["id"])
    after = stock.a_vial(ndc=NEW)
    assert stock.balance(before) == stock.balance(after)
    assert stock.clinic.verify() == []


def test_a_list_that_changed_since_it_was_seen_is_not_adopted(stock: Stock) -> None:
    prescriber = stock.clinic.prescriber()
    seen = prescriber.post("/product-imports/preview", **body()).done()["proposal"]
    prescriber.does("/product-imports", **body(), seen=seen)
    other = body(packages=table({"ndc": "55150-439-10", "package": "10 mL in 1 VIAL, MULTI-DOSE (55150-439-10)"}))
    for asked, code in ((other, "list-changed"), (body(), "nothing-to-adopt")):
        with stock.clinic.nothing_changes():
            answer = prescriber.post("/product-imports", **asked, seen=seen)
        assert answer["type"] == code


def test_only_who_may_adopt_policy_adopts_and_only_for_a_drug_that_the_clinic_knows(stock: Stock) -> None:
    seen = stock.nurse.post("/product-imports/preview", **body()).done()["proposal"]
    with stock.clinic.nothing_changes():
        assert stock.nurse.post("/product-imports", **body(), seen=seen).status == 403
        unknown = stock.clinic.administrators[0].post("/product-imports", **body(drug="midazolam"), seen=seen)
        assert (unknown.status, unknown["type"]) == (404, "no-such-policy")
        empty = stock.nurse.post("/product-imports/preview", **body(packages="ndc"))
        assert (empty.status, empty["type"]) == (422, "not-a-directory")


def test_a_table_of_which_nothing_can_be_taken_has_no_proposal(stock: Stock) -> None:
    seen = stock.nurse.post("/product-imports/preview", **body(packages=table({"substance": "LIDOCAINE"}))).done()
    assert (seen["proposal"], seen["policy_version"], len(seen["rows"])) == (None, None, 1)
