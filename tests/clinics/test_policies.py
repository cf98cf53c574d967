"""Policies: what may be the name of one, and what may stand in one."""

from decimal import Decimal
from typing import Any

import pytest

from clinic_api.clinics.rules.content import MalformedContent
from clinic_api.clinics.rules.policies import LARGEST, LONGEST_NAME, NotAPolicy, check_policy, is_name

KINDS = ("protocol", "profile")


@pytest.mark.parametrize("name", ["iv-ketamine", "phq-9", "9", "a" * LONGEST_NAME])
def test_small_letters_and_digits_make_a_name(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", "-", "a--b", "a-", "IV", "a b", "a/b", "a.b", "ä", "a\x00", "a\n", "a" * (LONGEST_NAME + 1)]
)
def test_anything_else_is_no_name(name: str) -> None:
    assert not is_name(name)
    with pytest.raises(NotAPolicy, match="profile, protocol"):
        check_policy("protocol", name, {}, kinds=KINDS)


def test_a_kind_that_nobody_reads_is_refused() -> None:
    with pytest.raises(NotAPolicy, match="profile, protocol"):
        check_policy("opinion", "a", {}, kinds=KINDS)


@pytest.mark.parametrize("value", [None, True, "0.5", 0, LARGEST, -LARGEST, [], {}, [1, {"a": ["b"]}]])
def test_text_and_whole_numbers_can_stand_in_a_policy(value: Any) -> None:
    check_policy("protocol", "a", {"field": value}, kinds=KINDS)


@pytest.mark.parametrize("value", [0.5, Decimal("0.5"), LARGEST + 1, -LARGEST - 1])
@pytest.mark.parametrize(
    ("content", "where"),
    [
        (lambda value: {"dose": {"cap": value}}, "dose.cap"),
        (lambda value: {"steps": [1, {"mg": value}]}, "steps[1].mg"),
    ],
    ids=["table", "list"],
)
def test_a_number_that_no_record_holds_exactly_is_refused_by_its_full_name(
    content: Any, where: str, value: Any
) -> None:
    with pytest.raises(MalformedContent) as refusal:
        check_policy("protocol", "a", content(value), kinds=KINDS)
    assert refusal.value.field == where
