"""The life of a delivery, and what is asked of those who sign for it; kits and prices, without a database."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from clinic_api.accounts.rules.roles import Role
from clinic_api.inventory.rules.costs import LinePrice, NotALineOfIt, NotAPrice, as_dollars, check_lines, parse_dollars
from clinic_api.inventory.rules.deliveries import (
    LIFE,
    UNMET,
    Act,
    BeforeItCame,
    DeliveryNotReady,
    MayNotReceive,
    SecondReceiverIsTheSamePerson,
    SecondReceiverNeeded,
    State,
    after,
    check_not_before,
    check_one_receives,
    check_second_receiver,
    state_of,
)
from clinic_api.inventory.rules.kits import (
    ForAnotherPatient,
    Kit,
    KitPastDeadline,
    check_patient_specific,
    last_day_for,
)

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
STEP = timedelta(microseconds=1)
ADA, BEN, ROSA = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.mark.parametrize(("state", "act"), list(itertools.product(State, Act)))
def test_each_act_is_either_in_the_table_or_refused_with_what_is_unmet(state: State, act: Act) -> None:
    if act in LIFE[state]:
        assert after(state, act) is LIFE[state][act]
        return
    with pytest.raises(DeliveryNotReady) as refusal:
        after(state, act)
    assert str(refusal.value) == f"{act}: {UNMET[state]}"


def test_nothing_is_in_the_book_before_it_was_counted_and_signed_for() -> None:
    ways = [state for state in State for act, then in LIFE[state].items() if then is State.ACCEPTED]
    assert ways == [State.SIGNED]
    assert [state for state in State for act, then in LIFE[state].items() if then is State.SIGNED] == [State.COUNTED]
    assert LIFE[State.ACCEPTED] == LIFE[State.REFUSED] == {}


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ((False, False, False, False), State.DELIVERED),
        ((True, False, False, False), State.COUNTED),
        ((True, True, False, False), State.SIGNED),
        ((True, True, True, False), State.ACCEPTED),
        ((False, False, False, True), State.REFUSED),
        ((True, True, False, True), State.REFUSED),
    ],
)
def test_the_state_follows_from_what_was_written(written: tuple[bool, bool, bool, bool], state: State) -> None:
    counted, signed, accepted, refused = written
    assert state_of(counted=counted, signed=signed, accepted=accepted, refused=refused) is state


def test_custody_does_not_begin_before_the_delivery_came() -> None:
    check_not_before(NOW, arrived_at=NOW)
    with pytest.raises(BeforeItCame, match="it came at 2026-03-02 15:00 UTC"):
        check_not_before(NOW - STEP, arrived_at=NOW)


def test_the_second_receiver_is_another_person_who_receives_stock() -> None:
    check_second_receiver(first=ADA, second=BEN, name="Ben", roles={Role.NURSE, Role.FRONT_DESK})
    with pytest.raises(SecondReceiverIsTheSamePerson, match="somebody else"):
        check_second_receiver(first=ADA, second=ADA, name="Ada", roles={Role.NURSE})
    with pytest.raises(MayNotReceive, match="Fay does not receive stock"):
        check_second_receiver(first=ADA, second=BEN, name="Fay", roles={Role.FRONT_DESK})


def test_one_call_is_for_a_practice_in_which_one_person_receives() -> None:
    check_one_receives(persons=1)
    with pytest.raises(SecondReceiverNeeded, match="POST /deliveries"):
        check_one_receives(persons=2)


# ------------------------------------------------------------------------------------------------------------ kits


def kit(**different: Any) -> Kit:
    usual: dict[str, Any] = {"container": "K-001", "patient": ROSA, "last_day": date(2026, 4, 16)}
    return Kit(**(usual | {"zone": "America/New_York"} | different))


def test_a_kits_last_day_is_so_many_days_after_the_one_on_which_it_came() -> None:
    assert last_day_for(date(2026, 3, 2), timedelta(days=45)) == date(2026, 4, 16)


def test_general_stock_is_nobodys() -> None:
    check_patient_specific(None, patient=ROSA, at=NOW)


def test_a_kit_is_given_to_its_own_patient_until_the_end_of_its_last_day_at_the_site() -> None:
    ends = datetime(2026, 4, 17, 4, tzinfo=UTC)  # midnight in New York, in summer time
    check_patient_specific(kit(), patient=ROSA, at=ends - STEP)
    with pytest.raises(KitPastDeadline, match="K-001 was to be given by 2026-04-16"):
        check_patient_specific(kit(), patient=ROSA, at=ends)
    with pytest.raises(ForAnotherPatient, match="K-001 is another patient's"):
        check_patient_specific(kit(), patient=ADA, at=NOW)


# ----------------------------------------------------------------------------------------------------------- prices


@pytest.mark.parametrize(
    ("text", "cents"), [("0", 0), ("12", 1200), ("12.5", 1250), ("0.05", 5), ("9999999.99", 999999999)]
)
def test_a_price_is_whole_cents(text: str, cents: int) -> None:
    assert parse_dollars(text) == cents
    assert parse_dollars(as_dollars(cents)) == cents


@pytest.mark.parametrize(
    "wrong", ["", "-1", "+1", "1e3", "01", "1.", ".5", "1.005", "10000000", "١٢", " 1", "1,5", 12, 1.5, None]
)
def test_what_is_no_plain_price_is_refused(wrong: object) -> None:
    with pytest.raises(NotAPrice, match="at most two decimals"):
        parse_dollars(wrong)


def test_a_price_is_of_a_line_of_the_receipt_and_told_once() -> None:
    lines = frozenset({ADA, BEN})
    check_lines((LinePrice(ADA, 1), LinePrice(BEN, 2)), lines=lines)
    for wrong in ((LinePrice(ROSA, 1),), (LinePrice(ADA, 1), LinePrice(ADA, 1))):
        with pytest.raises(NotALineOfIt, match="name each line of the receipt once"):
            check_lines(wrong, lines=lines)
