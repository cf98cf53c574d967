"""Reminders: planned when booked, right when sent, taken back when the appointment moves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from clinic_api import worker
from clinic_api.database.rows import db
from clinic_api.messages.queries import messages_about
from clinic_api.schedule import queries
from clinic_api.schedule.queries import NoSuchAppointment, NoSuchReminder
from clinic_api.schedule.service import reminding
from tests.builders import Clinic
from tests.patients.people import typed
from tests.schedule.desk import NINE, Desk, a_desk, uuid
from tests.worker.mail import LEASE, Pigeon

#: An appointment at two in the afternoon of the tenth, none of whose reminders falls into the night.
TWO = "2026-03-10T14:00"


pytestmark = pytest.mark.begins(at=a_desk)


@pytest.fixture
def desk(world: Desk) -> Desk:
    """A front desk with a chair and a patient who wants reminders by mail."""
    return world


@pytest.fixture
def pigeon() -> Pigeon:
    """What carries letters."""
    return Pigeon()


def until(clinic: Clinic, moment: str, pigeon: Pigeon) -> None:
    """Let time pass until ``moment`` (UTC), then a worker looks once."""
    clinic.installation.set_clock(datetime.fromisoformat(moment))
    for lane in worker.lanes(clinic.app.extensions["clinic"].settings, pigeon):
        worker.look(clinic.app, lane, LEASE)


def fates(desk: Desk, appointment: Any) -> dict[str, str]:
    """What became of each reminder, by kind and version."""
    return {f"{one['kind']}/{one['version']}": one["fate"] for one in desk.reminders(appointment)}


def relogged(desk: Desk) -> Desk:
    """The same desk on another day."""
    desk.clinic.sign_in(desk.person)
    return desk


def test_booking_plans_the_ladder_and_sends_nothing(clinic: Clinic, desk: Desk) -> None:
    made = desk.books()
    assert desk.waiting(made) == {
        "7d": "2026-03-03T14:00:00Z",
        "48h": "2026-03-08T13:00:00Z",
        "24h": "2026-03-09T13:00:00Z",
        "2h": "2026-03-10T00:00:00Z",
    }
    with clinic.reading():
        assert messages_about(uuid(made)) == []


def test_a_whole_ladder_goes_out_once_each_and_says_only_when_and_whom_to_call(
    clinic: Clinic, desk: Desk, pigeon: Pigeon
) -> None:
    made = desk.books(local_start=TWO)
    for moment in ("2026-03-03T18:59+00:00", "2026-03-03T19:00+00:00", "2026-03-03T19:01+00:00"):
        until(clinic, moment, pigeon)
    assert [letter.to for letter in pigeon.letters] == ["zoe@example.org"]
    for moment in ("2026-03-08T18:00+00:00", "2026-03-09T18:00+00:00", "2026-03-10T16:00+00:00"):
        until(clinic, moment, pigeon)
    assert len(pigeon.letters) == 4
    letter = pigeon.letters[0]
    assert "Tuesday, March 10, 2026 at 2:00 PM EDT" in letter.text
    assert "+1 518 555 0100" in letter.text
    said = f"{letter.subject} {letter.text}".lower()
    assert not [word for word in ("ketamine", "depress", "zoë", "brien", "infusion", "psych") if word in said]
    assert set(fates(relogged(desk), made).values()) == {"posted"}
    assert clinic.verify() == []


def test_workers_that_were_away_remind_once_at_once_and_not_of_each_rung_they_missed(
    clinic: Clinic, desk: Desk, pigeon: Pigeon
) -> None:
    made = desk.books(local_start=TWO)
    clinic.installation.set_clock(datetime.fromisoformat("2026-03-09T18:00+00:00"))
    quick, slow = worker.lanes(clinic.app.extensions["clinic"].settings, pigeon)
    for lane in (quick, slow):
        with ThreadPoolExecutor(4) as pool:
            for one in [pool.submit(worker.look, clinic.app, lane, LEASE) for _ in range(4)]:
                one.result()
    assert len(pigeon.letters) == 1
    assert fates(relogged(desk), made) == {"7d/1": "outrun", "48h/1": "outrun", "24h/1": "posted", "2h/1": None}


def test_who_did_not_agree_is_not_reminded_and_who_agrees_later_is(clinic: Clinic, desk: Desk, pigeon: Pigeon) -> None:
    desk.wishes(consent=False)
    made = desk.books(local_start=TWO)
    until(clinic, "2026-03-03T19:00+00:00", pigeon)
    assert pigeon.letters == []
    assert fates(relogged(desk), made)["7d/1"] == "not_wanted"
    desk.wishes()
    until(clinic, "2026-03-08T18:00+00:00", pigeon)
    assert len(pigeon.letters) == 1
    relogged(desk).wishes(wanted=False)
    until(clinic, "2026-03-09T18:00+00:00", pigeon)
    assert len(pigeon.letters) == 1
    assert clinic.verify() == []


def test_a_changed_address_is_not_written_to_until_it_is_verified(clinic: Clinic, desk: Desk, pigeon: Pigeon) -> None:
    desk.books(local_start=TWO)
    path = f"/patients/{desk.patient}/identity"
    desk.person.put(path, f'"{desk.patient}-1"', **typed(email="new@example.org")).done()
    until(clinic, "2026-03-03T19:00+00:00", pigeon)
    assert pigeon.letters == []
    relogged(desk).wishes()
    until(clinic, "2026-03-08T18:00+00:00", pigeon)
    assert [letter.to for letter in pigeon.letters] == ["new@example.org"]


def test_moving_takes_back_what_was_planned_and_tells_the_new_time(clinic: Clinic, desk: Desk, pigeon: Pigeon) -> None:
    made = desk.books(local_start=TWO)
    until(clinic, "2026-03-03T19:00+00:00", pigeon)
    moved = relogged(desk).moves(made, local_start="2026-03-17T14:00").done().json
    assert fates(desk, made) == {
        "7d/1": "posted",
        "48h/1": "replaced",
        "24h/1": "replaced",
        "2h/1": "replaced",
        "moved/2": None,
        **{f"{kind}/2": None for kind in ("7d", "48h", "24h", "2h")},
    }
    until(clinic, "2026-03-03T19:05+00:00", pigeon)
    assert pigeon.letters[-1].subject == "Your appointment at the clinic has a new time"
    assert "Tuesday, March 17, 2026 at 2:00 PM EDT" in pigeon.letters[-1].text
    until(clinic, "2026-03-10T17:59+00:00", pigeon)
    assert len(pigeon.letters) == 2, "nothing about the old time"
    until(clinic, "2026-03-10T18:00+00:00", pigeon)
    assert len(pigeon.letters) == 3
    assert moved["version"] == 2
    assert clinic.verify() == []


def test_cancelling_takes_back_what_was_planned_and_says_so(clinic: Clinic, desk: Desk, pigeon: Pigeon) -> None:
    made = desk.books(local_start=TWO)
    desk.cancels(made).done()
    until(clinic, "2026-03-02T14:05+00:00", pigeon)
    assert [letter.subject for letter in pigeon.letters] == ["Your appointment at the clinic was cancelled"]
    until(clinic, "2026-03-10T18:00+00:00", pigeon)
    assert len(pigeon.letters) == 1
    assert set(fates(relogged(desk), made).values()) == {"over", "posted"}
    assert clinic.verify() == []


def test_a_letter_that_waits_for_the_mail_server_is_taken_back_as_well(clinic: Clinic, desk: Desk) -> None:
    made, tired = desk.books(local_start=TWO), Pigeon(tired=True)
    until(clinic, "2026-03-03T19:00+00:00", tired)
    relogged(desk).cancels(made).done()
    fresh = Pigeon()
    until(clinic, "2026-03-03T19:10+00:00", fresh)
    assert [letter.subject for letter in fresh.letters] == ["Your appointment at the clinic was cancelled"]


def test_a_letter_that_waits_is_not_sent_to_who_has_withdrawn_meanwhile(
    clinic: Clinic, desk: Desk, pigeon: Pigeon
) -> None:
    desk.books(local_start=TWO)
    until(clinic, "2026-03-03T19:00+00:00", Pigeon(tired=True))
    relogged(desk).wishes(consent=False)
    until(clinic, "2026-03-03T19:10+00:00", pigeon)
    assert pigeon.letters == []


def test_a_worker_that_was_away_sends_nothing_at_night_and_nothing_after_the_visit(
    clinic: Clinic, desk: Desk, pigeon: Pigeon
) -> None:
    made = desk.books()
    until(clinic, "2026-03-10T02:00+00:00", pigeon)  # 22:00 on the ninth; all four are overdue
    assert pigeon.letters == []
    outrun = {"7d/1": "outrun", "48h/1": "outrun", "24h/1": "outrun"}
    assert fates(relogged(desk), made) == {**outrun, "2h/1": None}
    until(clinic, "2026-03-10T13:00+00:00", pigeon)
    assert pigeon.letters == []
    assert fates(desk, made) == {**outrun, "2h/1": "too_late"}
    assert clinic.verify() == []


def test_a_letter_held_up_into_the_night_is_not_sent_then(clinic: Clinic, desk: Desk, pigeon: Pigeon) -> None:
    desk.books(local_start=TWO)
    until(clinic, "2026-03-04T01:59:50+00:00", Pigeon(tired=True))  # 20:59:50 on the third
    until(clinic, "2026-03-04T02:00:10+00:00", pigeon)
    assert pigeon.letters == []


def test_quiet_hours_are_the_patients_own_as_they_stand_when_the_time_comes(
    clinic: Clinic, desk: Desk, pigeon: Pigeon
) -> None:
    desk.books(local_start="2026-03-10T10:00")  # 24 h before is 10:00 in New York: 07:00 in Los Angeles
    path = f"/patients/{desk.patient}/identity"
    until(clinic, "2026-03-08T14:30+00:00", pigeon)
    sent = len(pigeon.letters)
    relogged(desk).person.put(path, f'"{desk.patient}-1"', **typed(zone="America/Los_Angeles")).done()
    until(clinic, "2026-03-09T14:30+00:00", pigeon)
    assert len(pigeon.letters) == sent
    until(clinic, "2026-03-09T15:00+00:00", pigeon)
    assert len(pigeon.letters) == sent + 1


def test_moving_at_night_tells_the_new_time_in_the_morning_or_not_at_all(clinic: Clinic, desk: Desk) -> None:
    made = desk.books(local_start=TWO)
    clinic.installation.set_clock(datetime.fromisoformat("2026-03-09T02:00+00:00"))
    moved = relogged(desk).moves(made, local_start="2026-03-10T14:30").done().json
    assert desk.waiting(made)["moved"] == "2026-03-09T12:00:00Z"
    desk.moves(moved, local_start="2026-03-09T07:30").done()
    assert "moved" not in desk.waiting(made)


def test_a_reminder_is_posted_once_however_often_its_time_comes(clinic: Clinic, desk: Desk) -> None:
    made = desk.books(local_start=TWO)
    with clinic.reading():
        first = queries.waiting_reminders(uuid(made))[0]
    clinic.installation.set_clock(datetime.fromisoformat("2026-03-03T19:00+00:00"))
    for _ in range(2):
        with clinic.transaction() as scope:
            assert reminding.remind(first, scope) is None
    with clinic.reading():
        assert len(messages_about(uuid(made))) == 1
        db.session.expunge_all()


def test_what_is_not_there_cannot_be_reminded_of(clinic: Clinic) -> None:
    with pytest.raises(NoSuchReminder), clinic.transaction() as scope:
        reminding.remind(uuid4(), scope)
    with pytest.raises(NoSuchAppointment), clinic.reading():
        queries.appointment(uuid4())


def test_an_appointment_that_is_near_is_reminded_of_only_by_what_lies_ahead(clinic: Clinic, desk: Desk) -> None:
    clinic.installation.set_clock(datetime.fromisoformat("2026-03-09T15:00+00:00"))
    made = relogged(desk).books(local_start=NINE)
    assert list(desk.waiting(made)) == ["2h"]
    assert timedelta(0) < datetime.fromisoformat(made["starts_at"]) - datetime.fromisoformat(desk.waiting(made)["2h"])
