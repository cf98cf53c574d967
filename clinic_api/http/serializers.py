"""Fast answers: the same as ``Schema.dump``, from a function that is generated once from the schema.

marshmallow asks every field of every object anew what it is; for a session with a hundred sets that costs more than
the database does. What a schema says of its fields does not change while the program runs, so it is written out once
as a plain function. A kind of field that is not known here is asked as marshmallow asks it; an object that lacks
something, or a schema with hooks of its own, goes through ``Schema.dump``.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from marshmallow import Schema, fields, missing

from clinic_api.http.fields import MassField, Moment, Note, Text, VolumeField, WeightField, WholeNumber, YesNo
from clinic_api.quantities import Mass, Volume, Weight

Dump = Callable[[Any], Any]
#: Python text for a value ``v`` that is not None; the names in it are given to the function below.
SAYS: Final[Mapping[type, str]] = {
    fields.UUID: "str(v)",
    fields.String: "text(v)",
    Text: "text(v)",
    Note: "text(v)",
    fields.Integer: "int(v)",
    WholeNumber: "int(v)",
    fields.Boolean: "v",
    YesNo: "v",
    fields.Raw: "v",
    Moment: "moment(v)",
    MassField: "mg(v)",
    VolumeField: "ml(v)",
    WeightField: "kg(v)",
}


class Fast:
    """A schema's ``dump``, written out. ``schema`` stays readable, for the document that describes the routes."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.dump: Dump = self._many if schema.many else self._one
        self._by_name, self._by_key = _generated(schema)

    def _one(self, obj: Any) -> Any:
        try:
            return self._by_key(obj) if isinstance(obj, dict) else self._by_name(obj)
        except (KeyError, AttributeError):
            return self.schema.dump(obj, many=False)

    def _many(self, objs: Any) -> Any:
        one = self._one
        return [one(obj) for obj in objs]


def fast(schema: Schema) -> Any:
    """An object whose ``dump`` answers as the schema's does, sooner."""
    hooks: Mapping[str, list[Any]] = schema._hooks
    return schema if any(hooks[tag] for tag in ("pre_dump", "post_dump")) else Fast(schema)


def _generated(schema: Schema) -> tuple[Dump, Dump]:
    """Two functions: for objects with attributes, and for dictionaries."""
    known: dict[str, Any] = {"text": _text, "moment": moment_said, "mg": Mass.as_mg_text, "ml": Volume.as_ml_text}
    known["kg"] = Weight.as_kg_text
    found: list[Dump] = []
    for access in ("o.{}", "o[{!r}]"):
        parts = [_part(name, field, access, known) for name, field in schema.dump_fields.items()]
        # The text is made of the names in our own schemas, at import; nothing that anybody sends is in it.
        exec(f"def dump(o):\n    return {{{', '.join(parts)}}}", known)  # noqa: S102
        found.append(known["dump"])
    return found[0], found[1]


def _part(name: str, field: fields.Field[Any], access: str, known: dict[str, Any]) -> str:
    key, attribute = field.data_key or name, field.attribute or name
    says = _says(field, known)
    if says is None or not attribute.isidentifier():
        return f"{key!r}: {_named(_asked(name, field), known)}(o)"
    value = access.format(attribute)
    if says == "v":
        return f"{key!r}: {value}"
    return f"{key!r}: (None if (v := {value}) is None else {says})"


def _says(field: fields.Field[Any], known: dict[str, Any]) -> str | None:
    """How a value of the field is said; None where only the field itself knows."""
    if getattr(field, "as_string", False):
        return None
    if type(field) is fields.Enum:
        return "v.value" if field.by_value and type(field.field) is fields.Raw else None
    if type(field) is fields.List:
        each = _says(field.inner, known)
        return None if each is None else f"[None if v is None else {each} for v in v]"
    if type(field) is fields.Nested:
        return _nested(field, known)
    if type(field) is fields.Dict:
        plain = field.key_field is None and field.value_field is None and field.mapping_type is dict
        return "dict(v)" if plain else None
    return SAYS.get(type(field))


def _nested(field: fields.Nested, known: dict[str, Any]) -> str:
    inner: Schema = field.schema
    made = fast(inner)
    if isinstance(made, Schema):
        return f"{_named(lambda o: inner.dump(o, many=field.many or inner.many), known)}(v)"
    return f"{_named(made._many if field.many or inner.many else made._one, known)}(v)"


def _asked(name: str, field: fields.Field[Any]) -> Dump:
    def ask(obj: Any) -> Any:
        value = field.serialize(name, obj)
        if value is missing:
            raise KeyError(name)
        return value

    return ask


def _named(what: Any, known: dict[str, Any]) -> str:
    name = f"n{len(known)}"
    known[name] = what
    return name


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def moment_said(value: datetime) -> str:
    """A moment as it goes over the wire."""
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat()[:-6] + "Z"


def moment_passed_on(text: str) -> str:
    """The same, of a moment as a database said it in JSON (UTC on both).

    A session passes on two hundred: moving the digits costs a third of making moments of them.
    """
    seconds, _, parts = text.removesuffix("Z").removesuffix("+00:00").partition(".")
    return f"{seconds}.{parts:0<6}Z" if parts.strip("0") else f"{seconds}Z"
