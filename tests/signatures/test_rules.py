"""When a signature counts, at the smallest step."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from clinic_api.signatures.rules import (
    ChallengeExpired,
    ChallengeUsed,
    NotAsAttested,
    OwnWitness,
    check_another_person,
    check_in_time,
    check_unchanged,
    check_unused,
    content_digest,
    expiry,
)

ISSUED = datetime(2026, 3, 2, 14, tzinfo=UTC)
ADA, BEN = UUID(int=1), UUID(int=2)


def test_an_answer_counts_at_120_seconds_and_not_a_microsecond_later() -> None:
    last = expiry(issued_at=ISSUED, seconds=120)
    check_in_time(expires_at=last, at=ISSUED + timedelta(seconds=120))
    with pytest.raises(ChallengeExpired) as refusal:
        check_in_time(expires_at=last, at=ISSUED + timedelta(seconds=120, microseconds=1))
    assert str(refusal.value) == "It expired at 14:02:00 UTC; renew it with one tap and sign what is shown."


def test_a_request_counts_once() -> None:
    check_unused(used=False)
    with pytest.raises(ChallengeUsed, match="counts once"):
        check_unused(used=True)


def test_nobody_witnesses_their_own_act() -> None:
    check_another_person(asked_by=ADA, signer=BEN)
    with pytest.raises(OwnWitness, match="second person"):
        check_another_person(asked_by=ADA, signer=ADA)


@pytest.mark.parametrize("now", [b"b", None], ids=["changed", "gone"])
def test_only_what_was_shown_can_be_signed(now: bytes | None) -> None:
    check_unchanged(shown=b"a", now=b"a")
    with pytest.raises(NotAsAttested, match="Read the record again"):
        check_unchanged(shown=b"a", now=now)


def test_a_frozen_record_has_another_digest_in_any_other_place() -> None:
    usual: dict[str, Any] = {"organisation": UUID(int=7), "subject": ADA, "version": 1, "canonical": b"{}"}
    others: list[dict[str, Any]] = [{"organisation": UUID(int=8)}, {"subject": BEN}, {"version": 2}, {"canonical": b""}]
    digests = {content_digest(**{**usual, **other}) for other in [{}, *others]}
    assert len(digests) == 5
