"""A task is closed once."""

from datetime import UTC, datetime

import pytest

from clinic_api.tasks.rules import TaskClosed, check_open

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_an_open_task_may_be_closed() -> None:
    check_open(closed_at=None, outcome=None)


@pytest.mark.parametrize(("outcome", "said"), [("witnessed", "as witnessed;"), (None, "as ;")])
def test_a_closed_one_says_when_and_as_what(outcome: str | None, said: str) -> None:
    with pytest.raises(TaskClosed) as refusal:
        check_open(closed_at=NINE, outcome=outcome)
    assert str(refusal.value).startswith(f"It was closed at 2026-03-02 09:00 UTC {said}")
