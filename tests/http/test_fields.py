"""Fields of the wire: what is taken, what is refused with a reason, and that it comes back as it was sent."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from clinic_api.http.fields import Body, Day, Moment, Note, PageQuery, Text, WholeNumber, YesNo
from clinic_api.http.limits import Limits
from clinic_api.http.paging import NotACursor, PageAsked, page_of
from clinic_api.http.problems import Malformed, TooMany

LINE, NOTE = Text(longest=10), Note(longest=10)


def refused(field: Any, value: Any) -> str:
    with pytest.raises(ValidationError) as refusal:
        field.deserialize(value)
    return str(refusal.value.messages)


@pytest.mark.parametrize("day", ["1900-01-01", "2026-02-28", "2200-12-31"])
def test_a_day_of_a_year_that_is_reckoned_with_is_taken(day: str) -> None:
    assert Day().deserialize(day).isoformat() == day


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"])
def test_a_day_to_which_no_day_could_be_added_is_refused(day: str) -> None:
    assert "between 1900 and 2200" in refused(Day(), day)


# ------------------------------------------------------------------------------------------------------------- text


@pytest.mark.parametrize("text", ["a", "Zoë Ångström"[:10], "李小龙", "x" * 10, "𝄞" * 10, " a "])
def test_a_line_comes_back_as_it_was_sent(text: str) -> None:
    assert LINE.deserialize(text) == text


def test_a_line_is_kept_in_one_composition() -> None:
    assert LINE.deserialize("e\u0301") == "\u00e9"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "between 1 and 10"),
        ("x" * 11, "between 1 and 10"),
        ("   ", "Say something"),
        ("a\x00b", "Control"),
        ("a\x1b[2J", "Control"),
        ("a\x85b", "Control"),
        ("a\uffffb", "Control"),
        ("a\ud800b", "Control"),
        ("a\nb", "One line"),
        ("a\tb", "One line"),
        ("a\u202eb", "turn text around"),
        (17, "Not a valid string"),
        (None, "may not be null"),
        (["a"], "Not a valid string"),
    ],
)
def test_what_cannot_stand_in_a_line_is_refused_with_the_reason(text: Any, reason: str) -> None:
    assert reason in refused(LINE, text)


def test_a_note_may_have_lines_and_text_of_both_directions() -> None:
    assert NOTE.deserialize("a\n\tb\u200f") == "a\n\tb\u200f"
    assert "Control" in refused(NOTE, "a\x07")
    assert "Say something" in refused(NOTE, " \n ")


# ---------------------------------------------------------------------------------------------------------- moments


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02T09:30:00-05:00", datetime(2026, 3, 2, 14, 30, tzinfo=UTC)),
        ("2026-03-02T14:30Z", datetime(2026, 3, 2, 14, 30, tzinfo=UTC)),
        ("1900-01-01T00:00:00+00:00", datetime(1900, 1, 1, tzinfo=UTC)),
        ("2200-12-31T23:59:59.999999Z", datetime(2200, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_a_time_with_its_offset_is_taken_and_kept_as_utc(text: str, moment: datetime) -> None:
    found = Moment().deserialize(text)
    assert (found, found.tzinfo) == (moment, UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-03-02T09:30:00", "2026-03-02", "09:30", "1772461800", "", "2026-02-30T00:00:00Z", "2026-03-02T24:01Z"),
        *("1899-12-31T23:59:59Z", "2201-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "2026-03-02T09:30:00+25:00"),
        *("٢٠٢٦-03-02T09:30:00Z", "2026-03-02 09:30:00Z", "2026-03-02T09:30:60Z"),
        *(1772461800, 1772461800.0, None, True, ["2026-03-02T14:30Z"]),
    ],
)
def test_a_time_that_is_not_sure_is_refused(text: Any) -> None:
    assert refused(Moment(), text)


@given(st.integers(0, 200 * 365 * 86_400_000_000), st.integers(-14 * 60, 14 * 60))
def test_a_time_comes_back_as_the_same_moment(microseconds: int, minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    moment = datetime(1970, 1, 1, tzinfo=zone) + timedelta(microseconds=microseconds)
    said = Moment().serialize("at", {"at": moment})
    assert isinstance(said, str)
    assert said.endswith("Z")
    assert Moment().deserialize(said) == moment == Moment().deserialize(moment.isoformat())


def test_no_time_is_said_as_none() -> None:
    assert Moment().serialize("at", {"at": None}) is None


@pytest.mark.parametrize("text", ["1900-01-01", "2024-02-29", "2200-12-31"])
def test_a_day_is_taken_as_it_is_written(text: str) -> None:
    assert Day().deserialize(text) == date.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    [
        *("20260302", "2026-W10-1", "2026-061", "2026-3-2", "26-03-02", "2026-02-29", "2100-02-29", " 2026-03-02", ""),
        *("1899-12-31", "2201-01-01", "0001-01-01", "٢٠٢٦-03-02", "2026-03-02T00:00:00Z", 20260302, None, True),
    ],
)
def test_a_day_that_could_be_a_slip_is_refused(text: Any) -> None:
    assert refused(Day(), text)


# ---------------------------------------------------------------------------------------------------------- numbers


def test_a_whole_number_is_taken_at_both_ends_of_its_range() -> None:
    field = WholeNumber(least=0, most=300)
    assert [field.deserialize(value) for value in (0, 300)] == [0, 300]


@pytest.mark.parametrize("value", [-1, 301, 1.0, 1.9, "1", True, None, 10**40, [1]])
def test_a_number_is_never_bent_into_a_whole_one(value: Any) -> None:
    assert refused(WholeNumber(least=0, most=300), value)


@pytest.mark.parametrize("value", [0, 1, "true", "yes", None, []])
def test_yes_and_no_are_said_as_true_and_false_and_in_no_other_way(value: Any) -> None:
    assert [YesNo().deserialize(each) for each in (True, False)] == [True, False]
    assert refused(YesNo(), value)


# ------------------------------------------------------------------------------------------------------------ pages


@given(st.lists(st.uuids(), max_size=20), st.integers(1, 7))
def test_pages_show_everything_once_and_in_order(ids: list[UUID], limit: int) -> None:
    ids = sorted(set(ids))
    seen: list[UUID] = []
    asked = PageAsked(limit)
    while True:
        rows = [each for each in ids if asked.after is None or each > asked.after][: limit + 1]
        page = page_of(rows, asked=asked, key=lambda each: each)
        seen += page.items
        if page.next is None:
            break
        asked = PageAsked(limit, page.next)
    assert seen == ids


@pytest.mark.parametrize("cursor", ["", "x", "nonsense", "====", "ÿÿÿÿ", "A" * 21, "A" * 400])
def test_a_cursor_that_was_not_given_out_is_refused(cursor: str) -> None:
    with pytest.raises(NotACursor, match="without a cursor"):
        _ = PageAsked(50, cursor).after


def test_a_page_has_fifty_lines_unless_it_is_asked_for_another_number() -> None:
    assert PageQuery().load({}) == PageAsked(50, None)
    assert PageQuery().load({"limit": 100}) == PageAsked(100, None)


def test_a_field_that_is_not_named_is_refused() -> None:
    with pytest.raises(ValidationError, match="Unknown field"):
        Body().load({"anything": 1})


# ----------------------------------------------------------------------------------------------------------- limits


def test_a_person_may_do_so_much_and_is_told_how_long_to_wait_for_more() -> None:
    limits, ada, ben = Limits(), uuid4(), uuid4()
    for _ in range(3):
        limits.spend(ada, "writes", allowed=3, per_seconds=3600)
    with pytest.raises(TooMany, match="same Idempotency-Key") as refusal:
        limits.spend(ada, "writes", allowed=3, per_seconds=3600)
    assert 1190 <= refusal.value.retry_after_seconds <= 1200
    limits.spend(ada, "reads", allowed=3)
    limits.spend(ben, "writes", allowed=3)
    limits.forget()
    limits.spend(ada, "writes", allowed=3, per_seconds=3600)


def test_a_refusal_of_fields_says_the_first_reason_of_each() -> None:
    refusal = Malformed({"name": ["Missing.", "Too long."], "lines": {0: {"mg": ["Not text."]}}})
    assert str(refusal) == "name: Missing.; lines: Not text."
