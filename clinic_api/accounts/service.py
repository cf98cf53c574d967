"""Letting people in, proving who they are, and giving them what they may do."""

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import pyotp
import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from clinic_api.accounts import queries
from clinic_api.accounts.models import (
    Account,
    Credential,
    Device,
    Miss,
    RoleApproval,
    RoleProposal,
    SignIn,
    Token,
    UsedCode,
)
from clinic_api.accounts.rules import (
    AlreadyDecided,
    CredentialKind,
    Event,
    FullSignInNeeded,
    LoginTaken,
    Person,
    Role,
    WrongPin,
    WrongProof,
    canonical_login,
    check_password,
    check_pin_choice,
    check_pin_usable,
    check_two_people,
    check_waited,
)
from clinic_api.audit import service as audit
from clinic_api.database.keys import Place, seal, unseal
from clinic_api.database.rows import db, put
from clinic_api.database.scope import Scope
from clinic_api.errors import NotFound
from clinic_api.identifiers import new_id

TOTP_SECONDS: Final = 30
PERSON_PREFIX: Final = "ic1"
DEVICE_PREFIX: Final = "icd1"


class NoSuchProposal(NotFound):
    """There is no such role proposal here."""


@dataclass(frozen=True, slots=True)
class Hashing:
    """How hard a stolen hash is to guess; one hash at a time, so that sign-ins cannot starve readings."""

    hasher: PasswordHasher
    dummy: str
    lock: threading.Lock


_hashing: list[Hashing] = []


def configure(*, memory_kib: int, passes: int) -> None:
    """Set Argon2id's cost; called once when the application is made."""
    hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
    _hashing[:] = [Hashing(hasher, hasher.hash("nobody"), threading.Lock())]


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
        LoginTaken: the login exists in some spelling.
    """
    login = canonical_login(login)
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
    _keep(account.id, CredentialKind.ENROLMENT, _sha256(code), scope)
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
class Enrolled:
    """What a newcomer's authenticator needs, shown once."""

    id: UUID
    totp_secret: str
    totp_uri: str


def enrol(chosen: Secrets, *, scope: Scope) -> Enrolled:
    """Turn a one-time code into the person's own password, PIN and authenticator.

    Raises:
        WrongProof: no such code, or used before.
        WeakPassword, NotAPin: see ``rules``.
    """
    check_password(chosen.password)
    check_pin_choice(chosen.pin)
    account = queries.account_by_login(canonical_login(chosen.login))
    code = queries.credential(account.id, CredentialKind.ENROLMENT) if account else None
    if account is None or code is None or not hmac.compare_digest(code.secret, _sha256(chosen.code)):
        raise WrongProof
    if queries.credential(account.id, CredentialKind.PASSWORD) is not None:
        raise WrongProof
    secret = pyotp.random_base32()
    _keep(account.id, CredentialKind.PASSWORD, _hash(chosen.password), scope)
    _keep(account.id, CredentialKind.PIN, _hash(chosen.pin), scope)
    place = Place("credentials", "secret", account.id)
    _keep(account.id, CredentialKind.TOTP, seal(secret.encode(), place), scope)
    audit.record(Event.STAFF_ENROLLED, account)
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name="Infusion Clinic")
    return Enrolled(account.id, secret, uri)


@dataclass(frozen=True, slots=True)
class Proof:
    """A full sign-in."""

    login: str
    password: str
    code: str
    device_secret: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A token for the day, shown once."""

    token: str
    account: UUID
    name: str
    roles: frozenset[Role]
    device: UUID | None
    expires_at: datetime


def sign_in(proof: Proof, *, hours: int, scope: Scope) -> SignedIn:
    """A strong sign-in: password and a one-time code, once a day.

    Raises:
        TryLater: wrong ones came before.
        WrongProof: something is wrong; the answer does not say what, nor whether the login exists.
    """
    login = canonical_login(proof.login)
    account = queries.account_by_login(login)
    last = queries.last_sign_in(account.id) if account else None
    kinds = (CredentialKind.PASSWORD,)
    failures, failed_at = queries.misses_since(login, kinds, last.at if last else None)
    check_waited(failures=failures, last=failed_at, at=scope.at)
    if account is None or not _password_fits(account, proof.password):
        if account is None:
            _verify(_hashing[0].dummy.encode(), proof.password)
        raise WrongProof
    _use_code(account, proof.code, scope)
    return _issue(account, proof.device_secret, hours=hours, scope=scope)


def _issue(account: Account, device_secret: str | None, *, hours: int, scope: Scope) -> SignedIn:
    device = queries.device_by_secret(_sha256(device_secret)) if device_secret else None
    sign_in = put(
        SignIn(
            organisation=scope.organisation,
            id=new_id(scope.at),
            account=account.id,
            device=device.id if device else None,
            at=scope.at,
        )
    )
    secret, expires = _secret(PERSON_PREFIX, scope.organisation), scope.at + timedelta(hours=hours)
    put(
        Token(
            organisation=scope.organisation,
            id=new_id(scope.at),
            hash=_sha256(secret),
            account=account.id,
            auth_event=sign_in.id,
            device=sign_in.device,
            issued_at=scope.at,
            expires_at=expires,
        )
    )
    audit.record(Event.SIGNED_IN, sign_in)
    return SignedIn(secret, account.id, account.name, queries.roles_of(account.id), sign_in.device, expires)


def sign_out(secret: str, *, scope: Scope) -> None:
    """End a token at once, on every worker."""
    token = queries.token_by_hash(_sha256(secret))
    if token is not None and token.ended_at is None:
        token.ended_at = scope.at
        audit.record(Event.SIGNED_OUT, token)


def miss(login: str, kind: CredentialKind, *, scope: Scope) -> None:
    """Remember a wrong password, code or PIN; in a transaction of its own, because the act was refused."""
    put(
        Miss(
            organisation=scope.organisation,
            id=new_id(scope.at),
            login=canonical_login(login),
            kind=kind,
            device=scope.device,
            at=scope.at,
        )
    )
    audit.record(Event.PIN_MISSED if kind is CredentialKind.PIN else Event.DENIED, kind=kind)


def deny(action: str) -> None:
    """Remember that somebody tried what they may not."""
    audit.record(Event.DENIED, action=action)


def pretend(proof: object) -> None:
    """Spend the time a real check takes, so that an unknown organisation answers no faster."""
    _verify(_hashing[0].dummy.encode(), str(getattr(proof, "password", "")))


def recognise(secret: str, *, organisation: UUID, at: datetime) -> Person | None:
    """Who sends this request: a signed-in person, an enrolled tablet alone, or nobody."""
    if secret.startswith(f"{DEVICE_PREFIX}."):
        device = queries.device_by_secret(_sha256(secret))
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
    live = queries.live_token(organisation=organisation, hash=_sha256(secret), at=at)
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


def prove(account_id: UUID, pin: str, *, hours: int, allowed: int, scope: Scope) -> UUID:
    """Check a person's PIN; return the strong sign-in of today that it stands on.

    Raises:
        FullSignInNeeded: none today, or too many misses since; or no enrolled tablet.
        WrongPin: says how many tries are left. The caller remembers the miss.
    """
    account, last = queries.account(account_id), queries.last_sign_in(account_id)
    misses, _ = queries.misses_since(account.login, (CredentialKind.PIN,), last.at if last else None)
    check_pin_usable(signed_in_at=last.at if last else None, at=scope.at, hours=hours, misses=misses, allowed=allowed)
    stored = queries.credential(account_id, CredentialKind.PIN)
    if scope.device is None or last is None or stored is None:
        raise FullSignInNeeded
    if not _verify(stored.secret, pin):
        raise WrongPin(misses_left=allowed - misses - 1, login=account.login)
    return last.id


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A tablet's own secret, shown once."""

    id: UUID
    name: str
    secret: str


def enrol_device(*, name: str, scope: Scope) -> NewDevice:
    """Make a tablet known; PINs count only there."""
    secret = _secret(DEVICE_PREFIX, scope.organisation)
    device = put(
        Device(
            organisation=scope.organisation,
            id=new_id(scope.at),
            name=name,
            hash=_sha256(secret),
            enrolled_by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.DEVICE_ENROLLED, device)
    return NewDevice(device.id, name, secret)


def propose_role(account_id: UUID, *, role: Role, give: bool, scope: Scope) -> RoleProposal:
    """Wish that a person has, or no longer has, a role; a second administrator decides."""
    queries.account(account_id)
    proposal = put(
        RoleProposal(
            organisation=scope.organisation,
            id=new_id(scope.at),
            account=account_id,
            role=role,
            give=give,
            proposed_by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.ROLE_PROPOSED, proposal, role=role, give=give)
    return proposal


def approve_role(proposal_id: UUID, *, scope: Scope) -> RoleProposal:
    """Agree to a proposal; from here on it holds.

    Raises:
        NoSuchProposal: not here.
        SamePerson: the proposer agrees with themself.
        AlreadyDecided: it was approved before.
    """
    proposal = queries.role_proposal(proposal_id)
    if proposal is None:
        raise NoSuchProposal
    check_two_people(proposal.proposed_by, scope.by)
    if queries.role_approval(proposal_id) is not None:
        raise AlreadyDecided
    approval = put(
        RoleApproval(
            organisation=scope.organisation,
            id=proposal.id,
            proposed_by=proposal.proposed_by,
            approved_by=scope.by,
            at=scope.at,
        )
    )
    audit.record(Event.ROLE_APPROVED, approval)
    return proposal


def _use_code(account: Account, code: str, scope: Scope) -> None:
    """A one-time code counts once, one step early or late."""
    stored = queries.credential(account.id, CredentialKind.TOTP)
    if stored is None:
        raise WrongProof
    totp = pyotp.TOTP(unseal(stored.secret, Place("credentials", "secret", account.id)).decode())
    now = int(scope.at.timestamp()) // TOTP_SECONDS
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(totp.at(step * TOTP_SECONDS), code):
            if db.session.execute(
                sa.select(UsedCode.id).where(UsedCode.account == account.id, UsedCode.step == step)
            ).first():
                raise WrongProof
            put(
                UsedCode(
                    organisation=scope.organisation, id=new_id(scope.at), account=account.id, step=step, at=scope.at
                )
            )
            return
    raise WrongProof


def _password_fits(account: Account, password: str) -> bool:
    stored = queries.credential(account.id, CredentialKind.PASSWORD)
    return stored is not None and _verify(stored.secret, password)


def _keep(account: UUID, kind: CredentialKind, secret: bytes, scope: Scope) -> None:
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


def _secret(prefix: str, organisation: UUID) -> str:
    return f"{prefix}.{organisation}.{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip('=')}"


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _hash(text: str) -> bytes:
    with _hashing[0].lock:
        return _hashing[0].hasher.hash(text).encode()


def _verify(stored: bytes, text: str) -> bool:
    with _hashing[0].lock:
        try:
            return _hashing[0].hasher.verify(stored.decode(), text)
        except VerifyMismatchError:
            return False
