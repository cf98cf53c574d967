"""Who is behind a request, and what they may do."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote
from uuid import UUID

from flask import current_app, request

from clinic_api.accounts.access.permissions import PERMISSIONS, check_permitted, needs_reason
from clinic_api.accounts.rules.proving import CredentialKind, PinNeeded, WrongPin
from clinic_api.accounts.rules.roles import Action
from clinic_api.accounts.service import proofs, tokens
from clinic_api.accounts.service.tokens import Person
from clinic_api.audit import service as audit
from clinic_api.audit.rules import ReasonNeeded, reason_of
from clinic_api.database.engines import Mode
from clinic_api.database.scope import Scope
from clinic_api.database.transactions import glance, reading, transaction
from clinic_api.errors import Refusal
from clinic_api.http.limits import limits
from clinic_api.http.problems import SignInNeeded
from clinic_api.identifiers import new_id
from clinic_api.settings import Settings

HOUR: Final = 3600
#: Proofs of one person wait for one another, so that a miss is written before the next guess is judged.
_TURNS: Final = tuple(threading.Lock() for _ in range(64))


@dataclass(slots=True)
class State:
    """What the application's start found out.

    Args:
        aftermath: what a refusal of a kind leaves behind, in the transaction that keeps it; floors above the door say.
    """

    settings: Settings
    aftermath: Mapping[type[Refusal], Callable[[Any, Scope], None]] = field(default_factory=dict)
    degraded: list[str] = field(default_factory=list)
    checked: bool = False


class Degraded(Refusal):
    """The installation's self-check failed; charting and printing go on, exports and grants wait."""

    status = 503

    def __str__(self) -> str:
        return "; ".join(state().degraded)


def recognised(action: Action, at: datetime, *, before: Mode) -> Person:
    """The person behind the request, allowed to do this.

    Args:
        before: how what they do then begins, so that it can go on from the question who they are.

    Raises:
        SignInNeeded: nobody we know.
        NotYours: somebody who may not; the attempt is written down.
    """
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    organisation = tokens.organisation_in(secret) if kind == "Bearer" else None
    if organisation is None:
        raise SignInNeeded
    audit.before_reading(asking := Scope(organisation=organisation, at=at))
    with glance(asking, before):
        person = tokens.recognise(secret, organisation=organisation, at=at)
    if person is None:
        raise SignInNeeded
    try:
        check_permitted(person, PERMISSIONS[action])
    except Refusal:
        scope = scope_for(person, at, None)
        with transaction(scope):
            proofs.deny(action)
        raise
    if PERMISSIONS[action].export and state().degraded:
        raise Degraded
    return person


def prove_pin(action: Action, person: Person, scope: Scope) -> None:
    """Ask for the PIN where the act is controlled.

    Raises:
        PinNeeded, WrongPin, FullSignInNeeded: see ``accounts.rules``.
    """
    if not PERMISSIONS[action].pin or person.account is None:
        return
    pin = request.headers.get("Clinic-Pin")
    if pin is None:
        raise PinNeeded
    settings = state().settings
    with turn_of(person.account):
        try:
            with reading(scope):
                proofs.prove(person.account, pin, hours=settings.token_hours, allowed=settings.pin_misses, scope=scope)
        except WrongPin as missed:
            remember_miss(missed, scope)
            raise


def turn_of(whose: UUID | str) -> threading.Lock:
    """What the proofs of one person in this process wait for; never taken inside a transaction."""
    return _TURNS[hash(whose) % len(_TURNS)]


def reason_for(action: Action, person: Person) -> str | None:
    """Why somebody looks who does not treat the patient; None where nobody has to say.

    A header and not a part of the address, because addresses are written into logs.

    Raises:
        ReasonNeeded: it is to be said, and was not.
    """
    if not needs_reason(person, PERMISSIONS[action]):
        return None
    said = request.headers.get("Clinic-Reason", "")
    try:
        return reason_of(unquote(said, errors="strict") if said.isascii() else None)
    except UnicodeDecodeError:
        raise ReasonNeeded from None


def remember_miss(missed: WrongPin, scope: Scope) -> None:
    """Keep a wrong PIN, although the act was undone."""
    with transaction(scope):
        proofs.miss(missed.login, CredentialKind.PIN, scope=scope)


def spend(person: Person, action: Action, kind: str) -> None:
    """Count the request against what one person makes.

    Raises:
        TooMany: it is one too many.
    """
    settings = state().settings
    who = person.account or person.device or person.organisation
    if PERMISSIONS[action].urgent:
        return  # a reading or a stop is never told to wait
    allowed = settings.writes_per_minute if kind == "writes" else settings.reads_per_minute
    limits.spend(who, kind, allowed=allowed)
    if PERMISSIONS[action].export:
        limits.spend(who, "exports", allowed=settings.exports_per_hour, per_seconds=HOUR)


def scope_for(person: Person, at: datetime, key: UUID | None) -> Scope:
    """The scope in which the person acts."""
    return Scope(
        organisation=person.organisation,
        at=at,
        actor=person.account,
        roles=frozenset(str(role) for role in person.roles),
        auth_event=person.auth_event,
        device=person.device,
        operation_id=key,
        request_id=new_id(at),
    )


def state() -> State:
    """What the application's start found out."""
    found: State = current_app.extensions["clinic"]
    return found
