"""A list of nobody lets everybody in; a par level that cannot be compared says so."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from clinic_api.inventory.rules.places import NotOnAccessList, ParSet, ParShown, PlaceAct, check_access

ADA, BEN, CARL = UUID(int=1), UUID(int=2), UUID(int=3)
SET = ParSet(version=1, least=2, by=ADA, at=datetime(2026, 3, 2, 15, tzinfo=UTC))


def level(ready: int | None) -> ParShown:
    """A level of two, with so many ready."""
    return ParShown(id=CARL, product="k", product_name=None, least=2, ready=ready, history=(SET,))


def test_a_list_of_nobody_lets_everybody_in() -> None:
    check_access("Safe 1", PlaceAct.DRAW, {}, by=ADA)


def test_who_is_on_the_list_may_and_whoever_else_is_told_who_does() -> None:
    check_access("Safe 1", PlaceAct.COUNT, {ADA: "Ada Nurse", BEN: "Ben Nurse"}, by=ADA)
    with pytest.raises(NotOnAccessList) as refusal:
        check_access("Safe 1", PlaceAct.COUNT, {BEN: "Ben Nurse", ADA: "Ada Nurse"}, by=CARL)
    assert str(refusal.value) == "At Safe 1, ask Ada Nurse or Ben Nurse; an administrator keeps the list."
    assert refusal.value.facts == {"location": "Safe 1", "act": PlaceAct.COUNT, "who_may": ("Ada Nurse", "Ben Nurse")}


@pytest.mark.parametrize(("ready", "below"), [(1, True), (2, False), (3, False), (None, None)])
def test_one_too_few_is_below_and_what_is_hidden_is_neither(ready: int | None, below: bool | None) -> None:
    assert level(ready).below is below
