"""RFC 9457 answers: what is wrong and what would fix it. The one place that turns a refusal into a status."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Flask, Response
from marshmallow import ValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException

from clinic_api.database.rows import plain
from clinic_api.errors import Refusal, Unacceptable

log = logging.getLogger(__name__)
MIME = "application/problem+json"


class BadRequest(Refusal):
    """The request cannot be read."""

    status = 400


class SignInNeeded(Refusal):
    """A person must sign in first."""

    status = 401


class Stale(Refusal):
    """Somebody changed this since it was read."""

    status: ClassVar[int] = 412

    def __str__(self) -> str:
        return "Read it again, look at what changed, and send your change with the new ETag."


class VersionNeeded(Refusal):
    """A change must say which version it changes."""

    status: ClassVar[int] = 428

    def __str__(self) -> str:
        return "Send the ETag of what you read as If-Match."


@dataclass(eq=False)
class TooMany(Refusal):
    """More requests than one person makes."""

    status: ClassVar[int] = 429
    retry_after_seconds: int

    def __str__(self) -> str:
        return f"Wait {self.retry_after_seconds} s and send it again with the same Idempotency-Key."


class Busy(Refusal):
    """The database did not answer in time; nothing is known to have changed."""

    status: ClassVar[int] = 503

    def __str__(self) -> str:
        return "Send it again with the same Idempotency-Key; it cannot happen twice."


@dataclass(eq=False)
class Malformed(Unacceptable):
    """Some fields cannot be accepted."""

    errors: dict[str, Any]

    def __str__(self) -> str:
        return "; ".join(f"{name}: {_first(said)}" for name, said in self.errors.items())


@dataclass(eq=False)
class WrongMediaType(Refusal):
    """Only JSON in UTF-8 is read."""

    status: ClassVar[int] = 415
    got: str

    def __str__(self) -> str:
        return "Send Content-Type: application/json."


def problem(refusal: Refusal) -> dict[str, Any]:
    """The body of a problem answer."""
    body: dict[str, Any] = {
        "type": refusal.code,
        "title": refusal.title,
        "status": refusal.status,
        "detail": str(refusal),
    }
    if isinstance(refusal, Malformed):
        body["errors"] = refusal.errors
    elif refusal.facts:
        body["facts"] = {name: _fact(value) for name, value in refusal.facts.items()}
    return body


def answer(refusal: Refusal) -> Response:
    """A problem answer with the headers that help."""
    response = Response(json.dumps(problem(refusal), ensure_ascii=False), refusal.status, mimetype=MIME)
    if refusal.status == SignInNeeded.status:
        response.headers["WWW-Authenticate"] = "Bearer"
    wait = 1 if isinstance(refusal, Busy) else getattr(refusal, "retry_after_seconds", None)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response


def install(app: Flask) -> None:
    """Answer every failure as a problem, keeping the headers an exception brings."""
    app.register_error_handler(Refusal, answer)
    app.register_error_handler(
        ValidationError, lambda failure: answer(Malformed(_by_name(failure.normalized_messages())))
    )
    app.register_error_handler(HTTPException, _http_answer)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(NoConnection, _unavailable)
    app.register_error_handler(Exception, _fault)


def _http_answer(failure: HTTPException) -> Response:
    code = failure.code or 500
    kind = failure.name.lower().replace(" ", "-")
    body = {"type": kind, "title": failure.name, "status": code, "detail": failure.description or failure.name}
    response = Response(json.dumps(body), code, mimetype=MIME)
    for name, value in failure.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _unavailable(failure: Exception) -> Response:
    log.warning("database unavailable: %s", type(failure).__name__)
    return answer(Busy())


def _fault(failure: Exception) -> Response:
    log.error("fault: %s", type(failure).__name__, exc_info=failure)
    body = {
        "type": "fault",
        "title": "The program failed; nothing was changed.",
        "status": 500,
        "detail": "Send it again with the same Idempotency-Key; if it fails again, tell who runs this installation.",
    }
    return Response(json.dumps(body), 500, mimetype=MIME)


def _fact(value: Any) -> Any:
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, Mapping):
        return {str(name): _fact(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_fact(each) for each in value]
    try:
        said = plain(value)
    except TypeError:
        return str(value)
    return said if isinstance(said, str) else str(value)


def _by_name(messages: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): said for name, said in messages.items()}


def _first(said: Any) -> str:
    while isinstance(said, list | dict) and said:
        said = said[0] if isinstance(said, list) else next(iter(said.values()))
    return str(said)
