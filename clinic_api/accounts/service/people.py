"""Accounts, and the secrets that their people set for themselves."""

import hmac
import secrets
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import pyotp

from clinic_api.accounts import queries
from clinic_api.accounts.models import Account, Credential, UsedCode
from clinic_api.accounts.rules.proving import (
    CredentialKind,
    Event,
    WrongProof,
    canonical_login,
    check_login,
    check_password,
    check_pin_choice,
)
from clinic_api.accounts.service.hashing import hashed, sha256
from clinic_api.audit import service as audit
from clinic_api.database.keys import Place, seal
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.errors import Conflict
from clinic_api.identifiers import new_id

#: The enrolment code counts as the code of time step 0, which no authenticator shows any more: so it, too, works once.
ENROLMENT_STEP: Final = 0


class LoginTaken(Conflict):
    """Somebody already has this login."""

    def __str__(self) -> str:
        return "Choose another login; a login is never given to a second person."


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person who has an account and no credentials yet."""

    id: UUID
    login: str
    name: str
    enrolment_code: str


def create_account(*, login: str, name: str, scope: Scope) -> Newcomer:
    """Make an account and the one-time code with which its person sets their own secrets.

    Raises:
        NotALogin: nothing of the login is left when it is spelled canonically.
        LoginTaken: the login exists in some spelling.
    """
    login = canonical_login(login)
    check_login(login)
    if queries.account_by_login(login) is not None:
        raise LoginTaken
    account = put(
        Account(
            organisation=scope.organisation,
            id=new_id(scope.at),
            login=login,
            name=name,
            created_at=scope.at,
            created_by=scope.actor,
        )
    )
    code = secrets.token_hex(10)
    keep(account.id, CredentialKind.ENROLMENT, sha256(code), scope=scope)
    audit.record(Event.STAFF_CREATED, account)
    return Newcomer(account.id, login, name, code)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a newcomer chooses."""

    login: str
    code: str
    password: str
    pin: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A newcomer whose code was right, and what is kept of what they chose."""

    account: UUID
    login: str
    password: bytes
    pin: bytes


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a newcomer's authenticator needs, shown once."""

    id: UUID
    totp_secret: str
    totp_uri: str


def prepare(chosen: Secrets) -> Prepared:
    """Check a newcomer's code and choice, and hash the choice before anybody waits for the database.

    Raises:
        WrongProof: no such code, or used before.
        WeakPassword, NotAPin: see ``rules``.
    """
    check_password(chosen.password)
    check_pin_choice(chosen.pin)
    account = queries.account_by_login(canonical_login(chosen.login))
    code = queries.credential(account.id, CredentialKind.ENROLMENT) if account else None
    if account is None or code is None or not hmac.compare_digest(code.secret, sha256(chosen.code)):
        raise WrongProof
    if queries.credential(account.id, CredentialKind.PASSWORD) is not None:
        raise WrongProof
    return Prepared(account.id, account.login, hashed(chosen.password), hashed(chosen.pin))


def enrol(prepared: Prepared, *, scope: Scope) -> Enrolled:
    """Turn a one-time code into the person's own password, PIN and authenticator.

    Two who send the same code at once: the database lets one of them use it.
    """
    use(prepared.account, ENROLMENT_STEP, scope=scope)
    secret = pyotp.random_base32()
    keep(prepared.account, CredentialKind.PASSWORD, prepared.password, scope=scope)
    keep(prepared.account, CredentialKind.PIN, prepared.pin, scope=scope)
    sealed = seal(secret.encode(), totp_place(prepared.account))
    keep(prepared.account, CredentialKind.TOTP, sealed, scope=scope)
    audit.record(Event.STAFF_ENROLLED, queries.account(prepared.account))
    uri = pyotp.TOTP(secret).provisioning_uri(name=prepared.login, issuer_name="Infusion Clinic")
    return Enrolled(prepared.account, secret, uri)


def keep(account: UUID, kind: CredentialKind, secret: bytes, *, scope: Scope) -> None:
    """Add a credential; the newest of a kind counts."""
    put(
        Credential(
            organisation=scope.organisation,
            id=new_id(scope.at),
            account=account,
            kind=kind,
            secret=secret,
            at=scope.at,
        )
    )


def use(account: UUID, step: int, *, scope: Scope) -> None:
    """Use up the one-time code of a time step; the database refuses a second use."""
    put(UsedCode(organisation=scope.organisation, id=new_id(scope.at), account=account, step=step, at=scope.at))


def totp_place(account: UUID) -> Place:
    """Where a person's authenticator secret is sealed."""
    return Place("credentials", "secret", account)
