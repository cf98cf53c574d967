"""When a recall may begin and end, and what it sets apart."""

from datetime import timedelta
from uuid import UUID

import pytest

from clinic_api.inventory.rules.moves import Kind
from clinic_api.inventory.rules.recalls import (
    DueBefore,
    Given,
    LettersNotSaid,
    RecallClosed,
    RecallOrder,
    StillHeld,
    Went,
    became,
    check_close,
    check_order,
    is_to_set_apart,
    people_in,
)
from clinic_api.inventory.rules.vials import State
from clinic_api.quantities import NOTHING, Mass
from tests.builders import OPENING


def test_a_recall_is_to_be_done_later_than_now() -> None:
    order = RecallOrder(ndc="1", lots=("L1",), reason="r", reference="n", due_at=OPENING)
    with pytest.raises(DueBefore, match="2026-03-02 14:00 UTC is past"):
        check_order(order, at=OPENING)
    check_order(order, at=OPENING - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("state", "held", "expected"),
    [
        (State.SEALED, Mass(1), True),
        (State.OPEN, Mass(1), True),
        (State.QUARANTINED, Mass(1), False),
        (State.EMPTY, NOTHING, False),
    ],
)
def test_what_holds_one_microgram_is_set_apart_unless_it_is(state: State, held: Mass, expected: bool) -> None:
    assert is_to_set_apart(state, held) is expected


def test_each_reason_why_a_recall_stays_open_is_said() -> None:
    with pytest.raises(RecallClosed, match="closed at 2026-03-02 14:00 UTC"):
        check_close(closed_at=OPENING, held={}, patients=0, letters=None)
    with pytest.raises(StillHeld, match="K-001: give back"):
        check_close(closed_at=None, held={"K-001": Mass(1), "K-002": NOTHING}, patients=0, letters=None)
    with pytest.raises(LettersNotSaid, match="2 patients got some"):
        check_close(closed_at=None, held={}, patients=2, letters=None)
    check_close(closed_at=None, held={"K-002": NOTHING}, patients=2, letters="told")


def test_a_patient_who_got_it_twice_is_one_person_and_what_left_twice_is_one_sum() -> None:
    given = Given(
        move=UUID(int=1),
        patient=UUID(int=2),
        identity_version=UUID(int=3),
        visit=UUID(int=4),
        container=UUID(int=5),
        label="K-001/1",
        mass=Mass(1),
        occurred_at=OPENING,
    )
    assert people_in([given, given]) == 1
    outcome = became(UUID(int=5), "K-001", [(Kind.DRAWN, 3), (Kind.WASTED, 1), (Kind.DRAWN, 3), (Kind.DRAWN, -1)])
    assert outcome.went == {Kind.DRAWN: Mass(5), Kind.WASTED: Mass(1)}
    assert outcome.lines == (Went(Kind.DRAWN, Mass(5)), Went(Kind.WASTED, Mass(1)))
