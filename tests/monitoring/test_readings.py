"""What can be a reading, what is asked about, and that a grave value is never refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clinic_api.monitoring.rules.alerts import alerts
from clinic_api.monitoring.rules.readings import (
    Confirmation,
    Doubt,
    DoubtKind,
    ImpossibleValue,
    NothingRead,
    NotObtained,
    ReadAndNotObtained,
    Reading,
    SystolicNotAboveDiastolic,
    check_reading,
    doubts,
    open_doubts,
)
from clinic_api.protocols.rules.alerts import Tier
from clinic_api.protocols.rules.signs import Sign
from tests.protocols.shipped import iv_ketamine

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PROTOCOL = iv_ketamine()
LIMITS = PROTOCOL.plausibility


def read(**values: Any) -> Reading:
    """A set taken at three o'clock."""
    return Reading(taken_at=AT, **values)


def asked(reading: Reading, previous: Reading | None = None) -> tuple[Doubt, ...]:
    """What is asked about a set."""
    return doubts(reading, previous=previous, limits=LIMITS)


def test_each_sign_is_a_field_of_the_set_and_empty_until_it_is_read() -> None:
    assert [read().value(sign) for sign in Sign] == [None] * len(Sign)
    assert read(moaas=0).value(Sign.MOAAS) == 0


def test_an_empty_set_is_refused() -> None:
    with pytest.raises(NothingRead) as refusal:
        check_reading(read(), LIMITS)
    assert str(refusal.value) == "the set is empty; enter what was read, or why it could not be"


@pytest.mark.parametrize("code", list(NotObtained))
def test_a_set_may_hold_only_why_nothing_could_be_read(code: NotObtained) -> None:
    check_reading(read(not_obtained={Sign.SYSTOLIC: code}), LIMITS)


def test_a_value_and_a_reason_for_having_none_cannot_both_be_true() -> None:
    with pytest.raises(ReadAndNotObtained) as refusal:
        check_reading(read(spo2_percent=97, not_obtained={Sign.SPO2: NotObtained.ARTEFACT}), LIMITS)
    assert str(refusal.value) == "spo2_percent is 97 and also artefact; keep the one that is true"


@pytest.mark.parametrize(
    ("sign", "below", "lowest", "highest", "above"),
    [
        (Sign.SYSTOLIC, 29, 30, 300, 301),
        (Sign.DIASTOLIC, 9, 10, 200, 201),
        (Sign.HEART_RATE, -1, 0, 300, 301),
        (Sign.SPO2, -1, 0, 100, 101),
        (Sign.RESPIRATORY_RATE, -1, 0, 80, 81),
        (Sign.MOAAS, -1, 0, 5, 6),
        (Sign.DISSOCIATION, -1, 0, 10, 11),
        (Sign.DISTRESS, -1, 0, 10, 11),
    ],
)
def test_only_what_cannot_be_a_reading_is_refused(
    sign: Sign, below: int, lowest: int, highest: int, above: int
) -> None:
    for value in (lowest, highest):
        check_reading(read(**{sign: value}), LIMITS)
    for value in (below, above):
        with pytest.raises(ImpossibleValue) as refusal:
            check_reading(read(**{sign: value}), LIMITS)
        assert refusal.value.sign is sign
        assert f"lies from {lowest} to {highest}" in str(refusal.value)


def test_a_heart_rate_of_zero_is_recorded_and_is_an_emergency_while_a_missing_one_is_neither() -> None:
    stopped, missing = read(heart_rate_bpm=0), read(moaas=5)
    check_reading(stopped, LIMITS)
    found = alerts(stopped, before=(), baseline=None, rules=PROTOCOL.alerts)
    assert [(alert.sign, alert.tier) for alert in found] == [(Sign.HEART_RATE, Tier.CRITICAL)]
    assert alerts(missing, before=(), baseline=None, rules=PROTOCOL.alerts) == ()


def test_a_systolic_pressure_not_above_the_diastolic_is_refused_as_swapped() -> None:
    check_reading(read(systolic_mmhg=81, diastolic_mmhg=80), LIMITS)
    for systolic in (80, 79):
        with pytest.raises(SystolicNotAboveDiastolic) as refusal:
            check_reading(read(systolic_mmhg=systolic, diastolic_mmhg=80), LIMITS)
        assert f"systolic_mmhg {systolic} does not lie above diastolic_mmhg 80" in str(refusal.value)


@pytest.mark.parametrize("half", [{"systolic_mmhg": 60}, {"diastolic_mmhg": 60}])
def test_half_a_pressure_is_still_a_reading(half: dict[str, int]) -> None:
    check_reading(read(**half), LIMITS)


def test_a_critical_pressure_alarms_on_its_first_entry_and_is_asked_about_after() -> None:
    high = read(systolic_mmhg=221, diastolic_mmhg=125)
    check_reading(high, LIMITS)
    first = alerts(high, before=(), baseline=None, rules=PROTOCOL.alerts)[0]
    assert (first.sign, first.tier, first.confirmed) == (Sign.SYSTOLIC, Tier.CRITICAL, True)
    assert asked(high) == (Doubt(Sign.SYSTOLIC, 221, DoubtKind.RARE),)


def test_an_ordinary_set_is_not_asked_about() -> None:
    ordinary = read(systolic_mmhg=124, diastolic_mmhg=76, heart_rate_bpm=72, spo2_percent=98, moaas=5)
    assert asked(ordinary, ordinary) == ()


@pytest.mark.parametrize(
    ("systolic", "diastolic", "pressure"),
    [(114, 100, 14), (115, 100, None), (210, 90, None), (211, 90, 121)],
)
def test_a_pulse_pressure_outside_15_to_120_is_asked_about(systolic: int, diastolic: int, pressure: int | None) -> None:
    found = asked(read(systolic_mmhg=systolic, diastolic_mmhg=diastolic))
    assert [it.value for it in found if it.kind is DoubtKind.PULSE_PRESSURE] == ([] if pressure is None else [pressure])


@pytest.mark.parametrize(
    ("before", "now", "seconds", "doubt"),
    [
        (120, 181, 299, True),
        (181, 120, 299, True),
        (120, 180, 299, False),
        (120, 181, 300, False),
        (None, 181, 60, False),
        (120, None, 60, False),
    ],
)
def test_a_jump_of_more_than_60_within_5_minutes_asks_for_the_other_arm(
    before: int | None, now: int | None, seconds: int, doubt: bool
) -> None:
    earlier = Reading(taken_at=AT - timedelta(seconds=seconds), systolic_mmhg=before, moaas=5)
    found = asked(read(systolic_mmhg=now, moaas=5), earlier)
    assert (DoubtKind.JUMP in [it.kind for it in found]) is doubt


def test_one_tap_answers_all_that_is_asked_of_a_sign() -> None:
    found = asked(read(systolic_mmhg=225, diastolic_mmhg=90, spo2_percent=85))
    assert {it.sign for it in open_doubts(found, {})} == {Sign.SYSTOLIC, Sign.SPO2}
    assert [it.sign for it in open_doubts(found, {Sign.SYSTOLIC: Confirmation.REAL})] == [Sign.SPO2]


def test_an_artefact_is_taken_out_for_judging_and_says_why_it_is_missing() -> None:
    reading = read(spo2_percent=60, heart_rate_bpm=72, not_obtained={Sign.SYSTOLIC: NotObtained.REFUSED})
    left = reading.without_artefacts({Sign.SPO2: Confirmation.ARTEFACT, Sign.HEART_RATE: Confirmation.REAL})
    assert left == read(
        heart_rate_bpm=72,
        not_obtained={Sign.SYSTOLIC: NotObtained.REFUSED, Sign.SPO2: NotObtained.ARTEFACT},
    )
    assert reading.spo2_percent == 60
