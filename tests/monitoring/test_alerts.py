"""Which readings alarm: at their edges, against the baseline, and twice in a row."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clinic_api.monitoring.rules.alerts import Alert, alerts
from clinic_api.monitoring.rules.readings import Reading
from clinic_api.protocols.rules.alerts import Tier, When
from clinic_api.protocols.rules.signs import Sign
from tests.protocols.shipped import iv_ketamine

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
RULES = iv_ketamine().alerts
BASELINE = Reading(taken_at=START, systolic_mmhg=138, diastolic_mmhg=84)


def read(minute: int, **values: Any) -> Reading:
    """A set so many minutes after the start."""
    return Reading(taken_at=START + timedelta(minutes=minute), **values)


def judged(reading: Reading, before: Sequence[Reading] = (), baseline: Reading | None = None) -> tuple[Alert, ...]:
    """The alerts of a set under the shipped tiers."""
    return alerts(reading, before=before, baseline=baseline, rules=RULES)


@pytest.mark.parametrize(
    ("sign", "tier", "breaks", "keeps"),
    [
        (Sign.SYSTOLIC, Tier.WARN, 160, 159),
        (Sign.SYSTOLIC, Tier.URGENT, 180, 179),
        (Sign.SYSTOLIC, Tier.CRITICAL, 200, 199),
        (Sign.SYSTOLIC, Tier.WARN, 99, 100),
        (Sign.SYSTOLIC, Tier.URGENT, 89, 90),
        (Sign.SYSTOLIC, Tier.CRITICAL, 79, 80),
        (Sign.DIASTOLIC, Tier.WARN, 100, 99),
        (Sign.DIASTOLIC, Tier.URGENT, 110, 109),
        (Sign.DIASTOLIC, Tier.CRITICAL, 120, 119),
        (Sign.HEART_RATE, Tier.WARN, 111, 110),
        (Sign.HEART_RATE, Tier.WARN, 54, 55),
        (Sign.HEART_RATE, Tier.URGENT, 131, 130),
        (Sign.HEART_RATE, Tier.URGENT, 44, 45),
        (Sign.HEART_RATE, Tier.CRITICAL, 151, 150),
        (Sign.HEART_RATE, Tier.CRITICAL, 39, 40),
        (Sign.SPO2, Tier.WARN, 93, 94),
        (Sign.SPO2, Tier.URGENT, 91, 92),
        (Sign.SPO2, Tier.CRITICAL, 89, 90),
        (Sign.RESPIRATORY_RATE, Tier.WARN, 9, 10),
        (Sign.RESPIRATORY_RATE, Tier.WARN, 25, 24),
        (Sign.RESPIRATORY_RATE, Tier.URGENT, 7, 8),
        (Sign.RESPIRATORY_RATE, Tier.URGENT, 29, 28),
        (Sign.RESPIRATORY_RATE, Tier.CRITICAL, 5, 6),
        (Sign.MOAAS, Tier.WARN, 3, 4),
        (Sign.MOAAS, Tier.URGENT, 2, 3),
        (Sign.MOAAS, Tier.CRITICAL, 1, 2),
    ],
)
def test_a_tier_begins_at_its_limit_and_not_one_before(sign: Sign, tier: Tier, breaks: int, keeps: int) -> None:
    assert [(it.sign, it.tier, it.value) for it in judged(read(10, **{sign: breaks}))] == [(sign, tier, breaks)]
    assert tier not in [it.tier for it in judged(read(10, **{sign: keeps}))]


@pytest.mark.parametrize(("rise", "tier"), [(24, None), (25, Tier.WARN), (39, Tier.WARN), (40, Tier.URGENT)])
def test_a_systolic_rise_alarms_against_the_patients_own_baseline(rise: int, tier: Tier | None) -> None:
    calm = read(-5, systolic_mmhg=110, diastolic_mmhg=70)
    found = judged(read(20, systolic_mmhg=110 + rise), baseline=calm)
    assert [it.tier for it in found] == ([] if tier is None else [tier])
    assert all(it.limit.when is When.RISE_AT_LEAST and it.baseline == 110 for it in found)


def test_without_a_baseline_only_the_absolute_limits_can_alarm() -> None:
    assert judged(read(20, systolic_mmhg=158)) == ()
    assert judged(read(20, systolic_mmhg=158), baseline=read(-5, diastolic_mmhg=70)) == ()


def test_a_first_warning_is_shown_but_not_confirmed_and_a_second_one_is() -> None:
    first, second = read(20, heart_rate_bpm=115), read(30, heart_rate_bpm=112)
    assert [it.confirmed for it in judged(first)] == [False]
    assert [it.confirmed for it in judged(second, [first])] == [True]


def test_a_critical_value_needs_no_second_reading() -> None:
    assert [it.confirmed for it in judged(read(10, spo2_percent=89))] == [True]


def test_a_normal_reading_between_breaks_the_row_and_one_without_the_sign_does_not() -> None:
    first, now = read(10, heart_rate_bpm=115), read(30, heart_rate_bpm=115)
    assert [it.confirmed for it in judged(now, [first, read(20, heart_rate_bpm=80)])] == [False]
    assert [it.confirmed for it in judged(now, [first, read(20, moaas=5)])] == [True]


def test_only_earlier_readings_count_in_whatever_order_they_were_entered() -> None:
    now = read(20, heart_rate_bpm=115)
    assert [it.confirmed for it in judged(now, [now, read(30, heart_rate_bpm=115)])] == [False]
    assert [it.confirmed for it in judged(now, [read(10, heart_rate_bpm=115), read(5, heart_rate_bpm=80)])] == [True]


def test_the_gravest_alert_comes_first_and_each_sign_alarms_once() -> None:
    found = judged(read(20, systolic_mmhg=186, diastolic_mmhg=112, spo2_percent=88), baseline=BASELINE)
    assert [(it.sign, it.tier) for it in found] == [
        (Sign.SPO2, Tier.CRITICAL),
        (Sign.SYSTOLIC, Tier.URGENT),
        (Sign.DIASTOLIC, Tier.URGENT),
    ]


def test_of_two_limits_as_grave_the_one_listed_first_is_named() -> None:
    (systolic,) = judged(read(20, systolic_mmhg=186), baseline=BASELINE)
    assert (systolic.limit.when, systolic.limit.limit) == (When.AT_LEAST, 180)


@pytest.mark.parametrize(("row", "confirmed"), [(1, [True]), (2, [False]), (3, [False])])
def test_the_clinic_chooses_how_many_readings_confirm(row: int, confirmed: list[bool]) -> None:
    found = alerts(read(10, heart_rate_bpm=115), before=(), baseline=None, rules=replace(RULES, consecutive=row))
    assert [it.confirmed for it in found] == confirmed


def test_the_hypertensive_day_warns_at_twenty_minutes_and_pages_at_twenty_five() -> None:
    ten = read(10, systolic_mmhg=158, diastolic_mmhg=94)
    twenty = read(20, systolic_mmhg=174, diastolic_mmhg=104)
    later = read(25, systolic_mmhg=186, diastolic_mmhg=112)
    assert judged(ten, (), BASELINE) == ()
    assert {(it.tier, it.confirmed) for it in judged(twenty, [ten], BASELINE)} == {(Tier.WARN, False)}
    assert {(it.tier, it.confirmed) for it in judged(later, [ten, twenty], BASELINE)} == {(Tier.URGENT, True)}


def test_the_normal_day_never_alarms() -> None:
    day = [(124, 76), (129, 79), (134, 82), (138, 85), (141, 87), (134, 83), (130, 80), (126, 77)]
    sets = [read(10 * n, systolic_mmhg=high, diastolic_mmhg=low) for n, (high, low) in enumerate(day)]
    assert all(judged(it, sets, sets[0]) == () for it in sets)
