"""Reading a request strictly: one JSON dialect, one size, one depth, no key twice, no bent number."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn
from uuid import UUID

from flask import request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from clinic_api.errors import Unacceptable
from clinic_api.http.problems import BadRequest, Stale, VersionNeeded, WrongMediaType

DEPTH: Final = 32
NODES: Final = 10_000
LONGEST_NUMBER: Final = 40
#: A string is taken whole or to the end, without going back: an unclosed one must cost no more than a closed one.
_MARKS: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]|[,:]', re.DOTALL)
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")


class NotJson(BadRequest):
    """The body is not JSON as it is read here."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return self.why


class BodyBroken(BadRequest):
    """The body did not come whole: it broke off, came too slowly, or its parts are not as HTTP has them."""

    def __str__(self) -> str:
        return "Send the whole request again with the same Idempotency-Key."


class KeyTwice(Unacceptable):
    """A name stands twice in one object, so that two readers could see two different requests."""

    def __str__(self) -> str:
        return "Send each name once."


class KeyNeeded(BadRequest):
    """A write must carry a key that its sender made and kept."""

    def __str__(self) -> str:
        return "Make a UUID, keep it, and send it as Idempotency-Key; repeat it when you repeat the request."


def json_body(limit: int, *, bare: bool = False) -> Any:
    """The request's JSON.

    Args:
        limit: the largest body, bytes.
        bare: a request without any body says as much as an empty object; STOP is one button.

    Raises:
        WrongMediaType: another content type.
        BodyBroken: it did not come whole.
        NotJson: anything a strict reader stops at.
    """
    if bare and not request.content_length and not request.content_encoding and not _received():
        return {}
    if request.mimetype != "application/json" or request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise WrongMediaType(got=request.mimetype)
    if request.content_encoding:
        raise WrongMediaType(got=str(request.content_encoding))
    try:
        return read_json(_received())
    except RequestEntityTooLarge:
        message = f"A request is at most {limit} bytes."
        raise RequestEntityTooLarge(message) from None


def _received() -> bytes:
    try:
        return request.get_data()
    except HTTPException:
        raise
    except Exception as failure:  # each server has kinds of its own for a body that breaks off
        raise BodyBroken from failure


def read_json(data: bytes) -> Any:
    """Plain JSON: strings, whole numbers as int, other numbers as Decimal, no duplicate keys, no NaN.

    Raises:
        NotJson: with the reason.
    """
    try:
        text = data.decode("utf-8")
        _check_shape(text)
        read = json.loads(
            text, object_pairs_hook=_once, parse_constant=_refuse_constant, parse_float=_number, parse_int=_whole
        )
        _check_characters(text, read)
    except UnicodeError:
        why = "The body is not UTF-8, or it holds half a character."
        raise NotJson(why) from None
    except json.JSONDecodeError as failure:
        raise NotJson(f"The body is not JSON: {failure}.") from None
    return read


def _check_characters(text: str, read: Any) -> None:
    """Half a surrogate pair passes the parser, and can then be neither stored nor sent back."""
    if _HALF.search(text):
        json.dumps(read, ensure_ascii=False, default=str).encode()


def _check_shape(text: str) -> None:
    """Depth and size first, so that the parser never sees a bomb."""
    if len(text) <= NODES and text.count("{") + text.count("[") <= DEPTH:
        return  # there cannot be more parts than characters, nor more levels than brackets
    depth = 0
    for nodes, token in enumerate(_MARKS.finditer(text), start=1):
        mark = token.group()
        depth += (mark in "[{") - (mark in "]}")
        if depth > DEPTH or nodes > NODES:
            raise NotJson(f"At most {DEPTH} levels and {NODES} parts are read.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise KeyTwice
    return read


def _refuse_constant(name: str) -> NoReturn:
    raise NotJson(f"{name} is not JSON.")


def _number(text: str) -> Decimal:
    _check_number(text)
    try:
        return Decimal(text)
    except InvalidOperation:
        why = "A number has an exponent that nothing here can hold."
        raise NotJson(why) from None


def _whole(text: str) -> int:
    _check_number(text)
    return int(text)


def _check_number(text: str) -> None:
    if len(text) > LONGEST_NUMBER:
        why = f"A number has at most {LONGEST_NUMBER} characters."
        raise NotJson(why)


def operation_key(*, or_else: UUID | None = None) -> UUID:
    """The sender's key for this act.

    Args:
        or_else: for an act that is never refused for want of one; sent twice without, it is written down twice.

    Raises:
        KeyNeeded: none was sent, or it is no UUID.
    """
    try:
        return UUID(request.headers["Idempotency-Key"])
    except (KeyError, ValueError):
        if or_else is None:
            raise KeyNeeded from None
        return or_else


def expected_version() -> int:
    """The version that If-Match names.

    Raises:
        VersionNeeded: no If-Match, or ``*``.
        Stale: an ETag that was never given out.
    """
    tag = request.headers.get("If-Match")
    if tag is None or tag.strip() == "*":
        raise VersionNeeded
    found = re.fullmatch(r'"[0-9a-f-]{36}-(\d{1,9})"', tag.strip())
    if not found:
        raise Stale
    return int(found.group(1))
