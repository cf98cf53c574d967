"""What the database refuses of deliveries, orders, kits and costs when the application is wrong; on both engines."""

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from clinic_api.database.rows import Row, db
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.deliveries import (
    DeliveryCount,
    DeliveryCountLine,
    DeliveryEnding,
    DeliveryLine,
    DeliveryRow,
    DeliverySignature,
)
from clinic_api.inventory.models.kits import KitUse, PatientKit
from clinic_api.inventory.models.stock import Container, Receipt
from clinic_api.inventory.models.stock_orders import (
    OrderFilling,
    PowerOfAttorney,
    StockOrderLine,
    StockOrderReplacement,
    StockOrderRow,
)
from clinic_api.inventory.models.suppliers import ReceiptCost, SupplierRow
from clinic_api.patients.queries import visits
from tests.builders import Clinic
from tests.inventory.dock import Dock
from tests.inventory.stock import SEEN, Stock, line
from tests.inventory.test_last_defence import refused, row_of, written

TABLES = (
    *(
        "suppliers",
        "supplier_verifications",
        "seen_registrations",
        "registrant_signers",
        "powers_of_attorney",
        "power_revocations",
    ),
    *("stock_orders", "stock_order_lines", "stock_order_voids", "stock_order_replacements", "order_fillings"),
    *("deliveries", "delivery_lines", "delivery_counts", "delivery_count_lines", "delivery_signatures"),
    *("delivery_endings", "patient_kits", "kit_uses", "receipt_costs"),
)


def a_full_dock(clinic: Clinic) -> Dock:
    """A dock at which everything has happened once."""
    stock = Stock(clinic)
    dock, administrator, custodian = Dock(stock), clinic.administrators[0], clinic.custodian()
    dock.stock_fentanyl()
    visit = stock.a_visit()
    with clinic.reading():
        patient = visits.visit(visit).patient
    kit = line(vials_invoiced=1, vials_received=1, patient=patient, prescription="RX-1")
    receipt = stock.nurse.does("/receipts", **stock.receipt(kit))
    stock.draw(UUID(receipt["lines"][0]["containers"][0]["id"]), "0.7", visit)
    price = {"line": receipt["lines"][0]["id"], "unit_price_usd": "1"}
    custodian.does(f"/receipts/{receipt['id']}/costs", lines=[price])
    people = [{"account": stock.witness.id}, {"account": administrator.id}]
    paper = {"registration": stock.registration, "grantor": {"account": stock.nurse.id}, "grantee": custodian.id}
    power = administrator.does("/powers-of-attorney", **paper, witnesses=people, valid_from="2026-03-01")
    supplier = custodian.get("/suppliers").done()["items"][0]["id"]
    custodian.does(f"/suppliers/{supplier}/verification", how="state register", registration=SEEN)
    old = dock.order(custodian, signed_by=custodian.id)
    custodian.does(f"/stock-orders/{old}/void", reason="altered")
    order = dock.order(custodian, number="222-2", replaces=old)
    delivery = stock.nurse.does("/deliveries", **dock.under(order, 1, document_number="222-2"))["id"]
    fentanyl = {"ndc": "0409-9094-22", "lot": "F", "expiry": "2027-06-30", "vials_received": 4, "vials_turned_away": 0}
    dock.count(delivery, fentanyl).done()
    dock.accept(delivery).done()
    administrator.does(f"/powers-of-attorney/{power['id']}/revocation", reason="left")
    return dock


pytestmark = pytest.mark.begins(at=a_full_dock)


def copied(dock: Dock, kind: type[Row], *where: sa.ColumnElement[bool], **different: Any) -> None:
    """A copy of a row under its own id and with something different, which must be refused."""
    with dock.stock.clinic.reading():
        copy = row_of(kind, *where) | different
    refused(dock.stock, sa.insert(kind.__table__).values(copy), IntegrityError)  # type: ignore[arg-type]


def test_no_row_of_receiving_is_changed_deleted_or_overwritten(dock: Dock) -> None:
    with dock.stock.clinic.nothing_changes():
        for table in TABLES:
            refused(dock.stock, sa.text(f"DELETE FROM {table}"))
            refused(dock.stock, sa.text(f"UPDATE {table} SET id = id, organisation = organisation"))
    for kind in (SupplierRow, DeliveryEnding, PatientKit, StockOrderReplacement):
        copied(dock, kind)
    contents = dock.stock.clinic.contents()
    assert [table for table in TABLES if contents[table][0] == 0] == []


def test_schedule_two_has_its_order_and_its_form_and_others_have_neither(dock: Dock) -> None:
    two, others = DeliveryRow.drug_group == "CII", DeliveryRow.drug_group == "CIII-V"
    fresh: dict[str, Any] = {"operation_id": uuid4()}
    for change in ({"stock_order": None}, {"document": sa.text("'invoice'")}, {"drug_group": sa.text("'CIII-V'")}):
        written(dock.stock, DeliveryRow, two, **fresh | change)
    wrongs: tuple[dict[str, Any], ...] = (
        {"document": sa.text("'csos'")},
        {"drug_group": sa.text("'CIV'")},
        {"attachment_name": "scan.pdf"},
        {"attachment_sha256": "ab" * 32},
        {"attachment_name": "scan.pdf", "attachment_sha256": "ab"},
        {"persons": 3},
        {"supplier": uuid4()},
    )
    for wrong in wrongs:
        written(dock.stock, DeliveryRow, others, **fresh | wrong)
    written(dock.stock, DeliveryRow, others)  # the same operation again


def test_a_delivery_ends_once_and_is_accepted_only_with_a_signature_for_it(dock: Dock) -> None:
    dock.two(2)
    waiting = dock.ended("counted")
    dock.accept(waiting).done()
    with dock.stock.clinic.transaction() as scope:
        orphan = row_of(Receipt) | {"id": new_id(scope.at), "operation_id": uuid4()}
        db.session.execute(sa.insert(Receipt.__table__).values(orphan))  # type: ignore[arg-type]
        taken, signed = row_of(DeliveryEnding), row_of(DeliverySignature, DeliverySignature.delivery == UUID(waiting))
    accepted: dict[str, Any] = {"id": UUID(waiting), "receipt": orphan["id"], "signature": signed["id"]}
    refusal: dict[str, Any] = {"outcome": sa.text("'refused'"), "receipt": None, "signature": None, "reason": "no"}
    for wrong in (
        accepted | {"receipt": None},
        accepted | {"receipt": taken["receipt"]},
        accepted | {"signature": None},
        accepted | {"signature": taken["signature"]},
        accepted | {"reason": "broken"},
        accepted | refusal | {"reason": None},
        accepted | refusal | {"signature": signed["id"]},
        accepted | refusal | {"outcome": sa.text("'lost'"), "reason": None},
        accepted | {"id": taken["id"]},
    ):
        copied(dock, DeliveryEnding, **wrong)


def test_lines_counts_and_signatures_of_a_delivery_are_whole(dock: Dock) -> None:
    for kind, wrong in (
        (DeliveryLine, {"place": 9, "invoiced": -1}),
        (DeliveryLine, {"place": 9, "lot": None}),
        (DeliveryLine, {}),
        (DeliveryCount, {}),
        (DeliveryCount, {"number": 0}),
        (DeliveryCountLine, {}),
        (DeliveryCountLine, {"place": 9, "received": -1}),
        (DeliveryCountLine, {"place": 9, "turned_away": 1}),
        (DeliveryCountLine, {"place": 9, "turned_away_reason": "broken"}),
        (DeliveryCountLine, {"place": 9, "patient": None}),
        (DeliverySignature, {}),
        (DeliverySignature, {"place": 2}),
        (DeliverySignature, {"place": 3, "signer": UUID(dock.stock.witness.id)}),
        (DeliverySignature, {"place": 2, "signer": UUID(dock.stock.witness.id), "count": uuid4()}),
    ):
        where = [DeliveryCountLine.patient.is_not(None)] if kind is DeliveryCountLine else []
        where = [DeliveryLine.lot.is_not(None)] if kind is DeliveryLine else where
        written(dock.stock, kind, *where, **wrong)


def test_an_order_is_on_a_form_under_a_power_of_its_signer_and_replaces_a_voided_one(dock: Dock) -> None:
    under = StockOrderRow.power.is_not(None)
    for change in ({"signed_by": UUID(dock.stock.witness.id)}, {"registration": uuid4()}):
        written(dock.stock, StockOrderRow, under, number="N", **change)
    written(dock.stock, StockOrderRow, under)
    with dock.stock.clinic.reading() as scope:
        invoice = row_of(StockOrderRow) | {"id": new_id(scope.at), "kind": sa.text("'invoice'")}
    refused(dock.stock, sa.insert(StockOrderRow.__table__).values(invoice), IntegrityError)  # type: ignore[arg-type]
    written(dock.stock, StockOrderLine)
    written(dock.stock, StockOrderLine, place=9, ordered=0)
    with dock.stock.clinic.reading():
        replacement = row_of(StockOrderReplacement)
    copied(dock, StockOrderReplacement, id=replacement["replaces"], replaces=replacement["id"])  # it stands
    papers: tuple[dict[str, Any], ...] = (
        {"grantee": UUID(dock.stock.nurse.id)},
        {"first_witness": UUID(dock.stock.clinic.administrators[0].id)},
        {"first_witness": None, "second_witness": None, "valid_until": sa.text("'2026-02-28'")},
    )
    for wrong in papers:
        written(dock.stock, PowerOfAttorney, **wrong)
    for place in ("first_witness", "second_witness"):
        with dock.stock.clinic.reading():
            grantee = row_of(PowerOfAttorney)["grantee"]
        written(dock.stock, PowerOfAttorney, **{place: grantee})


def test_fillings_make_one_chain_that_ends_at_what_was_ordered(dock: Dock) -> None:
    for wrong in (
        {"received_before": 4, "quantity": 7},
        {"received_before": 4, "quantity": 0},
        {"received_before": -1, "quantity": 1},
        {"received_before": 4, "ordered": 99},
        {"quantity": 1},
        {"received_before": 4, "quantity": 1, "receipt_line": uuid4()},
    ):
        written(dock.stock, OrderFilling, **wrong)


def test_a_kit_has_one_patient_and_a_cost_and_a_supplier_each_version_once(dock: Dock) -> None:
    other = dock.stock.a_visit()
    with dock.stock.clinic.reading():
        somebody = visits.visit(other).patient
        vial = row_of(Container, Container.parent.is_(None))["id"]
    fresh = dock.stock.a_vial()
    copied(dock, KitUse, id=fresh, patient=somebody)
    copied(dock, KitUse, id=fresh, kit=fresh)
    copied(dock, PatientKit, id=vial, patient=somebody)
    copied(dock, PatientKit, id=uuid4())
    copied(dock, PatientKit, id=fresh, last_day=sa.text("'2026-01-01'"))
    for wrong in ({}, {"version": 2, "unit_cents": -1}, {"version": 0}, {"version": 2, "receipt_line": uuid4()}):
        written(dock.stock, ReceiptCost, **wrong)
    written(dock.stock, SupplierRow)
    written(dock.stock, SupplierRow, version=0)
