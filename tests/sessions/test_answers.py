"""What is told about a visit: the newest of a name counts, the older ones stay, and some only a prescriber can say."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from clinic_api.quantities import Weight
from clinic_api.sessions.rules.answers import PRESCRIBERS, Answer, Fact, ForAPrescriber, check_may_tell, told_of
from clinic_api.sessions.rules.asked import Identifier, IdentityNotChecked, check_identified
from clinic_api.sessions.rules.body import ImpossibleMeasure, check_body
from tests.protocols.shipped import iv_ketamine

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ADA = UUID(int=1)
LIMITS = iv_ketamine().plausibility


def said(fact: Fact, value: Any, *, minute: int = 0, written: int | None = None) -> Answer:
    """An answer about a minute after nine, written down then or later."""
    return Answer(fact, value, NINE + minute * MINUTE, NINE + (minute if written is None else written) * MINUTE, ADA)


def test_the_newest_answer_counts_and_the_older_one_stays() -> None:
    told = told_of([said(Fact.WEIGHT, "70.4", minute=5), said(Fact.WEIGHT, "704")])
    assert told.weight() == Weight.kg("70.4")
    assert [it.value for it in told.every(Fact.WEIGHT)] == ["704", "70.4"]


def test_a_late_entry_about_an_earlier_moment_does_not_supersede() -> None:
    told = told_of([said(Fact.GAIT_STEADY, True, minute=30), said(Fact.GAIT_STEADY, False, minute=10, written=40)])
    assert told.value(Fact.GAIT_STEADY) is True


def test_of_two_answers_about_one_moment_the_one_written_later_counts() -> None:
    told = told_of([said(Fact.ALDRETE, 8, written=2), said(Fact.ALDRETE, 9, written=3), said(Fact.ALDRETE, 7)])
    assert told.value(Fact.ALDRETE) == 9


def test_what_was_so_before_a_moment_does_not_count_since_then() -> None:
    told = told_of([said(Fact.ALDRETE, 10, minute=9)])
    assert told.value(Fact.ALDRETE, since=NINE + 9 * MINUTE) == 10
    assert told.value(Fact.ALDRETE, since=NINE + 9 * MINUTE + timedelta(microseconds=1)) is None


def test_what_nobody_told_is_not_known_and_never_nothing() -> None:
    told = told_of([])
    assert told.weight() is None
    assert told.moment(Fact.LAST_SOLIDS) is None
    assert told.newest(Fact.ESCORT) is None


def test_a_time_is_read_back_with_its_zone() -> None:
    told = told_of([said(Fact.LAST_SOLIDS, "2026-03-02T02:30:00Z")])
    assert told.moment(Fact.LAST_SOLIDS) == datetime(2026, 3, 2, 2, 30, tzinfo=UTC)


def test_each_missed_set_has_its_own_newest_reason() -> None:
    told = told_of(
        [
            said(Fact.MISSED_SET, {"minute": 20, "reason": "asleep"}),
            said(Fact.MISSED_SET, {"minute": 30, "reason": "cuff off"}, minute=1),
            said(Fact.MISSED_SET, {"minute": 20, "reason": "cuff off"}, minute=2),
        ]
    )
    assert {minute: it.value["reason"] for minute, it in told.missed().items()} == {20: "cuff off", 30: "cuff off"}


def test_an_override_counts_for_its_criterion_since_the_stop() -> None:
    told = told_of([said(Fact.DISCHARGE_OVERRIDE, {"criterion": "moaas", "reason": "as at home"}, minute=5)])
    assert set(told.overrides(since=None)) == {"moaas"}
    assert set(told.overrides(since=NINE + 5 * MINUTE)) == {"moaas"}
    assert told.overrides(since=NINE + 6 * MINUTE) == {}


@pytest.mark.parametrize("fact", sorted(PRESCRIBERS))
def test_a_nurse_cannot_say_what_only_a_prescriber_decides(fact: Fact) -> None:
    with pytest.raises(ForAPrescriber) as refusal:
        check_may_tell([Fact.WEIGHT, fact], roles={"nurse"})
    assert str(fact) in str(refusal.value)
    check_may_tell([Fact.WEIGHT, fact], roles={"nurse", "prescriber"})


def test_a_nurse_tells_everything_else() -> None:
    check_may_tell([fact for fact in Fact if fact not in PRESCRIBERS], roles={"nurse"})


def test_one_identifier_is_not_enough_however_often_it_is_ticked() -> None:
    with pytest.raises(IdentityNotChecked) as refusal:
        check_identified([Identifier.NAME, Identifier.NAME])
    assert str(refusal.value).startswith("1 of 2 identifiers")
    check_identified([Identifier.NAME, Identifier.DATE_OF_BIRTH])


@pytest.mark.parametrize("kg", ["20", "400"])
def test_the_lightest_and_the_heaviest_possible_weight_are_taken(kg: str) -> None:
    check_body(weight=Weight.kg(kg), height_mm=None, limits=LIMITS)


@pytest.mark.parametrize("kg", ["19.999", "400.001"])
def test_one_gram_beyond_what_anybody_weighs_is_refused(kg: str) -> None:
    with pytest.raises(ImpossibleMeasure) as refusal:
        check_body(weight=Weight.kg(kg), height_mm=None, limits=LIMITS)
    assert "weight_kg lies from 20 to 400" in str(refusal.value)


@pytest.mark.parametrize("height_mm", [999, 2501])
def test_a_height_nobody_has_is_refused(height_mm: int) -> None:
    with pytest.raises(ImpossibleMeasure):
        check_body(weight=None, height_mm=height_mm, limits=LIMITS)
    check_body(weight=None, height_mm=1000, limits=LIMITS)
    check_body(weight=None, height_mm=None, limits=LIMITS)
