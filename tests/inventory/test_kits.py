"""Patient-specific kits: bound at receipt, drawn for their own patient in time, asked about until they are gone."""

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.inventory.rules.kits import ForAnotherPatient, KitPastDeadline
from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.inventory.service import upkeep
from clinic_api.inventory.service.kits import DEADLINE
from clinic_api.inventory.service.upkeep import ReturnOrder
from clinic_api.patients import service as patients
from clinic_api.patients.queries import visits
from tests.inventory.dock import Dock, counted, ids
from tests.inventory.stock import Stock, line


def a_patient(stock: Stock) -> tuple[str, UUID]:
    """A new patient and their visit today."""
    visit = stock.a_visit()
    with stock.clinic.reading():
        return str(visits.visit(visit).patient), visit


def a_kit(stock: Stock, patient: str, **different: Any) -> UUID:
    """One vial that came for a patient; its id."""
    one = line(vials_invoiced=1, vials_received=1, patient=patient, prescription="RX-881")
    return UUID(stock.receive(one, **different)[0]["id"])


def test_a_kit_is_drawn_for_the_patient_it_came_for(stock: Stock) -> None:
    patient, visit = a_patient(stock)
    kit = a_kit(stock, patient)
    stock.draw(kit, "0.7", visit)
    assert stock.clinic.trail(kit) == ["kit:bound"]
    (told,) = stock.nurse.get(f"/sites/{stock.clinic.site}/kits").done()["items"]
    with stock.clinic.reading():
        kept = db.session.execute(sa.text("SELECT prescription FROM patient_kits")).scalar_one()
    assert (told["prescription"], b"RX-881" in bytes(kept)) == ("RX-881", False)
    assert stock.clinic.verify() == []


def test_no_patients_kit_stands_in_for_anothers(stock: Stock) -> None:
    (rosa, _), (_, visit) = a_patient(stock), a_patient(stock)
    kit = a_kit(stock, rosa)
    with stock.clinic.nothing_changes(), pytest.raises(ForAnotherPatient, match="K-001"):
        stock.draw(kit, "0.7", visit)
    stock.draw(stock.a_vial(), "0.7", visit)  # general stock is anybody's


def test_a_kit_is_drawn_until_the_end_of_its_forty_fifth_day(stock: Stock) -> None:
    patient, _ = a_patient(stock)
    kit = a_kit(stock, patient)
    stock.clinic.later(days=45)
    _again(stock)
    stock.draw(kit, "0.1", _visit_of(stock, patient))
    stock.clinic.later(days=1)
    _again(stock)
    visit = _visit_of(stock, patient)
    with stock.clinic.nothing_changes(), pytest.raises(KitPastDeadline, match="by 2026-04-16"):
        stock.draw(kit, "0.1", visit)


def test_the_days_run_from_the_day_on_which_it_came(stock: Stock) -> None:
    dock, (patient, _) = Dock(stock), a_patient(stock)
    delivery = dock.log(arrived_at="2026-02-27T16:00:00-05:00", late_reason="logged after the weekend")
    dock.count(delivery, counted(patient=patient, prescription="RX-881")).done()
    (only,) = dock.accept(delivery).done()["receipt"]["lines"]
    assert {each["last_day"] for each in only["kits"]} == {"2026-04-13"}
    assert only["patient"] == patient


def test_kits_near_their_last_day_are_listed_with_whose_they_are_until_they_are_empty(stock: Stock) -> None:
    (rosa, visit), (ruth, _) = a_patient(stock), a_patient(stock)
    first = a_kit(stock, rosa)
    second = a_kit(stock, ruth, received_at="2026-03-01T12:00:00-05:00", late_reason="came on a Sunday")
    path = f"/sites/{stock.clinic.site}/kits"
    items = stock.nurse.get(path).done()["items"]
    assert [(each["container"], each["patient"]) for each in items] == [(str(second), ruth), (str(first), rosa)]
    assert [(each["last_day"], each["days_left"]) for each in items] == [("2026-04-15", 44), ("2026-04-16", 45)]
    near = stock.nurse.get(f"{path}?until=2026-04-15").done()["items"]
    assert [each["label"] for each in near] == ["K-002"]
    assert stock.tasks(DEADLINE) == 2
    stock.draw(first, "10", visit)
    assert [each["container"] for each in stock.nurse.get(path).done()["items"]] == [str(second)]
    assert stock.tasks(DEADLINE) == 1
    stock.waste(second, "500")
    assert stock.tasks(DEADLINE) == 0
    assert stock.nurse.get(f"/sites/{uuid4()}/kits").status == 404


def test_a_kit_that_is_given_back_asks_for_nothing_any_more(stock: Stock) -> None:
    patient, _ = a_patient(stock)
    kit = a_kit(stock, patient)
    receiver = Supplier(name="Pharmacy", address="1 Depot", dea_number="BC2749185")
    with stock.acting() as scope:
        upkeep.give_back(ReturnOrder(container=kit, receiver=receiver, document="R-1"), scope=scope)
    assert stock.tasks(DEADLINE) == 0


def test_a_kit_names_a_patient_who_is_known_and_its_prescription(stock: Stock) -> None:
    patient, _ = a_patient(stock)
    for code, named in (
        ("no-such-patient", {"patient": str(uuid4()), "prescription": "RX-1"}),
        ("kit-half-named", {"patient": patient}),
        ("kit-half-named", {"prescription": "RX-1"}),
    ):
        with stock.clinic.nothing_changes():
            assert stock.nurse.post("/receipts", **stock.receipt(line(**named)))["type"] == code


def test_each_vial_of_a_line_is_the_patients_and_a_look_at_the_list_names_them(stock: Stock) -> None:
    dock, (patient, _) = Dock(stock), a_patient(stock)
    delivery = dock.log()
    dock.count(delivery, counted(patient=patient, prescription="RX-881")).done()
    custody = dock.accept(delivery).done()
    assert len(ids(custody)) == 2
    stock.nurse.get(f"/sites/{stock.clinic.site}/kits").done()
    with stock.clinic.reading():
        seen = db.session.execute(sa.text("SELECT patients FROM audit_accesses ORDER BY id DESC LIMIT 1")).scalar_one()
    assert patient in str(seen)


def _again(stock: Stock) -> None:
    """On another day: everybody signs in and is here."""
    for person in (stock.clinic.administrators[0], stock.nurse, stock.witness):
        stock.clinic.sign_in(person)
    stock.nurse.does("/presences", site=stock.clinic.site)


def _visit_of(stock: Stock, patient: str) -> UUID:
    with stock.acting() as scope:
        return patients.open_visit(UUID(patient), UUID(stock.clinic.site), scope=scope).id
