"""Requests made from the shapes that the routes declare: the least that each takes, and every field of it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask
from marshmallow import Schema, ValidationError, fields, validate

from clinic_api.http.fields import Amount, Moment, Text, WholeNumber, YesNo

#: Values that no example of their kind would fit, by the field's name.
PARTICULAR: Final[Mapping[str, Any]] = {
    "pin": "135790",
    "code": "123456",
    "password": "correct horse battery",
    "login": "somebody",
    "state": "NY",
    "kind": "individual",
    "language": "en",
    "indication": "F33.2",
    "day": "2026-03-02",
    "dea_number": "AB1234563",
    "supplier_dea_number": "BC2749185",
    "zone": "America/New_York",
    "ndc": "0409-2053-10",
    "schedules": "3N",
    "vials_invoiced": 1,
    "vials_received": 1,
    "vials_turned_away": 0,
    "answers": {"1": 1},
    "local_start": "2026-03-03T10:00",
    "minutes": 60,
    "identifiers_checked": ["name", "date_of_birth"],
    "until": "2026-03-03T14:00:00Z",
    "gait_steady": True,
    "sha256": "ab" * 32,
    "seen": "cd" * 32,
    "serials": ["SN-1"],
}
#: Shapes that take one of several optional fields: the one that the least body has.
ONE_OF: Final[Mapping[str, str]] = {
    "PersonIn": "name",
    "NewAnswer": "text",
    "DoseIn": "strength_mg_per_ml",
    "SubstitutionIn": "strength_mg_per_ml",
    "NewDraw": "container",
}
ID: Final = "0198c0de-0000-7000-8000-00000000000b"


#: The way to a field: the names that lead to it, lists passed through.
Way = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A declared route: how it is reached, what it takes and what may be asked in its query."""

    method: str
    rule: str
    kind: str
    takes: Schema | None
    asks: Schema | None

    @property
    def path(self) -> str:
        """Its path below /api/v1, with ids of nothing in it."""
        return self.at({})

    def at(self, ids: Mapping[str, str]) -> str:
        """Its path with these ids."""
        said = re.sub(r"<uuid:(\w+)>", lambda part: ids.get(part.group(1), ID), self.rule)
        return re.sub(r"<(\w+)>", lambda part: {"kind": "protocol", "key": "iv-ketamine"}[part.group(1)], said)

    @property
    def names(self) -> list[str]:
        """The ids in its path, by name."""
        return re.findall(r"<uuid:(\w+)>", self.rule)


def routes(app: Flask) -> list[Route]:
    """Every route, in the order of its address."""
    found = []
    for rule in app.url_map.iter_rules():
        declared = getattr(app.view_functions[rule.endpoint], "declared", None)
        if declared is not None:
            [method] = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            found.append(Route(method, rule.rule.removeprefix("/api/v1"), declared.kind, declared.takes, declared.asks))
    return sorted(found, key=lambda each: (each.rule, each.method))


def leaves(shape: Schema, before: Way = ()) -> Iterator[tuple[Way, fields.Field[Any]]]:
    """Every field that holds a value, with the way to it; a list is passed through."""
    for name, field in shape.fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from leaves(inner.schema, (*before, name))
        else:
            yield (*before, name), inner


def least(shape: Schema, *also: Way) -> dict[str, Any]:
    """The least body that a shape takes, with the optional fields at the ends of the ways ``also`` in it."""
    on = {name: [way[1:] for way in also if way[0] == name and way[1:]] for name in shape.fields}
    said = {way[0] for way in also} or {ONE_OF.get(type(shape).__name__, "")}
    return {
        name: example(name, field, *on[name])
        for name, field in shape.fields.items()
        if field.required or name in said or (name in PARTICULAR and takes_particular(field))
    }


def example(name: str, field: fields.Field[Any], *also: Way) -> Any:
    """A value that a field takes, with the optional fields at the ends of the ways ``also`` in it."""
    if name in PARTICULAR and (takes_particular(field) or isinstance(PARTICULAR[name], list)):
        return PARTICULAR[name]
    if isinstance(field, fields.List):
        return [example(name, field.inner, *also)] * fewest(field)
    if isinstance(field, fields.Nested):
        return least(field.schema, *also)
    return next(say(field) for kind, say in _EXAMPLES if isinstance(field, kind))


def takes_particular(field: fields.Field[Any]) -> bool:
    """Whether a field's name says more of what it takes than its kind does."""
    return not isinstance(field, (fields.List, fields.Nested, fields.Enum, fields.Date))


def fewest(field: fields.List[Any]) -> int:
    """How many a list must hold; at least one, so that there is something to see."""
    lengths = [each for each in field.validators if isinstance(each, validate.Length)]
    return max([1, *(each.equal or each.min or 1 for each in lengths)])


def fits(field: fields.Field[Any], value: object) -> bool:
    """Whether the field's own conditions let a value through."""
    try:
        field._validate(value)
    except ValidationError:
        return False
    return True


_EXAMPLES: Final[tuple[tuple[type, Any], ...]] = (
    (fields.Enum, lambda field: next(each for each in field.enum if fits(field, each)).value),
    (fields.UUID, lambda _: ID),
    (Moment, lambda _: "2026-03-02T14:00:00Z"),
    (fields.Date, lambda _: "2026-03-02"),
    (WholeNumber, lambda _: 2),
    (YesNo, lambda _: True),
    (Amount, lambda _: "1"),
    (Text, lambda _: "something plain"),
    (fields.Dict, lambda _: {}),
    (fields.String, lambda _: "x"),
)


def with_values(shape: Schema, ways: list[Way], value: str) -> bytes:
    """The least body, with ``value`` (JSON text) at the end of each of these ways."""
    body = least(shape, *ways)
    for way in ways:
        _put(body, shape, way, _HOLE)
    return json.dumps(body).replace(f'"{_HOLE}"', value).encode("utf-8", "surrogatepass")


_HOLE: Final = "%hole%"


def with_ids(shape: Schema, ids: Mapping[Way, str]) -> dict[str, Any]:
    """The least body, with these ids at the ends of their ways."""
    body = least(shape, *ids)
    for way, id in ids.items():
        _put(body, shape, way, id)
    return body


def _put(body: dict[str, Any], shape: Schema, way: Way, value: str) -> None:
    name, *rest = way
    field = shape.fields.get(name)
    many = isinstance(field, fields.List)
    if rest:
        inner = field.inner if isinstance(field, fields.List) else field
        assert isinstance(inner, fields.Nested)
        held = body[name][0] if many else body[name]
        _put(held, inner.schema, tuple(rest), value)
    else:
        body[name] = [value] if many else value


def names_in(errors: Any) -> set[str]:
    """Every name that a refusal's errors mention, at any depth."""
    if not isinstance(errors, dict):
        return set()
    return set(errors) | {name for each in errors.values() for name in names_in(each)}
