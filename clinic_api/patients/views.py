"""Routes of patients."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.patients import service
from clinic_api.patients.models import Consent, Diagnosis, ReminderPreference
from clinic_api.patients.queries import patients, records
from clinic_api.patients.rules.entries import NewAllergies, NewConsent, NewDiagnosis, NewReminders, NewTrial
from clinic_api.patients.rules.history import Allergies, KeptTrial
from clinic_api.patients.rules.identity import Details, Identity
from clinic_api.patients.rules.words import Asked
from clinic_api.patients.schemas import (
    AllergiesIn,
    AllergiesOut,
    ConsentOut,
    DiagnosisIn,
    DiagnosisOut,
    FoundPage,
    IdentityIn,
    IdentityOut,
    NewConsentIn,
    NewTrialIn,
    PatientSearchIn,
    RecordOut,
    RemindersIn,
    RemindersOut,
    TrialOut,
)

blueprint = Blueprint("patients", __name__)


@blueprint.post("/patients")
@act(Action.REGISTER_PATIENT, IdentityIn(), IdentityOut())
def register(new: Details, *, scope: Scope) -> Identity:
    """Register a patient."""
    return service.register(new, scope=scope)


@blueprint.post("/patients/search")
@look(Action.READ_PATIENT, FoundPage(), takes=PatientSearchIn())
def search(asked: Asked, *, scope: Scope) -> dict[str, Any]:
    """Find patients by name, birth date, telephone or record number."""
    return {"items": patients.search(asked)}


@blueprint.get("/patients/<uuid:patient>")
@look(Action.READ_PATIENT, RecordOut())
def record(patient: UUID, *, scope: Scope) -> records.Record:
    """Everything kept about a patient; its ETag is the identity's version."""
    return records.record(patient, at=scope.at)


@blueprint.put("/patients/<uuid:patient>/identity")
@act(Action.REGISTER_PATIENT, IdentityIn(), IdentityOut(), status=200, versioned=True)
def update_identity(patient: UUID, new: Details, *, version: int, scope: Scope) -> Identity:
    """Change who a patient is."""
    return service.update_identity(patient, new, version=version, scope=scope)


@blueprint.post("/patients/<uuid:patient>/consents")
@act(Action.ASSESS_PATIENT, NewConsentIn(), ConsentOut())
def record_consent(patient: UUID, new: NewConsent, *, scope: Scope) -> Consent:
    """Record a consent or its withdrawal."""
    return service.record_consent(patient, new, scope=scope)


@blueprint.post("/patients/<uuid:patient>/allergies")
@act(Action.ASSESS_PATIENT, AllergiesIn(), AllergiesOut())
def record_allergies(patient: UUID, new: NewAllergies, *, scope: Scope) -> Allergies:
    """Record the allergy list, or that none is known."""
    return service.record_allergies(patient, new, scope=scope)


@blueprint.post("/patients/<uuid:patient>/diagnoses")
@act(Action.ASSESS_PATIENT, DiagnosisIn(), DiagnosisOut())
def record_diagnosis(patient: UUID, new: NewDiagnosis, *, scope: Scope) -> Diagnosis:
    """Record a diagnosis."""
    return service.record_diagnosis(patient, new, scope=scope)


@blueprint.post("/patients/<uuid:patient>/trials")
@act(Action.ASSESS_PATIENT, NewTrialIn(), TrialOut())
def record_trial(patient: UUID, new: NewTrial, *, scope: Scope) -> KeptTrial:
    """Record an antidepressant trial, or correct one."""
    return service.record_trial(patient, new, scope=scope)


@blueprint.post("/patients/<uuid:patient>/reminder-preferences")
@act(Action.ASSESS_PATIENT, RemindersIn(), RemindersOut())
def set_reminders(patient: UUID, new: NewReminders, *, scope: Scope) -> ReminderPreference:
    """Record by which channel a patient wants reminders."""
    return service.set_reminders(patient, new, scope=scope)
