"""Watching a patient: readings and their corrections, alerts, scales, and how little a reading costs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from clinic_api.database.rows import db
from clinic_api.monitoring import queries
from clinic_api.monitoring.schemas import ReadingOut
from tests.builders import Clinic
from tests.sessions.ward import CALM, SCORED, Ward, checked_in, fit, infusing

#: Statements that a reading costs, with who sends it, the tenant and the opening of its transaction.
MOST_STATEMENTS = 8
#: Who asks, the session whole, and the note of the look.
MOST_TO_LOOK = 3
FRAMING = ("SELECT set_config", "BEGIN")


@contextmanager
def counted(clinic: Clinic) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile, each of several in one message by itself."""
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: Any) -> None:
        statements.extend([statement] * max(1, statement.count("INSERT INTO")))

    with clinic.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.begins(at=infusing)
def test_a_reading_costs_few_statements_however_many_came_before(clinic: Clinic, ward: Ward) -> None:
    for _ in range(12):
        clinic.later(minutes=1)
        ward.reading()
    with counted(clinic) as statements:
        ward.reading()
    assert len(statements) <= MOST_STATEMENTS, statements


@pytest.mark.begins(at=infusing)
def test_a_session_costs_the_same_few_statements_whatever_happened_in_it(clinic: Clinic, ward: Ward) -> None:
    for _ in range(12):
        clinic.later(minutes=1)
        ward.reading(systolic_mmhg=190)
    with counted(clinic) as statements:
        ward.see()
    asked = [statement for statement in statements if not statement.startswith(FRAMING)]
    assert len(asked) <= MOST_TO_LOOK, asked


@pytest.mark.begins(at=infusing)
def test_a_session_shows_each_set_as_it_was_answered_when_it_was_recorded(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=10, microseconds=250)
    wrong = ward.reading(
        systolic_mmhg=147, diastolic_mmhg=104, spo2_percent=None, not_obtained={"spo2_percent": "refused"}
    )
    right = ward.does(f"readings/{wrong['id']}/corrections", reason="digits swapped", reading=CALM)
    late = ward.reading(occurred_at=ward.ago(minutes=7), late_reason="hands full", source="paper")
    shown = {it["id"]: it for it in ward.see()["readings"]}
    with clinic.reading():
        again = ReadingOut(many=True).dump(queries.readings(UUID(ward.visit)))
    assert list(shown.values()) == again
    assert [it["id"] for it in again][-3:] == [late["id"], wrong["id"], right["id"]]
    for said in (right, late):
        assert shown[said["id"]] == {name: it for name, it in said.items() if name not in {"alerts", "doubts"}}
    assert shown[wrong["id"]]["corrected_by"] == right["id"]


@pytest.mark.begins(at=infusing)
def test_a_set_that_alarms_says_so_and_is_answered_or_found_an_artefact(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=10)
    kept = ward.reading(systolic_mmhg=205)
    alert = kept["alerts"][0]
    assert (alert["tier"], alert["confirmed"], alert["baseline"]) == ("critical", True, 124)
    board = ward.ada.get(f"/sites/{clinic.site}/board")["items"][0]
    assert (board["open_alerts"], board["worst"]) == (1, "critical")
    with clinic.nothing_changes():
        assert ward.tries(f"alerts/{kept['id']}/answers", answer="real").status == 404
        assert ward.tablet(f"alerts/{alert['id']}/answers", answer="real").status == 403
    answered = ward.does(f"alerts/{alert['id']}/answers", answer="artefact")
    assert (answered["answer"], answered["answered_by"]) == ("artefact", ward.ada.id)
    assert ward.ada.get(f"/sites/{clinic.site}/board")["items"][0]["open_alerts"] == 0
    assert clinic.verify() == []


@pytest.mark.begins(at=infusing)
def test_a_correction_stands_beside_the_set_it_replaces(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=10)
    wrong = ward.reading(systolic_mmhg=147, diastolic_mmhg=104)
    path = f"readings/{wrong['id']}/corrections"
    right = ward.does(path, reason="digits swapped", reading=CALM | {"systolic_mmhg": 174, "diastolic_mmhg": 104})
    shown = {it["id"]: it for it in ward.see()["readings"]}
    assert shown[wrong["id"]]["corrected_by"] == right["id"]
    assert (shown[right["id"]]["replaces"], shown[right["id"]]["occurred_at"]) == (wrong["id"], wrong["occurred_at"])
    with clinic.nothing_changes():
        assert ward.tries(path, reason="once more", reading=CALM)["type"] == "already-corrected"
        assert ward.tries("readings", systolic_mmhg=420)["type"] == "impossible-value"
        assert ward.tries("readings")["type"] == "nothing-read"


@pytest.mark.begins(at=infusing)
def test_the_sets_that_are_due_run_from_the_real_start(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=9)
    due = ward.ada.get(f"/sessions/{ward.visit}/due").done()
    states = {it["minute"]: it["state"] for it in due["items"]}
    assert (states[-5], states[0], states[10], states[20]) == ("taken", "overdue", "due", "upcoming")
    assert due["next"]["minute"] == 0
    ward.reading()
    assert ward.ada.get(f"/sessions/{ward.visit}/due")["next"]["minute"] in {0, 10}


@pytest.mark.begins(at=fit)
def test_a_new_sign_or_a_rescue_drug_takes_fitness_back(ward: Ward) -> None:
    assert ward.does("fitness")["state"] == "discharge_ready"
    ward.reading(systolic_mmhg=205)
    assert ward.state == "recovering"
    ward.does(f"alerts/{ward.see()['alerts'][-1]['id']}/answers", answer="artefact")
    ward.reading()
    ward.reading()
    ward.does("fitness")
    ward.does("rescues", drug="labetalol", dose="5 mg", route="IV", reason="BP 205/120", ordered_by=ward.dora.id)
    assert ward.state == "recovering"
    refused = ward.tries("fitness")
    assert refused["facts"]["unmet"][0]["name"] == "minimum_stay"


@pytest.mark.begins(at=checked_in)
def test_a_scale_of_another_version_or_unknown_is_not_scored(clinic: Clinic, ward: Ward) -> None:
    with clinic.nothing_changes():
        assert ward.tries("scores", instrument="cadss-23", answers=SCORED).status == 404
        assert ward.tries("scores", instrument="phq-9", answers={"10": 1})["type"] == "unknown-item"
    kept = ward.does("scores", instrument="phq-9", answers=SCORED | {"9": 1})
    assert (kept["total"], kept["flagged"], kept["safety"]["step"]) == (9, True, "task")
