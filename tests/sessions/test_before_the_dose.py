"""The baseline a dose stands on, the suicide item, the second check, and who may start."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest

from clinic_api.clinics.rules.profile import CheckMoment, Profile, read_profile
from clinic_api.monitoring.rules.readings import Reading
from clinic_api.monitoring.rules.scales import SafetyStep
from clinic_api.protocols.rules.protocol import Route
from clinic_api.protocols.rules.signs import Sign
from clinic_api.quantities import Mass, Volume
from clinic_api.sessions.rules.baseline import gate_baseline
from clinic_api.sessions.rules.dose_check import (
    CheckerOrderedIt,
    CheckerPreparedIt,
    DoseLook,
    ThisDose,
    check_checker,
    differences,
    moments_of,
)
from clinic_api.sessions.rules.incident import (
    AlreadyHere,
    ChairElsewhere,
    NotWeighed,
    OrderOfAnother,
    ReleaserStartsIt,
    WhichProtocol,
    check_starter,
)
from clinic_api.sessions.rules.safety import SafetyTold, safety_answered
from tests.protocols.shipped import iv_ketamine, shipped

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
ADA, BEN, DORA = UUID(int=1), UUID(int=2), UUID(int=3)
SIGNS = iv_ketamine().screening.signs
WHOLE = Reading(
    taken_at=NINE,
    systolic_mmhg=124,
    diastolic_mmhg=76,
    heart_rate_bpm=72,
    spo2_percent=98,
    respiratory_rate_per_min=15,
    moaas=5,
)


def profile(name: str) -> Profile:
    """A shipped practice profile."""
    return read_profile(shipped(f"profiles/{name}"))


# ---------------------------------------------------------------------------------------------------------- baseline


def test_without_a_set_there_is_no_baseline() -> None:
    assert gate_baseline([], signs=SIGNS) is None
    assert gate_baseline([Reading(taken_at=NINE)], signs=SIGNS) is None


def test_of_each_sign_the_newest_value_counts() -> None:
    later = Reading(taken_at=NINE + MINUTE, systolic_mmhg=130, diastolic_mmhg=80)
    found = gate_baseline([later, WHOLE], signs=SIGNS)
    assert found is not None
    assert (found.reading.systolic_mmhg, found.reading.spo2_percent) == (130, 98)
    assert found.pressure_at == NINE + MINUTE


def test_repeating_one_sign_makes_no_old_pressure_young() -> None:
    later = Reading(taken_at=NINE + 20 * MINUTE, spo2_percent=97)
    found = gate_baseline([WHOLE, later], signs=SIGNS)
    assert found is not None
    assert found.reading.taken_at == NINE
    assert found.pressure_at == NINE


def test_a_sign_nobody_asks_for_does_not_make_the_baseline_older() -> None:
    earlier = Reading(taken_at=NINE - MINUTE, dissociation_nrs=0)
    found = gate_baseline([earlier, WHOLE], signs=SIGNS)
    assert found is not None
    assert found.reading.taken_at == NINE


def test_a_set_without_pressure_has_no_time_of_pressure() -> None:
    found = gate_baseline([Reading(taken_at=NINE, dissociation_nrs=2)], signs=[Sign.SPO2])
    assert found is not None
    assert (found.reading.taken_at, found.pressure_at) == (NINE, None)


# ------------------------------------------------------------------------------------------------------ suicide item


def answered(step: SafetyStep, *, plan: datetime | None = None, action: datetime | None = None) -> bool | None:
    """Whether the item is answered for, asked at nine."""
    return safety_answered(step, SafetyTold(plan_at=plan, action_at=action), asked_at=NINE)


def test_an_item_nobody_asked_is_not_known() -> None:
    assert answered(SafetyStep.ASK, action=NINE) is None
    assert safety_answered(SafetyStep.NOTHING, SafetyTold(None, None), asked_at=None) is None


def test_an_answer_of_nothing_asks_for_nothing() -> None:
    assert answered(SafetyStep.NOTHING) is True


def test_an_unchanged_low_answer_is_done_with_the_safety_plan_or_an_action() -> None:
    assert answered(SafetyStep.SAFETY_PLAN) is False
    assert answered(SafetyStep.SAFETY_PLAN, plan=NINE) is True
    assert answered(SafetyStep.SAFETY_PLAN, action=NINE) is True


def test_a_grave_answer_is_done_only_with_an_action() -> None:
    assert answered(SafetyStep.TASK, plan=NINE) is False
    assert answered(SafetyStep.TASK, action=NINE) is True


def test_what_was_done_a_second_before_the_question_does_not_answer_it() -> None:
    assert answered(SafetyStep.TASK, action=NINE - SECOND) is False
    assert answered(SafetyStep.SAFETY_PLAN, plan=NINE - SECOND) is False


# ------------------------------------------------------------------------------------------------------ second check

SAME = ThisDose(
    route=Route.INTRAVENOUS,
    ordered=Mass.mg(35),
    last_ordered=Mass.mg(35),
    strength=Fraction(50),
    last_strength=Fraction(50),
)
LOOK = DoseLook(mg_per_ml=Fraction(50), drawn=Volume.ml("0.7"), ml_per_h=Fraction(75), to_infuse=Volume.ml(50))


def moments(**different: Any) -> tuple[CheckMoment, ...]:
    """Why a dose needs a second check in a team practice."""
    return moments_of(replace(SAME, **different), profile("team").dose_check)


def test_the_same_dose_again_needs_no_second_check() -> None:
    assert moments() == ()


def test_a_first_dose_another_strength_and_an_injection_need_one() -> None:
    assert moments(last_ordered=None, last_strength=None) == (CheckMoment.FIRST_DOSE,)
    assert moments(last_strength=Fraction(10)) == (CheckMoment.OTHER_STRENGTH,)
    assert moments(route=Route.INTRAMUSCULAR) == (CheckMoment.INTRAMUSCULAR,)


@pytest.mark.parametrize(("mg", "needed"), [("43.75", True), ("43.749", False), ("26.25", True), ("26.251", False)])
def test_a_change_of_a_quarter_needs_one_and_a_microgram_less_does_not(mg: str, needed: bool) -> None:
    assert moments(ordered=Mass.mg(mg)) == ((CheckMoment.DOSE_CHANGE,) if needed else ())


def test_in_a_team_neither_who_drew_nor_who_ordered_checks() -> None:
    control = profile("team").dose_check
    with pytest.raises(CheckerPreparedIt, match="second person"):
        check_checker(ADA, prepared_by=ADA, ordered_by=DORA, control=control)
    with pytest.raises(CheckerOrderedIt, match="did not order"):
        check_checker(DORA, prepared_by=ADA, ordered_by=DORA, control=control)
    check_checker(BEN, prepared_by=ADA, ordered_by=DORA, control=control)


def test_a_practice_of_two_lets_the_prescriber_check() -> None:
    check_checker(DORA, prepared_by=ADA, ordered_by=DORA, control=profile("duo").dose_check)


def test_a_practice_of_one_checks_with_a_scan() -> None:
    check_checker(ADA, prepared_by=ADA, ordered_by=ADA, control=profile("solo").dose_check)


def test_what_is_as_worked_out_does_not_differ() -> None:
    assert differences(LOOK, expected=LOOK, wristband_matches=True) == ()


@pytest.mark.parametrize(
    ("seen", "named"),
    [
        ({"mg_per_ml": Fraction(100)}, "strength"),
        ({"drawn": Volume.ml("0.71")}, "drawn"),
        ({"ml_per_h": Fraction(751, 10)}, "pump_rate"),
        ({"ml_per_h": None}, "pump_rate"),
        ({"to_infuse": Volume.ml("50.001")}, "to_infuse"),
    ],
)
def test_the_smallest_difference_is_named(seen: dict[str, Any], named: str) -> None:
    assert differences(replace(LOOK, **seen), expected=LOOK, wristband_matches=True) == (named,)


def test_another_wristband_is_named_first() -> None:
    found = differences(replace(LOOK, drawn=Volume.ml(7)), expected=LOOK, wristband_matches=False)
    assert found == ("wristband", "drawn")


# ------------------------------------------------------------------------------------------------------ who may start


def test_in_a_team_whoever_released_the_dose_does_not_start_it() -> None:
    with pytest.raises(ReleaserStartsIt, match="two people"):
        check_starter(DORA, released_by=DORA, profile=profile("team"))
    check_starter(ADA, released_by=DORA, profile=profile("team"))
    check_starter(ADA, released_by=None, profile=profile("team"))
    check_starter(DORA, released_by=DORA, profile=profile("solo"))


@pytest.mark.parametrize(
    "refusal", [OrderOfAnother(), WhichProtocol(), AlreadyHere(ADA), ChairElsewhere(), NotWeighed()]
)
def test_each_refusal_says_the_way_out(refusal: Exception) -> None:
    assert str(refusal).endswith((".", "taken"))
