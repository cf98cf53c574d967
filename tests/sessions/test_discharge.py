"""Discharge as a proof: each criterion at its edge, missing is unmet, and paper never holds a patient."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clinic_api.monitoring.rules.readings import NotObtained, Reading
from clinic_api.protocols.rules.discharge import ReadingCriterion, Step, YesFact
from clinic_api.protocols.rules.signs import Sign
from clinic_api.sessions.rules.discharge import (
    STAY,
    CriterionResult,
    DischargeFacts,
    NotFitForDischarge,
    NotOverridable,
    check_discharge,
    check_fit,
    check_overridable,
    discharge_proof,
)
from tests.protocols.shipped import iv_ketamine

STOP = datetime(2026, 3, 2, 15, 40, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
AT = STOP + 60 * MINUTE
CRITERIA = iv_ketamine().discharge
ORDINARY = {
    "systolic_mmhg": 126,
    "diastolic_mmhg": 77,
    "heart_rate_bpm": 73,
    "spo2_percent": 98,
    "respiratory_rate_per_min": 15,
    "moaas": 5,
    "dissociation_nrs": 1,
}


def read(minute: int, **values: Any) -> Reading:
    """A set so many minutes after the infusion ended, ordinary but for what is given."""
    return Reading(taken_at=STOP + minute * MINUTE, **{**ORDINARY, **values})


FACTS = DischargeFacts(
    stay_from=STOP,
    baseline=read(-45, systolic_mmhg=124, diastolic_mmhg=76, dissociation_nrs=0),
    readings=(read(50), read(30), read(10)),
    aldrete=10,
    gait_steady=True,
    nausea_controlled=True,
    suicide_item_rechecked=True,
    line_removed=True,
    instructions_given=True,
    escort_identified=True,
)
NOTHING = DischargeFacts(
    stay_from=None,
    baseline=None,
    readings=(),
    aldrete=None,
    gait_steady=None,
    nausea_controlled=None,
    suicide_item_rechecked=None,
    line_removed=None,
    instructions_given=None,
    escort_identified=None,
)


def proof(at: datetime = AT, **facts: Any) -> dict[str, CriterionResult]:
    """The proof by criterion, with some facts changed."""
    return {it.name: it for it in discharge_proof(replace(FACTS, **facts), criteria=CRITERIA, at=at)}


def unmet(at: datetime = AT, **facts: Any) -> list[str]:
    """The names of what is not met, with some facts changed."""
    return [name for name, it in proof(at, **facts).items() if not it.met]


def last(**values: Any) -> Sequence[Reading]:
    """Two sets after the infusion, the newest with these values."""
    return (read(30), read(50, **values))


def test_a_recovered_patient_proves_every_criterion() -> None:
    found = tuple(proof().values())
    check_fit(found, overridden=())
    check_discharge(found, overridden=())
    assert all(it.met for it in found)


def test_nothing_known_proves_nothing() -> None:
    found = discharge_proof(NOTHING, criteria=CRITERIA, at=AT)
    assert not any(it.met for it in found)
    assert {it.value for it in found} == {None}
    assert {it.name for it in found} == set(proof())


def test_waste_and_the_next_visit_do_not_appear_in_the_proof() -> None:
    assert not [name for name in proof() if "waste" in name or "visit" in name]


@pytest.mark.parametrize(("stay", "met"), [(60 * MINUTE, True), (60 * MINUTE - SECOND, False)])
def test_the_stay_is_counted_from_the_end_of_the_infusion_to_the_second(stay: timedelta, met: bool) -> None:
    assert proof(STOP + stay)[STAY].met is met
    assert proof(STOP + stay)[STAY].value == f"{stay // MINUTE} min"


def test_a_rescue_drug_starts_the_stay_again_and_older_readings_no_longer_count() -> None:
    rescued = STOP + 40 * MINUTE
    assert unmet(rescued + 60 * MINUTE, stay_from=rescued, readings=(read(39), read(95))) == [
        Sign.SYSTOLIC,
        Sign.DIASTOLIC,
    ]
    assert unmet(rescued + 60 * MINUTE, stay_from=rescued, readings=(read(40), read(95))) == []


@pytest.mark.parametrize(
    ("sign", "met", "not_met"),
    [
        (Sign.SYSTOLIC, 148, 149),
        (Sign.SYSTOLIC, 90, 89),
        (Sign.DIASTOLIC, 90, 91),
        (Sign.HEART_RATE, 110, 111),
        (Sign.HEART_RATE, 55, 54),
        (Sign.SPO2, 94, 93),
        (Sign.RESPIRATORY_RATE, 10, 9),
        (Sign.RESPIRATORY_RATE, 24, 25),
        (Sign.MOAAS, 5, 4),
        (Sign.DISSOCIATION, 2, 3),
    ],
)
def test_each_reading_is_met_at_its_edge_and_not_one_beyond(sign: Sign, met: int, not_met: int) -> None:
    assert unmet(readings=last(**{sign: met})) == []
    assert unmet(readings=last(**{sign: not_met})) == [sign]


@pytest.mark.parametrize("sign", [it.sign for it in CRITERIA.readings])
def test_neither_a_missing_value_nor_a_zero_passes_for_a_normal_one(sign: Sign) -> None:
    missing = (read(30, **{sign: None}), read(50, **{sign: None}))
    assert unmet(readings=missing) == [sign]
    if sign is not Sign.DISSOCIATION and sign is not Sign.DIASTOLIC:
        assert unmet(readings=last(**{sign: 0})) == [sign]


def test_both_of_the_last_two_pressures_must_be_within_limits() -> None:
    assert unmet(readings=(read(30, systolic_mmhg=149), read(50))) == [Sign.SYSTOLIC]
    assert unmet(readings=(read(20, systolic_mmhg=149), read(30), read(50))) == []
    assert unmet(readings=(read(50),)) == [Sign.SYSTOLIC, Sign.DIASTOLIC]


def test_the_pressures_and_their_limit_can_be_read_in_the_proof() -> None:
    systolic = proof(readings=(read(30, systolic_mmhg=149), read(50)))[Sign.SYSTOLIC]
    assert systolic.value == "149, 126"
    assert systolic.limit == "90 to 148, last 2, ≤ 20 min old"
    assert systolic.age == 10 * MINUTE
    assert proof()[Sign.SPO2].limit.startswith("at least 94, ≤ 20 min old")
    assert proof()[Sign.DIASTOLIC].limit.startswith("at most 90, last 2")


@pytest.mark.parametrize(("age", "names"), [(20 * MINUTE, []), (20 * MINUTE + SECOND, list(ORDINARY))])
def test_a_reading_older_than_twenty_minutes_proves_nothing(age: timedelta, names: list[str]) -> None:
    assert unmet(STOP + 50 * MINUTE + age) == names


def test_a_patient_need_be_no_better_than_at_the_start() -> None:
    breathless = read(-45, spo2_percent=92)
    assert unmet(baseline=breathless, readings=last(spo2_percent=92)) == []
    assert unmet(baseline=breathless, readings=last(spo2_percent=91)) == [Sign.SPO2]
    distant = read(-45, dissociation_nrs=4)
    assert unmet(baseline=distant, readings=last(dissociation_nrs=4)) == []
    assert unmet(baseline=distant, readings=last(dissociation_nrs=5)) == [Sign.DISSOCIATION]


def test_sedation_is_never_excused_by_the_baseline() -> None:
    assert unmet(baseline=read(-45, moaas=4), readings=last(moaas=4)) == [Sign.MOAAS]


def test_without_a_baseline_nearness_to_it_is_not_met_and_the_proof_says_why() -> None:
    found = proof(baseline=None)
    assert not found[Sign.SYSTOLIC].met
    assert found[Sign.SYSTOLIC].limit.startswith("near a baseline, which is missing")
    assert found[Sign.SPO2].met
    assert unmet(baseline=read(-45, systolic_mmhg=None)) == [Sign.SYSTOLIC]


def test_a_criterion_may_ask_only_for_nearness_to_the_baseline() -> None:
    near = ReadingCriterion(
        sign=Sign.SYSTOLIC,
        last=1,
        least=None,
        most=None,
        or_baseline=True,
        above_baseline_most=10,
        may_override=False,
    )
    criteria = replace(CRITERIA, readings=(near,))
    for systolic, met in ((134, True), (135, False)):
        facts = replace(FACTS, readings=last(systolic_mmhg=systolic))
        found = {it.name: it for it in discharge_proof(facts, criteria=criteria, at=AT)}
        assert found[Sign.SYSTOLIC].met is met


def test_a_sign_that_could_not_be_obtained_leaves_the_older_one_to_age() -> None:
    refused = Reading(taken_at=STOP + 58 * MINUTE, not_obtained={Sign.SPO2: NotObtained.REFUSED})
    assert unmet(readings=(*FACTS.readings, refused)) == []
    assert unmet(STOP + 71 * MINUTE, readings=(*FACTS.readings, refused)) == list(ORDINARY)


@pytest.mark.parametrize(("aldrete", "met"), [(9, True), (8, False), (0, False), (None, False)])
def test_an_aldrete_of_nine_is_enough(aldrete: int | None, met: bool) -> None:
    assert proof(aldrete=aldrete)["aldrete"].met is met


@pytest.mark.parametrize("answer", [None, False])
@pytest.mark.parametrize("fact", list(YesFact))
def test_what_nobody_said_yes_to_is_not_met(fact: YesFact, answer: bool | None) -> None:
    facts: dict[str, Any] = {fact: answer}
    assert unmet(**facts) == [fact]
    assert proof(**facts)[fact].value == (None if answer is None else "no")


def test_a_missing_escort_does_not_keep_a_patient_from_being_fit_but_from_being_discharged() -> None:
    found = tuple(proof(escort_identified=None).values())
    check_fit(found, overridden=())
    with pytest.raises(NotFitForDischarge) as refusal:
        check_discharge(found, overridden=())
    assert str(refusal.value) == (
        "escort_identified is not known, must be yes. Take what is missing, have a prescriber accept it with a "
        "reason, or record that the patient left against advice"
    )


def test_a_patient_who_is_not_fit_is_refused_with_every_unmet_criterion() -> None:
    found = tuple(proof(gait_steady=False, aldrete=8).values())
    with pytest.raises(NotFitForDischarge) as refusal:
        check_fit(found, overridden=())
    assert [(it.name, it.value, it.step) for it in refusal.value.unmet] == [
        ("aldrete", "8", Step.FIT),
        ("gait_steady", "no", Step.FIT),
    ]
    assert [line["name"] for line in refusal.value.facts["unmet"]] == ["aldrete", "gait_steady"]


def test_a_prescriber_may_accept_what_the_protocol_lets_them_and_nothing_else() -> None:
    found = tuple(proof(gait_steady=False, line_removed=False).values())
    check_fit(found, overridden={YesFact.GAIT_STEADY})
    with pytest.raises(NotFitForDischarge) as refusal:
        check_discharge(found, overridden={YesFact.GAIT_STEADY, YesFact.LINE_REMOVED})
    assert [it.name for it in refusal.value.unmet] == [YesFact.LINE_REMOVED]


def test_the_hypertensive_day_ends_in_a_discharge() -> None:
    baseline = read(-45, systolic_mmhg=138, diastolic_mmhg=84)
    early = (read(30, systolic_mmhg=150, diastolic_mmhg=90), read(50, systolic_mmhg=165, diastolic_mmhg=90))
    assert unmet(baseline=baseline, readings=early) == [Sign.SYSTOLIC]
    later = (read(80, systolic_mmhg=140, diastolic_mmhg=86), read(95, systolic_mmhg=138, diastolic_mmhg=84))
    assert unmet(STOP + 100 * MINUTE, baseline=baseline, readings=(*early, *later)) == []


def test_a_prescriber_accepts_what_the_protocol_lets_be_accepted() -> None:
    proof = discharge_proof(FACTS, criteria=CRITERIA, at=AT)
    check_overridable(proof, [Sign.MOAAS, STAY])
    check_overridable(proof, [])


@pytest.mark.parametrize("name", [YesFact.LINE_REMOVED, "next_visit"])
def test_a_line_that_is_in_cannot_be_accepted_away_nor_what_nobody_asks_for(name: str) -> None:
    proof = discharge_proof(FACTS, criteria=CRITERIA, at=AT)
    with pytest.raises(NotOverridable) as refusal:
        check_overridable(proof, [Sign.MOAAS, name])
    assert str(refusal.value).startswith(f"{name} cannot be accepted away; only these can: minimum_stay, systolic_mmhg")
