"""Reading patients. Whoever unseals an identity here is written down as having seen it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.database.keys import Place, blind_index, unseal
from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.patients.models import (
    AllergyList,
    Consent,
    Diagnosis,
    IdentityVersion,
    Patient,
    ReminderPreference,
    SearchToken,
    TrialRow,
    Visit,
)
from clinic_api.patients.rules.consents import ConsentKind, in_force
from clinic_api.patients.rules.history import (
    Allergies,
    Eligibility,
    EligibilityRule,
    KeptTrial,
    TrialOutcome,
    read_eligibility,
)
from clinic_api.patients.rules.history import eligibility as judge
from clinic_api.patients.rules.identity import Identity, read_details
from clinic_api.patients.rules.reminders import CHANNEL_CONSENT, Channel, Reach, address_of
from clinic_api.patients.rules.words import Asked, AskForMore, Word, asked_words, fits

#: Patients a search may show, and the candidates it may unseal to find them.
MOST_FOUND: Final = 50
MOST_UNSEALED: Final = 500
#: The anchor, for a statement above this floor that holds a visit and reads at once what shares its id.
VISITS: Final = Visit.__table__


class NoSuchPatient(NotFound):
    """There is no such patient here."""


class NoSuchVisit(NotFound):
    """There is no such visit here."""


class NoSuchTrial(NotFound):
    """There is no such trial in this patient's record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything kept about a patient. ``version`` is the identity's, so that it can be changed after a look."""

    id: UUID
    version: int
    identity: Identity
    consents: Sequence[Consent]
    consents_in_force: Sequence[ConsentKind]
    allergies: Allergies | None
    diagnoses: Sequence[Diagnosis]
    trials: Sequence[KeptTrial]
    eligibility: Eligibility
    reminder_preferences: Sequence[ReminderPreference]
    visits: Sequence[Visit]


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


def consents(patient: UUID) -> Sequence[Consent]:
    """Every signature and withdrawal, oldest entry first."""
    query = sa.select(Consent).where(Consent.patient == patient).order_by(Consent.id)
    return db.session.execute(query).scalars().all()


def consents_in_force(patient: UUID, *, at: datetime) -> frozenset[ConsentKind]:
    """The kinds of consent that hold at a moment; missing, expired and withdrawn ones do not."""
    return in_force([row.fact for row in consents(patient)], at=at)


def allergies(patient: UUID) -> Allergies | None:
    """The newest list; None where nobody has asked yet."""
    query = sa.select(AllergyList).where(AllergyList.patient == patient).order_by(AllergyList.id.desc()).limit(1)
    row = db.session.execute(query).scalar_one_or_none()
    return None if row is None else kept_allergies(row)


def kept_allergies(row: AllergyList) -> Allergies:
    """A list as recorded, its note out of its seal."""
    return row.told(_note(row))


def diagnoses(patient: UUID) -> Sequence[Diagnosis]:
    """The newest word about each code, by code."""
    query = sa.select(Diagnosis).where(Diagnosis.patient == patient).order_by(Diagnosis.id)
    newest = {row.code: row for row in db.session.execute(query).scalars()}
    return [newest[code] for code in sorted(newest)]


def trials(patient: UUID) -> Sequence[KeptTrial]:
    """The antidepressant trials as they stand, oldest entry first; what was corrected is left out."""
    query = sa.select(TrialRow).where(TrialRow.patient == patient).order_by(TrialRow.id)
    rows = db.session.execute(query).scalars().all()
    corrected = {row.replaces for row in rows}
    return [
        kept_trial(row) for row in rows if row.id not in corrected and row.outcome is not TrialOutcome.ENTERED_IN_ERROR
    ]


def trial_row(patient: UUID, id: UUID) -> tuple[TrialRow, bool]:
    """One entry of a patient, and whether it was corrected already; NoSuchTrial where there is none."""
    query = sa.select(TrialRow).where(TrialRow.patient == patient)
    rows = db.session.execute(query).scalars().all()
    for row in rows:
        if row.id == id:
            return row, any(other.replaces == id for other in rows)
    raise NoSuchTrial


def kept_trial(row: TrialRow) -> KeptTrial:
    """A trial as recorded, its note out of its seal."""
    return row.told(_note(row))


def eligibility_rule() -> EligibilityRule:
    """The clinic's rule of who counts as treatment-resistant, and from which age it treats."""
    return read_eligibility(clinics.policy("eligibility", "trd").content)


def eligibility(patient: UUID) -> Eligibility:
    """Whether the recorded trials make the depression treatment-resistant."""
    return judge(trials(patient), rule=eligibility_rule())


def preferences(patient: UUID) -> dict[Channel, ReminderPreference]:
    """The newest wish for each channel."""
    query = sa.select(ReminderPreference).where(ReminderPreference.patient == patient).order_by(ReminderPreference.id)
    return {row.channel: row for row in db.session.execute(query).scalars()}


def record(patient: UUID, *, at: datetime) -> Record:
    """The whole record of a patient.

    Raises:
        NoSuchPatient: not here.
    """
    known, tried = identity(patient), trials(patient)
    return Record(
        id=patient,
        version=known.version,
        identity=known,
        consents=consents(patient),
        consents_in_force=sorted(consents_in_force(patient, at=at)),
        allergies=allergies(patient),
        diagnoses=diagnoses(patient),
        trials=tried,
        eligibility=judge(tried, rule=eligibility_rule()),
        reminder_preferences=[*preferences(patient).values()],
        visits=visits(patient),
    )


def reach(patient: UUID, channel: Channel, *, at: datetime) -> Reach | None:
    """Where a reminder may go at a moment: consented to, wanted, and to the very address that was verified.

    Raises:
        NoSuchPatient: not here.
    """
    wish, known = preferences(patient).get(channel), identity(patient)
    address = address_of(known, channel)
    if wish is None or not wish.wanted or address is None or wish.verified != blind_index(channel, address):
        return None
    if CHANNEL_CONSENT[channel] not in consents_in_force(patient, at=at):
        return None
    return Reach(address=address, language=wish.language, zone=known.zone)


def visit(id: UUID) -> Visit:
    """A visit; NoSuchVisit where there is none."""
    row = db.session.execute(sa.select(Visit).where(Visit.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchVisit
    return row


def held_visit(id: UUID, *, for_update: bool) -> Visit:
    """A visit, locked against being sealed meanwhile; with ``for_update``, against being added to."""
    query = sa.select(Visit).where(Visit.id == id).with_for_update(read=not for_update, key_share=not for_update)
    row = db.session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()
    if row is None:
        raise NoSuchVisit
    return row


def visits(patient: UUID) -> Sequence[Visit]:
    """A patient's visits, oldest first."""
    return db.session.execute(sa.select(Visit).where(Visit.patient == patient).order_by(Visit.id)).scalars().all()


def _note(row: TrialRow | AllergyList) -> str | None:
    return None if row.note is None else unseal(row.note, Place(row.__tablename__, "note", row.id)).decode()
