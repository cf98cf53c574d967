"""Stock leaves the organisation only for a receiver whose registration somebody of this clinic has seen."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from clinic_api import clock
from clinic_api.database.rows import db
from clinic_api.inventory.models.removals import Removal
from clinic_api.inventory.models.suppliers import SeenRegistration, SupplierVerification
from clinic_api.quantities import NOTHING, Mass
from tests.builders import Clinic
from tests.inventory.stock import COLLEAGUE, REVERSE, SEEN, Stock, refused
from tests.inventory.test_last_defence import refused as refused_by_database
from tests.inventory.test_last_defence import row_of, written
from tests.inventory.test_removing import asked, eligible, signed
from tests.people import Answer


def begun(clinic: Clinic) -> Stock:
    """A safe and two nurses, both eligible for shipments."""
    stock = Stock(clinic)
    eligible(stock, stock.nurse, stock.witness)
    return stock


pytestmark = pytest.mark.begins(at=begun)


def sending(vial: UUID, **different: Any) -> dict[str, Any]:
    return asked("reverse-distributor", vial, receiver=REVERSE, document="RD-1") | different


def turned_down(stock: Stock, said: str, vial: UUID, **different: Any) -> Answer:
    body = sending(vial, **different)
    return refused(stock.clinic, lambda: stock.nurse.post("/removals", **body), 409, said)


def test_a_receiver_is_looked_up_by_its_number_and_nothing_goes_to_a_stranger(stock: Stock) -> None:
    vial, keeper = stock.a_vial(), stock.clinic.custodian()
    turned_down(stock, "receiver-unknown", vial)
    id = keeper.does("/suppliers", **REVERSE)["id"]
    turned_down(stock, "receiver-unverified", vial)
    keeper.does(f"/suppliers/{id}/verification", how="read aloud on the phone")
    turned_down(stock, "receiver-unverified", vial)  # good enough to receive from, not to send to
    said = keeper.does(f"/suppliers/{id}/verification", how="certificate, filed", registration=SEEN)
    assert said["verified"]["registration"] == SEEN
    proposed = stock.nurse.does("/removals", **sending(vial))
    with stock.clinic.reading():
        assert proposed["seen_registration"] == str(row_of(SeenRegistration)["id"])
    assert signed(stock, proposed, stock.witness).done()["state"] == "posted"
    assert stock.balance(vial) == NOTHING
    assert stock.clinic.verify() == []


def test_another_name_under_the_number_is_a_receiver_that_nobody_has_seen(stock: Stock) -> None:
    stock.see(REVERSE)
    vial = stock.a_vial()
    turned_down(stock, "receiver-unverified", vial, receiver=REVERSE | {"address": "2 Depot"})
    stock.clinic.administrators[0].does("/suppliers", **REVERSE | {"address": "2 Depot"})
    turned_down(stock, "receiver-unverified", vial)
    turned_down(stock, "receiver-unverified", vial, receiver=REVERSE | {"address": "2 Depot"})


def test_a_registration_that_lapsed_or_covers_other_drug_or_business_receives_nothing(stock: Stock) -> None:
    vial = stock.a_vial()
    stock.see(REVERSE, valid_until="2026-03-01")
    turned_down(stock, "receiver-lapsed", vial)
    stock.see(REVERSE, schedules=["4"])
    turned_down(stock, "receiver-not-covering", vial)
    stock.see(REVERSE, activity="pharmacy")
    turned_down(stock, "receiver-of-another-kind", vial)
    stock.see(REVERSE, valid_until="2026-03-02")
    stock.nurse.does("/removals", **sending(vial))


def test_what_is_transferred_outside_goes_to_somebody_who_dispenses(stock: Stock) -> None:
    visit, vial = stock.a_visit(), stock.a_vial()
    stock.give(stock.draw(vial, "9.5", visit).syringe, "475", visit)
    stock.see_both()
    turned_down(stock, "receiver-of-another-kind", vial, kind="transferred")
    proposed = stock.nurse.does("/removals", **sending(vial, kind="transferred", receiver=COLLEAGUE))
    assert signed(stock, proposed, stock.witness).done()["receiver_dea_number"] == COLLEAGUE["dea_number"]
    assert stock.balance(vial) == NOTHING


def test_what_was_seen_later_counts_when_the_second_person_signs(stock: Stock) -> None:
    stock.see(REVERSE)
    vial = stock.a_vial()
    proposed = stock.nurse.does("/removals", **sending(vial))
    stock.see(REVERSE, valid_until="2026-03-01")
    refused(stock.clinic, lambda: signed(stock, proposed, stock.witness), 409, "receiver-lapsed")
    assert stock.balance(vial) == Mass.mg(500)
    stock.see(REVERSE)
    again = stock.nurse.does(f"/removals/{proposed['id']}/challenges")
    assert signed(stock, again, stock.witness).done()["state"] == "posted"


def test_what_left_before_is_judged_by_the_day_on_which_it_did(stock: Stock) -> None:
    vial = stock.a_vial()
    stock.clinic.tomorrow(stock.nurse, stock.witness)
    for person in (stock.nurse, stock.witness):
        person.does("/presences", site=stock.clinic.site)
    stock.see(REVERSE, valid_until="2026-03-02")
    turned_down(stock, "receiver-lapsed", vial)
    left_at = (clock.now() - timedelta(hours=20)).isoformat()
    late = sending(vial, occurred_at=left_at, late_reason="the driver came after closing")
    proposed = stock.nurse.does("/removals", **late)
    assert signed(stock, proposed, stock.witness).done()["state"] == "posted"


def test_a_registration_names_schedules_that_there_are_and_whoever_keeps_the_directory_says_so(stock: Stock) -> None:
    keeper = stock.clinic.custodian()
    path = f"/suppliers/{keeper.does('/suppliers', **REVERSE)['id']}/verification"
    with stock.clinic.nothing_changes():
        wrongs: tuple[dict[str, Any], ...] = (
            *({"schedules": ["9"]}, {"schedules": []}),
            *({"activity": "shop"}, {"seen_as": "hearsay"}),
        )
        for wrong in wrongs:
            assert keeper.post(path, how="certificate", registration=SEEN | wrong).status == 422
        assert stock.nurse.post(path, how="certificate", registration=SEEN).status == 403


def test_the_database_refuses_what_leaves_for_nobody_that_was_seen(stock: Stock) -> None:
    stock.see(REVERSE)
    stock.nurse.does("/removals", **sending(stock.a_vial()))
    stock.nurse.does("/removals", **asked("broken", stock.a_vial()))
    outside = Removal.kind == "reverse-distributor"
    removals: tuple[dict[str, Any], ...] = (
        {"seen_registration": None},
        {"seen_registration": uuid4()},
        {"receiver_dea_number": COLLEAGUE["dea_number"]},
    )
    for wrong in removals:
        written(stock, Removal, outside, **{"operation_id": uuid4()} | wrong)
    with stock.clinic.reading():
        seen = row_of(SeenRegistration)
    written(stock, Removal, Removal.kind == "broken", operation_id=uuid4(), seen_registration=seen["id"])
    written(stock, SeenRegistration)  # of a verification that there is not
    path = f"/suppliers/{seen['supplier']}/verification"
    stock.clinic.administrators[0].does(path, how="read aloud on the phone")
    with stock.clinic.reading():
        phoned = row_of(SupplierVerification, SupplierVerification.id != seen["id"])
    right = seen | {"id": phoned["id"]}
    for registration in (seen, right | {"dea_number": COLLEAGUE["dea_number"]}, right | {"supplier": uuid4()}):
        copy = sa.insert(SeenRegistration.__table__).values(registration)  # type: ignore[arg-type]
        refused_by_database(stock, copy, IntegrityError)
    with stock.clinic.transaction():
        db.session.execute(sa.insert(SeenRegistration.__table__).values(right))  # type: ignore[arg-type]
    for statement in ("DELETE FROM seen_registrations", "UPDATE seen_registrations SET valid_until = valid_until"):
        refused_by_database(stock, sa.text(statement))
