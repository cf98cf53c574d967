"""A few days of the synthetic year: rows that nobody sent through a route are rows as the product writes them."""

import json
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from bench.year.build import build
from bench.year.course import Size
from bench.year.house import House, Safe
from clinic_api.database.rows import Row, db
from clinic_api.oversight import service as oversight
from clinic_api.patients.queries import patients
from clinic_api.patients.rules.words import Asked
from clinic_api.quantities import Mass
from clinic_api.signatures import service as signatures
from tests.builders import Clinic

pytestmark = pytest.mark.timeout(240)


def rows(clinic: Clinic, name: str) -> list[dict[str, Any]]:
    """Every row of a table."""
    with clinic.reading():
        return [dict(row) for row in db.session.execute(sa.select(Row.metadata.tables[name])).mappings()]


def can_go_on(clinic: Clinic, house: House, chair: int) -> None:
    """The people of a chair come back, receive, draw, and waste the rest before each other."""
    crew, bay = house.crews[chair], house.bays[chair]
    for person in crew.people:
        clinic.sign_in(person)
        person.does("/presences", site=clinic.site)
    safe = Safe(clinic, crew, registration=house.registration, location=bay.location)
    vial = safe.a_vial()
    syringe = safe.draw(vial, "0.7", safe.a_visit()).syringe
    safe.waste(syringe, "35")
    assert (safe.balance(vial), safe.balance(syringe)) == (Mass.mg(465), Mass.mg(0))


def test_what_was_printed_is_verified_found_read_and_gone_on_from(clinic: Clinic) -> None:
    year = build(clinic, visits=20, chairs=2, size=Size(patients=2, weeks=2))
    with clinic.reading():
        verdict = oversight.verify()
    assert verdict.faults == ()
    assert verdict.checkpoint_size == verdict.entries > year.entries
    assert verdict.rows > year.visits

    sessions = rows(clinic, "infusion_sessions")
    assert len(sessions) == year.visits == 20
    assert {str(session["state"]) for session in sessions} == {"locked"}
    assert len({session["patient"] for session in sessions}) == 10
    assert len({row["label"] for row in rows(clinic, "containers")}) == len(rows(clinic, "containers"))

    with clinic.reading():
        for session in sessions:
            frozen = signatures.read_frozen("session-summary", session["id"])
            name = patients.identity(session["patient"]).name
            assert name in json.dumps(frozen)
            found = patients.search(Asked(name=name))
            assert session["patient"] in {each.id for each in found}

    can_go_on(clinic, year.house, 1)
    assert clinic.verify() == []


def test_every_kind_of_row_of_the_walked_course_is_in_every_copy(clinic: Clinic) -> None:
    size = Size(patients=1, weeks=1)
    build(clinic, visits=3, chairs=1, size=size)
    events = Counter(entry["event"] for entry in rows(clinic, "audit_entries"))
    per_visit = ("session:locked", "drug:drawn", "drug:administered", "waste:posted", "count:signed", "record:frozen")
    assert {event: events[event] for event in per_visit} == dict.fromkeys(per_visit, 3)
    signers = {(row["signer"], row["printed_name"]) for row in rows(clinic, "attestations")}
    names = {row["id"]: row["name"] for row in rows(clinic, "accounts")}
    assert all(names[UUID(str(signer))] == name for signer, name in signers)
