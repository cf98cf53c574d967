"""Asking for a signature, giving one, and freezing what was signed."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import rfc8785

from clinic_api.accounts import queries as people
from clinic_api.accounts.rules.proving import FullSignInNeeded, WrongProof, canonical_login
from clinic_api.accounts.service import proofs
from clinic_api.audit import service as audit
from clinic_api.database.keys import Place, seal, unseal
from clinic_api.database.rows import Row, plain, put
from clinic_api.database.scope import Scope
from clinic_api.database.scope import scope as open_scope
from clinic_api.identifiers import new_id
from clinic_api.signatures import queries
from clinic_api.signatures.models import Attestation, Challenge, SignedRecord
from clinic_api.signatures.rules import (
    Event,
    Meaning,
    Proof,
    check_another_person,
    check_in_time,
    check_unchanged,
    check_unused,
    content_digest,
    expiry,
)


class NotFrozenLikeThis(RuntimeError):
    """A signed record's bytes are not the ones that its digest names: it was altered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a request lives and what a PIN rests on; from the settings."""

    challenge_seconds: int
    token_hours: int
    pin_misses: int


_limits: list[Limits] = []


def configure(*, challenge_seconds: int, token_hours: int, pin_misses: int) -> None:
    """Set the limits; called once when the application is made."""
    _limits[:] = [Limits(challenge_seconds=challenge_seconds, token_hours=token_hours, pin_misses=pin_misses)]


def challenge(subject: Row, meaning: Meaning, *, scope: Scope) -> Challenge:
    """Ask that another person sign ``subject`` as it stands now.

    Args:
        subject: a regulated row that was written.
        meaning: what the other person will say by signing.
    """
    return _issue(
        Event.CHALLENGE_ISSUED,
        Challenge(
            subject_table=subject.__tablename__,
            subject=subject.id,
            subject_digest=_digest(subject),
            meaning=meaning,
            asked_by=scope.by,
        ),
        scope,
    )


def renew(challenge_id: UUID, *, scope: Scope) -> Challenge:
    """Ask again for what was asked; the one who asked first stays the one who may not answer.

    Raises:
        NoSuchChallenge: not here.
        ChallengeUsed: it was answered.
        NotAsAttested: the content changed since.
    """
    old = queries.challenge(challenge_id)
    check_unused(used=queries.answered(old.id))
    check_unchanged(shown=old.subject_digest, now=queries.digest_now(old.subject_table, old.subject))
    return _issue(
        Event.CHALLENGE_RENEWED,
        Challenge(
            subject_table=old.subject_table,
            subject=old.subject,
            subject_digest=old.subject_digest,
            meaning=old.meaning,
            asked_by=old.asked_by,
        ),
        scope,
    )


def attest(proof: Proof, *, scope: Scope) -> Attestation:
    """Another person signs what was asked, with their own PIN, on the tablet of the one who asked.

    Whether they may (here today, licensed, a witness grant) is for the floor that asked to decide.

    Raises:
        NoSuchChallenge: not here.
        ChallengeUsed, ChallengeExpired, OwnWitness, NotAsAttested: see ``rules``.
        WrongProof, WrongPin, FullSignInNeeded: see ``accounts.rules``.
    """
    asked = queries.challenge(proof.challenge)
    check_unused(used=queries.answered(asked.id))
    check_in_time(expires_at=asked.expires_at, at=scope.at)
    signer = people.account_by_login(canonical_login(proof.login))
    if signer is None:
        raise WrongProof
    check_another_person(asked_by=asked.asked_by, signer=signer.id)
    auth_event = proofs.prove(
        signer.id, proof.pin, hours=_limits[0].token_hours, allowed=_limits[0].pin_misses, scope=scope
    )
    check_unchanged(shown=asked.subject_digest, now=queries.digest_now(asked.subject_table, asked.subject))
    given = Attestation(
        challenge=asked.id,
        asked_by=asked.asked_by,
        subject_table=asked.subject_table,
        subject=asked.subject,
        subject_digest=asked.subject_digest,
        meaning=asked.meaning,
        signer=signer.id,
        auth_event=auth_event,
    )
    return _give(Event.ATTESTED, given, scope)


def sign(subject: Row, meaning: Meaning, *, scope: Scope) -> Attestation:
    """The acting person signs ``subject``; the door has just proven their PIN.

    Raises:
        FullSignInNeeded: the act rests on no strong sign-in.
    """
    if scope.auth_event is None:
        raise FullSignInNeeded
    given = Attestation(
        subject_table=subject.__tablename__,
        subject=subject.id,
        subject_digest=_digest(subject),
        meaning=meaning,
        signer=scope.by,
        auth_event=scope.auth_event,
    )
    return _give(Event.SIGNED, given, scope)


def check_attests(given: Attestation, subject: Row, meaning: Meaning) -> None:
    """Refuse a signature that is about something else, means something else, or saw other content.

    Raises:
        NotAsAttested: it does.
    """
    about = (given.subject_table, given.subject, given.meaning) == (subject.__tablename__, subject.id, meaning)
    now = queries.digest_now(subject.__tablename__, subject.id) if about else None
    check_unchanged(shown=given.subject_digest, now=now)


def freeze(kind: str, subject_id: UUID, content: dict[str, Any], *, scope: Scope) -> SignedRecord:
    """Keep a whole record as it is now, sealed; papers are printed from it for ever.

    Args:
        kind: what is frozen, such as ``session``.
        content: plain values and the clinic's own (times, amounts, ids); floats are refused.
    """
    newest = queries.newest_record(kind, subject_id)
    version = 1 if newest is None else newest.version + 1
    id, canonical = new_id(scope.at), rfc8785.dumps(plain(content))
    frozen = put(
        SignedRecord(
            organisation=scope.organisation,
            id=id,
            kind=kind,
            subject=subject_id,
            version=version,
            content_digest=content_digest(
                organisation=scope.organisation, subject=subject_id, version=version, canonical=canonical
            ),
            sealed=seal(canonical, _place(id)),
            at=scope.at,
        )
    )
    audit.record(Event.FROZEN, frozen, kind=kind, version=version)
    return frozen


def read_frozen(kind: str, subject_id: UUID, *, version: int | None = None) -> dict[str, Any]:
    """A record as it was signed; the newest version unless one is named.

    Raises:
        NoSuchSignedRecord: nothing of the kind was signed.
        NotFrozenLikeThis, NotOurSeal: it was altered since.
    """
    frozen = queries.signed_record(kind, subject_id, version=version)
    canonical = unseal(frozen.sealed, _place(frozen.id))
    computed = content_digest(
        organisation=open_scope().organisation, subject=subject_id, version=frozen.version, canonical=canonical
    )
    if computed != frozen.content_digest:
        raise NotFrozenLikeThis(frozen.id)
    content: dict[str, Any] = json.loads(canonical)
    return content


def _issue(event: Event, asked: Challenge, scope: Scope) -> Challenge:
    asked.organisation, asked.id = scope.organisation, new_id(scope.at)
    asked.issued_at = scope.at
    asked.expires_at = expiry(issued_at=scope.at, seconds=_limits[0].challenge_seconds)
    put(asked)
    audit.record(event, asked, meaning=asked.meaning, subject=asked.subject)
    return asked


def _give(event: Event, given: Attestation, scope: Scope) -> Attestation:
    given.organisation, given.id = scope.organisation, new_id(scope.at)
    given.printed_name = people.account(given.signer).name
    given.roles = sorted(people.roles_of(given.signer))
    given.device, given.at = scope.device, scope.at
    put(given)
    audit.record(event, given, meaning=given.meaning, subject=given.subject)
    return given


def _digest(subject: Row) -> bytes:
    digest: bytes = getattr(subject, "digest")  # noqa: B009  (only regulated rows have one; others fail loudly)
    return digest


def _place(id: UUID) -> Place:
    return Place("signed_records", "sealed", id)
