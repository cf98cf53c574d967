"""What the law asks of counts and inventories, and which rules say so."""

from datetime import date
from typing import Any

import pytest

from clinic_api.clinics.rules.law import Cadence, Question
from clinic_api.inventory.rules.products import Method
from clinic_api.inventory.rules.statute import (
    Estimable,
    ExactOnly,
    Interval,
    NoCadence,
    check_method,
    estimable,
    interval,
)
from tests.clinics.laws import SHIPPED, TODAY, of_state, own, said
from tests.protocols.shipped import changed

FEDERAL, IOWA = SHIPPED[:2]


def often(state: str, *laws: dict[str, Any]) -> Interval:
    """How often an inventory is due in a state under some laws."""
    return interval(said(Question.INVENTORY_EVERY, state, *laws))


def allowed(state: str, *laws: dict[str, Any], on: date = TODAY) -> Estimable:
    """What some laws let be estimated in a state."""
    exact, listed = (
        said(each, state, *laws, on=on) for each in (Question.EXACT_COUNT_REQUIRED, Question.ESTIMATE_SCHEDULES)
    )
    return estimable(exact, listed)


def test_federal_law_asks_for_an_inventory_every_two_years_and_lets_ciii_to_cv_be_estimated() -> None:
    assert often("WY", *SHIPPED) == Interval(Cadence(24), "us-federal version 1")
    assert allowed("WY", *SHIPPED) == Estimable(frozenset({"CIII", "CIV", "CV"}), "us-federal version 1")


def test_the_shortest_interval_wins_with_its_days_of_grace_and_all_that_agree_are_named() -> None:
    assert often("IA", *SHIPPED) == Interval(Cadence(12, 7), "us-ia version 1")
    assert often("IA", *SHIPPED, own(inventory={"every_months": 12})) == Interval(Cadence(12), "house version 1")
    assert often("NY", *SHIPPED).rule == "us-federal version 1 and us-ny version 1"


def test_where_exact_counts_are_asked_for_nothing_is_estimated_from_that_day_on() -> None:
    assert allowed("IA", *SHIPPED) == Estimable(frozenset(), "us-ia version 1")
    before = allowed("IA", *SHIPPED, on=date(2025, 7, 15))
    assert before == Estimable(frozenset({"CIII", "CIV", "CV"}), "us-federal version 1")


def test_a_shorter_list_of_what_may_be_estimated_wins_and_a_longer_one_changes_nothing() -> None:
    shorter = of_state("XX", inventory={"estimate_schedules": ["CV"]})
    assert allowed("XX", *SHIPPED, shorter) == Estimable(frozenset({"CV"}), "us-xx version 1")
    longer = of_state("XX", inventory={"estimate_schedules": ["CII", "CIII", "CIV", "CV"]})
    assert allowed("XX", *SHIPPED, longer) == allowed("XX", *SHIPPED)


def test_where_no_rule_speaks_nothing_is_estimated_and_no_date_is_made_up() -> None:
    assert allowed("WY") == Estimable(frozenset(), "no rule")
    older = changed(FEDERAL, "inventory.estimate_schedules", ...)
    assert allowed("WY", older) == Estimable(frozenset(), "no rule")
    with pytest.raises(NoCadence, match="every_months"):
        often("WY", IOWA)


def test_an_estimate_is_taken_where_the_law_allows_it_and_refused_by_the_rules_name() -> None:
    federal = allowed("WY", *SHIPPED)
    check_method("K-014", Method.ESTIMATED, schedule="CIII", allowed=federal)
    for method in (Method.COUNTED, Method.READ, Method.WEIGHED):
        check_method("H-001", method, schedule="CII", allowed=federal)
    with pytest.raises(ExactOnly, match=r"H-001 is CII and not to be estimated \(us-federal version 1\); weigh it"):
        check_method("H-001", Method.ESTIMATED, schedule="CII", allowed=federal)


def test_the_next_inventory_is_due_so_many_months_and_days_after_the_count() -> None:
    counted_on = date(2026, 3, 2)
    assert often("WY", *SHIPPED).every.after(counted_on) == date(2028, 3, 2)
    assert often("IA", *SHIPPED).every.after(counted_on) == date(2027, 3, 9)
