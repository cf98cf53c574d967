"""The order that was missing when it happened: who covers it, until when, and what a review says of it; pure."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from clinic_api.inventory.rules.incidents import (
    CoversOwnIncident,
    NoOrderAwaited,
    NoOrderMissing,
    OrderAttachedBefore,
    OrderStanding,
    OrderStillMissing,
    ReviewedWithoutOrder,
    check_covers,
    check_order_settled,
    check_waits_for_order,
    standing_of_order,
)

ADA, DORA = UUID(int=1), UUID(int=2)
DUE = datetime(2026, 3, 3, 14, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def test_an_order_is_attached_once_to_an_incident_that_lacked_one_and_was_not_reviewed() -> None:
    check_waits_for_order(missing=True, attached=False, reviewed=False)
    with pytest.raises(NoOrderMissing, match="Nothing is to be attached"):
        check_waits_for_order(missing=False, attached=False, reviewed=False)
    with pytest.raises(OrderAttachedBefore, match="One order covers it"):
        check_waits_for_order(missing=True, attached=True, reviewed=True)
    with pytest.raises(ReviewedWithoutOrder, match="belongs into a discrepancy"):
        check_waits_for_order(missing=True, attached=False, reviewed=True)


def test_who_recorded_it_covers_it_with_their_own_order_only_where_there_is_nobody_else() -> None:
    assert not check_covers(recorded_by=ADA, prescriber=DORA, alone_allowed=False)
    assert not check_covers(recorded_by=ADA, prescriber=DORA, alone_allowed=True)
    assert check_covers(recorded_by=DORA, prescriber=DORA, alone_allowed=True)
    with pytest.raises(CoversOwnIncident, match="Ask another prescriber"):
        check_covers(recorded_by=DORA, prescriber=DORA, alone_allowed=False)


@pytest.mark.parametrize(("missing", "attached"), [(False, False), (True, True)])
def test_why_no_order_comes_is_said_of_an_incident_that_waits_for_one_and_of_no_other(
    *, missing: bool, attached: bool
) -> None:
    check_order_settled(missing=missing, attached=attached, no_order_because=None)
    with pytest.raises(NoOrderAwaited, match="Leave the reason out"):
        check_order_settled(missing=missing, attached=attached, no_order_because="nobody could be reached")


def test_a_review_does_not_leave_a_missing_order_open() -> None:
    check_order_settled(missing=True, attached=False, no_order_because="nobody could be reached")
    with pytest.raises(OrderStillMissing, match="the review says why none comes"):
        check_order_settled(missing=True, attached=False, no_order_because=None)


@pytest.mark.parametrize(
    ("attached_at", "given_up", "at", "stands"),
    [
        (None, False, DUE, OrderStanding.MISSING),
        (None, False, DUE + MOMENT, OrderStanding.OVERDUE),
        (None, True, DUE + MOMENT, OrderStanding.NONE_WILL_COME),
        (DUE, True, DUE + MOMENT, OrderStanding.ATTACHED),
        (DUE + MOMENT, False, DUE + MOMENT, OrderStanding.ATTACHED_LATE),
    ],
)
def test_an_order_is_in_time_until_its_last_moment_and_shows_as_late_from_then_on(
    *, attached_at: datetime | None, given_up: bool, at: datetime, stands: OrderStanding
) -> None:
    said = standing_of_order(missing=True, due_at=DUE, attached_at=attached_at, given_up=given_up, at=at)
    assert said is stands


def test_an_incident_that_had_its_order_waits_for_none() -> None:
    said = standing_of_order(missing=False, due_at=DUE, attached_at=None, given_up=True, at=DUE)
    assert said is OrderStanding.NOT_MISSING
