"""Registering patients, keeping what is known of them, and opening and sealing their visits."""

from dataclasses import asdict, replace
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.standing import check_zone, day_in
from clinic_api.database.keys import Place, blind_index, seal
from clinic_api.database.rows import db, put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
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
from clinic_api.patients.queries import patients, records, visits
from clinic_api.patients.rules.consents import check_consent
from clinic_api.patients.rules.entries import NewAllergies, NewConsent, NewDiagnosis, NewReminders, NewTrial
from clinic_api.patients.rules.history import (
    Allergies,
    AlreadyCorrected,
    KeptTrial,
    check_allergies,
    check_icd10,
    check_trial,
)
from clinic_api.patients.rules.identity import (
    Details,
    Identity,
    MrnTaken,
    check_details,
    check_of_age,
    check_version,
    details_text,
    mrn_from,
)
from clinic_api.patients.rules.reminders import check_address
from clinic_api.patients.rules.visits import Event, check_unsealed
from clinic_api.patients.rules.words import Kind, mrn_word, search_words

_TOKENS: Final = sa.insert(SearchToken.__table__)  # type: ignore[arg-type]


def register(new: Details, *, scope: Scope) -> Identity:
    """Register a patient, giving a record number where there is none yet.

    Raises:
        NameUnreadable, BirthDateUnlikely, PhoneUnreadable, MrnUnreadable, UnknownZone: see ``rules.identity``.
        MrnTaken: another patient has the record number.
    """
    _check(new, scope)
    id = new_id(scope.at)
    new = replace(new, mrn=new.mrn or mrn_from(id))
    mrn = _mrn_token(new, of=None)
    patient = put(Patient(organisation=scope.organisation, id=id, mrn=mrn, at=scope.at, by=scope.by))
    version = _keep(patient.id, new, version=1, scope=scope)
    audit.record(Event.REGISTERED, patient, version)
    return patients.opened(version)


def update_identity(patient: UUID, new: Details, *, version: int, scope: Scope) -> Identity:
    """Write the next version of who a patient is; the earlier ones stay.

    Args:
        new: everything, also what did not change; without a record number the present one stays.
        version: the version that was read.

    Raises:
        NoSuchPatient: not here.
        IdentityChanged: a newer version holds.
        MrnTaken, NameUnreadable and the others: as when registering.
    """
    anchor = patients.patient(patient, for_update=True)
    now = patients.identity(patient)
    check_version(sent=version, current=now.version)
    _check(new, scope)
    new = replace(new, mrn=new.mrn or now.mrn)
    anchor.mrn = _mrn_token(new, of=patient)
    written = _keep(patient, new, version=version + 1, scope=scope)
    audit.record(Event.IDENTITY_CHANGED, written, patient=patient, version=written.version)
    return patients.opened(written)


def record_consent(patient: UUID, new: NewConsent, *, scope: Scope) -> Consent:
    """Record that a patient consented, or withdrew.

    Raises:
        NoSuchPatient: not here.
        NotSignedYet, ConsentExpiresFirst: see ``rules.consents``.
    """
    patients.patient(patient)
    check_consent(new.fact, recorded_at=scope.at)
    consent = put(
        Consent(
            **_about(patient, scope),
            kind=new.fact.kind,
            given=new.fact.given,
            document_version=new.document_version,
            occurred_at=new.fact.at,
            expires_at=new.fact.expires_at,
            recorded_at=scope.at,
        )
    )
    audit.record(Event.CONSENT_RECORDED, consent, patient=patient, kind=consent.kind, given=consent.given)
    return consent


def record_allergies(patient: UUID, new: NewAllergies, *, scope: Scope) -> Allergies:
    """Record the whole allergy list, or that none is known.

    Raises:
        NoSuchPatient: not here.
        AllergiesUnclear: both or neither was said.
    """
    patients.patient(patient)
    check_allergies(new.items, none_known=new.none_known)
    id = new_id(scope.at)
    row = put(
        AllergyList(
            **_about(patient, scope, id=id),
            none_known=new.none_known,
            items=[asdict(item) for item in new.items],
            note=_sealed(new.note, Place("allergies", "note", id)),
            at=scope.at,
        )
    )
    audit.record(Event.ALLERGIES_RECORDED, row, patient=patient)
    return records.kept_allergies(row)


def record_diagnosis(patient: UUID, new: NewDiagnosis, *, scope: Scope) -> Diagnosis:
    """Record a diagnosis, that it is over, or that it was entered in error.

    Raises:
        NoSuchPatient: not here.
        NotIcd10: not the form of a code.
    """
    patients.patient(patient)
    check_icd10(new.code)
    row = put(
        Diagnosis(
            **_about(patient, scope),
            code=new.code,
            state=new.state,
            since=new.since,
            at=scope.at,
        )
    )
    audit.record(Event.DIAGNOSIS_RECORDED, row, patient=patient)
    return row


def record_trial(patient: UUID, new: NewTrial, *, scope: Scope) -> KeptTrial:
    """Record an antidepressant trial.

    Raises:
        NoSuchPatient: not here.
        NoSuchTrial: the entry to correct is not this patient's.
        AlreadyCorrected: it was corrected before.
        NoDose: a trial of nothing.
    """
    patients.patient(patient)
    check_trial(new.trial)
    if new.replaces is not None and records.trial_row(patient, new.replaces)[1]:
        raise AlreadyCorrected
    id = new_id(scope.at)
    row = put(
        TrialRow(
            **_about(patient, scope, id=id),
            drug=new.trial.drug,
            daily_dose=new.trial.daily_dose,
            weeks=new.trial.weeks,
            outcome=new.trial.outcome,
            note=_sealed(new.note, Place("trials", "note", id)),
            replaces=new.replaces,
            at=scope.at,
        )
    )
    audit.record(Event.TRIAL_RECORDED, row, patient=patient)
    return records.kept_trial(row)


def set_reminders(patient: UUID, new: NewReminders, *, scope: Scope) -> ReminderPreference:
    """Record by which channel a patient wants reminders, and that the address on file was verified.

    Raises:
        NoSuchPatient: not here.
        NothingToVerify: verified, but there is no address on file.
    """
    known = patients.identity(patient)
    verified = blind_index(new.channel, check_address(known, new.channel)) if new.verified else None
    row = put(
        ReminderPreference(
            **_about(patient, scope),
            channel=new.channel,
            wanted=new.wanted,
            language=new.language,
            verified=verified,
            at=scope.at,
        )
    )
    audit.record(Event.REMINDERS_SET, row, patient=patient, channel=row.channel, wanted=row.wanted)
    return row


def open_visit(patient: UUID, site: UUID, *, scope: Scope) -> Visit:
    """Open today's visit of a patient at a site; readings, orders and moves hang on it.

    Raises:
        NoSuchPatient, NoSuchSite: not here.
        TooYoung: the clinic treats adults only.
    """
    known, today = patients.identity(patient), day_in(clinics.site(site).zone, scope.at)
    check_of_age(known.date_of_birth, on=today, years_at_least=records.eligibility_rule().years_at_least)
    visit = put(Visit(**_about(patient, scope), site=site, at=scope.at))
    audit.record(Event.VISIT_OPENED, visit, patient=patient)
    return visit


def hold(visit_id: UUID, *, for_update: bool = False) -> Visit:
    """Take hold of a visit before anything is added to it; who seals it waits, and who comes later is refused.

    Args:
        for_update: to close or seal it: waits for everybody who holds it.

    Raises:
        NoSuchVisit: not here.
        VisitSealed: it is signed.
    """
    visit = visits.held_visit(visit_id, for_update=for_update)
    check_unsealed(visit.sealed_at)
    return visit


def seal_visit(visit_id: UUID, *, scope: Scope) -> Visit:
    """Seal a visit: from now on nothing can be added to it.

    Raises:
        NoSuchVisit: not here.
        VisitSealed: it was sealed before.
    """
    visit = hold(visit_id, for_update=True)
    visit.sealed_at = scope.at
    audit.record(Event.VISIT_SEALED, visit, patient=visit.patient)
    return visit


def _about(patient: UUID, scope: Scope, *, id: UUID | None = None) -> dict[str, Any]:
    return {"organisation": scope.organisation, "id": id or new_id(scope.at), "patient": patient, "by": scope.by}


def _check(details: Details, scope: Scope) -> None:
    check_zone(details.zone)
    check_details(details, on=day_in(details.zone, scope.at))


def _keep(patient: UUID, details: Details, *, version: int, scope: Scope) -> IdentityVersion:
    """Write one version, sealed, and what it can be found by."""
    id = new_id(scope.at)
    sealed = seal(details_text(details).encode(), Place("identity_versions", "sealed", id))
    row = put(IdentityVersion(**_about(patient, scope, id=id), version=version, sealed=sealed, at=scope.at))
    words = search_words(
        name=details.name, date_of_birth=details.date_of_birth, phone=details.phone, mrn=details.mrn or ""
    )
    db.session.execute(
        _TOKENS,
        [
            {
                "organisation": scope.organisation,
                "id": new_id(scope.at),
                "identity_version": id,
                "token": blind_index(word.kind, word.text),
            }
            for word in words
        ],
    )
    return row


def _mrn_token(details: Details, *, of: UUID | None) -> bytes:
    token = blind_index(Kind.MRN, mrn_word(details.mrn or ""))
    if patients.patient_by_mrn(token) not in {None, of}:
        raise MrnTaken
    return token


def _sealed(note: str | None, place: Place) -> bytes | None:
    return None if note is None else seal(note.encode(), place)
