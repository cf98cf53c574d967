"""What a refusal looks like on the wire: its facts as plain values, an amount with its unit."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from clinic_api.errors import Conflict
from clinic_api.http.problems import Busy, SignInNeeded, TooMany, answer, problem
from clinic_api.quantities import Mass


@dataclass(eq=False)
class Refused(Conflict):
    """It was refused."""

    fact: Any


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (None, None),
        (True, True),
        (17, 17),
        ("text", "text"),
        (Mass(37_500), "37.5 mg"),
        (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 9, tzinfo=UTC), "2026-03-02T09:00:00.000000Z"),
        (Decimal("0.5"), "0.5"),
        (("a", 1), ["a", 1]),
        (frozenset({"a"}), ["a"]),
        ({"left": Mass(1000)}, {"left": "1 mg"}),
    ],
)
def test_a_fact_is_said_as_a_person_would_write_it(fact: Any, said: Any) -> None:
    assert problem(Refused(fact))["facts"] == {"fact": said}


def test_a_refusal_without_facts_says_none() -> None:
    assert problem(SignInNeeded()) == {
        "type": "sign-in-needed",
        "title": "A person must sign in first.",
        "status": 401,
        "detail": "A person must sign in first.",
    }


def test_who_has_to_wait_is_told_how_long() -> None:
    assert answer(TooMany(retry_after_seconds=7)).headers["Retry-After"] == "7"
    assert answer(Busy()).headers["Retry-After"] == "1"
    assert "Retry-After" not in answer(Refused(1)).headers
