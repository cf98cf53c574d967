"""People at the wire: what they send carries their own token, key and PIN, and nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pyotp
from flask import Flask

from clinic_api import clock
from clinic_api.database.scope import Scope

PASSWORD: Final = "correct horse battery"
PIN: Final = "135790"
TOTP_SECONDS: Final = 30
API: Final = "/api/v1"


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the JSON (None where there is none), the headers and the bytes."""

    status: int
    json: Any
    headers: Mapping[str, str]
    data: bytes

    def __getitem__(self, name: str) -> Any:
        """A field of the JSON; an answer that is a problem says so instead of a bare KeyError."""
        assert name in (self.json or {}), f"no {name!r} in {self.status} {self.json}"
        return self.json[name]

    def done(self) -> "Answer":
        """This answer, which must not be a refusal."""
        assert self.status < 400, f"{self.status} {self.json}"
        return self


@dataclass(frozen=True)
class Wire:
    """The way in: one organisation of one running application."""

    app: Flask
    organisation: UUID

    def send(self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]) -> Answer:
        """Send bytes as they are; ``path`` is below /api/v1. Safe from many threads at once."""
        with self.app.test_client() as client:
            got = client.open(API + path, method=method, data=data, headers=dict(headers))
            return Answer(got.status_code, got.get_json(silent=True), dict(got.headers), got.get_data())

    def post(self, path: str, /, **body: Any) -> Answer:
        """Send as nobody: what is open to people without a token."""
        return self.send("POST", path, as_json(body), {"Content-Type": "application/json"})


def as_json(body: Any) -> bytes:
    """A body as it is sent."""
    return json.dumps(body, default=str).encode()


@dataclass(eq=False)
class Person:
    """Somebody with an account of their own, signed in on the clinic's tablet."""

    wire: Wire
    id: str
    login: str
    name: str
    totp_secret: str
    token: str = ""
    pin: str = PIN
    used: set[int] = field(default_factory=set)

    def post(self, path: str, /, **body: Any) -> Answer:
        """POST ``body``, with a key of its own and this person's PIN."""
        return self.send("POST", path, body)

    def put(self, path: str, etag: str, /, **body: Any) -> Answer:
        """PUT ``body`` over the version that ``etag`` names."""
        return self.send("PUT", path, body, {"If-Match": etag})

    def get(self, path: str, /) -> Answer:
        """GET ``path``."""
        return self.wire.send("GET", path, None, {"Authorization": f"Bearer {self.token}"})

    def does(self, path: str, /, **body: Any) -> Any:
        """POST what must succeed; the JSON that came back."""
        return self.post(path, **body).done().json

    def send(self, method: str, path: str, body: Any, headers: Mapping[str, str | None] | None = None) -> Answer:
        """Send with other headers than usual: None leaves one out. A ``body`` of bytes goes as it is."""
        usual = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid4()),
            "Clinic-Pin": self.pin,
        }
        chosen = {name: value for name, value in {**usual, **(headers or {})}.items() if value is not None}
        return self.wire.send(method, path, body if isinstance(body, bytes) else as_json(body), chosen)

    def proof_for(self, challenge: Any) -> dict[str, str]:
        """This person's own proof for a challenge (its id, or the challenge as it was answered)."""
        id = challenge["id"] if isinstance(challenge, dict) else challenge
        return {"challenge": str(id), "login": self.login, "pin": self.pin}

    def code(self) -> str:
        """A one-time code that was not used before; the steps just before, now and just after count."""
        now = int(clock.now().timestamp()) // TOTP_SECONDS
        step = next(step for step in (now - 1, now, now + 1) if step not in self.used)
        self.used.add(step)
        return pyotp.TOTP(self.totp_secret).at(step * TOTP_SECONDS)

    def code_at(self, seconds: int) -> str:
        """The one-time code that the authenticator shows in so many seconds."""
        return pyotp.TOTP(self.totp_secret).at(clock.now() + timedelta(seconds=seconds))

    def sign_in(self, *, device_secret: str | None = None) -> Answer:
        """A full sign-in with the right password and a fresh code; the token is kept."""
        told = {} if device_secret is None else {"device_secret": device_secret}
        body = {"login": self.login, "password": PASSWORD, "code": self.code(), **told}
        answer = self.wire.post("/sign-in", organisation=self.wire.organisation, **body).done()
        self.token = answer["token"]
        return answer

    def scope(self, **more: Any) -> Scope:
        """The scope in which this person would act now, for tests that call a service."""
        return Scope(organisation=self.wire.organisation, at=clock.now(), actor=UUID(self.id), **more)


def enrolled(wire: Wire, *, id: object, login: str, name: str, code: str) -> Person:
    """Somebody who has just turned their one-time code into secrets of their own."""
    body = {"login": login, "code": code, "password": PASSWORD, "pin": PIN}
    answer = wire.post("/enrolments", organisation=wire.organisation, **body).done()
    return Person(wire, str(id), login, name, answer["totp_secret"])
