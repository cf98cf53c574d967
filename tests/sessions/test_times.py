"""When an act happened: strict where it can wait, taken as it comes where it cannot."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic_api.monitoring.rules.lateness import LateReasonMissing, TimeInTheFuture
from clinic_api.sessions.rules.answers import Fact
from clinic_api.sessions.rules.life import SEALED, Act, State
from clinic_api.sessions.rules.record import DOERS, EVENTS, Mark, SessionSigned, TaskKind, check_open
from clinic_api.sessions.rules.times import Happened, NotYetHappened, check_told, planned_time, urgent_time
from tests.protocols.shipped import iv_ketamine

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
LIMITS = iv_ketamine().late_entry
SECOND = timedelta(seconds=1)
REASON = "tablet was flat"


def planned(claimed: datetime | None, reason: str | None = None) -> Happened:
    """The time of an act that can wait."""
    return planned_time(claimed, recorded_at=NOW, reason=reason, limits=LIMITS)


def urgent(claimed: datetime | None, reason: str | None = None) -> Happened:
    """The time of an act that cannot."""
    return urgent_time(claimed, recorded_at=NOW, reason=reason, limits=LIMITS)


def test_without_a_claim_an_act_happened_now() -> None:
    assert planned(None) == urgent(None) == Happened(NOW)


def test_a_claim_within_the_quarter_of_an_hour_is_taken_as_it_is() -> None:
    claimed = NOW - LIMITS.reason_after
    assert planned(claimed) == urgent(claimed) == Happened(claimed)


def test_a_second_later_a_planned_act_needs_a_reason_and_an_urgent_one_is_marked() -> None:
    claimed = NOW - LIMITS.reason_after - SECOND
    with pytest.raises(LateReasonMissing):
        planned(claimed)
    assert urgent(claimed) == Happened(claimed, marks=(Mark.LATE, Mark.NO_REASON))
    assert planned(claimed, REASON) == urgent(claimed, REASON) == Happened(claimed, marks=(Mark.LATE,))


def test_a_clock_two_minutes_ahead_is_taken_and_a_second_more_is_set_right() -> None:
    ahead = NOW + LIMITS.future_at_most
    assert planned(ahead) == urgent(ahead) == Happened(ahead)
    with pytest.raises(TimeInTheFuture):
        planned(ahead + SECOND)
    assert urgent(ahead + SECOND) == Happened(NOW, claimed_at=ahead + SECOND, marks=(Mark.CLOCK_AHEAD,))


@pytest.mark.parametrize("fact", [Fact.LAST_SOLIDS, Fact.LAST_CLEAR_FLUIDS])
def test_a_meal_two_minutes_ahead_is_a_clock_and_a_second_more_is_a_slip(fact: Fact) -> None:
    ahead = NOW + LIMITS.future_at_most
    check_told([(fact, ahead.isoformat())], recorded_at=NOW, limits=LIMITS)
    with pytest.raises(NotYetHappened, match=f"{fact}: .* correct the time"):
        check_told([(fact, (ahead + SECOND).isoformat())], recorded_at=NOW, limits=LIMITS)


@pytest.mark.parametrize(("onset", "ended"), [(NOW, NOW + 3 * SECOND * 60), (NOW + 3 * SECOND * 60, None)])
def test_what_befell_somebody_lies_behind_at_both_of_its_ends(onset: datetime, ended: datetime | None) -> None:
    said = {"onset_at": onset.isoformat(), "ended_at": None if ended is None else ended.isoformat()}
    with pytest.raises(NotYetHappened):
        check_told([(Fact.ADVERSE_EVENT, said)], recorded_at=NOW, limits=LIMITS)


def test_a_fact_without_a_time_in_it_is_of_any_time() -> None:
    said = {"onset_at": NOW.isoformat(), "ended_at": None}
    check_told([(Fact.GAIT_STEADY, True), (Fact.ADVERSE_EVENT, said)], recorded_at=NOW, limits=LIMITS)


def test_every_act_has_its_word_in_the_audit_and_no_two_share_one() -> None:
    assert set(EVENTS) == set(Act)
    assert len(set(EVENTS.values())) == len(Act)


def test_every_task_has_somebody_who_does_it() -> None:
    assert set(DOERS) == set(TaskKind)


@pytest.mark.parametrize("state", State)
def test_a_session_takes_entries_until_it_is_signed(state: State) -> None:
    if state not in SEALED:
        check_open(state)
        return
    with pytest.raises(SessionSigned) as refusal:
        check_open(state)
    assert str(refusal.value) == f"the session is {state}; write an addendum"
