"""Appointments through the door, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

import pytest
import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.schedule.models import Appointment
from clinic_api.tasks import queries as tasks
from tests.builders import Clinic
from tests.schedule.desk import NINE, Desk, a_desk, uuid

#: What is not booked, and why.
WRONG: Final[list[tuple[dict[str, Any], int, str]]] = [
    ({"local_start": "2026-03-10T09:00Z"}, 422, "malformed"),
    ({"local_start": "2026-02-30T09:00"}, 422, "not-local-time"),
    ({"local_start": "9999-12-31T23:59"}, 422, "not-local-time"),
    ({"local_start": "2026-03-02T07:59"}, 422, "not-bookable"),
    ({"local_start": "2028-03-02T09:00"}, 422, "not-bookable"),
    ({"minutes": 14}, 422, "length-unfit"),
    ({"minutes": 601}, 422, "length-unfit"),
    ({"minutes": "60"}, 422, "malformed"),
    ({"patient": str(uuid4())}, 404, "no-such-patient"),
    ({"site": str(uuid4())}, 404, "no-such-site"),
    ({"chair": str(uuid4())}, 404, "no-such-chair"),
]


pytestmark = pytest.mark.begins(at=a_desk)


@pytest.fixture
def desk(world: Desk) -> Desk:
    """A front desk with a chair and a patient."""
    return world


def test_an_appointment_keeps_its_local_time_zone_and_moment(clinic: Clinic, desk: Desk) -> None:
    made = desk.asks()
    assert made.status == 201
    assert (made["local_start"], made["zone"], made["minutes"]) == (NINE, "America/New_York", 120)
    assert (made["starts_at"], made["ends_at"]) == ("2026-03-10T13:00:00Z", "2026-03-10T15:00:00Z")
    assert (made["state"], made["version"], made["reason"], made["visit"]) == ("booked", 1, None, None)
    assert made.headers["ETag"] == f'"{made["id"]}-1"'
    assert clinic.trail(made["id"]) == ["appointment:booked"]
    assert clinic.verify() == []


def test_a_time_that_the_clocks_skip_is_booked_at_the_next_that_exists(desk: Desk) -> None:
    made = desk.books(local_start="2026-03-08T02:30")
    assert (made["local_start"], made["starts_at"]) == ("2026-03-08T03:00", "2026-03-08T07:00:00Z")
    assert desk.books(local_start="2026-11-01T01:30")["starts_at"] == "2026-11-01T05:30:00Z"


def test_what_cannot_be_booked_is_refused(clinic: Clinic, desk: Desk) -> None:
    with clinic.nothing_changes():
        for wrong, status, said in WRONG:
            answer = desk.asks(**wrong)
            assert (answer.status, answer["type"]) == (status, said), wrong


def test_a_walk_in_is_booked_for_the_minute_that_has_begun(desk: Desk) -> None:
    desk.books(local_start="2026-03-02T08:59")


def test_a_chair_of_another_site_cannot_be_booked(clinic: Clinic, desk: Desk) -> None:
    elsewhere = clinic.a_chair(site=clinic.a_site(name="Second"))
    with clinic.nothing_changes():
        answer = desk.asks(chair=elsewhere)
    assert (answer.status, answer["type"]) == (422, "chair-elsewhere")


def test_neither_chair_nor_patient_is_booked_twice_at_one_time(clinic: Clinic, desk: Desk) -> None:
    first, other, chair = desk.books(), desk.another_patient(), clinic.a_chair()
    with clinic.nothing_changes():
        for start, minutes in (("09:00", 120), ("10:59", 30), ("08:31", 30), ("08:00", 300)):
            when = f"2026-03-10T{start}"
            taken = desk.asks(patient=other, local_start=when, minutes=minutes)
            booked = desk.asks(chair=chair, local_start=when, minutes=minutes)
            assert (taken.status, taken["type"]) == (409, "chair-taken")
            assert (booked.status, booked["type"]) == (409, "patient-booked")
            assert booked["facts"] == {"appointment": first["id"]}


def test_one_appointment_may_begin_in_the_minute_in_which_another_ends(desk: Desk) -> None:
    desk.books()
    desk.books(local_start="2026-03-10T11:00")
    desk.books(local_start="2026-03-10T08:30", minutes=30)


@pytest.mark.parametrize("same", ["chair", "patient"])
def test_of_eight_desks_that_book_at_once_one_succeeds(clinic: Clinic, desk: Desk, same: str) -> None:
    patients = [desk.patient] * 8 if same == "patient" else [desk.another_patient() for _ in range(8)]
    chairs = [desk.chair] * 8 if same == "chair" else [clinic.a_chair() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        tried = [
            pool.submit(desk.asks, patient=patient, chair=chair)
            for patient, chair in zip(patients, chairs, strict=True)
        ]
        answers = [one.result() for one in tried]
    assert sorted(answer.status for answer in answers) == [201] + [409] * 7
    assert clinic.verify() == []


@pytest.mark.parametrize("column", ["chair", "patient"])
def test_the_database_itself_refuses_a_double_booking(clinic: Clinic, desk: Desk, column: str) -> None:
    first, second = desk.books(), desk.books(local_start="2026-03-11T09:00")
    third = desk.books(patient=desk.another_patient(), chair=clinic.a_chair())
    moved = third if column == "chair" else second
    values = {"chair": uuid({"id": first["chair"]})} if column == "chair" else _times(first)
    change = sa.update(Appointment).where(Appointment.id == uuid(moved)).values(**values)
    with clinic.nothing_changes(), pytest.raises(sa.exc.IntegrityError), clinic.transaction():
        db.session.execute(change)


def test_an_appointment_is_moved_by_whoever_read_its_newest_version(clinic: Clinic, desk: Desk) -> None:
    made = desk.books()
    moved = desk.moves(made, local_start="2026-03-11T10:00", minutes=90).done()
    assert (moved["version"], moved["local_start"], moved["ends_at"]) == (2, "2026-03-11T10:00", "2026-03-11T15:30:00Z")
    assert moved.headers["ETag"] == f'"{made["id"]}-2"'
    with clinic.nothing_changes():
        late = desk.moves(made, local_start="2026-03-12T10:00")
        assert (late.status, late["facts"]) == (412, {"sent": 1, "current": 2})
        body = {"chair": desk.chair, "local_start": NINE, "minutes": 60}
        assert desk.person.send("PUT", f"/appointments/{made['id']}", body).status == 428
    desk.books(patient=desk.another_patient())  # its old time is free
    assert clinic.trail(made["id"])[:1] + clinic.trail(made["id"])[-1:] == ["appointment:booked", "appointment:moved"]
    assert clinic.verify() == []


def test_an_appointment_may_be_moved_within_its_own_time(desk: Desk) -> None:
    made = desk.books()
    assert desk.moves(made, local_start="2026-03-10T09:30").done()["version"] == 2


def test_an_appointment_is_not_moved_onto_another(clinic: Clinic, desk: Desk) -> None:
    desk.books()
    later = desk.books(patient=desk.another_patient(), local_start="2026-03-10T12:00")
    with clinic.nothing_changes():
        assert desk.moves(later, local_start="2026-03-10T10:59")["type"] == "chair-taken"
        assert desk.moves(later, local_start="2026-03-01T10:59")["type"] == "not-bookable"


def test_a_cancelled_appointment_frees_its_chair_and_stays_cancelled(clinic: Clinic, desk: Desk) -> None:
    made = desk.books()
    over = desk.cancels(made).done()
    assert (over["state"], over["reason"], over["version"]) == ("cancelled", "patient_asked", 2)
    desk.books(patient=desk.another_patient())
    with clinic.nothing_changes():
        for again in (desk.cancels(made), desk.moves(over)):
            assert (again.status, again["type"]) == (409, "appointment-cannot")
    assert clinic.verify() == []


def test_a_missed_appointment_frees_its_chair_after_half_an_hour_and_the_second_asks_a_prescriber(
    clinic: Clinic, desk: Desk
) -> None:
    for number, day in enumerate(("2026-03-02", "2026-03-03"), start=1):
        made = desk.books(local_start=f"{day}T10:00")
        path = f"/appointments/{made['id']}/no-show"
        clinic.later(minutes=80)
        with clinic.nothing_changes():
            assert desk.person.post(path)["type"] == "still-expected"
        clinic.later(minutes=10, seconds=5)
        assert desk.person.does(path)["state"] == "no_show"
        with clinic.reading():
            assert len(tasks.open_tasks(role="prescriber")) == number - 1
        desk.books(patient=desk.another_patient(), local_start=f"{day}T10:35")
        clinic.later(hours=22, minutes=29, seconds=55)
        clinic.sign_in(desk.person)
    assert clinic.verify() == []


def test_a_sites_day_lists_who_comes_when(clinic: Clinic, desk: Desk) -> None:
    second = desk.books(local_start="2026-03-10T23:00", patient=desk.another_patient(name="Ann Li"), minutes=30)
    first = desk.books()
    desk.books(local_start="2026-03-11T00:00", minutes=30)
    listed = desk.person.get(f"/sites/{clinic.site}/appointments?day=2026-03-10").done()["items"]
    assert [(one["appointment"]["id"], one["patient_name"]) for one in listed] == [
        (first["id"], "Zoë O'Brien-Smith"),
        (second["id"], "Ann Li"),
    ]
    for day in ("2026-02-30", "9999-12-31", "0001-01-01", "today"):
        assert desk.person.get(f"/sites/{clinic.site}/appointments?day={day}").status == 422
    assert desk.person.get(f"/sites/{clinic.site}/appointments").status == 422
    assert desk.person.get(f"/sites/{uuid4()}/appointments?day=2026-03-10").status == 404


def test_another_clinic_sees_and_moves_none_of_ours(clinic: Clinic, desk: Desk) -> None:
    made = desk.books()
    theirs = a_desk(clinic.installation.found("South Clinic"))
    with clinic.nothing_changes():
        assert theirs.person.get(f"/appointments/{made['id']}").status == 404
        assert theirs.moves(made).status == 404
        assert theirs.asks(patient=desk.patient).status == 404
        assert theirs.asks(chair=desk.chair).status == 404
    theirs.books()


def test_who_plans_nothing_sees_no_plan(clinic: Clinic, desk: Desk) -> None:
    made, outsider = desk.books(), clinic.custodian()
    assert outsider.get(f"/appointments/{made['id']}").status == 403
    assert outsider.get(f"/sites/{clinic.site}/appointments?day=2026-03-10").status == 403


def _times(appointment: Any) -> dict[str, Any]:
    with_zone = {name: appointment[name].replace("Z", "+00:00") for name in ("starts_at", "ends_at")}
    return {name: datetime.fromisoformat(text) for name, text in with_zone.items()}
