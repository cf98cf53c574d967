"""Looking at a visit: who sees what, written down once, and the wall shows no name."""

import pytest

from tests.builders import Clinic
from tests.patients.people import USUAL
from tests.people import Person
from tests.sessions.ward import Ward, checked_in, infusing


@pytest.mark.begins(at=infusing)
def test_the_board_says_chair_and_initials_and_is_written_down_once_with_everybody_on_it(
    clinic: Clinic, ward: Ward
) -> None:
    other = ward.a_patient(name="Wei Field", mrn="MRN-2")
    ward.ada.does(
        "/sessions",
        patient=other,
        site=clinic.site,
        chair=clinic.a_chair("Chair 2"),
        identifiers_checked=["name", "mrn"],
        protocol="iv-ketamine",
    )
    clinic.later(minutes=7)
    board = ward.ada.get(f"/sites/{clinic.site}/board").done()
    first, second = board["items"]
    assert (first["chair_name"], first["initials"], first["state"], first["minutes"]) == (
        *("Chair 1", "Z.O.S.", "infusing", 7),
    )
    assert first["next_due"]["minute"] == 0
    assert (second["initials"], second["minutes"], second["next_due"]) == ("W.F.", None, None)
    assert USUAL["name"] not in board.data.decode()
    desk = clinic.front_desk()
    assert desk.get(f"/sites/{clinic.site}/board").status == 200
    assert desk.get(f"/sessions/{ward.visit}").status == 403


@pytest.mark.begins(at=infusing)
def test_a_tablet_without_a_person_shows_the_dose_and_the_countdown_but_no_name(clinic: Clinic, ward: Ward) -> None:
    alone = Person(clinic.wire, "", "", "", "", token=clinic.tablet["secret"])
    seen = alone.get(f"/sessions/{ward.visit}").done()
    assert seen["patient"]["initials"] == "Z.O.S."
    assert (seen["patient"]["name"], seen["patient"]["mrn"], seen["patient"]["date_of_birth"]) == (None, None, None)
    assert seen["live"]["pump"] == "running"
    assert "Sam Driver" not in seen.data.decode()
    assert ward.see()["patient"]["name"] == USUAL["name"]


@pytest.mark.begins(at=checked_in)
def test_a_session_has_a_version_that_grows_with_each_act(ward: Ward) -> None:
    before = ward.ada.get(f"/sessions/{ward.visit}")
    ward.does("answers", time_out=True)
    after = ward.ada.get(f"/sessions/{ward.visit}")
    assert before.headers["ETag"] == f'"{ward.visit}-1"'
    assert after.headers["ETag"] == f'"{ward.visit}-3"'
    assert ward.ada.get("/sessions/00000000-0000-0000-0000-000000000000").status == 404
