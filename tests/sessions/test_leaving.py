"""A patient leaves: on a proof, or simply gone; a prescriber accepts what may be accepted, with a reason."""

import pytest

from tests.builders import Clinic
from tests.sessions.ward import FIT, Ward, fit, infusing, recovering


@pytest.mark.begins(at=recovering)
def test_a_discharge_names_each_criterion_that_is_not_proven_and_keeps_the_proof(clinic: Clinic, ward: Ward) -> None:
    with clinic.nothing_changes():
        refused = ward.tries("discharge")
        assert (refused.status, refused["type"]) == (409, "not-fit-for-discharge")
        named = {it["name"] for it in refused["facts"]["unmet"]}
        assert named >= {"minimum_stay", "systolic_mmhg", "aldrete", "line_removed", "escort_identified"}
    assert {it["name"] for it in ward.see()["discharge"]} >= named
    ward.fit()
    ward.does("answers", gait_steady=False)
    with clinic.nothing_changes():
        assert [it["name"] for it in ward.tries("discharge")["facts"]["unmet"]] == ["gait_steady"]
    ward.does("answers", gait_steady=True)
    left = ward.does("discharge")
    assert left["state"] == "discharged"
    assert left["left_at"] is not None
    assert [it["act"] for it in ward.see()["events"]][-2:] == ["find_fit", "discharge"]
    with clinic.nothing_changes():
        assert ward.tries("discharge")["type"] == "not-now"
        assert ward.tries("fitness")["type"] == "not-now"
    assert clinic.verify() == []


@pytest.mark.begins(at=infusing)
def test_what_was_said_before_the_dose_ended_does_not_prove_fitness(clinic: Clinic, ward: Ward) -> None:
    ward.does("answers", **FIT)
    clinic.later(minutes=40)
    ward.does("stop")
    unmet = {it["name"] for it in ward.tries("discharge")["facts"]["unmet"]}
    assert unmet >= {"aldrete", "gait_steady", "line_removed"}


@pytest.mark.begins(at=fit)
def test_a_prescriber_accepts_a_criterion_with_a_reason_and_the_paper_says_so(clinic: Clinic, ward: Ward) -> None:
    ward.does("answers", aldrete=8, line_removed=False)
    accepted = [{"criterion": "aldrete", "reason": "as on arrival, uses a walking frame"}]
    with clinic.nothing_changes():
        assert ward.tries("discharge/overrides", criteria=accepted).status == 403
        refused = ward.tries("discharge/overrides", ward.dora, criteria=[{"criterion": "line_removed", "reason": "no"}])
        assert refused.status == 422
        line = {"criterion": "line_removed", "reason": "the patient wants to keep it"}
        assert ward.tries("discharge/overrides", ward.dora, criteria=[line])["type"] == "not-overridable"
    without_pin = ward.dora.send(
        "POST", f"/sessions/{ward.visit}/discharge/overrides", {"criteria": accepted}, {"Clinic-Pin": None}
    )
    assert without_pin.status == 401
    ward.does("discharge/overrides", ward.dora, criteria=accepted)
    with clinic.nothing_changes():
        assert [it["name"] for it in ward.tries("discharge")["facts"]["unmet"]] == ["line_removed"]
    ward.does("answers", line_removed=True)
    ward.does("discharge")
    ward.settle()
    ward.does("sign")
    assert clinic.verify() == []


@pytest.mark.begins(at=recovering)
def test_a_patient_found_fit_still_needs_the_line_out_and_the_escort(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=55)
    ward.reading()
    clinic.later(minutes=10)
    ward.reading()
    leaving = {"line_removed", "instructions_given", "escort_identified"}
    ward.does("answers", **{name: value for name, value in FIT.items() if name not in leaving})
    assert ward.does("fitness")["state"] == "discharge_ready"
    with clinic.nothing_changes():
        assert {it["name"] for it in ward.tries("discharge")["facts"]["unmet"]} == leaving
    ward.does("answers", **dict.fromkeys(leaving, True))
    assert ward.does("discharge")["state"] == "discharged"
