"""Scales are scored under the version they were answered with; a missing answer is missing, and item nine is heard."""

from datetime import timedelta
from uuid import UUID

import pytest

from clinic_api.monitoring import queries, service
from clinic_api.monitoring.rules.entries import KeptScore, NewScore
from clinic_api.monitoring.rules.lateness import LateReasonMissing
from clinic_api.monitoring.rules.scales import ImpossibleAnswer, Safety, SafetyStep, UnknownItem
from clinic_api.patients import service as patients
from clinic_api.protocols import queries as protocols
from tests.builders import Clinic
from tests.monitoring.visits import Visit, a_visit
from tests.protocols.shipped import iv_ketamine

LIMITS = iv_ketamine().late_entry


def watched(clinic: Clinic) -> Visit:
    """An open visit, watched by a nurse."""
    return a_visit(clinic, clinic.nurse())


pytestmark = pytest.mark.begins(at=watched)


@pytest.fixture
def visit(world: Visit) -> Visit:
    """The visit."""
    return world


def score(visit: Visit, new: NewScore) -> KeptScore:
    """Score a scale, as the nurse, under the version that holds."""
    with visit.clinic.transaction(visit.nurse) as scope:
        patients.hold(visit.id)
        pinned = protocols.current_instrument(new.instrument)
        scale = (pinned.id, pinned.instrument)
        return service.record_score(visit.id, new, patient=visit.patient, scale=scale, limits=LIMITS, scope=scope)


def phq9(*answers: int | None) -> NewScore:
    """Nine answers, in order."""
    return NewScore(instrument="phq-9", answers=dict(enumerate(answers, start=1)))


def test_a_score_is_kept_with_its_version_its_band_and_every_answer(visit: Visit, clinic: Clinic) -> None:
    kept = score(visit, phq9(2, 2, 2, 1, 1, 1, 1, 1, 0))
    assert (kept.total, kept.band, kept.answered, kept.prorated, kept.flagged) == (11, "moderate", 9, False, False)
    assert kept.answers["9"] == 0
    assert kept.safety == Safety(flagged=False, step=SafetyStep.NOTHING)
    with clinic.reading():
        (stored,) = queries.scores(visit.id)
        assert stored.instrument == protocols.current_instrument("phq-9").id
    assert stored.total == 11
    assert clinic.trail(kept.id) == ["score:recorded"]
    assert clinic.verify() == []


def test_without_item_nine_there_is_no_score_and_somebody_asks(visit: Visit) -> None:
    kept = score(visit, phq9(2, 2, 2, 1, 1, 1, 1, 1, None))
    assert (kept.total, kept.band, kept.answered, kept.safety_answer) == (None, None, 8, None)
    assert "9" not in kept.answers
    assert kept.safety == Safety(flagged=False, step=SafetyStep.ASK)


def test_a_first_one_on_item_nine_is_acted_on_and_an_unchanged_one_is_one_tap(clinic: Clinic, visit: Visit) -> None:
    first = score(visit, phq9(1, 1, 1, 1, 1, 1, 1, 1, 1))
    assert first.safety == Safety(flagged=True, step=SafetyStep.TASK)
    with visit.clinic.transaction(visit.nurse) as scope:
        again = patients.open_visit(visit.patient, UUID(clinic.site), scope=scope).id
    second = score(Visit(clinic, visit.nurse, again, visit.patient), phq9(1, 1, 1, 1, 1, 1, 1, 1, 1))
    assert second.safety == Safety(flagged=True, step=SafetyStep.SAFETY_PLAN)
    with clinic.reading():
        assert [kept.visit for kept in queries.series(visit.patient, "phq-9")] == [visit.id, again]
        assert queries.safety_answer_before(visit.patient, "phq-9", visit=again) == 1
        assert queries.safety_answer_before(visit.patient, "phq-9", visit=visit.id) is None


def test_a_scale_without_a_suicide_item_asks_nothing(visit: Visit) -> None:
    kept = score(visit, NewScore(instrument="dissociation-nrs", answers={1: 7}))
    assert (kept.total, kept.safety, kept.safety_answer) == (7, None, None)


@pytest.mark.parametrize(
    ("answers", "refusal"), [({10: 1}, UnknownItem), ({9: 4}, ImpossibleAnswer), ({9: -1}, ImpossibleAnswer)]
)
def test_what_the_scale_does_not_offer_changes_nothing(
    visit: Visit, clinic: Clinic, answers: dict[int, int], refusal: type[Exception]
) -> None:
    with clinic.nothing_changes(), pytest.raises(refusal):
        score(visit, NewScore(instrument="phq-9", answers=answers))


def test_a_scale_entered_late_says_why(visit: Visit, clinic: Clinic) -> None:
    answered_at = visit.later(0) - timedelta(hours=2)
    late = NewScore(instrument="phq-9", answers={9: 0}, occurred_at=answered_at)
    with clinic.nothing_changes(), pytest.raises(LateReasonMissing):
        score(visit, late)
