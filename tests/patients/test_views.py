"""Patients through the door: registered, found, changed by version, refused where two people contradict each other."""

from datetime import date
from typing import Any, Final
from uuid import uuid4

import pytest
import sqlalchemy as sa

from clinic_api.database.rows import Row, db
from clinic_api.patients import service
from clinic_api.patients.queries.patients import MOST_FOUND
from clinic_api.patients.rules.identity import Details, Sex
from tests.builders import Clinic
from tests.patients.people import typed
from tests.people import Person

#: What is not registered, and why.
WRONG: Final[list[tuple[dict[str, Any], str]]] = [
    ({"name": "\u00a0 …"}, "name-unreadable"),
    ({"date_of_birth": "2026-03-03"}, "birth-date-unlikely"),
    ({"phone": "555"}, "phone-unreadable"),
    ({"mrn": "--"}, "mrn-unreadable"),
    ({"zone": "America/Nowhere"}, "unknown-zone"),
    ({"email": "zoe"}, "malformed"),
    ({"nickname": "Zo"}, "malformed"),
]
#: What fits the usual patient.
AT_HAND: Final[list[dict[str, str]]] = [
    {"name": "zoe"},
    {"name": "OBRIEN zo"},
    {"name": "smit"},
    {"date_of_birth": "1984-02-29"},
    {"phone": "(518) 555-0142"},
    {"mrn": "mrn-1"},
    {"name": "Zoë", "date_of_birth": "1984-02-29", "phone": "5185550142", "mrn": "MRN1"},
]


def a_trial(**different: Any) -> dict[str, Any]:
    usual = {"drug": "Sertraline", "daily_dose_mg": "200", "weeks": 8, "outcome": "failed"}
    return {**usual, **different}


def _connection() -> sa.Connection:
    return db.session.connection()


@pytest.fixture
def desk(clinic: Clinic) -> Person:
    """Somebody at the front desk."""
    return clinic.front_desk()


def test_a_patient_is_registered_and_shown_as_typed(clinic: Clinic, desk: Person) -> None:
    made = desk.post("/patients", **typed())
    assert made.status == 201
    assert {name: made[name] for name in typed()} == typed()
    shown = desk.get(f"/patients/{made['id']}").done()
    assert shown["identity"] == made.json
    assert shown.headers["ETag"] == made.headers["ETag"] == f'"{made["id"]}-1"'
    assert clinic.trail(made["id"]) == ["patient:registered"]
    assert clinic.verify() == []


def test_a_patient_without_a_record_number_is_given_one(desk: Person) -> None:
    made = desk.does("/patients", **typed(mrn=None, phone=None, email=None, address=None))
    assert made["mrn"].startswith("P-")
    assert [made[name] for name in ("phone", "email", "address")] == [None] * 3


def test_what_cannot_be_a_patient_is_refused(clinic: Clinic, desk: Person) -> None:
    with clinic.nothing_changes():
        for wrong, said in WRONG:
            answer = desk.post("/patients", **typed(**wrong))
            assert (answer.status, answer["type"]) == (422, said), wrong


def test_a_record_number_belongs_to_one_patient_in_any_spelling(clinic: Clinic, desk: Person) -> None:
    first = desk.does("/patients", **typed())
    with clinic.nothing_changes():
        second = desk.post("/patients", **typed(name="Ann Other", mrn="mrn 1"))
        assert (second.status, second["type"]) == (409, "mrn-taken")
    other = desk.does("/patients", **typed(mrn="MRN-2"))
    with clinic.nothing_changes():
        moved = desk.put(f"/patients/{other['id']}/identity", f'"{other["id"]}-1"', **typed())
        assert (moved.status, moved["type"]) == (409, "mrn-taken")
    desk.put(f"/patients/{first['id']}/identity", f'"{first["id"]}-1"', **typed(mrn="mrn 1")).done()


def test_a_patient_is_found_by_what_one_has_at_hand(desk: Person) -> None:
    made = desk.does("/patients", **typed())
    desk.does("/patients", **typed(name="Ann Li", date_of_birth="1990-01-01", phone="+1 212 555 0199", mrn="A2"))
    for asked in AT_HAND:
        found = desk.does("/patients/search", **asked)["items"]
        assert [one["id"] for one in found] == [made["id"]], asked


def test_what_does_not_fit_is_not_found(desk: Person) -> None:
    desk.does("/patients", **typed())
    for asked in ({"name": "smits"}, {"name": "zoe li"}, {"mrn": "MRN-2"}, {"name": "zo"}):
        assert desk.does("/patients/search", **asked)["items"] == [], asked


def test_a_search_for_nothing_finds_nobody_but_says_why(desk: Person) -> None:
    for asked in ({}, {"name": "…"}):
        answer = desk.post("/patients/search", **asked)
        assert (answer.status, answer["type"]) == (422, "ask-for-more")


def test_a_search_that_too_many_fit_asks_for_more(clinic: Clinic, desk: Person) -> None:
    born = date(1984, 2, 29)
    with clinic.transaction(desk) as scope:
        for number in range(MOST_FOUND + 1):
            namesake = Details(name=f"Ann Li {number}", date_of_birth=born, sex=Sex.FEMALE, zone="America/New_York")
            service.register(namesake, scope=scope)
    assert desk.post("/patients/search", name="ann")["type"] == "ask-for-more"
    assert len(desk.does("/patients/search", name="ann 7")["items"]) == 1


def test_a_patient_is_still_found_by_an_earlier_name_and_shown_with_the_present_one(desk: Person) -> None:
    made = desk.does("/patients", **typed())
    desk.put(f"/patients/{made['id']}/identity", f'"{made["id"]}-1"', **typed(name="Zoë Miller")).done()
    for name in ("O'Brien", "Miller"):
        assert [one["name"] for one in desk.does("/patients/search", name=name)["items"]] == ["Zoë Miller"]


def test_another_clinic_finds_nobody_of_ours(clinic: Clinic, desk: Person) -> None:
    made = desk.does("/patients", **typed())
    theirs = clinic.installation.found("South Clinic").front_desk()
    assert theirs.does("/patients/search", name="zoe")["items"] == []
    assert theirs.get(f"/patients/{made['id']}").status == 404
    theirs.does("/patients", **typed())  # the number is only taken here


def test_a_change_names_the_version_it_changes(clinic: Clinic, desk: Person) -> None:
    made = desk.does("/patients", **typed())
    path = f"/patients/{made['id']}/identity"
    with clinic.nothing_changes():
        assert desk.send("PUT", path, typed()).status == 428
        assert desk.put(path, "*", **typed()).status == 428
        assert desk.put(path, '"nothing"', **typed()).status == 412
        assert desk.put(path, f'"{made["id"]}-2"', **typed())["type"] == "identity-changed"
    changed = desk.put(path, f'"{made["id"]}-1"', **typed(address=None, mrn=None))
    assert (changed.status, changed["version"], changed["address"], changed["mrn"]) == (200, 2, None, "MRN-1")
    assert changed.headers["ETag"] == f'"{made["id"]}-2"'
    with clinic.nothing_changes():
        late = desk.put(path, f'"{made["id"]}-1"', **typed(name="Late Writer"))
    assert (late.status, late["facts"]) == (412, {"sent": 1, "current": 2})
    assert clinic.verify() == []


def test_nothing_that_identifies_a_patient_stands_readable_in_any_row(clinic: Clinic, desk: Person) -> None:
    secret = typed(name="Canarius Cuckoo", phone="+1 518 555 7777", email="canary@example.org", mrn="CANARY-9")
    made = desk.does("/patients", **secret)
    desk.does(f"/patients/{made['id']}/trials", **a_trial(note="Canarius said so"))
    desk.does("/patients/search", name="Canarius")
    with clinic.reading():
        connection = _connection()
        for table in Row.metadata.tables.values():
            for row in connection.execute(sa.select(table)):
                said = repr(tuple(row)).lower()
                assert not [word for word in ("canar", "cuckoo", "5557777", "1984-02-29") if word in said], table.name


def test_each_look_says_whose_record_was_shown(clinic: Clinic, desk: Person) -> None:
    made = desk.does("/patients", **typed())
    desk.get(f"/patients/{made['id']}").done()
    desk.does("/patients/search", name="zoe")
    with clinic.reading():
        table = Row.metadata.tables["audit_accesses"]
        shown = [row.patients for row in _connection().execute(sa.select(table).order_by(table.c.id))]
    assert shown[-2:] == [[made["id"]], [made["id"]]]


def test_who_treats_nobody_reads_no_patient(clinic: Clinic, desk: Person) -> None:
    made = desk.does("/patients", **typed())
    outsider = clinic.custodian()
    assert outsider.get(f"/patients/{made['id']}").status == 403
    assert outsider.post("/patients/search", name="zoe").status == 403


def test_a_patient_nobody_knows_is_not_found(desk: Person) -> None:
    for path in (f"/patients/{uuid4()}/trials", f"/patients/{uuid4()}/trials"):
        assert desk.post(path, **a_trial()).status == 404
