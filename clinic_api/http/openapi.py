"""The OpenAPI 3.1 document, from what the routes declared of themselves."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields

from clinic_api.http.fields import YesNo

PATH_PART: Final = re.compile(r"<(?:(\w+):)?(\w+)>")
PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "facts": {"type": "object"},
        "errors": {"type": "object"},
    },
}


#: What our own fields are on the wire: amounts and ratios are text.
KINDS: Final[dict[type[fields.Field[Any]], str | None]] = {
    fields.Field: "string",
    fields.Nested: None,  # says what it is where it refers to
    YesNo: "boolean",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One route as the document shows it."""

    route: str
    method: str
    name: str
    summary: str
    status: int
    takes: Any = None
    asks: Any = None
    gives: Any = None
    signed_in: bool = True
    keyed: bool = False
    versioned: bool = False
    pin: bool = False
    #: Roles that say why they look.
    reasoned: tuple[str, ...] = ()


def document(routes: Iterable[Described], *, version: str) -> dict[str, Any]:
    """The whole document, as plain JSON values."""
    shapes = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(
        title="Infusion Clinic",
        version=version,
        openapi_version="3.1.0",
        plugins=[shapes],
        info={"description": "A documentation aid; the bedside monitor's alarms are primary."},
    )
    for field, kind in KINDS.items():
        shapes.map_to_openapi_type(field, kind, None)  # type: ignore[no-untyped-call]
    spec.components.schema("Problem", PROBLEM)
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for each in routes:
        path = PATH_PART.sub(lambda part: "{" + part.group(2) + "}", each.route)
        spec.path(path=path, operations={each.method.lower(): _operation(each)})
    return spec.to_dict()


def _name(schema: Any) -> str:
    """What the document calls a shape; one of which only some fields are shown stands where it is used, unnamed."""
    if getattr(schema, "only", None) or getattr(schema, "exclude", None):
        return ""
    return (schema if isinstance(schema, type) else type(schema)).__name__


def _operation(each: Described) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.summary,
        "parameters": _parameters(each),
        "responses": {
            str(each.status): {"description": "Done.", **_content(each.gives)},
            "default": {
                "description": "What is wrong, and what would fix it.",
                "content": {"application/problem+json": {"schema": "Problem"}},
            },
        },
    }
    operation["responses"]["default"]["content"]["application/problem+json"]["schema"] = {
        "$ref": "#/components/schemas/Problem"
    }
    if isinstance(each.takes, Schema):
        operation["requestBody"] = {"required": True, **_content(each.takes)}
    if each.signed_in:
        operation["security"] = [{"token": []}]
    return operation


def _content(shape: Any) -> dict[str, Any]:
    if isinstance(shape, Schema):
        return {"content": {"application/json": {"schema": shape}}}
    mimetype = getattr(shape, "mimetype", None)
    return {"content": {mimetype: {"schema": {"type": "string", "format": "binary"}}}} if mimetype else {}


def _parameters(each: Described) -> list[dict[str, Any]]:
    found = [
        _parameter(name, "path", "uuid" if kind == "uuid" else None) for kind, name in PATH_PART.findall(each.route)
    ]
    if each.keyed:
        found.append(_parameter("Idempotency-Key", "header", "uuid"))
    if each.versioned:
        found.append(_parameter("If-Match", "header", None))
    if each.pin:
        found.append(_parameter("Clinic-Pin", "header", None))
    if each.reasoned:
        why = f"Why, percent-encoded UTF-8; asked of {', '.join(each.reasoned)} and kept with the look."
        found.append(_parameter("Clinic-Reason", "header", None) | {"required": False, "description": why})
    if isinstance(each.asks, Schema):
        found.extend(
            {"name": name, "in": "query", "required": field.required, "schema": {"type": "string"}}
            for name, field in each.asks.fields.items()
        )
    return found


def _parameter(name: str, where: str, form: str | None) -> dict[str, Any]:
    schema = {"type": "string"} | ({"format": form} if form else {})
    return {"name": name, "in": where, "required": True, "schema": schema}
