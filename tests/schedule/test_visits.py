"""Where the schedule meets visits: the patient arrives, and what comes next is settled."""

from typing import Any
from uuid import UUID

import pytest

from clinic_api.sessions import queries as sessions
from clinic_api.sessions.rules.answers import Fact
from tests.builders import Clinic
from tests.people import Answer
from tests.schedule.desk import Desk, a_desk

TODAY = "2026-03-02T10:00"


pytestmark = pytest.mark.begins(at=a_desk)


@pytest.fixture
def desk(world: Desk) -> Desk:
    """A front desk with a chair and a patient."""
    return world


def arrives(desk: Desk, appointment: Any, **different: Any) -> Answer:
    """The patient is at the desk."""
    usual = {"identifiers_checked": ["name", "date_of_birth"], "protocol": "iv-ketamine"}
    return desk.person.post(f"/appointments/{appointment['id']}/check-in", **{**usual, **different})


def follows(desk: Desk, session: Any, **asked: Any) -> Answer:
    """What comes after the visit."""
    return desk.person.post(f"/sessions/{session['id']}/next-visit", **asked)


def told(clinic: Clinic, session: Any) -> Any:
    """What the session knows of the next visit."""
    with clinic.reading():
        return sessions.told(UUID(session["id"])).value(Fact.NEXT_VISIT)


def test_checking_in_begins_the_visit_and_ends_its_reminders(clinic: Clinic, desk: Desk) -> None:
    booked = desk.books(local_start="2026-03-02T13:00")
    assert list(desk.waiting(booked)) == ["2h"]
    arrived = arrives(desk, booked)
    assert arrived.status == 201
    assert (arrived["appointment"], arrived["patient"], arrived["chair"]) == (booked["id"], desk.patient, desk.chair)
    shown = desk.person.get(f"/appointments/{booked['id']}").done()
    assert (shown["appointment"]["state"], shown["appointment"]["visit"]) == ("checked_in", arrived["id"])
    assert desk.waiting(booked) == {}
    assert clinic.verify() == []


def test_a_patient_may_sit_in_another_chair_than_was_booked(clinic: Clinic, desk: Desk) -> None:
    other = clinic.a_chair()
    assert arrives(desk, desk.books(local_start=TODAY), chair=other).done()["chair"] == other


def test_nobody_is_checked_in_unidentified_on_another_day_or_twice(clinic: Clinic, desk: Desk) -> None:
    today, later = desk.books(local_start=TODAY), desk.books()
    with clinic.nothing_changes():
        assert arrives(desk, today, identifiers_checked=["name"])["type"] == "identity-not-checked"
        assert arrives(desk, today, identifiers_checked=["face"]).status == 422
        assert arrives(desk, later)["type"] == "not-today"
    arrives(desk, today).done()
    with clinic.nothing_changes():
        again = arrives(desk, today)
        assert (again.status, again["type"]) == (409, "appointment-cannot")
        assert desk.cancels(today).status == 409


def test_the_next_visit_is_booked_from_the_session(clinic: Clinic, desk: Desk) -> None:
    session = arrives(desk, desk.books(local_start=TODAY)).done()
    asked = {"chair": desk.chair, "local_start": "2026-03-05T10:00", "minutes": 120, "plan": "visit 2 of 6, same dose"}
    followed = follows(desk, session, **asked)
    assert (followed.status, followed["at"], followed["none_because"]) == (201, "2026-03-05T15:00:00Z", None)
    booked = desk.person.get(f"/appointments/{followed['appointment']}").done()["appointment"]
    assert (booked["patient"], booked["site"], booked["state"]) == (desk.patient, clinic.site, "booked")
    known = told(clinic, session)
    assert (known["wanted"], known["appointment"], known["plan"]) == (True, followed["appointment"], asked["plan"])
    assert clinic.verify() == []


def test_a_booking_without_words_is_told_by_its_time(clinic: Clinic, desk: Desk) -> None:
    session = arrives(desk, desk.books(local_start=TODAY)).done()
    follows(desk, session, chair=desk.chair, local_start="2026-03-05T10:00", minutes=120).done()
    assert told(clinic, session)["plan"] == "2026-03-05T10:00 America/New_York"


def test_that_no_visit_follows_has_a_reason(clinic: Clinic, desk: Desk) -> None:
    session = arrives(desk, desk.books(local_start=TODAY)).done()
    followed = follows(desk, session, none_because="series_complete").done()
    assert (followed["appointment"], followed["none_because"]) == (None, "series_complete")
    known = told(clinic, session)
    assert (known["wanted"], known["plan"]) == (False, "series complete")


def test_a_next_visit_that_cannot_be_is_refused(clinic: Clinic, desk: Desk) -> None:
    session = arrives(desk, desk.books(local_start=TODAY)).done()
    desk.books(patient=desk.another_patient())
    with clinic.nothing_changes():
        assert follows(desk, session)["type"] == "next-visit-unclear"
        taken = follows(desk, session, chair=desk.chair, local_start="2026-03-10T09:00", minutes=60)
        assert taken["type"] == "chair-taken"
        assert follows(desk, {"id": str(UUID(int=1))}, none_because="series_complete").status == 404
