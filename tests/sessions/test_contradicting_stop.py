"""A stop is always taken; one that contradicts what is on record decides nothing until somebody has looked."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic_api.sessions.rules.times import SECOND_TAP, contradicts_end
from tests.builders import Clinic
from tests.sessions.ward import Ward, infusing

END = datetime(2026, 3, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "contradicts"),
    [
        (END - timedelta(microseconds=1), True),
        (END, False),
        (END + SECOND_TAP, False),
        (END + SECOND_TAP + timedelta(microseconds=1), True),
    ],
)
def test_a_second_end_contradicts_when_it_is_earlier_or_much_later(at: datetime, *, contradicts: bool) -> None:
    assert contradicts_end(at, ended_at=END) is contradicts


def test_without_a_first_end_nothing_is_contradicted() -> None:
    assert not contradicts_end(END, ended_at=None)


@pytest.mark.begins(at=infusing)
def test_a_stop_dated_before_the_start_is_taken_and_reckons_nothing(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=20)

    wrong = ward.tablet("stop", occurred_at="1990-01-01T00:00:00Z")

    assert wrong.status == 201
    assert wrong["given"] is None
    assert wrong["session"]["state"] == "recovering"
    assert wrong["session"]["stopped_at"] > wrong["session"]["started_at"]
    assert "not_reckoned" in ward.see()["events"][-1]["marks"]


@pytest.mark.begins(at=infusing)
def test_the_true_stop_after_it_is_reckoned(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=20)
    ward.tablet("stop", occurred_at="1990-01-01T00:00:00Z")

    right = ward.does("stop")

    assert right["given"]["administered_mg"].startswith("17.5")
    assert clinic.verify() == []


@pytest.mark.begins(at=infusing)
def test_nobody_signs_while_the_end_of_the_dose_is_not_reckoned(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=20)
    ward.tablet("stop", occurred_at="1990-01-01T00:00:00Z")
    ward.does("left", manner="against_advice")
    clinic.later(minutes=1)

    refused = ward.tries("sign")

    assert refused.status == 409


@pytest.mark.begins(at=infusing)
def test_a_second_stop_much_later_asks_somebody_to_look(clinic: Clinic, ward: Ward) -> None:
    clinic.later(minutes=5)
    ward.does("stop")
    clinic.later(minutes=15)

    ward.does("stop")

    assert "not_reckoned" in ward.see()["events"][-1]["marks"]
