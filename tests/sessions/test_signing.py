"""The signature: it waits for what is open, freezes the record, and a second person locks it."""

from uuid import UUID

import pytest

from clinic_api.signatures import service as signatures
from clinic_api.tasks import queries as tasks
from tests.builders import Clinic, Installation
from tests.sessions.ward import Ward, checked_in, discharged, infusing, recovering


@pytest.mark.begins(at=infusing)
def test_a_signature_names_each_thing_that_is_open_with_container_and_amount(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=12)
    ward.does("stop")
    ward.does("left", manner="against_advice")
    with clinic.nothing_changes():
        refused = ward.tries("sign")
        kinds = [it["kind"] for it in refused["facts"]["blockers"]]
        assert kinds == ["unbalanced_case", "missed_set", "next_visit"]
        assert "K-001/1: 24.5" in refused["detail"]
    assert [it["kind"] for it in ward.see()["blockers"]] == kinds
    case = ward.stock.cases(UUID(ward.visit))[0]
    proposed = ward.stock.propose(case.case, case.left.as_mg_text())
    assert ward.tries("sign")["facts"]["blockers"][0]["kind"] == "open_waste"
    ward.ada.does(f"/wastes/{proposed['id']}/witness", **ward.ben.proof_for(proposed["challenge"]))
    ward.explain()
    ward.does("next-visit", none_because="series_complete")
    assert ward.does("sign")["state"] == "signed"
    assert clinic.verify() == []


@pytest.mark.begins(at=recovering)
def test_nobody_signs_while_the_patient_is_here(clinic: Clinic, ward: Ward) -> None:
    with clinic.nothing_changes():
        assert ward.tries("sign")["type"] == "not-now"
        assert ward.tries("co-sign", ward.dora)["type"] == "not-now"


@pytest.mark.begins(at=discharged)
def test_the_record_is_frozen_at_the_first_signature_and_locked_by_another_person(clinic: Clinic, ward: Ward) -> None:
    clinic.grant(ward.ada, "prescriber")
    ward.settle()
    ward.does("sign")
    with clinic.reading():
        assert [task.kind for task in tasks.open_for(UUID(ward.visit))] == ["co-sign-session"]
        frozen = signatures.read_frozen("session-summary", UUID(ward.visit))
    assert frozen["result"].startswith("35 mg given over 40 min, completed.")
    with clinic.nothing_changes():
        assert ward.tries("co-sign")["type"] == "cosign-needs-another-person"
        assert ward.tries("answers", note="one more thing")["type"] == "session-signed"
        assert ward.tries("sign")["type"] == "session-signed"
    assert ward.does("co-sign", ward.dora)["state"] == "locked"
    seen = ward.see()
    assert [(it["meaning"], it["printed_name"]) for it in seen["signatures"]] == [
        ("signed", "Ada Nurse"),
        ("co-signed", "Dora Prescriber"),
    ]
    assert {it["subject_table"] for it in seen["signatures"]} == {"signed_records"}
    assert seen["possible"] == []
    with clinic.nothing_changes():
        assert ward.tries("answers", note="one more thing")["type"] == "visit-sealed"
        assert ward.tries("co-sign", ward.dora)["type"] == "visit-sealed"
    assert clinic.verify() == []


def test_a_practice_of_one_has_one_signature_and_no_invented_second(installation: Installation) -> None:
    clinic = installation.found(profile="solo")
    ward = Ward(clinic)
    clinic.grant(ward.ada, "prescriber")
    ward.order()
    ward.check_in().screen()
    ward.does("release")
    ward.prepare().does("start")
    clinic.later(minutes=40)
    ward.does("stop")
    ward.fit().does("discharge")
    ward.settle()
    ward.does("sign")
    assert ward.does("co-sign")["state"] == "locked"
    assert [it["meaning"] for it in ward.see()["signatures"]] == ["signed"]
    with clinic.reading():
        frozen = signatures.read_frozen("session-summary", UUID(ward.visit))
    assert any("ordered, given and reviewed by the same practitioner" in line for line in frozen["profile"])


@pytest.mark.begins(at=checked_in)
def test_a_visit_that_ended_before_a_dose_is_signed_without_one(clinic: Clinic, ward: Ward) -> None:
    ward.does("left", manner="without_notice")
    ward.does("next-visit", none_because="patient_declined")
    assert ward.does("sign")["state"] == "signed"
    with clinic.reading():
        frozen = signatures.read_frozen("session-summary", UUID(ward.visit))
    assert (frozen["order"], frozen["given"], frozen["working"], frozen["ledger"]) == (None, None, None, [])
