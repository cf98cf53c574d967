"""An order attached afterwards to what was done without one, over HTTP, on both databases."""

from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from clinic_api.database.rows import db
from clinic_api.inventory.models.incidents import AttachedOrder, Incident
from clinic_api.inventory.service.incidents import ORDER, REVIEW
from clinic_api.signatures import queries as signatures
from tests.builders import Installation
from tests.inventory.stock import Stock, an_order, refused
from tests.people import Answer, Person

WHY: Final = "nobody who may order could be reached"


def incident(stock: Stock, visit: UUID, by: Person | None = None, **different: Any) -> Any:
    """Drug drawn and given before an order."""
    usual = {"visit": visit, "volume_ml": "0.7", "what_happened": "patient seized, drew what was at hand"}
    body = {"container": stock.a_vial(), **usual, "given": True, "order_missing": True} | different
    return (by or stock.nurse).does("/incidents", **body)


def attach(by: Person, incident: Any, order: str) -> Answer:
    return by.post(f"/incidents/{incident['id']}/order", order=order)


def review(by: Person, incident: Any, **different: Any) -> Answer:
    return by.post(f"/incidents/{incident['id']}/review", **{"finding": "right thing to do then"} | different)


def listed(stock: Stock) -> dict[str, str]:
    """The review list: what stands of each incident's order."""
    items = stock.nurse.get("/incidents?unreviewed=true").done()["items"]
    return {each["id"]: each["order_standing"] for each in items}


def test_a_signed_order_is_attached_in_time_and_the_incident_still_waits_for_its_review(stock: Stock) -> None:
    visit = stock.a_visit()
    done = incident(stock, visit)
    assert (done["order_standing"], done["order"], stock.tasks(ORDER)) == ("missing", None, 1)
    dora, order = an_order(stock, visit)
    said = attach(dora, done, order).done()
    assert (said.status, said["order_standing"], said["order_alone"]) == (201, "attached", False)
    assert (said["order"], said["ordered_by"], said["order_due_at"]) == (order, dora.id, done["order_due_at"])
    assert (stock.tasks(ORDER), stock.tasks(REVIEW), listed(stock)) == (0, 1, {done["id"]: "attached"})
    assert stock.clinic.trail(done["id"])[-1] == "incident:order-attached"
    with stock.clinic.reading():
        (signed,) = signatures.attestations_of(UUID(done["id"]))
        assert (str(signed.signer), signed.meaning) == (dora.id, "ordered")
    assert review(stock.clinic.custodian(), done).done()["no_order_because"] is None
    assert (stock.tasks(REVIEW), listed(stock), stock.clinic.verify()) == (0, {}, [])


def test_an_order_that_comes_after_the_profiles_hours_is_taken_and_shows_as_late(stock: Stock) -> None:
    visit, clinic = stock.a_visit(), stock.clinic
    done = incident(stock, visit)
    dora, order = an_order(stock, visit)
    clinic.tomorrow(stock.nurse, dora)
    assert listed(stock) == {done["id"]: "overdue"}
    assert stock.tasks(ORDER) == 1
    dora.does("/presences", site=clinic.site)
    assert attach(dora, done, order).done()["order_standing"] == "attached_late"
    assert (listed(stock), stock.tasks(ORDER)) == ({done["id"]: "attached_late"}, 0)
    assert clinic.verify() == []


def test_an_incident_that_had_its_order_opens_no_task_for_one_and_takes_none(stock: Stock) -> None:
    visit = stock.a_visit()
    done = incident(stock, visit, order_missing=False)
    assert (done["order_standing"], done["order_due_at"], stock.tasks(ORDER)) == ("not_missing", None, 0)
    dora, order = an_order(stock, visit)
    refused(stock.clinic, lambda: attach(dora, done, order), 409, "no-order-missing")
    assert review(stock.clinic.custodian(), done).status == 201


def test_one_order_is_attached_once(stock: Stock) -> None:
    visit = stock.a_visit()
    done = incident(stock, visit)
    dora, order = an_order(stock, visit)
    attach(dora, done, order).done()
    refused(stock.clinic, lambda: attach(dora, done, order), 409, "order-attached-before")
    other, another = an_order(stock, visit, stock.clinic.prescriber("Dan Prescriber"))
    refused(stock.clinic, lambda: attach(other, done, another), 409, "order-attached-before")


def test_another_patients_order_and_one_that_is_unsigned_withdrawn_or_replaced_are_refused(stock: Stock) -> None:
    visit, clinic = stock.a_visit(), stock.clinic
    done = incident(stock, visit)
    dora, foreign = an_order(stock, stock.a_visit())
    refused(clinic, lambda: attach(dora, done, foreign), 409, "order-of-another-patient")
    _, replaced = an_order(stock, visit, dora)
    _, order = an_order(stock, visit, dora)
    refused(clinic, lambda: attach(dora, done, replaced), 409, "order-superseded")
    known = dora.get(f"/orders/{order}").done().json
    draft = {
        name: known[name] for name in ("patient", "route", "visits", "basis", "cap_mg", "indication", "valid_until")
    }
    unsigned = dora.does("/orders", **draft, protocol="iv-ketamine", mg_per_kg="0.5", minutes=40)["id"]
    refused(clinic, lambda: attach(dora, done, unsigned), 409, "order-not-signed")
    dora.does(f"/orders/{order}/cancellation")
    refused(clinic, lambda: attach(dora, done, order), 409, "order-cancelled")
    refused(clinic, lambda: attach(dora, done, str(uuid4())), 404, "no-such-order")
    refused(clinic, lambda: attach(dora, {"id": uuid4()}, order), 404, "no-such-incident")
    assert listed(stock) == {done["id"]: "missing"}


def test_an_order_that_ran_out_meanwhile_is_refused(stock: Stock) -> None:
    visit, clinic = stock.a_visit(), stock.clinic
    done = incident(stock, visit)
    dora, order = an_order(stock, visit)
    clinic.later(days=2)
    clinic.sign_in(dora)
    dora.does("/presences", site=clinic.site)
    refused(clinic, lambda: attach(dora, done, order), 409, "order-expired")


def test_only_the_prescriber_who_signed_it_attaches_it_here_today_and_licensed(stock: Stock) -> None:
    visit, clinic = stock.a_visit(), stock.clinic
    done = incident(stock, visit)
    dora, order = an_order(stock, visit)
    other = clinic.prescriber("Dan Prescriber")
    refused(clinic, lambda: attach(other, done, order), 403, "order-of-another-prescriber")
    with clinic.nothing_changes():
        assert attach(stock.nurse, done, order).status == 403
        bare = dora.send("POST", f"/incidents/{done['id']}/order", {"order": order}, {"Clinic-Pin": None})
    assert bare.status == 401
    away, far = an_order(stock, visit, clinic.prescriber("Abe Absent", here=False))
    refused(clinic, lambda: attach(away, done, far), 409, "not-here-today")
    bare_handed, without = an_order(stock, visit, clinic.prescriber("Una Unlicensed", licence=False))
    refused(clinic, lambda: attach(bare_handed, done, without), 409, "no-valid-licence")


def test_a_prescriber_does_not_cover_what_they_recorded_themselves(stock: Stock) -> None:
    visit = stock.a_visit()
    dora, order = an_order(stock, visit)
    own = incident(stock, visit, by=dora)
    refused(stock.clinic, lambda: attach(dora, own, order), 403, "covers-own-incident")


def test_alone_in_practice_the_same_practitioner_covers_it_and_the_record_says_so(installation: Installation) -> None:
    stock = Stock(installation.found("Solo Clinic", profile="solo"))
    visit = stock.a_visit()
    dora, order = an_order(stock, visit)
    own = incident(stock, visit, by=dora)
    said = attach(dora, own, order).done()
    assert (said["order_standing"], said["order_alone"]) == ("attached", True)
    assert stock.clinic.verify() == []


def test_a_review_says_why_no_order_comes_or_waits_for_it(stock: Stock) -> None:
    visit = stock.a_visit()
    done, keeper = incident(stock, visit), stock.clinic.custodian()
    refused(stock.clinic, lambda: review(keeper, done), 409, "order-still-missing")
    said = review(keeper, done, no_order_because=WHY).done()
    assert (said["order_standing"], said["no_order_because"]) == ("none_will_come", WHY)
    assert (stock.tasks(ORDER), stock.tasks(REVIEW)) == (0, 0)
    dora, order = an_order(stock, visit)
    refused(stock.clinic, lambda: attach(dora, done, order), 409, "reviewed-without-order")


def test_why_none_comes_is_not_said_where_one_was_attached_or_none_was_missing(stock: Stock) -> None:
    visit, keeper = stock.a_visit(), stock.clinic.custodian()
    had, done = incident(stock, visit, order_missing=False), incident(stock, visit)
    dora, order = an_order(stock, visit)
    attach(dora, done, order).done()
    for each in (had, done):
        given_up = partial(review, keeper, each, no_order_because=WHY)
        refused(stock.clinic, given_up, 422, "no-order-awaited")
    with stock.clinic.nothing_changes():
        assert review(keeper, done, no_order_because="").status == 422


def test_the_database_takes_one_order_for_an_incident_that_lacked_it_and_the_truth_about_who(stock: Stock) -> None:
    visit = stock.a_visit()
    done, waits, had = incident(stock, visit), incident(stock, visit), incident(stock, visit, order_missing=False)
    dora, order = an_order(stock, visit)
    attach(dora, done, order).done()
    table: Any = AttachedOrder.__table__
    with stock.clinic.reading():
        row = dict(db.session.execute(sa.select(table)).mappings().one())
    for wrong in (
        {"id": UUID(done["id"])},
        {"id": UUID(had["id"])},
        {"id": UUID(had["id"]), "order_missing": False},
        {"author": UUID(dora.id), "alone": True},
        {"prescriber": UUID(stock.nurse.id)},
        {"alone": True},
        {"prescriber": uuid4()},
        {"series_order": uuid4()},
    ):
        with pytest.raises(IntegrityError), stock.clinic.transaction():
            db.session.execute(sa.insert(table).values(row | {"id": UUID(waits["id"])} | wrong))
    incidents: Any = Incident.__table__
    with stock.clinic.reading():
        kept = dict(db.session.execute(sa.select(incidents).where(incidents.c.id == UUID(had["id"]))).mappings().one())
    due = kept["at"] + timedelta(hours=24)
    with pytest.raises(IntegrityError), stock.clinic.transaction():
        db.session.execute(sa.insert(incidents).values(kept | {"id": uuid4(), "order_due_at": due}))
