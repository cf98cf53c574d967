"""Reading a request strictly, however it was made to confuse or to tire the reader."""

from collections.abc import Callable
from decimal import Decimal
from time import process_time
from typing import Any

import pytest
from flask import Flask

from clinic_api.http.intake import (
    DEPTH,
    LONGEST_NUMBER,
    NODES,
    KeyNeeded,
    KeyTwice,
    NotJson,
    expected_version,
    operation_key,
    read_json,
)
from clinic_api.http.problems import Stale, VersionNeeded

LARGEST = 262_144


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (b'{"a": 1, "b": [true, null, "x"]}', {"a": 1, "b": [True, None, "x"]}),
        (b"0.10", Decimal("0.10")),
        (b"-0", 0),
        (b"1e3", Decimal("1e3")),
        (b'"\\u00e9\\ud834\\udd1e"', "\u00e9\U0001d11e"),
        (b'"\\\\ud800"', "\\ud800"),
        (b" \t\r\n[] ", []),
    ],
)
def test_plain_json_is_read_as_it_is_written(sent: bytes, read: Any) -> None:
    found = read_json(sent)
    assert (found, type(found)) == (read, type(read))


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b" ",
        b"{",
        b"[1,]",
        b"{'a':1}",
        b"NaN",
        b"-Infinity",
        b"01",
        b"1.",
        b'"\t"',
        b"\xef\xbb\xbf{}",
        b"\xff",
        b"[] []",
    ],
)
def test_what_is_no_json_is_refused(sent: bytes) -> None:
    with pytest.raises(NotJson):
        read_json(sent)


@pytest.mark.parametrize("sent", [b'"\\ud800"', b'{"\\uDC00": 1}', b'["\\udd1e\\ud834", 0.5]', b"\xed\xa0\x80"])
def test_half_a_character_is_refused_because_it_could_not_be_sent_back(sent: bytes) -> None:
    with pytest.raises(NotJson, match="half a character"):
        read_json(sent)


@pytest.mark.parametrize("sent", [b'{"mg": 1, "mg": 10}', b'[{"a": {"b": 1, "b": 1}}]', b'{"a": 1, "\\u0061": 2}'])
def test_a_name_that_stands_twice_is_refused(sent: bytes) -> None:
    with pytest.raises(KeyTwice, match="once"):
        read_json(sent)


def test_so_many_levels_are_read_and_not_one_more() -> None:
    assert read_json(b"[" * DEPTH + b"]" * DEPTH)
    with pytest.raises(NotJson, match="levels"):
        read_json(b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1))
    assert read_json(b'"' + b"[" * 1000 + b'"') == "[" * 1000


def test_so_many_parts_are_read_and_not_one_more() -> None:
    parts = (NODES - 1) // 2
    assert len(read_json(b"[" + b'"a",' * (parts - 1) + b'"a"]')) == parts
    with pytest.raises(NotJson, match="parts"):
        read_json(b"[" + b"1," * NODES + b"1]")


@pytest.mark.parametrize("number", ["1" * LONGEST_NUMBER, "0." + "1" * (LONGEST_NUMBER - 2)])
def test_so_long_a_number_is_read_and_not_one_digit_more(number: str) -> None:
    assert str(read_json(number.encode())) == number
    with pytest.raises(NotJson, match="characters"):
        read_json(number.encode() + b"1")


@pytest.mark.parametrize("sent", [b"1e9999999999999999999", b"[-1E-99999999999999999999]"])
def test_an_exponent_that_nothing_can_hold_is_refused(sent: bytes) -> None:
    with pytest.raises(NotJson, match="exponent"):
        read_json(sent)


@pytest.mark.parametrize(
    "hostile",
    [
        b'"' + b'\\"' * (LARGEST // 2),
        b'"' * LARGEST,
        b'"' + b"\\" * LARGEST,
        b'"' + b"a" * LARGEST,
        b"[" * LARGEST,
        b"9" * LARGEST,
        b'{"' + b'":{"' * (LARGEST // 4),
        b'"' + b"\\ud800" * (LARGEST // 6) + b'"',
    ],
    ids=range(8),
)
def test_no_body_costs_more_than_a_moment(hostile: bytes) -> None:
    before = process_time()
    with pytest.raises(NotJson):
        read_json(hostile)
    assert process_time() - before < 1


def sent_with(read: Callable[[], Any], **headers: str) -> Any:
    with Flask(__name__).test_request_context(headers={name.replace("_", "-"): each for name, each in headers.items()}):
        return read()


def test_the_key_of_an_act_is_a_uuid() -> None:
    key = "0198c0de-0000-7000-8000-000000000001"
    assert str(sent_with(operation_key, Idempotency_Key=key)) == key
    with pytest.raises(KeyNeeded, match="keep it"):
        sent_with(operation_key)


def test_a_change_names_the_version_it_changes() -> None:
    assert sent_with(expected_version, If_Match='"0198c0de-0000-7000-8000-000000000001-17"') == 17


@pytest.mark.parametrize("tag", [None, "*", " * "])
def test_a_change_that_names_no_version_is_asked_for_one(tag: str | None) -> None:
    with pytest.raises(VersionNeeded, match="If-Match") as refusal:
        sent_with(expected_version, **({} if tag is None else {"If_Match": tag}))
    assert refusal.value.status == 428


@pytest.mark.parametrize("tag", ['"17"', "17", 'W/"0198c0de-0000-7000-8000-000000000001-17"', '"x-1", "y-2"', ""])
def test_an_etag_that_was_never_given_out_is_stale(tag: str) -> None:
    with pytest.raises(Stale, match="new ETag") as refusal:
        sent_with(expected_version, If_Match=tag)
    assert refusal.value.status == 412
