"""The dose runs: one tap to start when all is true; pause, resume and rate; every milligram reckoned."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from clinic_api.tasks import queries as tasks
from tests.builders import Clinic
from tests.sessions.ward import DOSE, SEEN, Ward, checked_in, infusing, ready


def unmet(answer: object) -> list[str]:
    """The gates that a refusal names."""
    return [it["gate"] for it in answer["facts"]["unmet"]]  # type: ignore[index]


def test_a_start_names_every_gate_that_is_not_met_and_then_takes_one_tap(clinic: Clinic, ward: Ward) -> None:
    ward.order()
    ward.check_in().screen()
    with clinic.nothing_changes():
        assert unmet(ward.tries("start")) == ["release", "drug"]
        assert ward.tries("draws", container=ward.stock.location)["type"] == "not-worked-out"
        assert ward.tries("dose-check", ward.ben, **SEEN)["type"] == "nothing-prepared"
    ward.release()
    working = ward.does("dose", **DOSE)
    assert (working["weight_kg"], working["drawn_mg"], working["pump_ml_per_h"]) == ("70", "35", "75")
    ward.does("draws", container=ward.stock.a_vial())
    with clinic.nothing_changes():
        assert unmet(ward.tries("start")) == ["dose_check"]
        assert ward.tries("dose-check", **SEEN)["type"] == "checker-prepared-it"
        assert ward.tries("dose-check", ward.dora, **SEEN)["type"] == "checker-ordered-it"
    ward.does("dose-check", ward.ben, **SEEN | {"ml_per_h": "7.5"})
    with clinic.nothing_changes():
        assert unmet(ward.tries("start")) == ["dose_check"]
        assert ward.tries("start", ward.dora).status == 409
    ward.does("dose-check", ward.ben, **SEEN)
    with clinic.nothing_changes():
        assert ward.tries("start", ward.dora)["type"] == "releaser-starts-it"
    started = ward.does("start")
    assert (started["state"], started["owner"], started["version"]) == ("infusing", ward.ada.id, 10)
    with clinic.nothing_changes():
        assert ward.tries("start")["type"] == "not-now"
    assert clinic.verify() == []


@pytest.mark.begins(at=ready)
def test_two_nurses_who_tap_start_at_the_same_moment_start_it_once(clinic: Clinic, ward: Ward) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda nurse: ward.tries("start", nurse), (ward.ada, ward.ben)))
    assert sorted(answer.status for answer in answers) == [201, 409]
    assert [it["act"] for it in ward.see()["events"]].count("start") == 1
    clinic.later(minutes=40)
    assert ward.does("stop")["given"]["administered_mg"] == "35"


@pytest.mark.begins(at=ready)
def test_an_old_baseline_an_old_release_and_nobody_to_prescribe_hold_the_start(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=16)
    assert unmet(ward.tries("start")) == ["baseline"]
    ward.reading(systolic_mmhg=None, diastolic_mmhg=None)
    assert unmet(ward.tries("start")) == ["baseline"]
    clinic.later(minutes=45)
    ward.reading()
    assert unmet(ward.tries("start")) == ["release"]
    ward.release()
    presence = next(
        it for it in ward.ada.get(f"/sites/{clinic.site}/present")["items"] if it["account"] == ward.dora.id
    )
    ward.dora.does(f"/presences/{presence['id']}/end")
    assert unmet(ward.tries("start")) == ["prescriber"]
    ward.dora.does("/presences", site=clinic.site)
    ward.does("start")


@pytest.mark.begins(at=infusing)
def test_pause_and_half_the_rate_are_reckoned_to_the_microgram(clinic: Clinic, ward: Ward) -> None:
    """Oracle D8: 75 mL/h for 18 min, 6 min paused, 37.5 mL/h for 26 min: 27.125 mg given, 7.875 mg to waste."""
    started = ward.see()["session"]["started_at"]
    minutes = {"pause": 18, "resume": 24, "stop": 50}
    at = {act: f"{started[:14]}{minute:02d}{started[16:]}" for act, minute in minutes.items()}
    assert started[14:16] == "00"
    clinic.later(minutes=18)
    ward.does("pause", reason="BP 186/112", occurred_at=at["pause"])
    with clinic.nothing_changes():
        assert ward.tries("start")["type"] == "not-now"
    clinic.later(minutes=6)
    ward.does("resume", ml_per_h="37.5", occurred_at=at["resume"])
    clinic.later(minutes=26)
    stopped = ward.does("stop", occurred_at=at["stop"])
    assert stopped["session"]["state"] == "recovering"
    assert (stopped["given"]["administered_mg"], stopped["given"]["waste_due_mg"]) == ("27.125", "7.875")
    live = ward.see()["live"]
    assert (live["pump"], live["delivered_mg"], live["waste_due_mg"]) == ("stopped", "27.125", "7.875")
    assert clinic.verify() == []


@pytest.mark.begins(at=infusing)
def test_while_drug_runs_the_screen_shows_what_is_given_and_what_a_stop_would_waste(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=12)
    live = ward.see()["live"]
    given = float(live["delivered_mg"])
    assert 10.5 <= given < 10.6
    assert abs(given + float(live["left_mg"]) - 35) < 0.0001
    assert live["waste_due_mg"] == live["left_mg"]
    ward.does("rate", ml_per_h="60")
    assert ward.see()["live"]["ml_per_h"] == "60"
    with clinic.nothing_changes():
        assert ward.tries("rate").status == 422


@pytest.mark.begins(at=infusing)
def test_too_long_a_pause_ends_in_a_stop(clinic: Clinic, ward: Ward) -> None:
    ward.does("pause")
    clinic.later(minutes=31)
    with clinic.nothing_changes():
        assert unmet(ward.tries("resume")) == ["pause"]
    assert ward.does("stop")["session"]["state"] == "recovering"
    with clinic.nothing_changes():
        assert ward.tries("rate", ml_per_h="60")["type"] == "pump-cannot"
        assert ward.tries("resume")["type"] == "not-now"


@pytest.mark.begins(at=infusing)
def test_under_a_grave_alert_a_prescriber_says_to_go_on(clinic: Clinic, ward: Ward) -> None:
    ward.reading(systolic_mmhg=205)
    ward.does("pause")
    with clinic.nothing_changes():
        assert unmet(ward.tries("resume")) == ["prescriber_agrees"]
        assert unmet(ward.tries("resume", agreed_by=ward.ben.id)) == ["prescriber_agrees"]
    ward.does("resume", agreed_by=ward.dora.id)
    assert {it["fact"] for it in ward.see()["answers"]} >= {"prescriber_agrees"}
    ward.does("pause")
    ward.does("resume", ward.dora)


@pytest.mark.begins(at=checked_in)
def test_a_start_that_already_happened_is_an_incident_and_its_order_is_attached_afterwards(
    clinic: Clinic, ward: Ward
) -> None:
    started = ward.does("start", already_happened=True, reason="emergency sedation", occurred_at=ward.ago(minutes=3))
    assert started["state"] == "infusing"
    event = ward.see()["events"][-1]
    assert (event["act"], event["marks"]) == ("record_start", ["incident", "not_reckoned"])
    with clinic.reading():
        assert {task.kind for task in tasks.open_for(UUID(ward.visit))} == {"attach-order", "reckon-dose"}

    ward.does("answers", weight_kg="70")
    order = ward.order()
    assert ward.does("order", ward.dora, order=order)["series_order"] == order
    ward.does("dose", **DOSE)
    ward.does("draws", container=ward.stock.a_vial())
    ward.does("start", already_happened=True, reason="entered once drawn", occurred_at=ward.ago(minutes=3))
    clinic.later(minutes=9)
    stopped = ward.does("stop")
    assert stopped["given"]["administered_mg"].startswith("10.5")
    with clinic.reading():
        assert tasks.open_for(UUID(ward.visit)) == []
    assert clinic.verify() == []


@pytest.mark.begins(at=checked_in)
def test_an_order_of_another_patient_is_not_attached(clinic: Clinic, ward: Ward) -> None:
    other = ward.a_patient(name="Other Patient", mrn="MRN-2")
    order = ward.order(patient=other)
    with clinic.nothing_changes():
        assert ward.tries("order", ward.dora, order=order)["type"] == "order-of-another"


def test_a_dose_needs_the_weight_of_today_and_an_order_that_holds(clinic: Clinic, ward: Ward) -> None:
    ward.order(valid_until=ward.ago(hours=-2))
    ward.check_in().screen(weight_kg=None)
    with clinic.nothing_changes():
        assert ward.tries("dose", **DOSE)["type"] == "not-weighed"
    ward.does("answers", weight_kg="70", height_cm=170, formula_sex="female")
    clinic.later(hours=3)
    with clinic.nothing_changes():
        assert unmet(ward.tries("dose", **DOSE)) == ["order"]
        assert "order" in unmet(ward.tries("start"))
    ward.order()
    assert ward.does("dose", **DOSE)["ordered_mg"] == "35"


def test_an_order_that_is_used_up_gives_no_further_dose(clinic: Clinic, ward: Ward) -> None:
    ward.order(visits=1)
    ward.check_in().screen().release().prepare().does("start")
    clinic.later(minutes=40)
    ward.does("stop")
    ward.does("left", manner="without_notice")
    ward.check_in().screen()
    with clinic.nothing_changes():
        assert ward.tries("dose", **DOSE)["type"] == "order-used-up"
        assert ward.tries("release", ward.dora)["type"] == "order-used-up"
        assert "order" in unmet(ward.tries("start"))
    ward.order()
    ward.release().does("dose", **DOSE)
