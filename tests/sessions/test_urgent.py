"""Nobody is ever kept from pause, stop, a reading, a rescue drug, an emergency or the door: R1."""

from io import BytesIO
from typing import Any, Final
from uuid import UUID

import pytest
from pypdf import PdfReader

from clinic_api.tasks import queries as tasks
from tests.builders import Clinic
from tests.sessions.ward import CALM, Ward, discharged, infusing, ready

#: What an act needs to be understood at all.
BODIES: Final[dict[str, dict[str, Any]]] = {"readings": CALM, "rescues": {"drug": "x", "dose": "1", "route": "IV"}}


@pytest.mark.begins(at=infusing)
def test_a_tablet_alone_pauses_reads_and_stops_and_the_record_says_it_was_the_tablet(
    clinic: Clinic, ward: Ward
) -> None:
    clinic.later(minutes=6)
    assert ward.tablet("pause", reason="patient pale")["state"] == "paused"
    assert ward.tablet("readings", **CALM | {"systolic_mmhg": 88})["alerts"][0]["tier"] == "urgent"
    rescued = ward.tablet("rescues", drug="ondansetron", dose="4 mg", route="IV", reason="vomiting")
    assert rescued.status == 201
    assert ward.tablet("resume").status == 403
    stopped = ward.tablet("stop")
    assert stopped["session"]["state"] == "recovering"
    assert stopped["given"]["administered_mg"].startswith("5.2")
    event = ward.see()["events"][-1]
    assert (event["act"], event["by"], event["device"]) == ("stop", None, clinic.tablet["id"])
    assert clinic.verify() == []


@pytest.mark.begins(at=infusing)
def test_a_bare_stop_without_body_or_key_is_taken_and_a_bare_resume_is_not(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=6)
    bare = {"Content-Type": None, "Idempotency-Key": None}
    assert ward.ada.send("POST", f"/sessions/{ward.visit}/pause", b"", bare)["state"] == "paused"
    with clinic.nothing_changes():
        assert ward.ada.send("POST", f"/sessions/{ward.visit}/resume", b"", bare).status == 415
        assert ward.ada.send("POST", f"/sessions/{ward.visit}/resume", b"{}", {"Idempotency-Key": None}).status == 400
        assert ward.ada.send("POST", f"/sessions/{ward.visit}/stop", b"{", bare).status == 415
    clinic.later(minutes=1)
    alone = {**bare, "Authorization": f"Bearer {clinic.tablet['secret']}", "Clinic-Pin": None}
    assert ward.ada.send("POST", f"/sessions/{ward.visit}/stop", b"", alone)["session"]["state"] == "recovering"
    assert clinic.verify() == []


@pytest.mark.begins(at=infusing)
def test_a_second_stop_is_taken_and_changes_no_figure(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=12)
    first = ward.does("stop")
    clinic.later(minutes=1)
    second = ward.does("stop", ward.ben)
    assert (second["given"], second["session"]["stopped_at"]) == (None, first["session"]["stopped_at"])
    assert ward.see()["events"][-1]["marks"] == ["out_of_order"]
    assert ward.see()["live"]["delivered_mg"] == first["given"]["administered_mg"]
    earlier = ward.does("stop", ward.ben, occurred_at=ward.ago(minutes=5))
    assert earlier["session"]["stopped_at"] == first["session"]["stopped_at"]
    assert ward.see()["events"][-1]["marks"] == ["not_reckoned", "out_of_order"]
    assert clinic.verify() == []


@pytest.mark.begins(at=infusing)
def test_a_clock_that_runs_ahead_never_blocks_a_stop_or_a_reading(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=12)
    ahead = ward.ago(hours=-1)
    assert ward.does("readings", **CALM, occurred_at=ahead)["device_clock_skew_ms"] > 3_500_000
    stopped = ward.does("stop", occurred_at=ahead)
    assert stopped["given"]["administered_mg"].startswith("10.5")
    event = ward.see()["events"][-1]
    assert event["marks"] == ["clock_ahead"]
    assert event["claimed_at"][:16] == ahead[:16]


@pytest.mark.begins(at=infusing)
def test_a_late_stop_without_a_reason_is_taken_and_marked(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=52)
    ward.does("readings", **CALM)
    stopped = ward.does("stop", occurred_at=ward.ago(minutes=40))
    assert stopped["given"]["administered_mg"].startswith("10.5")
    assert ward.see()["events"][-1]["marks"] == ["late", "no_reason"]


@pytest.mark.begins(at=ready)
def test_a_stop_where_nothing_runs_is_written_down_and_moves_nothing(clinic: Clinic, ward: Ward) -> None:
    for act in ("stop", "pause"):
        ward.does(act)
        assert (ward.state, ward.see()["events"][-1]["marks"]) == ("ready", ["out_of_order"])
    ward.does("start")
    clinic.later(minutes=40)
    assert ward.does("stop")["given"]["administered_mg"] == "35"


@pytest.mark.begins(at=infusing)
def test_a_patient_who_walks_out_takes_the_end_of_the_dose_along(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=12)
    left = ward.tablet("left", manner="against_advice", reason="did not want to stay")
    assert left["state"] == "left_ama"
    assert left["left_at"] == left["stopped_at"]
    assert ward.see()["live"]["delivered_mg"].startswith("10.5")
    with clinic.reading():
        assert [task.kind for task in tasks.open_for(UUID(ward.visit))] == ["tell-prescriber"]
    ward.does("answers", prescriber_told="Dr. Prescriber, by telephone")
    with clinic.reading():
        assert tasks.open_for(UUID(ward.visit)) == []
    assert ward.tablet("emergency")["state"] == "transferred_emergency"
    assert ward.does("left", manner="without_notice")["state"] == "transferred_emergency"


def test_before_a_dose_leaving_and_an_emergency_end_the_visit_without_one(ward: Ward) -> None:
    assert ward.check_in().does("left", manner="without_notice")["state"] == "aborted_pre_dose"
    assert ward.check_in().does("emergency", reason="collapsed at the desk")["state"] == "transferred_emergency"


@pytest.mark.begins(at=infusing)
def test_a_rescue_drug_is_taken_whoever_is_said_to_have_ordered_it(clinic: Clinic, ward: Ward) -> None:
    stranger = clinic.installation.found("South Clinic").prescriber()
    given = {"drug": "labetalol", "dose": "5 mg", "route": "IV", "reason": "BP 205/120"}
    for orderer in (stranger.id, str(UUID(int=7)), ward.dora.id, None):
        ward.does("rescues", **given, ordered_by=orderer)
    clinic.later(minutes=40)
    ward.does("stop")
    ward.fit().does("discharge")
    ward.settle()
    ward.does("sign")
    paper = PdfReader(BytesIO(ward.ada.get(f"/sessions/{ward.visit}/summary.pdf").data))
    said = " ".join("".join(page.extract_text() for page in paper.pages).split())
    assert said.count("somebody not known here") == 2
    assert said.count("standing order") == 1
    assert clinic.verify() == []


@pytest.mark.begins(at=discharged)
def test_once_the_session_is_signed_a_later_word_is_an_addendum(clinic: Clinic, ward: Ward) -> None:
    ward.settle()
    ward.does("sign")
    with clinic.nothing_changes():
        for act in ("stop", "pause", "emergency", "readings", "rescues"):
            assert ward.tries(act, **BODIES.get(act, {}))["type"] == "session-signed"
    ward.does("co-sign", ward.dora)
    with clinic.nothing_changes():
        assert ward.tablet("stop")["type"] == "visit-sealed"
