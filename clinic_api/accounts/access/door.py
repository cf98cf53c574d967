"""The one door. A route is declared, not written: who may, what comes in, what goes out.

The door reads the request strictly, knows the person, asks the matrix, proves a PIN where the act is
controlled, opens the transaction, calls the service through the view, and stores the operation with its reply.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from flask import Response, request
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from clinic_api import clock
from clinic_api.accounts.access.identity import (
    prove_pin,
    reason_for,
    recognised,
    remember_miss,
    scope_for,
    spend,
    state,
    turn_of,
)
from clinic_api.accounts.access.permissions import PERMISSIONS, asks_for_reason
from clinic_api.accounts.access.replies import Declared, Intake, Shape, as_bytes, asked, canonical, etag, respond
from clinic_api.accounts.rules.proving import CredentialKind, WrongPin, WrongProof, canonical_login
from clinic_api.accounts.rules.roles import Action
from clinic_api.accounts.service import hashing, proofs
from clinic_api.audit import service as audit
from clinic_api.database.engines import LOOKING, WRITING
from clinic_api.database.keys import vault
from clinic_api.database.scope import Scope
from clinic_api.database.transactions import attempt, looking, reading, transaction
from clinic_api.errors import Conflict, Refusal
from clinic_api.http import operations
from clinic_api.http.intake import expected_version, json_body, operation_key
from clinic_api.http.operations import Reply
from clinic_api.http.problems import Busy, problem
from clinic_api.identifiers import new_id

RETRIES: Final = 5
#: PostgreSQL's codes for "somebody else was in the way, nothing is wrong": serialization failure, deadlock.
IN_THE_WAY: Final = {"40001", "40P01"}


class RefusedByDatabase(Conflict):
    """The database's own guard refused this; nothing was changed."""

    def __str__(self) -> str:
        return "Read the record again; it changed, or the entry contradicts it."


View = Callable[..., Any]


def act(
    action: Action, takes: Intake | None, gives: Shape | None, *, status: int = 201, versioned: bool = False
) -> Callable[[View], View]:
    """Declare a route that changes something; ``versioned`` asks for If-Match and passes ``version``.

    Raises:
        ValueError: the matrix wants a reason for it, which is kept with looks only.
    """
    if asks_for_reason(PERMISSIONS[action]):
        message = f"{action} is an act, and a reason is asked for looks"
        raise ValueError(message)
    declared = Declared(kind="act", action=action, takes=takes, gives=gives, status=status, versioned=versioned)
    return _declare(declared, _act)


def look(
    action: Action, gives: Shape, *, asks: Intake | None = None, takes: Intake | None = None
) -> Callable[[View], View]:
    """Declare a route that only reads; the look is written down before the first byte leaves."""
    return _declare(Declared(kind="look", action=action, takes=takes, asks=asks, gives=gives), _look)


def signed_out(
    takes: Intake, gives: Shape, *, first: Callable[[Any, Scope], Any], status: int = 200
) -> Callable[[View], View]:
    """Declare a route for people who have no token yet; its body names the organisation.

    ``first`` checks the proof, which is slow on purpose, before the transaction; the view gets what it returns.
    """
    declared = Declared(kind="signed-out", action=None, takes=takes, gives=gives, status=status)

    def through(declared: Declared, view: View, _path: dict[str, Any]) -> Response:
        return _signed_out(declared, first, view)

    return _declare(declared, through)


def _declare(
    declared: Declared, through: Callable[[Declared, View, dict[str, Any]], Response]
) -> Callable[[View], View]:
    def declare(view: View) -> View:
        @wraps(view)
        def guarded(**path: Any) -> Response:
            return through(declared, view, path)

        guarded.declared = declared  # type: ignore[attr-defined]
        return guarded

    return declare


def _act(declared: Declared, view: View, path: dict[str, Any]) -> Response:
    assert declared.action is not None  # noqa: S101  (declared by ``act``)
    settings, at, urgent = state().settings, clock.now(), PERMISSIONS[declared.action].urgent
    body = json_body(settings.max_body_bytes, bare=urgent)
    key = operation_key(or_else=new_id(at) if urgent else None)
    person = recognised(declared.action, at, before=WRITING)
    spend(person, declared.action, "writes")
    taken = declared.takes.load(body) if declared.takes else None
    version = expected_version() if declared.versioned else None
    scope = scope_for(person, at, key)
    prove_pin(declared.action, person, scope)
    if PERMISSIONS[declared.action].export or PERMISSIONS[declared.action].seal:
        _seal_first(scope)
    mark = operations.fingerprint(request.method, str(request.url_rule), path, canonical(body), version)
    arguments = [*path.values(), *([] if declared.takes is None else [taken])]
    named = {"scope": scope} | ({"version": version} if declared.versioned else {})
    return respond(_decided(declared, lambda: view(*arguments, **named), mark, scope), declared)


def _seal_first(scope: Scope) -> None:
    """Before anything leaves: every finished entry gets its place, and the log's root goes outside the database."""
    with transaction(scope):
        audit.seal()
    audit.before_reading(scope)
    with reading(scope):
        audit.checkpoint()
    audit.before_reading(scope)  # what follows sees the checkpoint that was just made


def _decided(declared: Declared, call: Callable[[], Any], mark: bytes, scope: Scope) -> Reply:
    """Run the act once, whatever the number of requests; refusals count as decided too."""
    for last in (False,) * (RETRIES - 1) + (True,):
        try:
            with transaction(scope):
                reply = _attempted(declared, call, scope)
                operations.store(reply, fingerprint=mark, scope=scope)
        except IntegrityError:
            return _decided_before(mark, scope)
        except OperationalError as failure:
            if last or not _in_the_way(failure):
                raise Busy from failure
        except WrongPin as missed:
            remember_miss(missed, scope)
            raise
        else:
            return reply
    raise Busy


def _attempted(declared: Declared, call: Callable[[], Any], scope: Scope) -> Reply:
    try:
        with attempt():
            result = call()
            dumped = None if declared.gives is None else declared.gives.dump(result)
    except Refusal as refusal:
        if refusal.status in {401, 403, 429}:
            raise  # who may is asked anew each time, so the answer is not kept
        _leave_behind(refusal, scope)
        return Reply(refusal.status, as_bytes(problem(refusal)))
    return Reply(declared.status, as_bytes(dumped), etag(result))


def _leave_behind(refusal: Refusal, scope: Scope) -> None:
    """What this kind of refusal leaves in the record, once for each key: it is kept with the refusal or not at all."""
    for kind, leave in state().aftermath.items():
        if isinstance(refusal, kind):
            leave(refusal, scope)


def _decided_before(mark: bytes, scope: Scope) -> Reply:
    with reading(scope):
        found = operations.find(scope.key, fingerprint=mark, scope=scope)
    if found is None:
        raise RefusedByDatabase
    return found


def _look(declared: Declared, view: View, path: dict[str, Any]) -> Response:
    assert declared.action is not None  # noqa: S101  (declared by ``look``)
    at = clock.now()
    taken = [] if declared.takes is None else [declared.takes.load(json_body(state().settings.max_body_bytes))]
    person = recognised(declared.action, at, before=LOOKING)
    spend(person, declared.action, "reads")
    asked_for = [] if declared.asks is None else [declared.asks.load(asked())]
    reason = reason_for(declared.action, person)
    scope = scope_for(person, at, None)
    prove_pin(declared.action, person, scope)
    if PERMISSIONS[declared.action].export or PERMISSIONS[declared.action].seal:
        _seal_first(scope)
    audit.start_looking()
    with looking(scope):
        result = view(*path.values(), *taken, *asked_for, scope=scope)
        dumped = declared.gives.dump(result) if declared.gives else None
        version = etag(result)  # while the row can still be read
        audit.record_access(
            action=declared.action,
            route=str(request.url_rule),
            object_id=next((value for value in path.values() if hasattr(value, "hex")), None),
            rows=len(dumped["items"]) if isinstance(dumped, dict) and "items" in dumped else 1,
            reason=reason,
            scope=scope,
        )
    return respond(Reply(200, dumped if isinstance(dumped, bytes) else as_bytes(dumped), version), declared)


def _signed_out(declared: Declared, first: Callable[[Any, Scope], Any], view: View) -> Response:
    assert declared.takes is not None  # noqa: S101  (declared by ``signed_out``)
    taken = declared.takes.load(json_body(state().settings.max_body_bytes))
    scope = Scope(organisation=taken.organisation, at=clock.now())
    with reading(scope):
        known = vault.knows_organisation()
    if not known:
        hashing.pretend(taken.password)
        raise WrongProof
    with turn_of(canonical_login(taken.login)):
        try:
            with reading(scope):
                proven = first(taken, scope)
            with transaction(scope):
                dumped = declared.gives.dump(view(proven, scope=scope)) if declared.gives else None
        except (WrongProof, IntegrityError):  # the database refuses the second of two who use one code at once
            with transaction(scope):
                proofs.miss(taken.login, CredentialKind.PASSWORD, scope=scope)
            raise WrongProof from None
    return respond(Reply(declared.status, as_bytes(dumped)), declared)


def _in_the_way(failure: DBAPIError) -> bool:
    return getattr(failure.orig, "sqlstate", None) in IN_THE_WAY
