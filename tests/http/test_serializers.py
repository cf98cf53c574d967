"""The generated answers say exactly what marshmallow would have said."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields, post_dump

from clinic_api.http.fields import Body, MassField, Moment, Text, VolumeField, WeightField, WholeNumber, YesNo
from clinic_api.http.serializers import Fast, fast
from clinic_api.quantities import Mass, Volume, Weight


class Colour(StrEnum):
    """Two words."""

    RED = "red"
    BLUE = "blue"


class Inside(Body):
    """A part of the answer below."""

    id = fields.UUID()
    mass_mg = MassField(attribute="mass", allow_none=True)


class Everything(Body):
    """Every kind of field that answers are made of."""

    id = fields.UUID(allow_none=True)
    name = Text(allow_none=True)
    plain = fields.String(allow_none=True)
    count = fields.Integer(allow_none=True)
    whole = WholeNumber(least=0, most=9, allow_none=True)
    flag = YesNo(allow_none=True)
    boolean = fields.Boolean(allow_none=True)
    at = Moment(data_key="happened_at", allow_none=True)
    on = fields.Date(allow_none=True)
    mass_mg = MassField(attribute="mass", allow_none=True)
    volume_ml = VolumeField(attribute="volume", allow_none=True)
    weight_kg = WeightField(attribute="weight", allow_none=True)
    colour = fields.Enum(Colour, by_value=True, allow_none=True)
    named = fields.Enum(Colour, allow_none=True)
    words = fields.List(fields.String(), allow_none=True)
    anything = fields.Raw(allow_none=True)
    document = fields.Dict(allow_none=True)
    typed = fields.Dict(keys=fields.String(), values=fields.Integer(), allow_none=True)
    inside = fields.Nested(Inside(), allow_none=True)
    several = fields.List(fields.Nested(Inside()), allow_none=True)
    many = fields.Nested(Inside(many=True), allow_none=True)
    computed = fields.Function(lambda it: len(it) if isinstance(it, dict) else 7)
    absent = fields.String(dump_default="nobody said")
    secret = fields.String(load_only=True)


def _moment(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.integers(-2_200_000_000_000_000, 7_000_000_000_000_000).map(_moment) | st.tuples(
    st.integers(0, 10**15).map(_moment), zones
).map(lambda it: it[0].astimezone(it[1]))
texts = st.text(max_size=8)
wholes = st.integers(-(10**18), 10**18)
masses = st.integers(0, 10**12).map(Mass)
insides = st.fixed_dictionaries({"id": st.uuids(), "mass": st.none() | masses})
everything = st.fixed_dictionaries(
    {
        name: st.none() | values
        for name, values in {
            "id": st.uuids(),
            "name": texts,
            "plain": texts,
            "count": wholes,
            "whole": wholes,
            "flag": st.booleans(),
            "boolean": st.booleans(),
            "at": moments,
            "on": st.dates(),
            "mass": masses,
            "volume": st.integers(0, 10**12).map(Volume),
            "weight": st.integers(1, 10**9).map(Weight),
            "colour": st.sampled_from(Colour),
            "named": st.sampled_from(Colour),
            "words": st.lists(texts, max_size=3),
            "anything": st.none() | wholes | texts,
            "document": st.dictionaries(texts, wholes, max_size=3),
            "typed": st.dictionaries(texts, wholes, max_size=3),
            "inside": insides,
            "several": st.lists(insides, max_size=3),
            "many": st.lists(insides, max_size=3),
        }.items()
    }
)
SLOW = Everything()
FAST = fast(SLOW)


@given(everything)
def test_a_dictionary_is_answered_as_marshmallow_answers_it(values: dict[str, Any]) -> None:
    assert FAST.dump(values) == SLOW.dump(values)
    assert list(FAST.dump(values)) == list(SLOW.dump(values))


@given(everything)
def test_an_object_is_answered_as_marshmallow_answers_it(values: dict[str, Any]) -> None:
    it = SimpleNamespace(**values, absent="here")
    assert FAST.dump(it) == SLOW.dump(it)


@given(st.lists(everything, max_size=3))
def test_a_list_is_answered_one_by_one(values: list[dict[str, Any]]) -> None:
    assert fast(Everything(many=True)).dump(values) == Everything(many=True).dump(values)


@given(everything, st.sets(st.sampled_from(["id", "mass", "inside", "words", "computed", "on", "typed"])))
def test_what_an_object_lacks_is_left_out(values: dict[str, Any], gone: set[str]) -> None:
    less = {name: value for name, value in values.items() if name not in gone}
    assert FAST.dump(less) == SLOW.dump(less)
    assert FAST.dump(SimpleNamespace(**less)) == SLOW.dump(SimpleNamespace(**less))


class Line(NamedTuple):
    """A row as the database answers it."""

    id: UUID
    mass: Mass


def test_a_row_of_named_columns_is_read_by_name() -> None:
    assert fast(Inside()).dump(Line(UUID(int=1), Mass(500))) == {"id": str(UUID(int=1)), "mass_mg": "0.5"}


def test_only_and_exclude_are_kept() -> None:
    it = {"id": UUID(int=1), "mass": Mass(1)}
    assert fast(Inside(only=["id"])).dump(it) == {"id": str(UUID(int=1))}
    assert fast(Inside(exclude=["id"])).dump(it) == {"mass_mg": "0.001"}


class Hooked(Body):
    """A schema with a hook of its own."""

    id = fields.Integer()

    @post_dump
    def _more(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"more": True}


class Around(Body):
    """A schema with a hooked one inside."""

    inside = fields.Nested(Hooked())


def test_a_schema_with_hooks_is_left_to_marshmallow() -> None:
    assert isinstance(fast(Hooked()), Schema)
    assert fast(Around()).dump({"inside": {"id": 1}}) == {"inside": {"id": 1, "more": True}}


def test_a_number_that_is_said_as_text_stays_text() -> None:
    class AsText(Body):
        """A number in quotes."""

        count = fields.Integer(as_string=True)

    assert fast(AsText()).dump({"count": 3}) == {"count": "3"}


@dataclass
class Refusing:
    """An object whose property fails."""

    id: int = 1

    @property
    def mass(self) -> Mass:
        """Nothing that can be read."""
        raise ValueError("not now")


def test_a_failing_property_fails_here_too() -> None:
    with pytest.raises(ValueError, match="not now"):
        fast(Inside()).dump(Refusing())


def test_the_schema_stays_readable() -> None:
    made = fast(Inside())
    assert isinstance(made, Fast)
    assert isinstance(made.schema, Inside)
