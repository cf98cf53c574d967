"""What a signature stands for, and when one counts."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from clinic_api.errors import Conflict, NotPermitted


class Meaning(StrEnum):
    """What a person says by signing; printed beside their name (21 CFR 11.50)."""

    WITNESSED = "witnessed"
    PERFORMED = "performed"
    CHECKED = "checked"
    COUNTED = "counted"
    RECEIVED = "received"
    ORDERED = "ordered"
    RELEASED = "released"
    OVERRIDDEN = "overridden"
    APPROVED = "approved"
    SIGNED = "signed"
    CO_SIGNED = "co-signed"
    DISPUTED = "disputed"


class Event(StrEnum):
    """What the audit says of signatures."""

    CHALLENGE_ISSUED = "challenge:issued"
    CHALLENGE_RENEWED = "challenge:renewed"
    ATTESTED = "record:attested"
    SIGNED = "record:signed"
    FROZEN = "record:frozen"


@dataclass(eq=False)
class ChallengeExpired(Conflict):
    """This request for a signature has expired."""

    expired_at: datetime

    def __str__(self) -> str:
        return f"It expired at {self.expired_at:%H:%M:%S} UTC; renew it with one tap and sign what is shown."


class ChallengeUsed(Conflict):
    """This request for a signature was already answered."""

    def __str__(self) -> str:
        return "Each request counts once; look at the record, it carries the signature."


class NotAsAttested(Conflict):
    """The content is not what was shown for signing."""

    def __str__(self) -> str:
        return "Read the record again and ask for a new signature on what it says now."


class OwnWitness(NotPermitted):
    """Nobody vouches for their own act."""

    def __str__(self) -> str:
        return "Ask a second person to sign with their own login and PIN."


@dataclass(frozen=True, slots=True)
class Proof:
    """A second person's own login and PIN, given on the author's tablet for one request."""

    challenge: UUID
    login: str
    pin: str


def expiry(*, issued_at: datetime, seconds: int) -> datetime:
    """The last moment, UTC, at which a request issued at ``issued_at`` may be answered."""
    return issued_at + timedelta(seconds=seconds)


def check_unused(*, used: bool) -> None:
    """Refuse a request that was answered before.

    Raises:
        ChallengeUsed: it was.
    """
    if used:
        raise ChallengeUsed


def check_in_time(*, expires_at: datetime, at: datetime) -> None:
    """Refuse an answer that comes too late; the last moment itself still counts.

    Args:
        expires_at: the last moment, UTC.
        at: the server's time of the answer, UTC.

    Raises:
        ChallengeExpired: says since when.
    """
    if at > expires_at:
        raise ChallengeExpired(expired_at=expires_at)


def check_another_person(*, asked_by: UUID, signer: UUID) -> None:
    """Refuse the author as their own witness.

    Raises:
        OwnWitness: they are one person.
    """
    if asked_by == signer:
        raise OwnWitness


def check_unchanged(*, shown: bytes, now: bytes | None) -> None:
    """Refuse a signature on content that is no longer what was shown.

    Args:
        shown: the digest when the signature was asked for.
        now: the digest computed from the record as it stands; None where there is no such record.

    Raises:
        NotAsAttested: they differ.
    """
    if shown != now:
        raise NotAsAttested


def content_digest(*, organisation: UUID, subject: UUID, version: int, canonical: bytes) -> bytes:
    """SHA-256 over a frozen record: its kind of signature, whose it is, which version, and every byte of it."""
    head = f"sig/v1|{organisation}|{subject}|{version}|".encode()
    return hashlib.sha256(head + canonical).digest()
