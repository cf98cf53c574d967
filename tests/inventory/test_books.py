"""How the book closes, and what two counts say about it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from clinic_api.inventory.rules.books import Accountability, Flow, PhysicalCount, flow_of, in_all
from clinic_api.inventory.rules.moves import Kind
from clinic_api.quantities import NOTHING, Concentration, Mass

MORNING = datetime(2026, 3, 2, 14, tzinfo=UTC)
#: The worked example of an accountability audit, in milligrams.
FLOW = Flow(
    received=Mass.mg(35_000), administered=Mass.mg("25617.5"), wasted=Mass.mg("3052.5"), returned=Mass.mg(2_710)
)


def counted(mg: int, at: datetime = MORNING) -> PhysicalCount:
    """A count that found so much."""
    return PhysicalCount(at=at, found=Mass.mg(mg), book=Mass.mg(mg), resolution=NOTHING)


AUDIT = Accountability(
    registration=UUID(int=1),
    dea_number="AB1234563",
    product="ketamine-50-mg-ml-10-ml",
    product_name="Ketamine 50 mg/mL",
    ndc="0409-2053-10",
    concentration=Concentration.mg_per_ml(50),
    opening=counted(7_320),
    between=FLOW,
    closing=counted(10_740),
    ever=FLOW,
    on_hand=Mass.mg(3_620),
)


def test_an_audit_that_lacks_two_hundred_milligrams_says_so_as_a_shortage() -> None:
    assert AUDIT.accountable_for == Mass.mg(42_320)
    assert AUDIT.accounted_for == Mass.mg(42_120)
    assert AUDIT.variance_ug == -200_000


def test_without_a_count_at_both_ends_the_variance_is_unknown_and_not_nothing() -> None:
    assert replace(AUDIT, opening=None).variance_ug is None
    assert replace(AUDIT, closing=None).variance_ug is None
    assert replace(AUDIT, opening=None).accountable_for is None
    assert replace(AUDIT, closing=None).accounted_for is None


def test_the_book_closes_to_the_microgram_or_it_does_not() -> None:
    assert (AUDIT.closes, AUDIT.difference_ug) == (True, 0)
    off = replace(AUDIT, on_hand=Mass(AUDIT.on_hand.ug + 1))
    assert (off.closes, off.difference_ug) == (False, -1)


def test_overfill_found_came_in_and_a_draw_between_containers_changes_nothing() -> None:
    flow = flow_of(
        [
            (Kind.RECEIVED, Mass(10), False),
            (Kind.RECEIVED, Mass(5), False),
            (Kind.OVERFILL_FOUND, Mass(1), False),
            (Kind.DRAWN, Mass(7), False),
            (Kind.ADMINISTERED, Mass(4), False),
            (Kind.WASTED, Mass(3), False),
            (Kind.RETURNED, Mass(2), False),
        ]
    )
    assert (flow.came, flow.went) == (Mass(16), Mass(9))
    assert flow_of([]) == Flow()


def test_the_counts_of_two_safes_are_one_and_as_late_as_the_later() -> None:
    both = in_all([counted(1), counted(2, MORNING + timedelta(hours=1))])
    assert (both.at, both.found) == (MORNING + timedelta(hours=1), Mass.mg(3))
