"""What must not be taken at the chair, sent over the wire: each refused with its way out, and nothing is changed."""

from typing import Any, Final

import pytest

from tests.builders import Clinic
from tests.inventory.stock import KETAMINE_10, line, refused_with_a_file
from tests.sessions.ward import CALM, DOSE, SEEN, Ward

AHEAD: Final = {"hours": -1}


def prescribed(clinic: Clinic) -> Ward:
    """A released visit whose dose is worked out and not drawn."""
    ward = Ward(clinic)
    ward.order()
    ward.check_in().screen().release()
    ward.does("dose", **DOSE)
    return ward


pytestmark = pytest.mark.begins(at=prescribed)


def refused(ward: Ward, act: str, **body: Any) -> Any:
    """What an act is refused with, having changed nothing."""
    with ward.clinic.nothing_changes():
        answer = ward.tries(act, **body)
    assert answer.status in {409, 422}, answer.json
    assert answer["detail"] != answer["title"]
    return answer


def test_a_dose_is_not_drawn_from_a_vial_that_holds_less(ward: Ward) -> None:
    vial = ward.stock.a_vial()
    ward.stock.draw(vial, "9.31", ward.stock.a_visit())
    answer = refused_with_a_file(ward.clinic, lambda: ward.tries("draws", container=vial), 409, "not-enough-left")
    assert answer["facts"]["left"] == "34.5 mg"


def test_a_dose_is_not_drawn_from_an_expired_vial(ward: Ward) -> None:
    vial = ward.stock.a_vial(expiry="2026-03-02")
    ward.clinic.tomorrow(ward.ada, ward.dora)
    ward.ada.does("/presences", site=ward.clinic.site)
    assert refused(ward, "draws", container=vial)["type"] == "expired"


def test_a_dose_is_not_drawn_from_a_vial_set_apart(ward: Ward) -> None:
    vial = ward.stock.a_vial()
    ward.ada.does(f"/containers/{vial}/quarantine", reason="cap was loose")
    assert refused(ward, "draws", container=vial)["type"] == "quarantined"


def test_a_dose_is_not_drawn_from_another_strength_than_it_was_worked_out_for(ward: Ward) -> None:
    [vial] = ward.stock.receive(line(ndc=KETAMINE_10, vials_invoiced=1, vials_received=1))
    answer = refused(ward, "draws", container=vial["id"])
    assert answer["type"] == "other-strength"
    assert answer["facts"]["volume_worked_out"] == "0.7 mL"
    assert answer["facts"]["volume_from_container"] == "3.5 mL"


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("answers", {"gait_steady": True}),
        ("scores", {"instrument": "phq-9", "answers": {str(item): 0 for item in range(1, 10)}}),
    ],
)
def test_an_act_that_is_planned_is_not_said_to_have_happened_in_an_hour(ward: Ward, act: str, body: Any) -> None:
    answer = refused(ward, act, **body, occurred_at=ward.ago(**AHEAD))
    assert answer["type"] == "time-in-the-future", answer.json


def test_an_infusion_is_not_started_an_hour_from_now(ward: Ward) -> None:
    ward.does("draws", container=ward.stock.a_vial())
    ward.does("dose-check", ward.ben, **SEEN)
    assert refused(ward, "start", occurred_at=ward.ago(**AHEAD))["type"] == "time-in-the-future"


@pytest.mark.parametrize("fact", ["last_solids_at", "last_clear_fluids_at"])
def test_nobody_ate_in_an_hour(ward: Ward, fact: str) -> None:
    assert refused(ward, "answers", **{fact: ward.ago(**AHEAD)})["type"] == "not-yet-happened"


@pytest.mark.parametrize("name", ["onset_at", "ended_at"])
def test_nothing_befalls_anybody_in_an_hour(ward: Ward, name: str) -> None:
    told = {"term": "nausea", "grade": 1, "serious": False, "relatedness": "related", "action": "none"}
    told |= {"treatment": None, "outcome": "resolved", "onset_at": ward.ago(), "ended_at": None}
    assert refused(ward, "answers", adverse_event=told | {name: ward.ago(**AHEAD)})["type"] == "not-yet-happened"


def test_a_set_that_is_said_to_be_of_the_next_hour_is_kept_as_of_now(ward: Ward) -> None:
    kept = ward.does("readings", **CALM, occurred_at=ward.ago(**AHEAD))
    assert kept["occurred_at"] == kept["recorded_at"]
