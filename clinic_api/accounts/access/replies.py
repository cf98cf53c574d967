"""What goes back: bytes, version, kind of content."""

import re
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson
from flask import Response, request

from clinic_api.accounts.rules.roles import Action
from clinic_api.database.canonical import canonical as spelled
from clinic_api.database.rows import plain
from clinic_api.http.intake import KeyTwice
from clinic_api.http.operations import Reply
from clinic_api.http.problems import MIME

REFUSED_FROM: Final = 400
LIMIT: Final = re.compile(r"[0-9]{1,4}", re.ASCII)


class Shape(Protocol):
    """Turns what a service returns into what goes over the wire."""

    def dump(self, obj: Any) -> Any: ...


class Intake(Protocol):
    """Turns what came over the wire into what a service takes."""

    def load(self, data: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class File:
    """An answer that is a file: the view returns its bytes."""

    mimetype: str
    name: str = ""

    def dump(self, obj: Any) -> Any:
        """The bytes as they are."""
        return obj


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a route said of itself; also read for the OpenAPI document and by the tests."""

    kind: str
    action: Action | None
    takes: Intake | None = None
    asks: Intake | None = None
    gives: Shape | None = None
    status: int = 200
    versioned: bool = False


def asked() -> dict[str, Any]:
    """The query string, with its one number read as a number.

    Raises:
        KeyTwice: a name stands in it twice.
    """
    if any(len(values) > 1 for _, values in request.args.lists()):
        raise KeyTwice
    return {
        name: (int(value) if name == "limit" and LIMIT.fullmatch(value) else value)
        for name, value in request.args.items()
    }


def canonical(body: Any) -> bytes:
    """A request's content in one spelling, for its fingerprint."""
    return spelled(_exact(body))


def _exact(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _exact(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_exact(each) for each in value]
    return value if value is None or isinstance(value, str | bool) else str(value)


def as_bytes(dumped: Any) -> bytes:
    """JSON as it is sent; nothing for nothing."""
    return b"" if dumped is None else orjson.dumps(dumped)


def etag(result: Any) -> str | None:
    """The version of what a service returned, where it has one."""
    version = getattr(result, "version", None)
    return None if version is None else f'"{plain(result.id)}-{version}"'


def respond(reply: Reply, declared: Declared) -> Response:
    """The answer with its headers."""
    mimetype = MIME if reply.status >= REFUSED_FROM else getattr(declared.gives, "mimetype", "application/json")
    response = Response(reply.body, reply.status if reply.body else 204, mimetype=mimetype)
    if reply.etag:
        response.headers["ETag"] = reply.etag
    if reply.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response
