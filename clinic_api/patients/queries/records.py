"""Reading what is kept about patients: consents, allergies, history, reminders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.database.keys import Place, blind_index, unseal
from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.patients.models import (
    AllergyList,
    Consent,
    Diagnosis,
    ReminderPreference,
    TrialRow,
    Visit,
)
from clinic_api.patients.queries.patients import identity
from clinic_api.patients.queries.visits import visits
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
from clinic_api.patients.rules.identity import Identity
from clinic_api.patients.rules.reminders import CHANNEL_CONSENT, Channel, Reach, address_of


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


def _note(row: TrialRow | AllergyList) -> str | None:
    return None if row.note is None else unseal(row.note, Place(row.__tablename__, "note", row.id)).decode()
