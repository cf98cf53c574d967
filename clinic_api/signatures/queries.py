"""Reading signatures."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.gather import Kind
from clinic_api.database.rows import Row, db, digest_of
from clinic_api.database.scope import scope
from clinic_api.errors import NotFound
from clinic_api.signatures.models import Attestation, Challenge, SignedRecord


class NoSuchChallenge(NotFound):
    """There is no such request for a signature here."""


class NoSuchSignedRecord(NotFound):
    """There is no such signed record here."""


def challenge(id: UUID) -> Challenge:
    """A request for a signature.

    Raises:
        NoSuchChallenge: not here.
    """
    row = db.session.execute(sa.select(Challenge).where(Challenge.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchChallenge
    return row


def answered(challenge: UUID) -> bool:
    """Whether the request was answered."""
    query = sa.select(Attestation.id).where(Attestation.challenge == challenge)
    return db.session.execute(query).first() is not None


def attestations_of(subject: UUID) -> Sequence[Attestation]:
    """Every signature on a record, oldest first."""
    query = sa.select(Attestation).where(Attestation.subject == subject).order_by(Attestation.id)
    return db.session.execute(query).scalars().all()


def hanging(kind: str, subject: sa.ColumnElement[UUID]) -> dict[str, Kind]:
    """The versions of a signed record and every signature on them, for a statement that knows what was signed."""
    records, attestations = SignedRecord.__table__, Attestation.__table__
    these = sa.and_(records.c.kind == kind, records.c.subject == subject)
    ids = sa.select(records.c.id).where(records.c.organisation == attestations.c.organisation, these)
    return {
        "signed_records": Kind(records, these, names=("id", "version"), order=("version",)),
        "attestations": Kind(attestations, attestations.c.subject.in_(ids)),
    }


def signed_record(kind: str, subject: UUID, *, version: int | None = None) -> SignedRecord:
    """A record as it was signed; the newest version unless one is named.

    Raises:
        NoSuchSignedRecord: nothing of the kind was signed.
    """
    row = newest_record(kind, subject) if version is None else _record(kind, subject, version)
    if row is None:
        raise NoSuchSignedRecord
    return row


def newest_record(kind: str, subject: UUID) -> SignedRecord | None:
    """The newest version of a signed record, if there is one."""
    query = (
        sa.select(SignedRecord)
        .where(SignedRecord.kind == kind, SignedRecord.subject == subject)
        .order_by(SignedRecord.version.desc())
        .limit(1)
    )
    return db.session.execute(query).scalar_one_or_none()


def digest_now(table: str, id: UUID) -> bytes | None:
    """The digest of a regulated row computed from what it says now; None where there is no such row."""
    subject = Row.metadata.tables[table]
    query = sa.select(subject).where(subject.c.organisation == scope().organisation, subject.c.id == id)
    row = db.session.execute(query).mappings().one_or_none()
    return None if row is None else digest_of(subject, {column.key: row[column] for column in subject.columns})


def _record(kind: str, subject: UUID, version: int) -> SignedRecord | None:
    query = sa.select(SignedRecord).where(
        SignedRecord.kind == kind, SignedRecord.subject == subject, SignedRecord.version == version
    )
    return db.session.execute(query).scalar_one_or_none()
