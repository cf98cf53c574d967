"""The supplier directory: remembered from documents, in versions, verified by people, warned of until then."""

from typing import Any
from uuid import uuid4

import pytest

from tests.builders import Clinic
from tests.inventory.dock import Dock
from tests.people import Person


@pytest.fixture
def custodian(clinic: Clinic) -> Person:
    """Who keeps the directory."""
    return clinic.custodian()


def listed(dock: Dock) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = dock.nurse.get("/suppliers").done()["items"]
    return items


def test_a_supplier_is_remembered_from_its_first_document_and_warned_of_until_verified(
    dock: Dock, custodian: Person
) -> None:
    first = dock.nurse.does("/receipts", **dock.stock.receipt())
    assert [each["type"] for each in first["warnings"]] == ["supplier-unverified"]
    (known,) = listed(dock)
    assert (known["name"], known["version"], known["verified"]) == ("North Wholesale", 1, None)
    verified = custodian.does(f"/suppliers/{known['id']}/verification", how="state register, read aloud on the phone")
    assert (verified["verified"]["by"], verified["verified"]["how"][:14]) == (custodian.name, "state register")
    assert dock.nurse.does("/receipts", **dock.stock.receipt())["warnings"] == []
    assert dock.nurse.get(f"/deliveries/{dock.log()}").done()["warnings"] == []
    assert len(listed(dock)) == 1
    assert dock.stock.clinic.verify() == []


def test_another_address_under_the_number_is_a_version_that_nobody_verified(dock: Dock, custodian: Person) -> None:
    dock.log()
    custodian.does(f"/suppliers/{listed(dock)[0]['id']}/verification", how="state register")
    dock.log(supplier_name="NORTH  Wholesale")  # the same, however it is spaced and cased
    assert (listed(dock)[0]["version"], listed(dock)[0]["verified"] is None) == (1, False)
    moved = dock.nurse.does("/deliveries", **dock.body(supplier_address="10 Dock Street, Buffalo"))
    assert [each["type"] for each in moved["warnings"]] == ["supplier-unverified"]
    (known,) = listed(dock)
    assert (known["version"], known["address"], known["verified"]) == (2, "10 Dock Street, Buffalo", None)


def test_a_supplier_may_be_remembered_before_it_sends_anything(custodian: Person) -> None:
    told = {"name": "South Wholesale", "address": "1 Quay", "dea_number": "mk3074250"}
    made = custodian.does("/suppliers", **told)
    assert (made["dea_number"], made["version"]) == ("MK3074250", 1)
    assert custodian.does("/suppliers", **told)["id"] == made["id"]


def test_only_who_keeps_the_directory_changes_it(dock: Dock, custodian: Person) -> None:
    dock.log()
    path = f"/suppliers/{listed(dock)[0]['id']}/verification"
    with dock.stock.clinic.nothing_changes():
        assert dock.nurse.post(path, how="it looked right").status == 403
        assert custodian.post(path, how="ok").status == 422
        assert custodian.post(f"/suppliers/{uuid4()}/verification", how="register")["type"] == "no-such-supplier"
        wrong = {"name": "North", "address": "1 Quay", "dea_number": "BC2749186"}
        assert custodian.post("/suppliers", **wrong)["type"] == "invalid-dea-number"
