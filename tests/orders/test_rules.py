"""The series order: what may be signed, its life, and what it allows today."""

import itertools
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from clinic_api.errors import Refusal
from clinic_api.orders.rules.intake import NewOrder
from clinic_api.orders.rules.series import (
    LIFE,
    DoseOutsideRange,
    DurationUnfit,
    NotByWeight,
    NothingOrdered,
    OrderAct,
    OrderCancelled,
    OrderCannot,
    OrderExpired,
    OrderNotSigned,
    OrderState,
    OrderSuperseded,
    OrderUsedUp,
    SeriesOrder,
    Titration,
    after,
    check_active,
    check_order,
    dose_of,
)
from clinic_api.protocols.rules.protocol import Route
from clinic_api.quantities import NOTHING, DosePerWeight, Mass
from tests.orders.examples import IV_SERIES, MINUTE, NOON

SECOND = timedelta(seconds=1)
HALF = DosePerWeight.exactly("0.5")
ONE = DosePerWeight.exactly(1)
HALF_TO_ONE = replace(IV_SERIES, titration=Titration(low=HALF, high=ONE))
WRITTEN = NewOrder(
    patient=UUID(int=1),
    protocol="iv-ketamine",
    route=IV_SERIES.route,
    visits=IV_SERIES.visits,
    mg_per_kg=IV_SERIES.mg_per_kg,
    minutes=40,
    basis=IV_SERIES.basis,
    cap=None,
    valid_until=IV_SERIES.valid_until,
    indication="F33.2",
)
INJECTION = replace(IV_SERIES, route=Route.INTRAMUSCULAR, duration=None)


@pytest.mark.parametrize(("state", "act"), list(itertools.product(OrderState, OrderAct)))
def test_each_act_on_an_order_is_in_the_table_or_refused(state: OrderState, act: OrderAct) -> None:
    if act in LIFE[state]:
        assert after(state, act) is LIFE[state][act]
    else:
        with pytest.raises(OrderCannot, match=f"{state} does not allow {act}"):
            after(state, act)


def test_a_superseded_expired_or_cancelled_order_never_comes_back() -> None:
    assert not any(LIFE[state] for state in (OrderState.SUPERSEDED, OrderState.EXPIRED, OrderState.CANCELLED))


@pytest.mark.parametrize("state", [OrderState.ACTIVE, OrderState.VERBAL])
def test_a_signed_or_read_back_order_allows_its_last_visit_in_its_last_second(state: OrderState) -> None:
    check_active(IV_SERIES, state=state, at=IV_SERIES.valid_until - SECOND, visits_used=5)


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (OrderState.DRAFT, OrderNotSigned),
        (OrderState.SUPERSEDED, OrderSuperseded),
        (OrderState.CANCELLED, OrderCancelled),
        (OrderState.EXPIRED, OrderExpired),
    ],
)
def test_an_order_that_does_not_hold_allows_no_dose(state: OrderState, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check_active(IV_SERIES, state=state, at=NOON, visits_used=0)


def test_an_order_has_expired_from_the_moment_it_names_even_if_nobody_recorded_it() -> None:
    with pytest.raises(OrderExpired) as refusal:
        check_active(IV_SERIES, state=OrderState.ACTIVE, at=IV_SERIES.valid_until, visits_used=0)
    assert str(refusal.value) == "the order was valid until 2026-02-16 12:00 UTC; the prescriber writes a new one"


def test_a_series_of_six_refuses_the_seventh_visit_with_both_numbers() -> None:
    with pytest.raises(OrderUsedUp) as refusal:
        check_active(IV_SERIES, state=OrderState.ACTIVE, at=NOON, visits_used=6)
    assert str(refusal.value) == ("the order is for 6 visits and 6 have been given; the prescriber writes a new one")


def test_without_a_choice_the_visit_gets_the_dose_of_the_order() -> None:
    assert dose_of(HALF_TO_ONE, chosen=None) == HALF


@pytest.mark.parametrize("chosen", ["0.5", "0.75", "1"])
def test_a_dose_within_the_range_or_at_its_ends_needs_no_new_order(chosen: str) -> None:
    assert dose_of(HALF_TO_ONE, chosen=DosePerWeight.exactly(chosen)) == DosePerWeight.exactly(chosen)


@pytest.mark.parametrize("chosen", ["0.499", "1.001"])
def test_a_dose_one_step_outside_the_range_needs_a_new_order(chosen: str) -> None:
    with pytest.raises(DoseOutsideRange) as refusal:
        dose_of(HALF_TO_ONE, chosen=DosePerWeight.exactly(chosen))
    assert f"0.5 mg/kg to 1 mg/kg, not {chosen} mg/kg" in str(refusal.value)


def test_without_a_range_only_the_dose_of_the_order_may_be_chosen() -> None:
    assert dose_of(IV_SERIES, chosen=HALF) == HALF
    with pytest.raises(DoseOutsideRange):
        dose_of(IV_SERIES, chosen=DosePerWeight.exactly("0.501"))


@pytest.mark.parametrize("order", [IV_SERIES, HALF_TO_ONE, INJECTION, replace(IV_SERIES, cap=Mass(1))])
def test_an_order_that_makes_sense_may_be_signed_until_its_last_second(order: SeriesOrder) -> None:
    check_order(order, at=order.valid_until - SECOND)


def test_an_order_cannot_be_signed_when_its_validity_is_over() -> None:
    with pytest.raises(OrderExpired):
        check_order(IV_SERIES, at=IV_SERIES.valid_until)


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (replace(IV_SERIES, visits=0), "0 visits of 0.5 mg/kg with no cap"),
        (replace(IV_SERIES, mg_per_kg=DosePerWeight.exactly(0)), "6 visits of 0 mg/kg with no cap"),
        (replace(IV_SERIES, cap=NOTHING), "6 visits of 0.5 mg/kg with a cap of 0 mg"),
    ],
)
def test_no_visit_no_dose_and_a_cap_of_nothing_are_no_order(order: SeriesOrder, sentence: str) -> None:
    with pytest.raises(NothingOrdered, match=f"{sentence} order nothing"):
        check_order(order, at=NOON)


def test_a_nasal_spray_is_ordered_in_devices() -> None:
    with pytest.raises(NotByWeight, match="intranasal doses are ordered in devices"):
        check_order(replace(IV_SERIES, route=Route.INTRANASAL), at=NOON)


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (replace(IV_SERIES, duration=None), "no duration"),
        (replace(IV_SERIES, duration=timedelta(0)), "a duration of 0:00:00"),
        (replace(INJECTION, duration=40 * MINUTE), "a duration of 0:40:00"),
    ],
)
def test_an_infusion_has_a_duration_and_an_injection_has_none(order: SeriesOrder, said: str) -> None:
    with pytest.raises(DurationUnfit, match=said):
        check_order(order, at=NOON)


def test_the_dose_of_an_order_lies_within_its_own_range() -> None:
    with pytest.raises(DoseOutsideRange):
        check_order(replace(HALF_TO_ONE, mg_per_kg=DosePerWeight.exactly("1.001")), at=NOON)


@pytest.mark.parametrize(
    ("low", "high", "range_kept"),
    [(HALF, ONE, Titration(low=HALF, high=ONE)), (None, ONE, None), (HALF, None, None), (None, None, None)],
)
def test_an_order_has_a_range_where_both_of_its_ends_were_written(
    low: DosePerWeight | None, high: DosePerWeight | None, range_kept: Titration | None
) -> None:
    assert replace(WRITTEN, titration_low=low, titration_high=high).series().titration == range_kept


def test_an_order_as_written_is_the_order_as_the_rules_read_it() -> None:
    assert WRITTEN.series() == IV_SERIES
    assert replace(WRITTEN, minutes=None).series().duration is None
