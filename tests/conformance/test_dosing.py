"""Published dosing problems against our arithmetic, each answered by what it asks for and what it gives."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Final

import pytest

from clinic_api.dosing.rules.delivered import delivered
from clinic_api.dosing.rules.pump import Segment
from clinic_api.orders.rules.rates import HOUR, ml_per_h_for, ml_per_h_over, per, ug_per_min
from clinic_api.orders.rules.weights import Body
from clinic_api.orders.rules.working import Diluent, MadeUp, final_volume_of, work_out
from clinic_api.protocols.rules.protocol import Route
from clinic_api.quantities import Concentration, DosePerWeight, Rate, Volume, Weight
from tests.conformance.data import path_of
from tests.orders.examples import IV_SERIES

Problem = Mapping[str, Any]
Given = Mapping[str, Fraction]

EXACT_KG_PER_LB: Final = Fraction("0.45359237")
#: The factor that schools of nursing teach; the published answers use it.
TAUGHT_KG_PER_LB: Final = Fraction(10, 22)
NINE: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)

#: Questions that the product does not answer, and why. The last test counts them.
DECLINED: Final[Mapping[str, str]] = {
    "kg": "weights are taken in kilograms only; nothing in the product converts pounds",
}


def _strength(given: Given) -> Concentration:
    if "bag_mg" in given:
        return Concentration(given["bag_mg"] / given["bag_ml"])
    return Concentration(given["conc_mg_ml"] if "conc_mg_ml" in given else given["conc_mcg_ml"] / 1000)


def _ug_per_min(given: Given) -> Fraction:
    if "dose_mcg_kg_min" in given:
        return given["dose_mcg_kg_min"] * given["weight_kg"]
    return given["dose_mg_min"] * 1000 if "dose_mg_min" in given else given["dose_mcg_min"]


def _ml_per_h(given: Given) -> Fraction:
    if "volume_ml" in given:
        return ml_per_h_over(Volume(int(given["volume_ml"] * 1000)), _hours(given))
    return ml_per_h_for(_ug_per_min(given), _strength(given))


def _ug_per_kg_min(given: Given) -> Fraction:
    if "dose_mg_kg_h" in given:
        return per(MINUTE, amount=given["dose_mg_kg_h"] * 1000, over=HOUR)
    return ug_per_min(given["rate_ml_h"], _strength(given)) / given["weight_kg"]


def _mg_per_kg_h(given: Given) -> Fraction:
    if "dose_mg_kg" in given:
        return per(HOUR, amount=given["dose_mg_kg"], over=timedelta(minutes=int(given["minutes"])))
    return per(HOUR, amount=given["dose_mcg_kg_min"] / 1000, over=MINUTE)


def _mg_given(given: Given) -> Fraction:
    running = Segment(given["rate_ml_min"] * 60, NINE)
    plenty = Volume.ml(1000)
    done = delivered([running], concentration=_strength(given), prepared=plenty, at=NINE + _hours(given))
    assert not done.emptied
    return done.mass.exact


def _ml_to_draw(given: Given) -> Fraction:
    injection = replace(
        IV_SERIES, route=Route.INTRAMUSCULAR, duration=None, mg_per_kg=DosePerWeight(given["dose_mg_kg"])
    )
    body = Body(Weight(int(given["weight_kg"] * 1000)))
    working = work_out(injection, body, label=_strength(given))
    exact_ul = working.label.exact_ul_for(working.ordered)
    assert working.drawn_volume == Volume.rounded_to_step(exact_ul)
    return exact_ul / 1000


def _final_strength(given: Given) -> Fraction:
    made_up = MadeUp.WITHDRAW_FIRST if given.get("ignore_overfill") else MadeUp.ADD_TO_BAG
    drawn = Volume(int(given["add_ml"] * 1000))
    final = final_volume_of(drawn, Diluent(Volume(int(given["bag_ml"] * 1000)), made_up))
    return Concentration.of(Concentration(given["stock_mg_ml"]).mass_in(drawn), final).exact


def _hours(given: Given) -> timedelta:
    return int(given["hours"]) * HOUR


ANSWERS: Final[Mapping[str, Callable[[Given], Fraction]]] = {
    "mL/h": _ml_per_h,
    "mL": _ml_to_draw,
    "mg/mL": _final_strength,
    "mg in 1 h": _mg_given,
    "mcg/min": lambda given: ug_per_min(given["rate_ml_h"], _strength(given)),
    "mcg/kg/min": _ug_per_kg_min,
    "mg/kg/h": _mg_per_kg_h,
    "mg/kg/h equivalent": _mg_per_kg_h,
}


def _problems() -> list[Problem]:
    text = path_of("dosing/infusion_rate_problems.json").read_text(encoding="utf-8")
    problems: list[Problem] = json.loads(text, parse_float=Decimal)["problems"]
    return problems


PROBLEMS: Final = _problems()
ANSWERED: Final = [problem for problem in PROBLEMS if problem["ask"] in ANSWERS]
IN_POUNDS: Final = [problem for problem in ANSWERED if "weight_lb" in problem["inputs"]]


def _id(problem: Problem) -> str:
    return str(problem["id"])


def _answer(problem: Problem, *, kg_per_lb: Fraction = TAUGHT_KG_PER_LB) -> Fraction:
    given = {name: Fraction(value) for name, value in problem["inputs"].items()}
    if "weight_lb" in given:
        given["weight_kg"] = given["weight_lb"] * kg_per_lb
    return ANSWERS[problem["ask"]](given)


@pytest.mark.parametrize("problem", ANSWERED, ids=_id)
def test_our_arithmetic_gives_the_exact_answer(problem: Problem) -> None:
    as_printed = Decimal(problem["exact"])
    last_digit = Fraction(Decimal((0, (1,), int(as_printed.as_tuple().exponent))))
    allowed = last_digit if len(as_printed.as_tuple().digits) >= 28 else Fraction(0)
    assert abs(_answer(problem) - Fraction(as_printed)) <= allowed


@pytest.mark.parametrize("problem", ANSWERED, ids=_id)
def test_the_printed_answer_is_ours_rounded_as_the_source_rounds(problem: Problem) -> None:
    printed = Decimal(problem["published"])
    ours = _answer(problem)
    rounding = ROUND_HALF_UP if problem["round_half_up_matches"] else ROUND_DOWN
    exact = Decimal(ours.numerator) / Decimal(ours.denominator)
    assert exact.quantize(Decimal((0, (1,), int(printed.as_tuple().exponent))), rounding) == printed


@pytest.mark.parametrize("problem", [each for each in ANSWERED if each["ask"] == "mL/h"], ids=_id)
def test_the_rate_a_pump_is_set_to_is_within_half_a_step_of_the_exact_one(problem: Problem) -> None:
    exact = _answer(problem)
    assert abs(Rate.rounded(exact * Rate.parts).exact - exact) <= Fraction(1, 20)


@pytest.mark.parametrize("problem", IN_POUNDS, ids=_id)
def test_the_taught_pound_differs_from_the_exact_one_by_a_fifth_of_a_per_cent(problem: Problem) -> None:
    taught, exact = _answer(problem), _answer(problem, kg_per_lb=EXACT_KG_PER_LB)
    assert Fraction(2, 1000) < abs(exact / taught - 1) < Fraction(22, 10_000)


def test_every_question_is_answered_or_declined_by_name(record_property: Callable[[str, object], None]) -> None:
    unanswered = Counter(problem["ask"] for problem in PROBLEMS if problem["ask"] not in ANSWERS)
    report = ", ".join(f"{count} x {ask!r}: {DECLINED.get(ask, 'NO REASON')}" for ask, count in unanswered.items())
    record_property("not_answered", report)
    print(f"{len(ANSWERED)} of {len(PROBLEMS)} published problems answered; not answered: {report or 'none'}")  # noqa: T201
    assert ANSWERED
    assert set(unanswered) <= set(DECLINED), report
