"""Whoever does not treat a patient says why they look: asked before anything is shown, and kept with the look."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import sqlalchemy as sa

from clinic_api.accounts.access.door import act
from clinic_api.accounts.rules.roles import Action
from clinic_api.audit.models import AuditAccess
from clinic_api.audit.rules import REASON_LENGTH, ReasonNeeded, reason_of
from clinic_api.database.rows import db
from tests.builders import Clinic
from tests.patients.people import typed
from tests.people import Answer, Person
from tests.sessions.ward import Ward, checked_in

WHY = "complaint of the patient’s brother, file 17"


@pytest.fixture
def otto(clinic: Clinic) -> Person:
    """The compliance officer."""
    return clinic.compliance()


@pytest.fixture
def patient(clinic: Clinic) -> str:
    """Somebody with a chart; the id."""
    return str(clinic.nurse().does("/patients", **typed())["id"])


def asked(person: Person, path: str, why: str | None, *, body: Any = None) -> Answer:
    """A look with its reason, as a client sends it."""
    headers = {} if why is None else {"Clinic-Reason": why}
    if body is not None:
        return person.send("POST", path, body, headers)
    return person.wire.send("GET", path, None, {"Authorization": f"Bearer {person.token}"} | headers)


def looks(person: Person) -> list[Any]:
    """The looks of somebody, newest last, as the compliance officer reads them."""
    page = person.get("/audit/accesses?limit=100").done()
    return [look for look in page["items"] if look["actor"] == person.id]


def test_a_chart_is_opened_with_a_reason_which_is_kept_with_the_look(otto: Person, patient: str) -> None:
    shown = asked(otto, f"/patients/{patient}", quote(WHY)).done()
    assert shown["identity"]["name"] == typed()["name"]
    [look] = [each for each in looks(otto) if each["action"] == "read-patient"]
    assert (look["reason"], look["patients"]) == (WHY, [patient])


def test_the_reason_lies_sealed_where_it_is_kept(clinic: Clinic, otto: Person, patient: str) -> None:
    asked(otto, f"/patients/{patient}", quote(WHY)).done()
    with clinic.reading():
        [kept] = db.session.execute(sa.select(AuditAccess.reason).where(AuditAccess.reason.is_not(None))).scalars()
    assert kept
    assert b"complaint" not in kept


@pytest.mark.parametrize(
    "why",
    [
        *(None, "", "%20" * 30, "curious", "x" * REASON_LENGTH.stop),
        *("two%0Alines of a reason", "%FF%FE is not UTF-8", "Rückfrage der Familie"),
    ],
)
def test_without_a_reason_nothing_is_shown_and_the_answer_says_how_to_give_one(
    clinic: Clinic, otto: Person, patient: str, why: str | None
) -> None:
    with clinic.nothing_changes():
        answer = asked(otto, f"/patients/{patient}", why)
    assert (answer.status, answer["type"]) == (428, "reason-needed")
    assert "Clinic-Reason, 10 to 200 characters" in answer["detail"]
    assert typed()["name"].encode() not in answer.data
    assert [each for each in looks(otto) if each["action"] == "read-patient"] == []


def test_what_does_not_exist_is_not_told_apart_before_there_is_a_reason(otto: Person, patient: str) -> None:
    known, unknown = (otto.get(f"/patients/{each}") for each in (patient, uuid4()))
    assert (known.status, known.data) == (428, unknown.data)
    assert asked(otto, f"/patients/{uuid4()}", WHY.replace("’", "")).status == 404


@pytest.mark.begins(at=checked_in)
def test_a_search_a_session_its_sets_and_its_paper_ask_for_a_reason_too(world: Ward, otto: Person) -> None:
    world.does("abort")
    world.does("next-visit", none_because="series_complete")
    world.does("sign")
    for path in (f"/sessions/{world.visit}", f"/sessions/{world.visit}/due", f"/sessions/{world.visit}/summary.pdf"):
        assert otto.get(path).status == 428, path
        asked(otto, path, "monthly review of charts").done()
    body = {"name": "Synthetic"}
    assert asked(otto, "/patients/search", None, body=body).status == 428
    asked(otto, "/patients/search", "monthly review of charts", body=body).done()
    kept = [each["action"] for each in looks(otto) if each["reason"] == "monthly review of charts"]
    assert kept == ["read-session", "read-session", "print-summary", "read-patient"]


def test_who_treats_patients_is_never_asked_whatever_else_they_are(clinic: Clinic, patient: str) -> None:
    both = clinic.nurse("Bea Both")
    clinic.grant(both, "compliance")
    both.get(f"/patients/{patient}").done()
    assert [each["reason"] for each in looks(both) if each["action"] == "read-patient"] == [None]


@pytest.mark.begins(at=checked_in)
def test_a_tablet_without_a_person_is_never_asked(clinic: Clinic, world: Ward) -> None:
    tablet = {"Authorization": f"Bearer {clinic.tablet['secret']}"}
    clinic.wire.send("GET", f"/sessions/{world.visit}", None, tablet).done()


@pytest.mark.parametrize("length", [REASON_LENGTH.start, REASON_LENGTH.stop - 1])
def test_the_shortest_and_the_longest_reason_are_taken(length: int) -> None:
    assert reason_of("é" * length) == "é" * length
    assert reason_of(f"  {'é' * length} ") == "é" * length


@pytest.mark.parametrize("length", [REASON_LENGTH.start - 1, REASON_LENGTH.stop])
def test_one_character_less_or_more_is_no_reason(length: int) -> None:
    with pytest.raises(ReasonNeeded):
        reason_of("é" * length)


def test_an_act_that_would_ask_for_a_reason_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="a reason is asked for looks"):
        act(Action.READ_PATIENT, None, None)
