"""The full sign-in of the day, the token it gives, and who a token stands for."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import pyotp

from clinic_api.accounts import queries
from clinic_api.accounts.models import SignIn, Token
from clinic_api.accounts.rules.proving import CredentialKind, Event, WrongProof, canonical_login, check_waited
from clinic_api.accounts.rules.roles import Role
from clinic_api.accounts.service.devices import DEVICE_PREFIX
from clinic_api.accounts.service.hashing import fits, new_secret, pretend, sha256
from clinic_api.accounts.service.people import totp_place, use
from clinic_api.audit import service as audit
from clinic_api.database.keys import unseal
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id

TOTP_SECONDS: Final = 30
PERSON_PREFIX: Final = "ic1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody signed in, or an enrolled tablet alone (``account`` is None)."""

    organisation: UUID
    account: UUID | None
    name: str
    roles: frozenset[Role]
    auth_event: UUID | None
    device: UUID | None
    signed_in_at: datetime | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Proof:
    """A full sign-in."""

    login: str
    password: str
    code: str
    device_secret: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whose password was right, with the code that they also sent."""

    account: UUID
    code: str
    device_secret: str | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A token for the day, shown once."""

    token: str
    account: UUID
    name: str
    roles: frozenset[Role]
    device: UUID | None
    expires_at: datetime


def know(proof: Proof, *, scope: Scope) -> Known:
    """Check the password, before anybody waits for the database: the hash is slow on purpose.

    Raises:
        TryLater: wrong ones came before.
        WrongProof: something is wrong; the answer does not say what, nor whether the login exists.
    """
    login = canonical_login(proof.login)
    account = queries.account_by_login(login)
    last = queries.last_sign_in(account.id) if account else None
    failures, failed_at = queries.misses_since(login, (CredentialKind.PASSWORD,), last.at if last else None)
    check_waited(failures=failures, last=failed_at, at=scope.at)
    stored = queries.credential(account.id, CredentialKind.PASSWORD) if account else None
    if account is None or stored is None:
        pretend(proof.password)
        raise WrongProof
    if not fits(stored.secret, proof.password):
        raise WrongProof
    return Known(account.id, proof.code, proof.device_secret)


def sign_in(known: Known, *, hours: int, scope: Scope) -> SignedIn:
    """Finish a strong sign-in with the one-time code, and give the token.

    Raises:
        WrongProof: the code is wrong or was used before.
    """
    _use_code(known.account, known.code, scope)
    device = queries.device_by_secret(sha256(known.device_secret)) if known.device_secret else None
    sign_in = put(
        SignIn(
            organisation=scope.organisation,
            id=new_id(scope.at),
            account=known.account,
            device=device.id if device else None,
            at=scope.at,
        )
    )
    audit.record(Event.SIGNED_IN, sign_in)
    return _issue(sign_in, hours=hours, scope=scope)


def _issue(sign_in: SignIn, *, hours: int, scope: Scope) -> SignedIn:
    secret, expires = new_secret(PERSON_PREFIX, scope.organisation), scope.at + timedelta(hours=hours)
    put(
        Token(
            organisation=scope.organisation,
            id=new_id(scope.at),
            hash=sha256(secret),
            account=sign_in.account,
            auth_event=sign_in.id,
            device=sign_in.device,
            issued_at=scope.at,
            expires_at=expires,
        )
    )
    account = queries.account(sign_in.account)
    return SignedIn(secret, account.id, account.name, queries.roles_of(account.id), sign_in.device, expires)


def sign_out(secret: str, *, scope: Scope) -> None:
    """End a token at once, on every worker."""
    token = queries.token_by_hash(sha256(secret))
    if token is not None and token.ended_at is None:
        token.ended_at = scope.at
        audit.record(Event.SIGNED_OUT, token)


def recognise(secret: str, *, organisation: UUID, at: datetime) -> Person | None:
    """Who sends this request: a signed-in person, an enrolled tablet alone, or nobody."""
    if secret.startswith(f"{DEVICE_PREFIX}."):
        device = queries.device_by_secret(sha256(secret))
        if device is None:
            return None
        return Person(
            organisation=organisation,
            account=None,
            name=device.name,
            roles=frozenset(),
            auth_event=None,
            device=device.id,
        )
    live = queries.live_token(organisation=organisation, hash=sha256(secret), at=at)
    if live is None:
        return None
    return Person(
        organisation=organisation,
        account=live.account,
        name=live.name,
        roles=live.roles,
        auth_event=live.auth_event,
        device=live.device,
        signed_in_at=live.signed_in_at,
    )


def organisation_in(secret: str) -> UUID | None:
    """The organisation that a token names in clear, so that its hash can be looked up behind the fence."""
    try:
        prefix, organisation, _ = secret.split(".", 2)
        return UUID(organisation) if prefix in {PERSON_PREFIX, DEVICE_PREFIX} else None
    except ValueError:
        return None


def _use_code(account: UUID, code: str, scope: Scope) -> None:
    """A one-time code counts once, one step early or late."""
    stored = queries.credential(account, CredentialKind.TOTP)
    if stored is None:
        raise WrongProof
    totp = pyotp.TOTP(unseal(stored.secret, totp_place(account)).decode())
    now = int(scope.at.timestamp()) // TOTP_SECONDS
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(totp.at(step * TOTP_SECONDS), code):
            if queries.code_was_used(account, step):
                raise WrongProof
            use(account, step, scope=scope)
            return
    raise WrongProof
