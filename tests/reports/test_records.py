"""What a summary says comes from the signed content, all of it and nothing else."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import pytest

from clinic_api.reports.records.amount import Amount
from clinic_api.reports.records.codec import MissingFromContent, StrangeInContent, UnreadableInContent
from clinic_api.reports.records.seal import Status, seal_from
from clinic_api.reports.records.summary import content_of, summary_from
from clinic_api.reports.records.watch import identical_neighbours
from tests.reports.eventful import eventful
from tests.reports.fixtures import final_seal, summary, visit

Place = tuple[str | int, ...]
#: What contents do not have that were signed before there was such a thing.
LATER: Final[tuple[Place, ...]] = (("working", "substitutions"),)


def keys_of(content: Any, path: Place = ()) -> Iterator[Place]:
    """The path of every key in a content."""
    pairs = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for name, value in pairs:
        if isinstance(content, dict):
            yield (*path, name)
        yield from keys_of(value, (*path, name))


def within(content: Any, path: Place) -> Any:
    """The object that holds the last key of a path."""
    for step in path[:-1]:
        content = content[step]
    return content


def written(path: Place) -> str:
    """A path as a refusal names it."""
    return "content" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


@pytest.mark.parametrize("content", [visit(), content_of(eventful())], ids=["uneventful", "eventful"])
def test_a_content_read_and_written_again_is_the_same_content(content: dict[str, Any]) -> None:
    over_the_wire = json.loads(json.dumps(content))
    assert content_of(summary_from(over_the_wire)) == content


def test_each_missing_key_is_refused_by_its_full_name() -> None:
    content = content_of(eventful())
    for path in [path for path in keys_of(content) if path not in LATER]:
        lacking = copy.deepcopy(content)
        del within(lacking, path)[path[-1]]
        with pytest.raises(MissingFromContent) as refusal:
            summary_from(lacking)
        assert refusal.value.where == written(path)


def test_a_content_signed_before_other_strengths_were_authorised_is_read_as_having_none() -> None:
    content = visit()
    del content["working"]["substitutions"]
    assert summary_from(content) == summary()
    assert [it for it in keys_of(visit()) if it not in set(keys_of(content))] == list(LATER)


def test_a_missing_key_is_refused_with_the_way_out() -> None:
    content = visit()
    del content["allergies"]
    with pytest.raises(MissingFromContent) as refusal:
        summary_from(content)
    assert str(refusal.value) == "content.allergies is not in the content; what is unknown must be written as null"


def test_a_key_that_would_silently_not_be_printed_is_refused() -> None:
    content = visit()
    content["patient"]["nickname"] = "JJ"
    with pytest.raises(StrangeInContent) as refusal:
        summary_from(content)
    assert str(refusal.value) == "content.patient.nickname is in the content, but the report has no place for it"


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        (("patient",), "Jordan", "an object"),
        (("readings",), {}, "a list"),
        (("version",), "1", "a whole number"),
        (("version",), True, "a whole number"),
        (("version",), 1.0, "a whole number"),
        (("result",), None, "text"),
        (("working", "cap_applied"), 1, "yes or no"),
        (("working", "weight_kg"), 70, "text"),
        (("working", "weight_kg"), "70 kg", 'plain decimal text such as "37.5"'),
        (("patient", "born_on"), "19840506", "a date such as 1984-05-06"),
        (("patient", "born_on"), "1984-02-30", "a date such as 1984-05-06"),
        (("checked_in_at",), "2026-01-12T13:50:00", "a time in UTC such as 2026-01-12T14:20:00Z"),
        (("checked_in_at",), "2026-01-12T08:50:00-05:00", "a time in UTC such as 2026-01-12T14:20:00Z"),
        (("segments", 0, "kind"), "flowing", "one of the known words"),
    ],
)
def test_a_value_of_another_kind_is_refused_by_name(path: Place, value: Any, wanted: str) -> None:
    content = visit()
    within(content, path)[path[-1]] = value
    with pytest.raises(UnreadableInContent) as refusal:
        summary_from(content)
    assert str(refusal.value) == f"{written(path)} is not {wanted}"


@pytest.mark.parametrize(
    "text", ["", "-1", "+5", "5.", ".5", "05", "1e5", "1_000", "1,5", "١٢", "\uff11\uff12", "½", "5mg", " 5", "NaN"]
)
def test_what_is_not_a_plain_decimal_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="not a plain decimal amount"):
        Amount(text)


@pytest.mark.parametrize(("text", "nothing"), [("0", True), ("0.000", True), ("0.001", False), ("10", False)])
def test_an_amount_knows_whether_it_is_nothing(text: str, nothing: bool) -> None:
    assert Amount(text).is_zero is nothing


@pytest.mark.parametrize("offset", ["Z", "+00:00", ".123456Z"])
def test_utc_may_be_written_in_either_common_way(offset: str) -> None:
    content = visit() | {"checked_in_at": f"2026-01-12T13:50:00{offset}"}
    assert summary_from(content).checked_in_at.utcoffset() is not None


def test_a_seal_is_read_as_strictly_as_a_content() -> None:
    with pytest.raises(MissingFromContent):
        seal_from({"status": "final"})
    assert final_seal().status is Status.FINAL


def test_two_standing_sets_with_the_same_five_numbers_are_named() -> None:
    pairs = identical_neighbours(eventful().readings)
    assert [(a.label, b.label) for a, b in pairs] == [("8", "9")]


def changed(change: Callable[[Any], Any]) -> list[str]:
    """The labels found identical, after the last of three equal sets was changed."""
    first = summary().readings[0]
    sets = (first, change(replace(first, label="2")))
    return [b.label for _, b in identical_neighbours(sets)]


def test_a_set_that_differs_by_one_beat_is_not_identical() -> None:
    assert changed(lambda r: replace(r, heart_rate_per_min=73)) == []
    assert changed(lambda r: r) == ["2"]


def test_a_struck_set_and_a_set_with_nothing_measured_are_not_copies() -> None:
    no_pressure = replace(summary().readings[0], systolic_mmhg=None, diastolic_mmhg=None)
    empty = replace(no_pressure, heart_rate_per_min=None, spo2_percent=None, respirations_per_min=None)
    assert changed(lambda r: replace(r, replaced_by="3")) == []
    assert identical_neighbours((empty, replace(empty, label="2"))) == ()
