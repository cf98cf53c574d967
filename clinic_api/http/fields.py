"""Fields of the wire: amounts as decimal text, times with an offset, text that can be stored, printed and returned."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Generic, TypeVar

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from clinic_api.errors import Unacceptable
from clinic_api.http.paging import LARGEST, PageAsked
from clinic_api.quantities import Mass, Volume, Weight, parse_kg, parse_mg, parse_ml

#: What a line may not hold: controls, surrogates, non-characters and marks that turn text around.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
Q = TypeVar("Q")
_YEARS: Final = (1900, 2200)


class Body(Schema):
    """A request or an answer; a field that is not named is refused."""

    class Meta:
        unknown = RAISE


class Text(fields.String):
    """One line of text, returned as it came (Unicode NFC)."""

    default_error_messages = {
        "blank": "Say something, or leave the field out.",
        "control": "Control characters cannot be kept; leave them out.",
        "turning": "Marks that turn text around cannot stand in one line; leave them out.",
        "lines": "One line only.",
    }
    several_lines = False

    def __init__(self, *, longest: int = 200, **options: Any) -> None:
        given = options.pop("validate", None)
        length = validate.Length(min=1, max=longest)
        super().__init__(validate=[length] if given is None else [length, given], **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text.isspace():
            raise self.make_error("blank")
        if _CONTROL.search(text):
            raise self.make_error("control")
        if not self.several_lines and _TURNING.search(text):
            raise self.make_error("turning")
        if not self.several_lines and ("\n" in text or "\t" in text):
            raise self.make_error("lines")
        return unicodedata.normalize("NFC", text)


class Note(Text):
    """Free text of several lines."""

    several_lines = True

    def __init__(self, *, longest: int = 20_000, **options: Any) -> None:
        super().__init__(longest=longest, **options)


class Amount(fields.Field[Q], Generic[Q]):
    """An amount as plain decimal text; numbers are refused, because a reader may already have rounded them."""

    read: Callable[[Any], Q]
    say: Callable[[Q], str]

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Q:
        try:
            return type(self).read(value)
        except Unacceptable as refusal:
            raise ValidationError(str(refusal)) from None

    def _serialize(self, value: Q | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else type(self).say(value)


class MassField(Amount[Mass]):
    """Milligrams, ``"37.5"``; at most three decimals, so whole micrograms."""

    read = staticmethod(parse_mg)
    say = staticmethod(Mass.as_mg_text)


class VolumeField(Amount[Volume]):
    """Millilitres, ``"0.7"``; at most three decimals, so whole microlitres."""

    read = staticmethod(parse_ml)
    say = staticmethod(Volume.as_ml_text)


class WeightField(Amount[Weight]):
    """Kilograms, ``"68.4"``; at most three decimals, so whole grams."""

    read = staticmethod(parse_kg)
    say = staticmethod(Weight.as_kg_text)


class Moment(fields.AwareDateTime):
    """A time with its offset; one without is refused."""

    default_error_messages = {
        "years": "A year between 1900 and 2200.",
        "text": 'Write a time with its offset, such as "2026-03-02T09:30:00-05:00".',
    }

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", value, re.ASCII):
            raise self.make_error("text")
        if not _YEARS[0] <= int(value[:4]) <= _YEARS[1]:
            raise self.make_error("years")
        moment = super()._deserialize(value, attr, data, **kwargs)
        return moment.astimezone(UTC)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Day(fields.Date):
    """A day as ``"2026-03-02"``; week dates and days without hyphens are refused, since a slip can look like one."""

    default_error_messages = {
        "years": "A year between 1900 and 2200.",
        "text": 'Write a day as year, month and day, such as "2026-03-02".',
    }

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            raise self.make_error("text")
        if not _YEARS[0] <= int(value[:4]) <= _YEARS[1]:
            raise self.make_error("years")
        return super()._deserialize(value, attr, data, **kwargs)


class WholeNumber(fields.Integer):
    """A whole number; 1.9 and "1" are refused rather than bent."""

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if type(value) is not int:
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class YesNo(fields.Field[bool]):
    """true or false, nothing else."""

    default_error_messages = {"invalid": "Say true or false."}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Empty(Body):
    """A request that says nothing beyond its address."""


class PageQuery(Body):
    """Which part of a list."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, LARGEST))
    cursor = fields.String(load_default=None)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> PageAsked:
        return PageAsked(**data)
