"""The shipped scales, and what an instrument may not be."""

from typing import Any

import pytest

from clinic_api.clinics.rules.content import MalformedContent
from clinic_api.protocols.rules.instrument import read_instrument
from tests.protocols.shipped import changed, phq9, shipped

PHQ9 = "instruments/phq-9"


def test_the_phq9_has_nine_items_with_their_text_its_notice_and_the_item_codes_in_order() -> None:
    scale = phq9()
    assert len(scale.items) == 9
    assert all(item.text for item in scale.items)
    assert "No permission required" in scale.notice
    assert [item.code for item in scale.items] == [
        *("44250-9", "44255-8", "44259-0", "44254-1", "44251-7"),
        *("44258-2", "44252-5", "44253-3", "44260-8"),
    ]
    assert (scale.answers.lowest, scale.answers.highest, scale.highest_total) == (0, 3, 27)


def test_the_suicide_limits_are_those_of_the_practice() -> None:
    safety = phq9().safety
    assert safety is not None
    assert (safety.item, safety.flag_from, safety.task_from) == (9, 1, 2)
    assert safety.task_on_rise
    assert safety.interview_task_from == 3


def test_the_dissociation_tap_has_one_item_and_calls_no_score_good_or_bad() -> None:
    scale = read_instrument(shipped("instruments/dissociation-nrs"))
    assert len(scale.items) == 1
    assert scale.highest_total == 10
    assert (scale.bands, scale.outcome, scale.safety, scale.code) == ((), None, None, None)


def test_a_scale_that_may_not_be_copied_is_kept_without_its_text() -> None:
    content = shipped(PHQ9)
    locked = changed(content, "text_allowed", False)
    with pytest.raises(MalformedContent) as refusal:
        read_instrument(locked)
    assert refusal.value.field == "items[0].text"
    bare = [{"number": item["number"]} for item in content["items"]]
    assert [item.text for item in read_instrument(changed(locked, "items", bare)).items] == [None] * 9


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("items", [], "items"),
        ("items.8.number", 10, "items"),
        ("items.0.number", 2, "items"),
        ("scoring", "mean", "scoring"),
        ("notice", ..., "notice"),
        ("answers.highest", 0, "answers.highest"),
        ("answers.labels", ["No", "Yes"], "answers.labels"),
        ("answers.codes", ["LA6568-5"], "answers.codes"),
        ("missing.at_most", 9, "missing.at_most"),
        ("missing.never", [10], "missing.never"),
        ("bands.1.least", 4, "bands"),
        ("bands.1.least", 6, "bands"),
        ("bands.4.most", 28, "bands"),
        ("outcome.response_percent", 101, "outcome.response_percent"),
        ("outcome.response_percent", 0, "outcome.response_percent"),
        ("safety.item", 10, "safety.item"),
        ("safety.flag_from", 0, "safety.flag_from"),
        ("safety.task_from", 0, "safety.task_from"),
        ("safety.status", ..., "safety.status"),
        ("total", 27, "total"),
    ],
)
def test_an_instrument_is_refused_by_the_field_that_is_wrong(path: str, value: Any, field: str) -> None:
    with pytest.raises(MalformedContent) as refusal:
        read_instrument(changed(shipped(PHQ9), path, value))
    assert refusal.value.field == field
