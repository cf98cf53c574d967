"""People of the demonstration: each with their own login, code generator and PIN, speaking HTTP and nothing else."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import pyotp

from clinic_api.identifiers import new_id

PREFIX: Final = "/api/v1"
PASSWORD: Final = "synthetic demonstration password"  # noqa: S105  (a synthetic clinic's)
REFUSED_FROM: Final = 400


@dataclass(eq=False)
class Unexpected(Exception):
    """The server answered otherwise than the day expects."""

    said: str

    def __str__(self) -> str:
        return self.said


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Api:
    """The server's address and the day's clock."""

    address: str
    organisation: str
    now: Callable[[], datetime]

    def ask(self, method: str, path: str, *, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """One request; a refusal is an answer like any other."""
        place = urlsplit(self.address)
        connection = HTTPConnection(place.hostname or "", place.port, timeout=30)
        try:
            sent = {"Content-Type": "application/json", **(headers or {})}
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            response = connection.getresponse()
            return Answer(
                response.status, response.read(), {name.lower(): value for name, value in response.getheaders()}
            )
        finally:
            connection.close()


@dataclass(slots=True)
class Person:
    """One member of staff with their own secrets."""

    api: Api
    login: str
    name: str
    pin: str
    id: str = ""
    totp_secret: str = ""
    token: str = ""
    keys_used: int = field(default=0)

    def enrol(self, code: str) -> None:
        """Set one's own password, PIN and authenticator with the one-time code."""
        made = self._open("/enrolments", {"login": self.login, "code": code, "password": PASSWORD, "pin": self.pin})
        self.id, self.totp_secret = made["id"], made["totp_secret"]

    def sign_in(self, *, tablet: str | None = None) -> None:
        """One strong sign-in for the day."""
        code = pyotp.TOTP(self.totp_secret).at(int(self.api.now().timestamp()))
        body = {"login": self.login, "password": PASSWORD, "code": code}
        self.token = self._open("/sign-in", body | ({"device_secret": tablet} if tablet else {}))["token"]

    def post(self, path: str, body: dict[str, Any] | None = None, *, expect: int = 201) -> Any:
        """Do something; the day stops if it does not go as expected."""
        return _json(self.send("POST", path, body or {}, expect=expect))

    def put(self, path: str, body: dict[str, Any], *, etag: str, expect: int = 200) -> Any:
        """Change a version."""
        return _json(self.send("PUT", path, body, expect=expect, headers={"If-Match": etag}))

    def get(self, path: str) -> Any:
        """Look at something."""
        return self.look(path).json

    def look(self, path: str) -> Answer:
        """Look at something, with its headers."""
        sent = {"Authorization": f"Bearer {self.token}", "Clinic-Pin": self.pin}
        answer = self.api.ask("GET", f"{PREFIX}{path}", headers=sent)
        return _expected(answer, 200, f"{self.name} GET {path}")

    def send(
        self, method: str, path: str, body: dict[str, Any], *, expect: int, headers: dict[str, str] | None = None
    ) -> Answer:
        """One act under a fresh key, with one's own PIN."""
        key: UUID = new_id(self.api.now())
        sent = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": str(key),
            "Clinic-Pin": self.pin,
            **(headers or {}),
        }
        answer = self.api.ask(method, f"{PREFIX}{path}", body=body, headers=sent)
        return _expected(answer, expect, f"{self.name} {method} {path}")

    def proof(self, challenge: dict[str, Any]) -> dict[str, Any]:
        """One's own credential over what the screen shows."""
        return {"challenge": challenge["id"], "login": self.login, "pin": self.pin}

    def _open(self, path: str, body: dict[str, Any]) -> Any:
        answer = self.api.ask("POST", f"{PREFIX}{path}", body=body | {"organisation": self.api.organisation})
        return _expected(answer, 201, f"{self.name} POST {path}").json


def _expected(answer: Answer, status: int, what: str) -> Answer:
    if answer.status != status:
        raise Unexpected(f"{what}: expected {status}, got {answer.status}: {answer.body.decode(errors='replace')}")
    return answer


def _json(answer: Answer) -> Any:
    return answer.json if answer.body else None
