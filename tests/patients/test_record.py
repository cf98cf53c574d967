"""What is kept about a patient: consents, allergies, diagnoses, trials, wishes."""

from typing import Any
from uuid import UUID

import pytest

from clinic_api.patients.queries import records
from clinic_api.patients.rules.reminders import Channel
from tests.builders import Clinic
from tests.patients.people import typed
from tests.people import Person

SIGNED = "2026-03-02T13:00:00Z"


@pytest.fixture
def nurse(clinic: Clinic) -> Person:
    """A nurse."""
    return clinic.nurse()


@pytest.fixture
def patient(nurse: Person) -> dict[str, Any]:
    """A registered patient."""
    made: dict[str, Any] = nurse.does("/patients", **typed())
    return made


def consent(**different: Any) -> dict[str, Any]:
    usual = {"kind": "privacy_notice", "given": True, "document_version": "2026-01", "occurred_at": SIGNED}
    return {**usual, **different}


def trial(**different: Any) -> dict[str, Any]:
    usual = {"drug": "Sertraline", "daily_dose_mg": "200", "weeks": 8, "outcome": "failed"}
    return {**usual, **different}


def test_a_patient_of_whom_nothing_is_recorded_has_no_allergy_list_and_no_count_of_trials(
    nurse: Person, patient: dict[str, Any]
) -> None:
    shown = nurse.get(f"/patients/{patient['id']}").done()
    assert shown["allergies"] is None
    assert shown["eligibility"] == {"failed": None, "needed": 2, "met": False}
    assert shown["consents_in_force"] == shown["diagnoses"] == shown["visits"] == []


def test_a_consent_is_given_and_withdrawn_and_both_stay_on_record(
    clinic: Clinic, nurse: Person, patient: dict[str, Any]
) -> None:
    path = f"/patients/{patient['id']}"
    nurse.does(f"{path}/consents", **consent())
    nurse.does(f"{path}/consents", **consent(kind="transport_acknowledgement"))
    assert nurse.get(path)["consents_in_force"] == ["privacy_notice", "transport_acknowledgement"]
    nurse.does(f"{path}/consents", **consent(given=False, occurred_at="2026-03-02T13:00:01Z"))
    shown = nurse.get(path).done()
    assert shown["consents_in_force"] == ["transport_acknowledgement"]
    assert [one["given"] for one in shown["consents"]] == [True, True, False]
    assert clinic.verify() == []


def test_a_consent_that_cannot_be_is_refused(clinic: Clinic, nurse: Person, patient: dict[str, Any]) -> None:
    wrongs: list[tuple[dict[str, Any], str]] = [
        ({"occurred_at": "2026-03-02T14:30:00Z"}, "not-signed-yet"),
        ({"expires_at": SIGNED}, "consent-expires-first"),
        ({"kind": "everything"}, "malformed"),
        ({"given": "yes"}, "malformed"),
    ]
    with clinic.nothing_changes():
        for wrong, said in wrongs:
            answer = nurse.post(f"/patients/{patient['id']}/consents", **consent(**wrong))
            assert (answer.status, answer["type"]) == (422, said), wrong


def test_the_newest_allergy_list_counts_whole(clinic: Clinic, nurse: Person, patient: dict[str, Any]) -> None:
    path = f"/patients/{patient['id']}"
    nurse.does(f"{path}/allergies", none_known=True, items=[])
    assert nurse.get(path)["allergies"]["none_known"] is True
    items = [{"substance": "Latex", "reaction": "hives", "severity": "mild"}]
    nurse.does(f"{path}/allergies", none_known=False, items=items, note="asked\ntwice")
    shown = nurse.get(path)["allergies"]
    assert (shown["items"], shown["note"]) == (items, "asked\ntwice")
    with clinic.nothing_changes():
        for none_known, named in ((True, items), (False, [])):
            answer = nurse.post(f"{path}/allergies", none_known=none_known, items=named)
            assert (answer.status, answer["type"]) == (422, "allergies-unclear")
    assert clinic.verify() == []


def test_the_newest_word_about_a_diagnosis_counts(clinic: Clinic, nurse: Person, patient: dict[str, Any]) -> None:
    path = f"/patients/{patient['id']}"
    nurse.does(f"{path}/diagnoses", code="F33.2", state="active", since="2024-05-01")
    nurse.does(f"{path}/diagnoses", code="F32.9", state="active")
    nurse.does(f"{path}/diagnoses", code="F32.9", state="entered_in_error")
    shown = [(one["code"], one["state"], one["since"]) for one in nurse.get(path)["diagnoses"]]
    assert shown == [("F32.9", "entered_in_error", None), ("F33.2", "active", "2024-05-01")]
    with clinic.nothing_changes():
        assert nurse.post(f"{path}/diagnoses", code="F332", state="active")["type"] == "not-icd10"
    assert clinic.verify() == []


def test_two_failed_trials_make_a_patient_eligible(clinic: Clinic, nurse: Person, patient: dict[str, Any]) -> None:
    path = f"/patients/{patient['id']}"
    nurse.does(f"{path}/trials", **trial())
    assert nurse.get(path)["eligibility"] == {"failed": 1, "needed": 2, "met": False}
    second = nurse.does(f"{path}/trials", **trial(drug="Venlafaxine", daily_dose_mg="37.5", note="slept badly"))
    assert (second["daily_dose_mg"], second["note"]) == ("37.5", "slept badly")
    assert nurse.get(path)["eligibility"] == {"failed": 2, "needed": 2, "met": True}
    assert clinic.verify() == []


def test_a_trial_is_corrected_once_and_its_correction_stands_beside_it(
    clinic: Clinic, nurse: Person, patient: dict[str, Any]
) -> None:
    path = f"/patients/{patient['id']}/trials"
    wrong = nurse.does(path, **trial(drug="Sertralin"))
    right = nurse.does(path, **trial(replaces=wrong["id"]))
    shown = nurse.get(f"/patients/{patient['id']}")["trials"]
    assert [(one["id"], one["drug"]) for one in shown] == [(right["id"], "Sertraline")]
    other = nurse.does("/patients", **typed(mrn="MRN-2"))
    with clinic.nothing_changes():
        assert nurse.post(path, **trial(replaces=wrong["id"]))["type"] == "already-corrected"
        elsewhere = nurse.post(f"/patients/{other['id']}/trials", **trial(replaces=right["id"]))
        assert (elsewhere.status, elsewhere["type"]) == (404, "no-such-trial")
        assert nurse.post(path, **trial(daily_dose_mg="0"))["type"] == "no-dose"
        assert nurse.post(path, **trial(daily_dose_mg=200)).status == 422
    nurse.does(path, **trial(outcome="entered_in_error", replaces=right["id"]))
    assert nurse.get(f"/patients/{patient['id']}")["trials"] == []


def test_a_reminder_reaches_only_the_address_that_was_verified(
    clinic: Clinic, nurse: Person, patient: dict[str, Any]
) -> None:
    path = f"/patients/{patient['id']}"
    wish = {"channel": "email", "wanted": True, "language": "en", "verified": True}
    nurse.does(f"{path}/reminder-preferences", **wish)
    assert _reached(clinic, patient) is None, "no consent yet"
    nurse.does(f"{path}/consents", **consent(kind="reminders_email"))
    assert _reached(clinic, patient) == "zoe@example.org"
    nurse.put(f"{path}/identity", f'"{patient["id"]}-1"', **typed(email="zoe@example.com")).done()
    assert _reached(clinic, patient) is None, "the new address was never verified"
    nurse.does(f"{path}/reminder-preferences", **wish)
    assert _reached(clinic, patient) == "zoe@example.com"
    nurse.does(f"{path}/reminder-preferences", **wish | {"verified": False})
    assert _reached(clinic, patient) is None, "the newest wish does not say that it was"
    nurse.does(f"{path}/reminder-preferences", **wish | {"wanted": False})
    assert _reached(clinic, patient) is None, "not wanted"
    assert clinic.verify() == []


def test_an_address_that_is_not_there_cannot_be_verified(clinic: Clinic, nurse: Person) -> None:
    made = nurse.does("/patients", **typed(phone=None))
    wish = {"channel": "sms", "wanted": True, "language": "es", "verified": True}
    with clinic.nothing_changes():
        answer = nurse.post(f"/patients/{made['id']}/reminder-preferences", **wish)
    assert (answer.status, answer["type"]) == (409, "nothing-to-verify")
    nurse.does(f"/patients/{made['id']}/reminder-preferences", **wish | {"verified": False})
    with clinic.reading() as scope:
        assert records.reach(UUID(made["id"]), Channel.SMS, at=scope.at) is None


def _reached(clinic: Clinic, patient: dict[str, Any]) -> str | None:
    with clinic.reading() as scope:
        reach = records.reach(UUID(patient["id"]), Channel.EMAIL, at=scope.at)
    return None if reach is None else reach.address
