"""Reading who patients are. Whoever unseals an identity here is written down as having seen it."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from clinic_api.audit import service as audit
from clinic_api.database.gather import Kind
from clinic_api.database.keys import Place, blind_index, unseal
from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.patients.models import (
    IdentityVersion,
    Patient,
    SearchToken,
)
from clinic_api.patients.rules.identity import Identity, read_details
from clinic_api.patients.rules.words import Asked, AskForMore, Word, asked_words, fits

#: Patients a search may show, and the candidates it may unseal to find them.
MOST_FOUND: Final = 50
MOST_UNSEALED: Final = 500


class NoSuchPatient(NotFound):
    """There is no such patient here."""


def patient(id: UUID, *, for_update: bool = False) -> Patient:
    """A patient's anchor row; NoSuchPatient where there is none."""
    query = sa.select(Patient).where(Patient.id == id)
    row = db.session.execute(query.with_for_update() if for_update else query).scalar_one_or_none()
    if row is None:
        raise NoSuchPatient
    return row


def patient_by_mrn(token: bytes) -> UUID | None:
    """Who has a record number."""
    return db.session.execute(sa.select(Patient.id).where(Patient.mrn == token)).scalar_one_or_none()


def identity(patient: UUID) -> Identity:
    """Who the patient is now.

    Raises:
        NoSuchPatient: not here.
    """
    found = identities([patient])
    if not found:
        raise NoSuchPatient
    return found[patient]


def identities(patients: Iterable[UUID]) -> dict[UUID, Identity]:
    """Who several patients are now, by patient."""
    newest = (
        sa.select(IdentityVersion.patient, sa.func.max(IdentityVersion.version).label("version"))
        .where(IdentityVersion.patient.in_(list(patients)))
        .group_by(IdentityVersion.patient)
        .subquery()
    )
    query = sa.select(IdentityVersion).join(
        newest,
        sa.and_(newest.c.patient == IdentityVersion.patient, newest.c.version == IdentityVersion.version),
    )
    rows = db.session.execute(query).scalars().all()
    audit.shows(*(row.patient for row in rows))
    return {row.patient: opened(row) for row in rows}


def identity_version(id: UUID) -> Identity:
    """Who the patient was by one version, as the ledger and signed records refer to it.

    Raises:
        NoSuchPatient: not here.
    """
    row = db.session.execute(sa.select(IdentityVersion).where(IdentityVersion.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchPatient
    audit.shows(row.patient)
    return opened(row)


def identities_of(patient: sa.ScalarSelect[Any]) -> Kind:
    """Every version of who a patient is, sealed, for a statement that knows the patient."""
    table = IdentityVersion.__table__
    return Kind(table, table.c.patient == patient, order=("version",))


def newest_identity(rows: Sequence[Any]) -> Identity:
    """Who the patient is now, of rows that were read that way."""
    audit.shows(rows[-1].patient)
    return opened(rows[-1])


def opened(row: IdentityVersion) -> Identity:
    """An identity out of its seal."""
    said = unseal(row.sealed, Place("identity_versions", "sealed", row.id)).decode()
    return Identity(id=row.patient, version_id=row.id, version=row.version, at=row.at, **read_details(said))


def search(asked: Asked) -> Sequence[Identity]:
    """Patients to whom everything asked for fits, under this or an earlier name, by name.

    Raises:
        AskForMore: nothing was asked, or more fit than anybody reads.
    """
    words = asked_words(asked)
    if not words:
        raise AskForMore
    fitting = {row.patient for row in _candidates(words) if fits(opened(row).name, asked=asked.name)}
    if len(fitting) > MOST_FOUND:
        raise AskForMore
    return sorted(identities(fitting).values(), key=lambda found: (found.name.casefold(), found.id))


def _candidates(words: frozenset[Word]) -> Sequence[IdentityVersion]:
    query = sa.select(IdentityVersion).limit(MOST_UNSEALED + 1)
    for word in words:
        token = blind_index(word.kind, word.text)
        query = query.where(IdentityVersion.id.in_(sa.select(SearchToken.identity_version).filter_by(token=token)))
    rows = db.session.execute(query).scalars().all()
    if len(rows) > MOST_UNSEALED:
        raise AskForMore
    return rows
