"""What the law asks of counts and inventories, and which rule wins."""

from datetime import date
from typing import Any

import pytest

from clinic_api.clinics.rules.content import MalformedContent
from clinic_api.inventory.rules.products import Method
from clinic_api.inventory.rules.statute import (
    Cadence,
    Estimable,
    ExactOnly,
    InventoryLaw,
    NoCadence,
    cadence,
    check_method,
    due_on,
    estimable,
    holds_in,
    read_inventory_law,
)
from tests.protocols.shipped import changed, shipped


def federal() -> InventoryLaw:
    """The shipped federal floor."""
    return read_inventory_law("us-federal", 1, shipped("jurisdictions/us-federal"))


def state(**inventory: Any) -> InventoryLaw:
    """A state's own rule."""
    return read_inventory_law("us-ia", 2, {"inventory": inventory})


def test_federal_law_asks_for_an_inventory_every_two_years_and_lets_ciii_to_cv_be_estimated() -> None:
    assert cadence([federal()]) == Cadence(24, "us-federal version 1")
    assert estimable([federal()]) == Estimable(frozenset({"CIII", "CIV", "CV"}), "us-federal version 1")


def test_the_stricter_state_rule_wins_and_says_so() -> None:
    assert cadence([federal(), state(every_months=12)]) == Cadence(12, "us-ia version 2")
    assert cadence([state(every_months=36), federal()]) == Cadence(24, "us-federal version 1")
    assert cadence([federal(), state(every_months=24)]).rule == "us-federal version 1"
    assert estimable([federal(), state(exact_count_required=True)]) == Estimable(frozenset(), "us-ia version 2")
    wider = state(estimate_schedules=["CII", "CIII", "CIV", "CV"])
    assert estimable([federal(), wider]) == estimable([federal()])
    only_five = estimable([federal(), state(estimate_schedules=["CV", "CII"])])
    assert only_five == Estimable(frozenset({"CV"}), "us-ia version 2")


def test_a_state_that_says_nothing_of_its_own_changes_nothing() -> None:
    silent = read_inventory_law("us-ny", 1, {})
    assert (silent.every_months, silent.estimable) == (None, None)
    assert cadence([federal(), silent]) == cadence([federal()])
    assert estimable([federal(), silent, state(exact_count_required=False)]) == estimable([federal()])


def test_where_no_rule_speaks_nothing_is_estimated_and_no_date_is_made_up() -> None:
    assert estimable([]) == Estimable(frozenset(), "no rule")
    with pytest.raises(NoCadence, match="every_months"):
        cadence([state()])
    with pytest.raises(MalformedContent, match=r"inventory\.every_months must be at least 1"):
        state(every_months=0)


def test_a_jurisdiction_holds_in_its_own_state_and_the_federal_floor_everywhere() -> None:
    assert [holds_in(key, "IA") for key in ("us-federal", "us-ia", "us-ny")] == [True, True, False]


def test_an_estimate_is_taken_where_the_law_allows_it_and_refused_by_the_rules_name() -> None:
    allowed = estimable([federal()])
    check_method("K-014", Method.ESTIMATED, schedule="CIII", allowed=allowed)
    for method in (Method.COUNTED, Method.READ, Method.WEIGHED):
        check_method("H-001", method, schedule="CII", allowed=allowed)
    with pytest.raises(ExactOnly, match="H-001 is CII, which us-federal version 1 lets nobody estimate"):
        check_method("H-001", Method.ESTIMATED, schedule="CII", allowed=allowed)


def test_the_shipped_federal_floor_never_lets_schedule_ii_be_estimated() -> None:
    assert "CII" not in federal().estimable  # type: ignore[operator]
    older = changed(shipped("jurisdictions/us-federal"), "inventory.estimate_schedules", ...)
    assert read_inventory_law("us-federal", 1, older).estimable is None


@pytest.mark.parametrize(
    ("counted_on", "months", "due"),
    [
        (date(2026, 3, 2), 24, date(2028, 3, 2)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_the_next_inventory_is_due_on_the_same_day_so_many_months_later(
    counted_on: date, months: int, due: date
) -> None:
    assert due_on(counted_on, Cadence(months, "us-federal version 1")) == due
