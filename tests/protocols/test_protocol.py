"""The shipped protocol says what its pages say, and malformed content is refused by field."""

from datetime import timedelta
from typing import Any

import pytest

from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics.rules.content import MalformedContent, Status
from clinic_api.protocols.rules.alerts import AlertLimit, Tier, When
from clinic_api.protocols.rules.discharge import NumberFact, Step, YesFact
from clinic_api.protocols.rules.dose import WeightBasis
from clinic_api.protocols.rules.protocol import FIELDS, Route, read_protocol
from clinic_api.protocols.rules.signs import Limits, Measure, Sign
from clinic_api.quantities import Concentration, DosePerWeight, Mass
from tests.protocols.shipped import changed, iv_ketamine, shipped

MINUTE = timedelta(minutes=1)
IV = "protocols/iv-ketamine"


def test_the_shipped_dose_is_half_a_milligram_per_kilogram_over_forty_minutes_without_a_cap() -> None:
    protocol = iv_ketamine()
    assert (protocol.key, protocol.route, protocol.drug) == ("iv-ketamine", Route.INTRAVENOUS, "ketamine")
    assert protocol.dose.mg_per_kg == DosePerWeight.exactly("0.5")
    assert protocol.dose.lasts == 40 * MINUTE
    assert protocol.dose.weight_basis is WeightBasis.ACTUAL
    assert protocol.dose.max_dose is None
    assert protocol.max_pause == 30 * MINUTE
    assert protocol.instruments == ("phq-9", "dissociation-nrs")


def test_a_clinic_may_set_a_cap_to_the_microgram() -> None:
    assert read_protocol(changed(shipped(IV), "dose.max_dose_mg", "60.001")).dose.max_dose == Mass.mg("60.001")


def test_the_guards_are_those_of_the_dose_page() -> None:
    guards = iv_ketamine().guards
    doses = (guards.mg_per_kg_soft_low, guards.mg_per_kg_soft_high, guards.mg_per_kg_hard_high)
    assert doses == tuple(DosePerWeight.exactly(each) for each in ("0.1", "1.5", "2"))
    assert (guards.weight_change_soft_percent, guards.weight_change_hard_percent) == (10, 25)
    assert guards.dose_change_reason_percent == 25
    assert guards.rate_times_reason == 2
    assert guards.duration_soft_least == 30 * MINUTE
    assert guards.undiluted_refused_from == Concentration.mg_per_ml("100")


def test_the_grid_runs_from_five_minutes_before_the_start_to_two_hours_after() -> None:
    grid = iv_ketamine().grid
    assert grid.minutes == (-5, 0, 10, 20, 30, 40, 55, 70, 85, 100, 120)
    assert (grid.grace, grid.overdue_after, grid.missed_after) == (3 * MINUTE, 5 * MINUTE, 10 * MINUTE)
    assert grid.baseline_within == 15 * MINUTE


def test_the_gates_before_a_dose_are_those_of_the_visit() -> None:
    screening = iv_ketamine().screening
    assert screening.vitals_max_age == 15 * MINUTE
    assert screening.release_max_age == 60 * MINUTE
    assert (screening.hold_systolic_mmhg, screening.hold_diastolic_mmhg) == (160, 100)
    assert screening.escort_needed
    assert "treatment_off_label" in screening.consents
    assert (screening.fasting.solids, screening.fasting.clear_fluids) == (timedelta(hours=6), timedelta(hours=2))
    assert screening.fasting.origin.status is Status.UNCHECKED


def test_the_three_shipped_strengths_may_stand_in_for_each_other_when_a_prescriber_says_so() -> None:
    rule = iv_ketamine().substitution
    assert rule is not None
    assert rule.strengths == tuple(Concentration.mg_per_ml(each) for each in ("10", "50", "100"))
    assert rule.authorised_by == (Role.PRESCRIBER,)
    assert {it["strength_mg_per_ml"] for it in shipped("products/ketamine")["products"]} == {
        strength.as_text() for strength in rule.strengths
    }


def test_a_protocol_that_says_nothing_of_other_strengths_is_read_and_lets_none_stand_in() -> None:
    assert read_protocol(changed(shipped(IV), "substitution", ...)).substitution is None


def test_late_entries_are_those_of_the_clock_rule() -> None:
    limits = iv_ketamine().late_entry
    assert (limits.reason_after, limits.reason_least_characters) == (15 * MINUTE, 10)
    assert (limits.countersign_after, limits.future_at_most) == (timedelta(hours=24), 2 * MINUTE)


def test_waste_and_the_next_visit_are_no_part_of_leaving() -> None:
    discharge = iv_ketamine().discharge
    names = [*(it.sign for it in discharge.readings), *(it.fact for it in discharge.numbers)]
    answers = {it.fact: it for it in discharge.answers}
    assert set(answers) == set(YesFact)
    assert not any("waste" in name or "visit" in name for name in [*names, *answers])
    assert answers[YesFact.ESCORT_IDENTIFIED].step is Step.LEAVING
    assert not answers[YesFact.LINE_REMOVED].may_override
    assert [(it.fact, it.least) for it in discharge.numbers] == [(NumberFact.ALDRETE, 9)]
    assert discharge.minimum_stay == 60 * MINUTE


def test_every_block_says_where_its_numbers_come_from() -> None:
    for block in (
        "dose",
        "pause",
        "guards",
        "screening",
        "fasting",
        "consents",
        "monitoring",
        "alerts",
        "late_entry",
        "substitution",
    ):
        for name in ("source", "status"):
            with pytest.raises(MalformedContent) as refusal:
                read_protocol(changed(shipped(IV), f"{block}.{name}", ...))
            assert refusal.value.field == f"{block}.{name}"


@pytest.mark.parametrize("block", list(FIELDS))
def test_a_protocol_without_one_of_its_blocks_is_refused(block: str) -> None:
    with pytest.raises(MalformedContent) as refusal:
        read_protocol(changed(shipped(IV), block, ...))
    assert refusal.value.field == block


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("key", "", "key"),
        ("version", 0, "version"),
        ("route", "oral", "route"),
        ("instruments", "phq-9", "instruments"),
        ("dose.mg_per_kg", 0.5, "dose.mg_per_kg"),
        ("dose.mg_per_kg", "0.5 mg", "dose.mg_per_kg"),
        ("dose.minutes", 0, "dose.minutes"),
        ("dose.max_dose_mg", "60.0001", "dose.max_dose_mg"),
        ("dose.max_dose", "60", "dose.max_dose"),
        ("guards.mg_per_kg_soft_high", "0.1", "guards.mg_per_kg_soft_high"),
        ("guards.mg_per_kg_soft_high", "2.001", "guards.mg_per_kg_soft_high"),
        ("guards.weight_change_soft_percent", 26, "guards.weight_change_soft_percent"),
        ("monitoring.minutes_from_start", [], "monitoring.minutes_from_start"),
        ("monitoring.minutes_from_start", [-5], "monitoring.minutes_from_start"),
        ("monitoring.minutes_from_start", [10, 0], "monitoring.minutes_from_start"),
        ("monitoring.grace_minutes", 6, "monitoring.overdue_after_minutes"),
        ("monitoring.missed_after_minutes", 4, "monitoring.overdue_after_minutes"),
        ("monitoring.repeat_every_minutes", 0, "monitoring.repeat_every_minutes"),
        ("alerts.limits", [], "alerts.limits"),
        ("alerts.consecutive", 0, "alerts.consecutive"),
        ("alerts.limits.3.tier", "panic", "alerts.limits[3].tier"),
        ("alerts.limits.0.sign", "blood_pressure", "alerts.limits[0].sign"),
        ("plausibility.signs", [], "plausibility.signs"),
        ("plausibility.body", [], "plausibility.body"),
        ("plausibility.signs.0.highest", 29, "plausibility.signs[0].highest"),
        ("plausibility.pulse_pressure.lowest", ..., "plausibility.pulse_pressure.lowest"),
        ("discharge.readings.0.last", 0, "discharge.readings[0].last"),
        ("discharge.readings.3.least", ..., "discharge.readings[3].sign"),
        ("discharge.readings.0.may_override", ..., "discharge.readings[0].may_override"),
        ("discharge.numbers.0.fact", "waste", "discharge.numbers[0].fact"),
        ("discharge.answers.0.fact", "waste_witnessed", "discharge.answers[0].fact"),
        ("late_entry.countersign_after_hours", 0, "late_entry.countersign_after_hours"),
        ("screening.escort_needed", 1, "screening.escort_needed"),
        ("pause.most_minutes", ..., "pause.most_minutes"),
        ("two_person_waste", True, "two_person_waste"),
        ("substitution.strengths", ["10"], "substitution.strengths"),
        ("substitution.strengths_mg_per_ml", ..., "substitution.strengths_mg_per_ml"),
        ("substitution.strengths_mg_per_ml", [], "substitution.strengths_mg_per_ml"),
        ("substitution.strengths_mg_per_ml", ["0"], "substitution.strengths_mg_per_ml"),
        ("substitution.strengths_mg_per_ml", ["50 mg/mL"], "substitution.strengths_mg_per_ml"),
        ("substitution.strengths_mg_per_ml", [50], "substitution.strengths_mg_per_ml"),
        ("substitution.strengths_mg_per_ml", ["50", "50.0"], "substitution.strengths_mg_per_ml"),
        ("substitution.authorised_by", [], "substitution.authorised_by"),
        ("substitution.authorised_by", ["director"], "substitution.authorised_by"),
        ("substitution.authorised_by", ["prescriber", "prescriber"], "substitution.authorised_by"),
        ("substitution.source", ..., "substitution.source"),
    ],
)
def test_a_protocol_is_refused_by_the_field_that_is_wrong(path: str, value: Any, field: str) -> None:
    with pytest.raises(MalformedContent) as refusal:
        read_protocol(changed(shipped(IV), path, value))
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("value", "possible", "rare"),
    [
        (29, False, True),
        (30, True, True),
        (79, True, True),
        (80, True, False),
        (220, True, False),
        (221, True, True),
        (300, True, True),
        (301, False, True),
    ],
)
def test_a_systolic_pressure_is_possible_and_rare_at_these_edges(value: int, possible: bool, rare: bool) -> None:
    limits = iv_ketamine().plausibility.signs[Sign.SYSTOLIC]
    assert (limits.possible(value), limits.rare(value)) == (possible, rare)


def test_a_scale_without_rare_values_asks_about_none() -> None:
    limits = iv_ketamine().plausibility.signs[Sign.MOAAS]
    assert limits == Limits(lowest=0, highest=5, confirm_below=None, confirm_above=None)
    assert not any(limits.rare(value) for value in range(6))


def test_weight_and_height_have_limits_too() -> None:
    body = iv_ketamine().plausibility.body
    assert (body[Measure.WEIGHT].lowest, body[Measure.WEIGHT].highest) == (20, 400)
    assert (body[Measure.HEIGHT].lowest, body[Measure.HEIGHT].highest) == (100, 250)


@pytest.mark.parametrize(
    ("when", "limit", "breaks", "keeps"),
    [
        (When.AT_LEAST, 160, 160, 159),
        (When.ABOVE, 110, 111, 110),
        (When.AT_MOST, 3, 3, 4),
        (When.BELOW, 94, 93, 94),
    ],
)
def test_an_absolute_limit_breaks_at_its_edge(when: When, limit: int, breaks: int, keeps: int) -> None:
    rule = AlertLimit(Sign.SYSTOLIC, Tier.WARN, when, limit)
    assert rule.broken_by(breaks, baseline=None)
    assert not rule.broken_by(keeps, baseline=None)


@pytest.mark.parametrize(("when", "breaks", "keeps"), [(When.RISE_AT_LEAST, 150, 149), (When.FALL_AT_LEAST, 100, 101)])
def test_a_relative_limit_needs_the_patients_own_baseline(when: When, breaks: int, keeps: int) -> None:
    rule = AlertLimit(Sign.SYSTOLIC, Tier.WARN, when, 25)
    assert rule.broken_by(breaks, baseline=125)
    assert not rule.broken_by(keeps, baseline=125)
    assert not rule.broken_by(breaks, baseline=None)


def test_tiers_are_ordered_by_how_grave_they_are() -> None:
    assert Tier.WARN.rank < Tier.URGENT.rank < Tier.CRITICAL.rank
