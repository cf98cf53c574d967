"""A patient arrives and is screened: nothing is filled in, and every gate says what is missing."""

from uuid import UUID

import pytest

from clinic_api.tasks import queries as tasks
from tests.builders import Clinic
from tests.patients.people import typed
from tests.protocols.shipped import shipped
from tests.sessions.ward import SCORED, Ward, checked_in


def gates(ward: Ward) -> set[str]:
    """The gates that keep the dose from starting, as the screen shows them."""
    return {it["gate"] for it in ward.see()["unmet"]}


@pytest.mark.begins(at=checked_in)
def test_a_visit_begins_with_nothing_filled_in_and_the_rules_of_the_day_pinned(clinic: Clinic, ward: Ward) -> None:
    seen = ward.see()
    assert seen["session"]["state"] == "checked_in"
    assert seen["session"]["version"] == 1
    assert seen["protocol"]["key"] == "iv-ketamine"
    assert (seen["answers"], seen["readings"], seen["due"], seen["order"], seen["live"]) == ([], [], [], None, None)
    everything = {"fasting", "escort", "baseline", "questionnaire", "suicide_item", "release", "order", "drug"}
    assert gates(ward) == everything
    assert ward.clinic.trail(ward.visit)[-1] == "session:checked-in"
    assert clinic.verify() == []


def test_a_check_in_that_cannot_be_changes_nothing(clinic: Clinic, ward: Ward) -> None:
    elsewhere = clinic.a_chair("Other", clinic.a_site(name="Other site"))
    usual = {"patient": ward.patient, "site": clinic.site, "chair": ward.chair, "identifiers_checked": ["name", "mrn"]}
    with clinic.nothing_changes():
        once = ward.ada.post("/sessions", **usual | {"identifiers_checked": ["name", "name"]})
        assert (once.status, once["type"]) == (422, "identity-not-checked")
        assert ward.ada.post("/sessions", **usual | {"chair": elsewhere})["type"] == "chair-elsewhere"
        assert ward.ada.post("/sessions", **usual | {"patient": ward.chair}).status == 404
    ward.check_in()
    with clinic.nothing_changes():
        again = ward.ada.post("/sessions", **usual)
        assert (again.status, again["type"], again["facts"]["session"]) == (409, "already-here", ward.visit)


def test_screening_names_all_that_is_missing_and_then_asks_for_the_release(clinic: Clinic, ward: Ward) -> None:
    ward.order()
    ward.check_in()
    with clinic.nothing_changes():
        refused = ward.tries("screening")
        assert refused.status == 409
        assert {it["gate"] for it in refused["facts"]["unmet"]} == {
            *("fasting", "escort", "baseline", "questionnaire", "suicide_item")
        }
    ward.screen()
    assert ward.state == "screening"
    ward.does("screening")
    with clinic.reading():
        assert [task.kind for task in tasks.open_for(UUID(ward.visit))] == ["release-dose"]
    ward.release()
    with clinic.reading():
        assert tasks.open_for(UUID(ward.visit)) == []
    assert (ward.state, gates(ward)) == ("ready", {"drug"})


def test_the_release_waits_for_every_consent_and_for_an_order(clinic: Clinic, ward: Ward) -> None:
    ward.check_in().screen()
    with clinic.nothing_changes():
        assert ward.tries("release", ward.dora)["facts"]["unmet"][0]["gate"] == "order"
        assert ward.tries("release").status == 403
    ward.order()
    ward.consent("transport_acknowledgement", given=False)
    with clinic.nothing_changes():
        refused = ward.tries("release", ward.dora)
        assert "transport_acknowledgement" in refused["detail"]
    ward.consent("transport_acknowledgement")
    ward.release()
    ward.does("release/withdrawal", reason="patient wants to think")
    assert ward.state == "screening"
    ward.release().release()
    assert [it["act"] for it in ward.see()["events"]] == [
        *("screen", "make_ready", "withdraw_release", "make_ready", "withdraw_release", "make_ready")
    ]
    assert clinic.verify() == []


def test_a_pressure_at_the_hold_is_cleared_by_a_prescriber_and_anew_for_each_measurement(
    clinic: Clinic, ward: Ward
) -> None:
    ward.order()
    ward.check_in().screen()
    ward.reading(systolic_mmhg=160)
    with clinic.nothing_changes():
        assert ward.tries("release", ward.dora)["facts"]["unmet"][0]["gate"] == "pressure_hold"
        assert ward.tries("answers", pressure_hold_cleared="usual for this patient").status == 403
    ward.does("answers", ward.dora, pressure_hold_cleared="usual for this patient")
    ward.release()
    ward.reading(systolic_mmhg=170)
    with clinic.nothing_changes():
        assert ward.tries("release", ward.dora)["facts"]["unmet"][0]["gate"] == "pressure_hold"
    ward.does("release", ward.dora, pressure_hold_reason="seen at the chair")


def test_the_suicide_item_asks_for_as_much_as_it_says(clinic: Clinic, ward: Ward) -> None:
    ward.order()
    ward.check_in().screen()
    ward.does("scores", instrument="phq-9", answers=SCORED | {"9": 2})
    with clinic.nothing_changes():
        refused = ward.tries("release", ward.dora, safety_plan_on="2026-03-01")
        assert [it["gate"] for it in refused["facts"]["unmet"]] == ["suicide_item"]
    ward.does("release", ward.dora, safety_action="Spoke at length; no plan, no intent; partner informed.")
    assert "no intent" in str(ward.see()["answers"])


@pytest.mark.begins(at=checked_in)
def test_what_cannot_be_told_is_refused_and_an_empty_answer_too(clinic: Clinic, ward: Ward) -> None:
    with clinic.nothing_changes():
        assert ward.tries("answers").status == 422
        assert ward.tries("answers", weight_kg="154000").status == 422
        assert ward.tries("answers", weight_kg="700")["type"] == "impossible-measure"
        assert ward.tries("answers", weight_kg=None).status == 422
        assert ward.tries("answers", aldrete=11).status == 422
        late = ward.tries("answers", gait_steady=True, occurred_at=ward.ago(minutes=20))
        assert late["type"] == "late-reason-missing"
    ward.does("answers", gait_steady=True, occurred_at=ward.ago(minutes=20), late_reason="tablet was flat")


def test_an_aborted_visit_ends_without_a_dose_and_the_patient_can_come_again(clinic: Clinic, ward: Ward) -> None:
    ward.order()
    ward.check_in().screen().does("abort", reason="ate an hour ago")
    with clinic.nothing_changes():
        assert ward.tries("abort")["type"] == "not-now"
        assert ward.tries("start")["type"] == "not-now"
    first = ward.visit
    assert ward.check_in().visit != first


@pytest.mark.begins(at=checked_in)
def test_a_patient_of_another_clinic_is_not_there(clinic: Clinic, ward: Ward) -> None:
    stranger = clinic.installation.found("South Clinic").administrators[0]
    answer = stranger.post(f"/sessions/{ward.visit}/stop")
    assert answer.status in {403, 404}
    assert typed()["name"] not in str(answer.json)


def test_a_clinic_of_several_protocols_says_by_which_and_an_order_says_it_for_good(clinic: Clinic, ward: Ward) -> None:
    other = shipped("protocols/iv-ketamine") | {"key": "iv-slow", "title": "IV ketamine, slower"}
    ward.dora.does("/policies/protocol/iv-slow", content=other)
    usual = {"patient": ward.patient, "site": clinic.site, "chair": ward.chair, "identifiers_checked": ["name", "mrn"]}
    with clinic.nothing_changes():
        assert ward.ada.post("/sessions", **usual)["type"] == "which-protocol"
        assert ward.ada.post("/sessions", **usual | {"protocol": "unheard-of"}).status == 404
    ward.order(protocol="iv-slow")
    ward.check_in()
    assert ward.see()["protocol"]["key"] == "iv-slow"
    ward.dora.does("/policies/protocol/iv-slow", content=other | {"version": 2})
    assert ward.see()["protocol"]["version"] == 1
