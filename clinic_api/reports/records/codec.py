"""Plain JSON values into frozen records and back, by the records' own field names and types."""

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from clinic_api.errors import Unacceptable
from clinic_api.reports.records.amount import Amount

R = TypeVar("R")


@dataclass(eq=False)
class MissingFromContent(Unacceptable):
    """The signed content lacks something that the report must say."""

    where: str

    def __str__(self) -> str:
        return f"{self.where} is not in the content; what is unknown must be written as null"


@dataclass(eq=False)
class StrangeInContent(Unacceptable):
    """The signed content holds something that the report would not print."""

    where: str

    def __str__(self) -> str:
        return f"{self.where} is in the content, but the report has no place for it"


@dataclass(eq=False)
class UnreadableInContent(Unacceptable):
    """The signed content holds a value of another kind than the report expects."""

    where: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.where} is not {self.wanted}"


def read(kind: type[R], content: Mapping[str, Any]) -> R:
    """A record from plain JSON values.

    Raises:
        MissingFromContent: a field is not there (null is there); old contents may lack one that has a default.
        StrangeInContent: a key belongs to no field, and would silently not be printed.
        UnreadableInContent: a value is of another kind; amounts are decimal text, times end in Z.
    """
    record: R = _value(kind, content, "content")
    return record


def write(record: Any) -> Any:
    """The plain JSON values of a record: ``read`` of them gives the same record."""
    if is_dataclass(record):
        return {field.name: write(getattr(record, field.name)) for field in fields(record)}
    if isinstance(record, tuple):
        return [write(item) for item in record]
    if isinstance(record, datetime):
        return record.isoformat().replace("+00:00", "Z")
    if isinstance(record, date):
        return record.isoformat()
    return str(record) if isinstance(record, str) else record


@cache
def _fields(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


@cache
def _later(kind: type) -> frozenset[str]:
    """The fields that contents signed before them do not have: those with a default."""
    return frozenset(it.name for it in fields(kind) if it.default is not MISSING)


def _value(kind: Any, content: Any, where: str) -> Any:
    if is_dataclass(kind):
        return _record(kind, content, where)
    if get_origin(kind) is tuple:
        return _items(get_args(kind)[0], content, where)
    choices = get_args(kind)
    if NoneType in choices:
        return None if content is None else _value(choices[0], content, where)
    return _plain(kind, content, where)


def _record(kind: Any, content: Any, where: str) -> Any:
    if not isinstance(content, Mapping):
        raise UnreadableInContent(where=where, wanted="an object")
    known = _fields(kind)
    for name in content:
        if name not in known:
            raise StrangeInContent(where=f"{where}.{name}")
    for name in known:
        if name not in content and name not in _later(kind):
            raise MissingFromContent(where=f"{where}.{name}")
    said = {name: hint for name, hint in known.items() if name in content}
    return kind(**{name: _value(hint, content[name], f"{where}.{name}") for name, hint in said.items()})


def _items(kind: Any, content: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(content, list | tuple):
        raise UnreadableInContent(where=where, wanted="a list")
    return tuple(_value(kind, item, f"{where}[{place}]") for place, item in enumerate(content))


def _plain(kind: Any, content: Any, where: str) -> Any:
    if kind in (bool, int):
        if type(content) is not kind:  # True is an int, and a flag is not a number
            raise UnreadableInContent(where=where, wanted="yes or no" if kind is bool else "a whole number")
        return content
    if not isinstance(content, str):
        raise UnreadableInContent(where=where, wanted="text")
    try:
        return _from_text(kind, content)
    except ValueError:
        raise UnreadableInContent(where=where, wanted=_WANTED.get(kind, "one of the known words")) from None


def _from_text(kind: Any, text: str) -> Any:
    if kind not in _SHAPES:
        return kind(text)
    if not _SHAPES[kind].fullmatch(text):
        raise ValueError(text)
    return kind.fromisoformat(text)


_DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
#: One way to write a day and one to write a moment; the standard library would take many.
_SHAPES: Final[dict[Any, re.Pattern[str]]] = {
    date: re.compile(_DAY),
    datetime: re.compile(_DAY + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|\+00:00)"),
}
_WANTED: Final[dict[Any, str]] = {
    Amount: 'plain decimal text such as "37.5"',
    datetime: "a time in UTC such as 2026-01-12T14:20:00Z",
    date: "a date such as 1984-05-06",
}
