"""What comes over the wire: numbers stay numbers, nothing is nothing, and a wrong name is refused."""

from datetime import UTC, datetime
from typing import Any

import pytest
from marshmallow import ValidationError

from clinic_api.monitoring.rules.entries import NewReading, Source
from clinic_api.monitoring.rules.readings import Confirmation, NotObtained
from clinic_api.monitoring.schemas import AlertAnswerIn, CorrectionIn, ReadingIn, ScoreIn
from clinic_api.protocols.rules.signs import Sign


def read(**body: Any) -> NewReading:
    """A set off the wire."""
    new: NewReading = ReadingIn().load(body)
    return new


def test_null_and_absent_are_not_read_and_zero_is_read() -> None:
    assert read(heart_rate_bpm=0, spo2_percent=None).signs == {"heart_rate_bpm": 0}


def test_a_set_says_when_how_and_what_could_not_be_obtained() -> None:
    new = read(
        occurred_at="2026-03-02T10:20:00-05:00",
        not_obtained={"spo2_percent": "refused"},
        source="paper",
        late_reason="copied from the downtime sheet",
        device_at="2026-03-02T15:21:00Z",
    )
    assert new.taken(datetime(2026, 3, 3, tzinfo=UTC)).taken_at == datetime(2026, 3, 2, 15, 20, tzinfo=UTC)
    assert new.not_obtained == {Sign.SPO2: NotObtained.REFUSED}
    assert new.source is Source.PAPER


@pytest.mark.parametrize(
    "body",
    [
        {"heart_rate_bpm": "70"},
        {"heart_rate_bpm": 70.0},
        {"heart_rate_bpm": True},
        {"heart_rate_bpm": -1},
        {"pulse": 70},
        {"not_obtained": {"pulse": "refused"}},
        {"not_obtained": {"spo2_percent": "lazy"}},
        {"occurred_at": "2026-03-02T10:20:00"},
        {"source": "guessed"},
    ],
)
def test_what_is_bent_misspelt_or_without_a_zone_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(**body)


def test_a_correction_is_a_whole_set_and_a_reason() -> None:
    new = CorrectionIn().load({"reason": "wrong arm", "reading": {"systolic_mmhg": 120}})
    assert (new.reason, new.reading.signs) == ("wrong arm", {"systolic_mmhg": 120})
    with pytest.raises(ValidationError):
        CorrectionIn().load({"reading": {"systolic_mmhg": 120}})


def test_an_alert_is_answered_by_one_of_two_words() -> None:
    assert AlertAnswerIn().load({"answer": "artefact"}).answer is Confirmation.ARTEFACT
    with pytest.raises(ValidationError):
        AlertAnswerIn().load({"answer": "yes"})


def test_answers_are_whole_numbers_by_item() -> None:
    new = ScoreIn().load({"instrument": "phq-9", "answers": {"1": 2, "9": None}})
    assert new.answers == {1: 2, 9: None}
    for wrong in ({"0": 1}, {"one": 1}, {"1": "2"}, {"1": True}, {"1": 1.0}):
        with pytest.raises(ValidationError):
            ScoreIn().load({"instrument": "phq-9", "answers": wrong})
