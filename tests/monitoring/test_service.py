"""Sets are kept as they were read, judged at once, corrected beside the original, and never lost."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from clinic_api.database.scope import Scope
from clinic_api.monitoring import queries, service
from clinic_api.monitoring.queries import NoSuchAlert, NoSuchReading
from clinic_api.monitoring.rules.entries import AlreadyCorrected, NewAnswer, Source
from clinic_api.monitoring.rules.lateness import LateReasonMissing, TimeInTheFuture
from clinic_api.monitoring.rules.readings import (
    Confirmation,
    DoubtKind,
    ImpossibleValue,
    NothingRead,
    NotObtained,
    SystolicNotAboveDiastolic,
)
from clinic_api.patients import service as patients
from clinic_api.patients.rules.visits import VisitSealed
from clinic_api.protocols.rules.alerts import Tier
from clinic_api.protocols.rules.signs import Sign
from tests.builders import Clinic
from tests.monitoring.visits import Visit, a_visit, entry

FINE: dict[str, Any] = {"systolic_mmhg": 124, "diastolic_mmhg": 78, "heart_rate_bpm": 66, "spo2_percent": 98}


def watched(clinic: Clinic) -> Visit:
    """An open visit, watched by a nurse."""
    return a_visit(clinic, clinic.nurse())


pytestmark = pytest.mark.begins(at=watched)


@pytest.fixture
def visit(world: Visit) -> Visit:
    """The visit."""
    return world


def answered(visit: Visit, alert: object, answer: Confirmation) -> None:
    with visit.clinic.transaction(visit.nurse) as scope:
        service.answer_alert(visit.id, alert, NewAnswer(answer=answer), scope=scope)  # type: ignore[arg-type]


def test_a_set_is_kept_as_read_with_who_when_and_on_what(visit: Visit, clinic: Clinic) -> None:
    kept = visit.enter(**FINE)
    assert visit.kept() == [kept._replace(alerts=(), doubts=())]
    assert (kept.systolic_mmhg, kept.respiratory_rate_per_min) == (124, None)
    assert (str(kept.by), str(kept.device)) == (visit.nurse.id, clinic.tablet["id"])
    assert kept.occurred_at == kept.recorded_at
    assert not kept.needs_countersign
    assert clinic.trail(kept.id) == ["reading:recorded"]
    assert clinic.verify() == []


def test_nothing_read_is_nothing_and_a_heart_rate_of_zero_is_an_emergency(visit: Visit) -> None:
    kept = visit.enter(heart_rate_bpm=0)
    assert (kept.heart_rate_bpm, kept.spo2_percent) == (0, None)
    assert [(a.sign, a.tier, a.value, a.confirmed) for a in kept.alerts] == [(Sign.HEART_RATE, Tier.CRITICAL, 0, True)]
    assert visit.kept()[0].heart_rate_bpm == 0


def test_what_could_not_be_obtained_is_kept_with_its_reason(visit: Visit) -> None:
    kept = visit.enter(entry(not_obtained={Sign.SPO2: NotObtained.EQUIPMENT}, heart_rate_bpm=70))
    assert kept.not_obtained == {"spo2_percent": "equipment"}
    only_a_reason = visit.enter(entry(not_obtained={Sign.MOAAS: NotObtained.AWAY}))
    assert visit.kept()[1] == only_a_reason


@pytest.mark.parametrize(
    ("signs", "refusal"),
    [
        ({}, NothingRead),
        ({"systolic_mmhg": 301}, ImpossibleValue),
        ({"systolic_mmhg": 80, "diastolic_mmhg": 80}, SystolicNotAboveDiastolic),
    ],
)
def test_what_cannot_be_a_reading_changes_nothing(
    visit: Visit, clinic: Clinic, signs: dict[str, Any], refusal: type[Exception]
) -> None:
    with clinic.nothing_changes(), pytest.raises(refusal):
        visit.enter(**signs)


def test_the_first_critical_value_alarms_at_once(visit: Visit, clinic: Clinic) -> None:
    kept = visit.enter(systolic_mmhg=204, diastolic_mmhg=118)
    assert [(a.sign, a.tier, a.threshold, a.confirmed) for a in kept.alerts] == [
        (Sign.SYSTOLIC, Tier.CRITICAL, 200, True),
        (Sign.DIASTOLIC, Tier.URGENT, 110, False),
    ]
    with clinic.reading():
        assert queries.open_alerts(visit.id) == list(kept.alerts)
    assert clinic.trail(kept.id) == ["reading:recorded"]
    assert clinic.verify() == []


def test_two_warnings_in_a_row_are_confirmed(visit: Visit) -> None:
    assert [a.confirmed for a in visit.enter(systolic_mmhg=165).alerts] == [False]
    visit.later(10)
    visit.enter(spo2_percent=97)
    visit.later(10)
    assert [a.confirmed for a in visit.enter(systolic_mmhg=166).alerts] == [True]


def test_a_row_is_found_however_many_sets_lie_between(visit: Visit) -> None:
    visit.enter(systolic_mmhg=165)
    for _ in range(queries.NEWEST + 1):
        visit.later(1)
        visit.enter(spo2_percent=97)
    visit.later(1)
    assert [a.confirmed for a in visit.enter(systolic_mmhg=166).alerts] == [True]


def test_a_rise_over_the_patients_own_baseline_warns(visit: Visit) -> None:
    visit.enter(systolic_mmhg=118, diastolic_mmhg=74)
    visit.later(5)
    visit.start()
    for _ in range(queries.NEWEST + 1):
        visit.later(5)
        assert visit.enter(systolic_mmhg=142, diastolic_mmhg=80).alerts == ()
    visit.later(5)
    (alert,) = visit.enter(systolic_mmhg=143, diastolic_mmhg=80).alerts
    assert (alert.tier, alert.threshold, alert.baseline) == (Tier.WARN, 25, 118)


def test_a_jump_within_minutes_is_asked_about_and_kept(visit: Visit) -> None:
    visit.enter(systolic_mmhg=100)
    visit.later(4)
    kept = visit.enter(systolic_mmhg=161)
    assert [(d.sign, d.value, d.kind) for d in kept.doubts] == [(Sign.SYSTOLIC, 61, DoubtKind.JUMP)]


def test_an_artefact_is_no_alert_no_row_and_no_reading_but_stays_on_paper(visit: Visit, clinic: Clinic) -> None:
    first = visit.enter(systolic_mmhg=165, heart_rate_bpm=70)
    answered(visit, first.alerts[0].id, Confirmation.ARTEFACT)
    with clinic.reading():
        assert queries.open_alerts(visit.id) == []
        (alert,) = queries.alerts(visit.id)
        held = queries.latest(visit.id)
    assert (alert.answer, str(alert.answered_by)) == (Confirmation.ARTEFACT, visit.nurse.id)
    assert held is not None
    assert (held.systolic_mmhg, held.heart_rate_bpm) == (None, 70)
    assert held.not_obtained == {Sign.SYSTOLIC: NotObtained.ARTEFACT}
    assert visit.kept()[0].systolic_mmhg == 165
    visit.later(10)
    assert [a.confirmed for a in visit.enter(systolic_mmhg=166).alerts] == [False]
    assert clinic.verify() == []


def test_a_wrong_tap_is_put_right_by_another(visit: Visit, clinic: Clinic) -> None:
    alert = visit.enter(systolic_mmhg=165).alerts[0]
    answered(visit, alert.id, Confirmation.ARTEFACT)
    answered(visit, alert.id, Confirmation.REAL)
    with clinic.reading():
        held = queries.latest(visit.id)
        assert queries.alert(visit.id, alert.id).answer is Confirmation.REAL
    assert held is not None
    assert held.systolic_mmhg == 165


def test_an_alert_of_another_visit_cannot_be_answered_here(visit: Visit, clinic: Clinic) -> None:
    other = a_visit(clinic, visit.nurse, mrn="MRN-2")
    alert = other.enter(systolic_mmhg=204).alerts[0]
    for wrong in (alert.id, uuid4()):
        with clinic.nothing_changes(), pytest.raises(NoSuchAlert):
            answered(visit, wrong, Confirmation.REAL)


def test_a_correction_stands_beside_the_original(visit: Visit, clinic: Clinic) -> None:
    first = visit.enter(systolic_mmhg=212, diastolic_mmhg=78)
    visit.later(3)
    second = visit.correct(first.id, systolic_mmhg=122, diastolic_mmhg=78)
    original, correction = sorted(visit.kept(), key=lambda kept: kept.recorded_at)
    assert (original.systolic_mmhg, original.corrected_by, original.replaces) == (212, second.id, None)
    assert (correction.systolic_mmhg, correction.replaces, correction.corrected_by) == (122, first.id, None)
    assert correction.reason == "typed into the wrong field"
    assert correction.occurred_at == original.occurred_at < correction.recorded_at
    with clinic.reading():
        assert [held.systolic_mmhg for held in queries.taken(visit.id)] == [122]
        assert queries.open_alerts(visit.id) == []
        assert len(queries.alerts(visit.id)) == 1
    assert clinic.trail(second.id) == ["reading:corrected"]
    assert clinic.verify() == []


def test_a_correction_alarms_if_it_is_grave(visit: Visit) -> None:
    first = visit.enter(systolic_mmhg=122)
    assert [a.tier for a in visit.correct(first.id, systolic_mmhg=212).alerts] == [Tier.CRITICAL]


def test_a_corrected_value_does_not_stand_in_a_row_with_its_correction(visit: Visit) -> None:
    first = visit.enter(systolic_mmhg=165)
    earlier = first.occurred_at + timedelta(seconds=30)
    visit.later(1)
    assert [a.confirmed for a in visit.correct(first.id, at=earlier, systolic_mmhg=166).alerts] == [False]


def test_a_correction_moved_past_the_start_takes_its_original_from_the_baseline(visit: Visit) -> None:
    wrong = visit.enter(systolic_mmhg=90)
    started = visit.later(1)
    visit.start()
    visit.later(2)
    visit.correct(wrong.id, at=started + timedelta(minutes=1), systolic_mmhg=120)
    for _ in range(queries.NEWEST + 1):
        visit.later(1)
        visit.enter(spo2_percent=97)
    assert visit.enter(systolic_mmhg=120).alerts == ()


def test_a_correction_is_corrected_in_turn_but_never_twice_over(visit: Visit, clinic: Clinic) -> None:
    first = visit.enter(systolic_mmhg=120)
    second = visit.correct(first.id, systolic_mmhg=121)
    with clinic.nothing_changes(), pytest.raises(AlreadyCorrected):
        visit.correct(first.id, systolic_mmhg=122)
    third = visit.correct(second.id, systolic_mmhg=123)
    assert [(kept.systolic_mmhg, kept.corrected_by) for kept in sorted(visit.kept(), key=lambda it: it.id)] == [
        (120, second.id),
        (121, third.id),
        (123, None),
    ]


def test_a_set_of_another_visit_cannot_be_corrected_here(visit: Visit, clinic: Clinic) -> None:
    other = a_visit(clinic, visit.nurse, mrn="MRN-2").enter(systolic_mmhg=120)
    with clinic.nothing_changes(), pytest.raises(NoSuchReading):
        visit.correct(other.id, systolic_mmhg=121)


def test_a_late_entry_needs_its_reason_and_after_a_day_a_second_signature(visit: Visit, clinic: Clinic) -> None:
    taken = visit.later(0)
    visit.later(16)
    with clinic.nothing_changes(), pytest.raises(LateReasonMissing):
        visit.enter(entry(at=taken, systolic_mmhg=120))
    late = visit.enter(entry(at=taken, late_reason="the tablet was charging", systolic_mmhg=120))
    assert (late.late_reason, late.needs_countersign) == ("the tablet was charging", False)
    visit.later(24 * 60)
    assert visit.enter(entry(at=taken, late_reason="found on the paper grid", spo2_percent=97)).needs_countersign


def test_a_time_that_has_not_come_is_refused_and_a_clock_two_minutes_ahead_is_not(visit: Visit, clinic: Clinic) -> None:
    with clinic.nothing_changes(), pytest.raises(TimeInTheFuture):
        visit.enter(entry(at=visit.later(0) + timedelta(minutes=3), systolic_mmhg=120))
    ahead = visit.later(0) + timedelta(seconds=110)
    kept = visit.enter(replace(entry(at=ahead, systolic_mmhg=120), device_at=ahead, source=Source.MONITOR))
    assert kept.occurred_at == ahead
    assert kept.source is Source.MONITOR
    assert kept.device_clock_skew_ms is not None
    assert 100_000 < kept.device_clock_skew_ms <= 110_000


def test_sets_are_read_in_the_order_in_which_they_were_taken(visit: Visit) -> None:
    first = visit.later(0)
    visit.later(10)
    visit.enter(systolic_mmhg=120)
    visit.enter(entry(at=first, systolic_mmhg=110))
    assert [kept.systolic_mmhg for kept in visit.kept()] == [110, 120]


def test_a_locked_tablet_enters_a_set_that_is_nobodys_yet(visit: Visit, clinic: Clinic) -> None:
    tablet = visit.nurse.scope(device=uuid4())
    alone = Scope(organisation=tablet.organisation, at=tablet.at, device=tablet.device)
    with clinic.transaction(visit.nurse):
        kept = service.record_reading(visit.id, entry(systolic_mmhg=120), watch=visit.watch, scope=alone)
    assert (kept.by, kept.device) == (None, tablet.device)


def test_nothing_is_added_to_a_sealed_visit(visit: Visit, clinic: Clinic) -> None:
    first = visit.enter(systolic_mmhg=120)
    with clinic.transaction(visit.nurse) as scope:
        patients.seal_visit(visit.id, scope=scope)
    with clinic.nothing_changes(), pytest.raises(VisitSealed):
        visit.enter(systolic_mmhg=121)
    with clinic.nothing_changes(), pytest.raises(VisitSealed):
        visit.correct(first.id, systolic_mmhg=121)
