"""What is frozen at the signature is all that the paper needs: read strictly, and printed."""

from typing import Any
from uuid import UUID

import pytest

from clinic_api.reports.records.summary import SessionSummary, summary_from
from clinic_api.signatures import service as signatures
from tests.builders import Clinic
from tests.reports.paper import printed
from tests.sessions.ward import CALM, FIT, Ward, discharged, infusing


def frozen(ward: Ward) -> SessionSummary:
    """The frozen record of a signed visit, read as the paper reads it."""
    with ward.clinic.reading():
        return summary_from(signatures.read_frozen("session-summary", UUID(ward.visit)))


@pytest.mark.begins(at=discharged)
def test_an_uneventful_visit_prints_from_what_was_signed(world: Ward) -> None:
    world.settle()
    world.does("sign")
    summary = frozen(world)
    assert summary.given is not None
    assert (summary.given.mg, summary.given.minutes, summary.given.ml_per_h) == ("35", "40", ("75",))
    assert (summary.series.number, summary.series.of) == (1, 6)
    assert all(proof.met for proof in (*summary.gates, *summary.discharge))
    assert [line.wasted_mg for line in summary.ledger] == ["0"]
    assert summary.departure is not None
    assert summary.departure.manner == "discharged"
    paper = printed(summary)
    assert paper.says("35 mg given over 40 min, completed.")
    assert paper.says("Sam Driver")


@pytest.mark.begins(at=infusing)
def test_a_visit_in_which_much_happened_prints_all_of_it(clinic: Clinic, world: Ward) -> None:
    _much_happens(world)
    world.settle()
    world.does("sign")
    summary = frozen(world)
    kinds = [str(segment.kind) for segment in summary.segments]
    assert kinds == ["infusing", "paused", "infusing"]
    assert summary.segments[1].reason == "BP 205/112"
    assert [it.answer for it in summary.alerts if it.answered_by is not None] == ["real", "real"]
    assert summary.rescues[0].drug == "labetalol"
    assert summary.adverse_events[0].grade == 3
    assert [proof.override.reason for proof in summary.discharge if proof.override] == ["walks with a frame, as before"]
    assert any(reading.replaced_by for reading in summary.readings)
    assert summary.missed
    assert summary.notes[0].text == "Comfortable again.\nOriented."
    line = summary.ledger[0]
    assert line.witness is not None
    assert (line.witness.person.name, line.waste_reason) == ("Ben Nurse", "dose complete")
    assert line.waste_method == "absorbent container"
    paper = printed(summary)
    assert paper.says("labetalol")
    assert paper.says("walks with a frame, as before")
    assert clinic.verify() == []


@pytest.mark.begins(at=Ward)
def test_a_second_visit_prints_the_course_and_how_the_patient_left(clinic: Clinic, world: Ward) -> None:
    allergy = {"substance": "latex", "reaction": "rash", "severity": "mild"}
    world.ada.does(f"/patients/{world.patient}/allergies", none_known=False, items=[allergy])
    world.order()
    world.check_in().screen().does("left", manner="without_notice")
    world.check_in().screen()
    world.does("scores", instrument="phq-9", answers={str(item): 0 for item in range(1, 10)} | {"1": 3})
    world.reading(systolic_mmhg=165)
    world.does("release", world.dora, pressure_hold_reason="white coat, seen at the chair", safety_plan_on="2026-02-20")
    world.prepare().does("start")
    clinic.later(minutes=12)
    world.does("left", manner="against_advice", reason="had a train to catch")
    world.settle()
    world.does("sign")
    summary = frozen(world)
    assert summary.allergies == ("latex (mild, rash)",)
    assert [point.total for point in summary.trends[0].points] == [8, 3]
    assert summary.trends[0].verdict == "62 % below baseline: response; remission"
    assert summary.safety is not None
    assert summary.safety.action == "safety plan of 2026-02-20 looked at again"
    pressure = next(gate for gate in summary.gates if gate.name == "BP before the dose")
    assert (pressure.met, pressure.override is not None) == (False, True)
    assert summary.departure is not None
    assert (summary.departure.manner, summary.discharge) == ("left against advice", ())
    assert summary.result.endswith("Left against advice.")
    assert printed(summary).says("white coat, seen at the chair")


def _much_happens(ward: Ward) -> None:
    """A high pressure, a pause, a rescue drug, half the rate, an early stop, a correction, an override."""
    later = ward.clinic.later
    later(minutes=10)
    alarm = ward.reading(systolic_mmhg=205, diastolic_mmhg=112)
    ward.does("pause", reason="BP 205/112")
    ward.does("rescues", drug="labetalol", dose="5 mg", route="IV", reason="BP 205/112", ordered_by=ward.dora.id)
    ward.does("answers", adverse_event=_hypertension(ward))
    for alert in alarm["alerts"]:
        ward.does(f"alerts/{alert['id']}/answers", ward.dora, answer="real")
    later(minutes=6)
    wrong = ward.reading(systolic_mmhg=142)
    ward.does(f"readings/{wrong['id']}/corrections", reason="digits swapped", reading=CALM)
    ward.does("resume", ward.dora, ml_per_h="37.5")
    later(minutes=12)
    ward.does("stop", reason="enough for today")
    ward.does("answers", note="Comfortable again.\nOriented.")
    ward.fit()
    ward.does("answers", aldrete=8, **{name: value for name, value in FIT.items() if name != "aldrete"})
    override = {"criterion": "aldrete", "reason": "walks with a frame, as before"}
    ward.does("discharge/overrides", ward.dora, criteria=[override])
    ward.does("discharge")


def _hypertension(ward: Ward) -> dict[str, Any]:
    return {
        "term": "hypertension",
        "grade": 3,
        "serious": False,
        "onset_at": ward.ago(minutes=1),
        "ended_at": None,
        "relatedness": "probable",
        "action": "paused, rate halved",
        "treatment": "labetalol 5 mg",
        "outcome": "recovering",
    }
