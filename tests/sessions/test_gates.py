"""The gates before a dose: all that is missing at once, each with its way out, to the smallest step."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clinic_api.monitoring.rules.readings import NotObtained, Reading
from clinic_api.protocols.rules.signs import Sign
from clinic_api.sessions.rules.gates import (
    Gate,
    GatesUnmet,
    ReadyFacts,
    StartFacts,
    check_ready,
    check_start,
    ready_unmet,
    resume_unmet,
    start_unmet,
)
from tests.protocols.shipped import iv_ketamine

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SCREENING = iv_ketamine().screening
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

BASELINE = Reading(
    taken_at=AT - 5 * MINUTE,
    systolic_mmhg=124,
    diastolic_mmhg=76,
    heart_rate_bpm=72,
    spo2_percent=98,
    respiratory_rate_per_min=15,
    moaas=5,
)
READY = ReadyFacts(
    consents_in_force=frozenset(SCREENING.consents),
    last_solids_at=AT - 6 * HOUR,
    last_clear_fluids_at=AT - 2 * HOUR,
    escort_named=True,
    baseline=BASELINE,
    pressure_hold_cleared=None,
    questionnaire_at=AT - HOUR,
    safety_answered=True,
    released_at=AT - 10 * MINUTE,
)
UNKNOWN = ReadyFacts(
    consents_in_force=frozenset(),
    last_solids_at=None,
    last_clear_fluids_at=None,
    escort_named=None,
    baseline=None,
    pressure_hold_cleared=None,
    questionnaire_at=None,
    safety_answered=None,
    released_at=None,
)
START = StartFacts(
    ready=READY,
    order_active=True,
    drug_drawn=True,
    dose_check_required=True,
    dose_checked=True,
    prescriber_on_site=True,
)


def ready_gates(**facts: Any) -> list[Gate]:
    """The gates that keep the patient from being ready, with some facts changed."""
    return [it.gate for it in ready_unmet(replace(READY, **facts), screening=SCREENING, at=AT)]


def start_gates(ready: ReadyFacts = READY, **facts: Any) -> list[Gate]:
    """The gates that keep the infusion from starting, with some facts changed."""
    return [it.gate for it in start_unmet(replace(START, ready=ready, **facts), screening=SCREENING, at=AT)]


def test_a_patient_with_everything_done_is_ready_and_may_start() -> None:
    check_ready(READY, screening=SCREENING, at=AT)
    check_start(START, screening=SCREENING, at=AT)


def test_nothing_known_is_nothing_met_and_all_of_it_is_listed() -> None:
    with pytest.raises(GatesUnmet) as refusal:
        check_ready(UNKNOWN, screening=SCREENING, at=AT)
    assert [it.gate for it in refusal.value.unmet] == [
        *(Gate.CONSENTS, Gate.FASTING, Gate.ESCORT, Gate.BASELINE),
        *(Gate.QUESTIONNAIRE, Gate.SUICIDE_ITEM, Gate.RELEASE),
    ]
    assert "escort: nobody is named to take the patient home (name an adult" in str(refusal.value)


def test_the_refusal_carries_each_gate_with_its_way_out_for_the_screen() -> None:
    with pytest.raises(GatesUnmet) as refusal:
        check_ready(replace(READY, escort_named=False), screening=SCREENING, at=AT)
    assert refusal.value.facts == {
        "unmet": [
            {
                "gate": Gate.ESCORT,
                "what": "nobody is named to take the patient home",
                "way_out": "name an adult and a telephone number",
            }
        ]
    }


def test_one_missing_consent_is_named() -> None:
    facts = replace(READY, consents_in_force=frozenset(SCREENING.consents) - {"privacy_notice"})
    (unmet,) = ready_unmet(facts, screening=SCREENING, at=AT)
    assert (unmet.gate, unmet.what) == (Gate.CONSENTS, "missing, expired or withdrawn: privacy_notice")


@pytest.mark.parametrize(
    ("facts", "what", "way_out"),
    [
        ({"last_solids_at": AT - 6 * HOUR + SECOND}, "5:59:59 since solid food, 6:00:00 needed", "wait 0:00:01"),
        ({"last_clear_fluids_at": AT - 2 * HOUR + SECOND}, "1:59:59 since fluids, 2:00:00 needed", "wait 0:00:01"),
        ({"last_solids_at": None}, "the time of the last solid food is not known", "ask the patient"),
        ({"last_clear_fluids_at": None}, "the time of the last fluids is not known", "ask the patient"),
    ],
)
def test_fasting_is_counted_to_the_second_and_asked_where_unknown(
    facts: dict[str, Any], what: str, way_out: str
) -> None:
    (unmet,) = ready_unmet(replace(READY, **facts), screening=SCREENING, at=AT)
    assert (unmet.gate, unmet.what, unmet.way_out) == (Gate.FASTING, what, way_out)


@pytest.mark.parametrize(("named", "gates"), [(True, []), (False, [Gate.ESCORT]), (None, [Gate.ESCORT])])
def test_an_escort_must_be_named(named: bool | None, gates: list[Gate]) -> None:
    assert ready_gates(escort_named=named) == gates


def test_a_protocol_may_need_no_escort() -> None:
    alone = replace(SCREENING, escort_needed=False)
    assert ready_unmet(replace(READY, escort_named=None), screening=alone, at=AT) == ()


@pytest.mark.parametrize("sign", SCREENING.signs)
def test_each_baseline_sign_must_be_read_and_a_reason_for_not_reading_it_is_no_reading(sign: Sign) -> None:
    nothing: dict[str, Any] = {sign: None}
    without = replace(BASELINE, not_obtained={sign: NotObtained.REFUSED}, **nothing)
    (unmet,) = ready_unmet(replace(READY, baseline=without), screening=SCREENING, at=AT)
    assert (unmet.gate, unmet.what) == (Gate.BASELINE, f"not read: {sign}")


@pytest.mark.parametrize(
    ("systolic", "diastolic", "cleared", "gates"),
    [
        (159, 99, None, []),
        (160, 99, None, [Gate.PRESSURE_HOLD]),
        (159, 100, None, [Gate.PRESSURE_HOLD]),
        (160, 100, False, [Gate.PRESSURE_HOLD]),
        (160, 100, True, []),
    ],
)
def test_a_pressure_at_the_hold_waits_for_the_prescriber(
    systolic: int, diastolic: int, cleared: bool | None, gates: list[Gate]
) -> None:
    baseline = replace(BASELINE, systolic_mmhg=systolic, diastolic_mmhg=diastolic)
    assert ready_gates(baseline=baseline, pressure_hold_cleared=cleared) == gates


@pytest.mark.parametrize(
    ("pressure", "gates", "what"),
    [
        ({"systolic_mmhg": None, "diastolic_mmhg": 100}, [Gate.BASELINE, Gate.PRESSURE_HOLD], "not read/100 mmHg"),
        ({"systolic_mmhg": 160, "diastolic_mmhg": None}, [Gate.BASELINE, Gate.PRESSURE_HOLD], "160/not read mmHg"),
        ({"systolic_mmhg": 120, "diastolic_mmhg": None}, [Gate.BASELINE], "not read: diastolic_mmhg"),
    ],
)
def test_half_a_pressure_holds_where_that_half_is_high(pressure: dict[str, Any], gates: list[Gate], what: str) -> None:
    baseline = replace(BASELINE, **pressure)
    unmet = ready_unmet(replace(READY, baseline=baseline), screening=SCREENING, at=AT)
    assert [it.gate for it in unmet] == gates
    assert unmet[-1].what.startswith(what)


@pytest.mark.parametrize(
    ("answered", "gates"),
    [
        (AT - timedelta(days=3), []),
        (AT - timedelta(days=3) - SECOND, [Gate.QUESTIONNAIRE]),
        (None, [Gate.QUESTIONNAIRE]),
    ],
)
def test_a_questionnaire_older_than_three_days_is_answered_again(answered: datetime | None, gates: list[Gate]) -> None:
    assert ready_gates(questionnaire_at=answered) == gates


@pytest.mark.parametrize("answered", [None, False])
def test_the_suicide_item_is_answered_before_the_dose(answered: bool | None) -> None:
    assert ready_gates(safety_answered=answered) == [Gate.SUICIDE_ITEM]


def test_a_dose_without_a_release_is_neither_ready_nor_started() -> None:
    assert ready_gates(released_at=None) == [Gate.RELEASE]
    assert start_gates(replace(READY, released_at=None)) == [Gate.RELEASE]


@pytest.mark.parametrize(("age", "gates"), [(60 * MINUTE, []), (60 * MINUTE + SECOND, [Gate.RELEASE])])
def test_a_release_older_than_an_hour_is_asked_for_again(age: timedelta, gates: list[Gate]) -> None:
    assert start_gates(replace(READY, released_at=AT - age)) == gates


@pytest.mark.parametrize(("age", "gates"), [(15 * MINUTE, []), (15 * MINUTE + SECOND, [Gate.BASELINE])])
def test_a_baseline_older_than_a_quarter_of_an_hour_is_taken_again(age: timedelta, gates: list[Gate]) -> None:
    assert start_gates(replace(READY, baseline=replace(BASELINE, taken_at=AT - age))) == gates


def test_a_missing_baseline_is_named_once() -> None:
    assert start_gates(replace(READY, baseline=None)) == [Gate.BASELINE]


@pytest.mark.parametrize("known", [None, False])
@pytest.mark.parametrize(
    ("fact", "gate"),
    [("order_active", Gate.ORDER), ("drug_drawn", Gate.DRUG), ("prescriber_on_site", Gate.PRESCRIBER)],
)
def test_order_drug_and_prescriber_must_be_known_to_be_there(fact: str, gate: Gate, known: bool | None) -> None:
    facts: dict[str, Any] = {fact: known}
    assert start_gates(**facts) == [gate]


@pytest.mark.parametrize(
    ("required", "checked", "gates"),
    [
        (True, True, []),
        (True, None, [Gate.DOSE_CHECK]),
        (True, False, [Gate.DOSE_CHECK]),
        (False, None, []),
        (None, None, [Gate.DOSE_CHECK]),
    ],
)
def test_the_dose_is_checked_unless_the_profile_is_known_not_to_ask(
    required: bool | None, checked: bool | None, gates: list[Gate]
) -> None:
    assert start_gates(dose_check_required=required, dose_checked=checked) == gates


def test_a_consent_withdrawn_after_being_ready_still_stops_the_start() -> None:
    with pytest.raises(GatesUnmet) as refusal:
        check_start(
            replace(START, ready=replace(READY, consents_in_force=frozenset()), drug_drawn=None),
            screening=SCREENING,
            at=AT,
        )
    assert [it.gate for it in refusal.value.unmet] == [Gate.CONSENTS, Gate.DRUG]


@pytest.mark.parametrize(
    ("pause", "alert_open", "agrees", "gates"),
    [
        (30 * MINUTE, False, None, []),
        (30 * MINUTE + SECOND, False, None, [Gate.PAUSE]),
        (MINUTE, True, None, [Gate.PRESCRIBER_AGREES]),
        (MINUTE, True, False, [Gate.PRESCRIBER_AGREES]),
        (MINUTE, True, True, []),
        (31 * MINUTE, True, None, [Gate.PAUSE, Gate.PRESCRIBER_AGREES]),
    ],
)
def test_a_paused_infusion_goes_on_within_its_limit_and_with_the_prescribers_word(
    pause: timedelta, alert_open: bool, agrees: bool | None, gates: list[Gate]
) -> None:
    unmet = resume_unmet(
        paused_at=AT - pause,
        at=AT,
        max_pause=iv_ketamine().max_pause,
        alert_open=alert_open,
        prescriber_agrees=agrees,
    )
    assert [it.gate for it in unmet] == gates
