"""Every field of every route, sent what it must not take: refused by its name, and nothing is changed."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from marshmallow import fields

from clinic_api.accounts.rules.roles import Role
from clinic_api.http.fields import Amount, Moment, Note, Text, WholeNumber, YesNo
from tests.builders import Clinic
from tests.http.bodies import Route, least, leaves, names_in, routes, with_values
from tests.people import Answer, Person

#: JSON text, so that each value stands in the request exactly as it is written here.
NO_TEXT: Final = ("0", "-0", "-1", "1", "1.5", "1e-7", "true", "false", "[]", "{}", '["1"]', "1e400")
BROKEN: Final = ("NaN", "nan", "-nan", "sNaN", "Infinity", "-Infinity", "1_000", "0x10", "+5", "5.", ".5", "05", "-")
BROKEN_TOO: Final = (
    "1" + "0" * 4300,
    "1e999999999999999999999",
    '"\\ud800"',
    '"\\u0000',
    "'5'",
    '"5',
    "5 mg",
    "undefined",
)


def quoted(*texts: str) -> tuple[str, ...]:
    """JSON strings that say exactly this."""
    return tuple('"' + "".join(f"\\u{ord(each):04x}" for each in text) + '"' for text in texts)


AMOUNTS: Final = (
    *NO_TEXT,
    *("0.0001", "0.00005", "5e-324", "1e308", "1e309", "9007199254740993"),
    *("2147483647", "2147483648", "9223372036854775807", "9223372036854775808"),
    *quoted("-0", "-1", "1e-7", "0.0001", "0.00005", "5e-324", "1e308", "1e309", "1e400", "1e999999999", "NaN", "nan"),
    *quoted("-nan", "sNaN", "Infinity", "-Infinity", "9007199254740993", "2147483647", "2147483648"),
    *quoted("9223372036854775807", "9223372036854775808", "1" + "0" * 4300, "1_000", "1,000", "1.000,5", "0x10"),
    *quoted("\uff11\uff12", "\u0661\u0662", "\u00bd", "5mg", "5 mcg", "5 \u00b5g", "5 \u03bcg", "5ug", "5.0mgs"),
    *quoted(" 5 ", "+5", "5.", ".5", "05", "5e0", "true", "null", "[]", "{}", "5\u0000", ""),
)
MOMENTS: Final = (
    *NO_TEXT,
    *("1772461800", "-1", "1e20"),
    *quoted("2026-03-08T02:30", "2026-11-01T01:30", "2026-03-02T09:30:00"),  # no offset: a gap, a fold, a plain one
    *quoted("2026-03-02T09:30:00+99:99", "2026-02-29T12:00:00Z", "2100-02-29T12:00:00Z", "2026-03-02T23:59:60Z"),
    *quoted("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "20261101T013000Z", "2026-W10-1T09:30:00Z"),
    *quoted(
        "26-03-02T09:30:00Z", " 2026-03-02T09:30:00Z", "2026-03-02 09:30:00Z", "1772461800", "", "now", "2026-03-02"
    ),
)
DAYS: Final = (
    *NO_TEXT,
    *("20260302", "1772461800"),
    *quoted(
        "2026-02-29", "2100-02-29", "26-03-02", " 2026-03-02", "2026-03-02 ", "2026-3-2", "03/02/2026", "", "today"
    ),
    *quoted(
        "today", "20260302", "2026-W10-1", "2026-061", "2026-03-02T00:00:00Z", "0000-01-01", "0001-01-01", "9999-12-31"
    ),
)
NUMBERS: Final = (
    *("1.0", "1.5", "1e1", "1e-7", "true", "false", "[]", "{}", "9007199254740993", "-9223372036854775809"),
    *quoted("1", "", " 1 ", "1.9", "one"),
)
LINES: Final = (
    *("0", "1.5", "true", "[]", "{}"),
    *quoted("", " ", "\u3000", "a\u0000b", "a\u001b[2J", "a\u0085b", "a\uffffb"),
)
TURNED: Final = quoted("a\nb", "a\tb", "a\u202eb", "a\u2066b", "a\u200fb", "x" * 1_001)
#: What a kind of field must refuse; the first kind that fits counts.
REFUSED: Final[tuple[tuple[type[fields.Field[Any]], tuple[str, ...]], ...]] = (
    (Amount, AMOUNTS),
    (Moment, MOMENTS),
    (fields.Date, DAYS),
    (WholeNumber, NUMBERS),
    (YesNo, ("0", "1", "[]", *quoted("true", "false", "on", "Y", ""))),
    (fields.Enum, (*NO_TEXT, *quoted("", "nonsense", " ", "NONE"))),
    (fields.UUID, (*NO_TEXT, *quoted("", "17", "not-an-id", "0198c0de-0000-7000-8000-00000000000", "x" * 36))),
    (Note, (*LINES, '"' + "x" * 20_001 + '"')),
    (Text, (*LINES, *TURNED)),
    (fields.Dict, ("0", "true", "[]", '"x"')),
    (fields.String, ("0", "1.5", "true", "[]", "{}")),
)


@pytest.fixture
def engine_kind() -> str:
    """What is refused for its form reaches no record; one database is enough."""
    return "sqlite"


@pytest.fixture
def factotum(clinic: Clinic) -> Person:
    """Somebody who may everything, so that no refusal is about who asks."""
    settings = clinic.app.extensions["clinic"].settings
    clinic.app.extensions["clinic"].settings = replace(settings, writes_per_minute=10**6, reads_per_minute=10**6)
    return clinic.person("Hal Factotum", *(str(role) for role in Role))


def send(person: Person, route: Route, body: bytes) -> Answer:
    """A request to a route, as its sender would send it."""
    return person.send(route.method, route.path, body, {"If-Match": '"0198c0de-0000-7000-8000-00000000000b-1"'})


def taking(clinic: Clinic) -> list[Route]:
    """The routes that take a body of fields."""
    return [route for route in routes(clinic.app) if route.takes is not None and route.takes.fields]


def by_kind(route: Route) -> Mapping[type[fields.Field[Any]], list[tuple[str, ...]]]:
    """The ways to a route's fields, by what they must refuse."""
    found: dict[type[fields.Field[Any]], list[tuple[str, ...]]] = {}
    assert route.takes is not None
    for way, field in leaves(route.takes):
        found.setdefault(next(kind for kind, _ in REFUSED if isinstance(field, kind)), []).append(way)
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("kind", "values"), REFUSED, ids=lambda each: getattr(each, "__name__", ""))
def test_every_field_refuses_by_name_what_it_must_not_take(
    clinic: Clinic, factotum: Person, kind: type[fields.Field[Any]], values: tuple[str, ...]
) -> None:
    asked = 0
    with clinic.nothing_changes():
        for route in taking(clinic):
            assert route.takes is not None
            ways = by_kind(route).get(kind, [])
            for value in values if ways else ():
                answer = send(factotum, route, with_values(route.takes, ways, value))
                assert answer.status == 422, (route.rule, ways, value[:60], answer.json)
                missed = {way[-1] for way in ways} - names_in(answer.json.get("errors"))
                assert not missed, (route.rule, missed, value[:60], answer.json)
                asked += 1
    assert asked


def test_nothing_is_not_taken_for_a_value_where_a_value_is_needed(clinic: Clinic, factotum: Person) -> None:
    with clinic.nothing_changes():
        for route in taking(clinic):
            assert route.takes is not None
            ways = [way for way, field in leaves(route.takes) if not field.allow_none]
            if ways:
                answer = send(factotum, route, with_values(route.takes, ways, "null"))
                assert answer.status == 422, (route.rule, answer.json)
                assert {way[-1] for way in ways} <= names_in(answer["errors"]), (route.rule, answer.json)


def test_what_is_no_json_is_refused_wherever_it_stands(clinic: Clinic, factotum: Person) -> None:
    with clinic.nothing_changes():
        for route in taking(clinic):
            assert route.takes is not None
            ways = [way for way, _ in leaves(route.takes)]
            for value in (*BROKEN, *BROKEN_TOO):
                answer = send(factotum, route, with_values(route.takes, ways[:1], value))
                assert (answer.status, answer["type"]) == (400, "not-json"), (route.rule, value[:60], answer.json)


def test_every_route_refuses_a_field_that_nobody_reads_by_its_name(clinic: Clinic, factotum: Person) -> None:
    with clinic.nothing_changes():
        for route in routes(clinic.app):
            if route.takes is not None:
                body = {**least(route.takes), "colour": "blue"}
                answer = send(factotum, route, json.dumps(body).encode())
                assert (answer.status, answer["errors"].get("colour")) == (422, ["Unknown field."]), route.rule


def test_an_object_inside_refuses_a_field_that_nobody_reads_too(clinic: Clinic, factotum: Person) -> None:
    inside = 0
    with clinic.nothing_changes():
        for route in taking(clinic):
            assert route.takes is not None
            for way in {way[:-1] for way, _ in leaves(route.takes) if len(way) > 1}:
                body = with_values(route.takes, [(*way, "colour")], '"blue"')
                answer = send(factotum, route, body)
                assert answer.status == 422, (route.rule, way)
                assert "colour" in names_in(answer["errors"]), (route.rule, way, answer.json)
                inside += 1
    assert inside


def test_every_body_used_here_is_otherwise_in_order(clinic: Clinic, factotum: Person) -> None:
    """What is refused above is refused for the planted value alone."""
    for route in taking(clinic):
        assert route.takes is not None
        if route.kind != "signed-out":
            answer = send(factotum, route, json.dumps(least(route.takes)).encode())
            assert answer.status != 400, (route.rule, answer.json)
            assert set((answer.json or {}).get("errors", {})) <= {"_schema"}, (route.rule, answer.json)
