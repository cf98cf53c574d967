"""Shapes of patients on the wire."""

from typing import Any

from marshmallow import fields, post_load, validate

from clinic_api.http.fields import Body, Day, MassField, Moment, Note, Text, WholeNumber, YesNo
from clinic_api.patients.rules.consents import ConsentFact, ConsentKind
from clinic_api.patients.rules.entries import NewAllergies, NewConsent, NewDiagnosis, NewReminders, NewTrial
from clinic_api.patients.rules.history import Allergy, DiagnosisState, Severity, Trial, TrialOutcome
from clinic_api.patients.rules.identity import Details, Sex
from clinic_api.patients.rules.reminders import Channel
from clinic_api.patients.rules.words import Asked

LANGUAGE = validate.Regexp(r"\A[a-z]{2,3}(-[A-Z]{2})?\Z")
MOST_WEEKS = 2000


class IdentityIn(Body):
    """POST /patients, PUT /patients/{id}/identity: everything that identifies the patient."""

    name = Text(required=True)
    date_of_birth = Day(required=True)
    sex = fields.Enum(Sex, by_value=True, required=True)
    zone = Text(required=True, longest=60)
    address = Text(load_default=None, allow_none=True, longest=400)
    phone = Text(load_default=None, allow_none=True, longest=40)
    email = Text(load_default=None, allow_none=True, longest=254, validate=validate.Email())
    mrn = Text(load_default=None, allow_none=True, longest=40)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Details:
        return Details(**data)


class IdentityOut(Body):
    """Who a patient is."""

    id = fields.UUID()
    version_id = fields.UUID()
    version = fields.Integer()
    name = fields.String()
    date_of_birth = fields.Date()
    sex = fields.Enum(Sex, by_value=True)
    zone = fields.String()
    address = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    mrn = fields.String()
    at = Moment()


class PatientSearchIn(Body):
    """POST /patients/search; a search stands in a body, so that no address line ever names a patient."""

    name = Text(load_default=None)
    date_of_birth = Day(load_default=None)
    phone = Text(load_default=None, longest=40)
    mrn = Text(load_default=None, longest=40)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Asked:
        return Asked(**data)


class FoundPage(Body):
    """Patients found, by name."""

    items = fields.List(fields.Nested(IdentityOut(only=("id", "version", "name", "date_of_birth", "sex", "mrn"))))


class NewConsentIn(Body):
    """POST /patients/{id}/consents"""

    kind = fields.Enum(ConsentKind, by_value=True, required=True)
    given = YesNo(required=True)
    document_version = Text(required=True, longest=60)
    occurred_at = Moment(required=True)
    expires_at = Moment(load_default=None, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewConsent:
        fact = ConsentFact(
            kind=data["kind"], given=data["given"], at=data["occurred_at"], expires_at=data["expires_at"]
        )
        return NewConsent(fact=fact, document_version=data["document_version"])


class ConsentOut(Body):
    """A signature or a withdrawal."""

    id = fields.UUID()
    patient = fields.UUID()
    kind = fields.Enum(ConsentKind, by_value=True)
    given = fields.Boolean()
    document_version = fields.String()
    occurred_at = Moment()
    expires_at = Moment(allow_none=True)
    recorded_at = Moment()
    by = fields.UUID()


class AllergyShape(Body):
    """One substance the patient does not bear."""

    substance = Text(required=True)
    reaction = Text(load_default=None, allow_none=True, longest=400)
    severity = fields.Enum(Severity, by_value=True, required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Allergy:
        return Allergy(**data)


class AllergiesIn(Body):
    """POST /patients/{id}/allergies: the whole list."""

    none_known = YesNo(required=True)
    items = fields.List(fields.Nested(AllergyShape()), required=True, validate=validate.Length(0, 100))
    note = Note(load_default=None, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewAllergies:
        return NewAllergies(**data)


class AllergiesOut(Body):
    """The allergy list as taken once."""

    id = fields.UUID()
    patient = fields.UUID()
    none_known = fields.Boolean()
    items = fields.List(fields.Nested(AllergyShape()))
    note = fields.String(allow_none=True)
    at = Moment()


class DiagnosisIn(Body):
    """POST /patients/{id}/diagnoses"""

    code = Text(required=True, longest=8)
    state = fields.Enum(DiagnosisState, by_value=True, required=True)
    since = Day(load_default=None, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewDiagnosis:
        return NewDiagnosis(**data)


class DiagnosisOut(Body):
    """A word about one diagnosis."""

    id = fields.UUID()
    patient = fields.UUID()
    code = fields.String()
    state = fields.Enum(DiagnosisState, by_value=True)
    since = fields.Date(allow_none=True)
    at = Moment()


class NewTrialIn(Body):
    """POST /patients/{id}/trials"""

    drug = Text(required=True)
    daily_dose_mg = MassField(required=True)
    weeks = WholeNumber(least=0, most=MOST_WEEKS, required=True)
    outcome = fields.Enum(TrialOutcome, by_value=True, required=True)
    note = Note(load_default=None, allow_none=True)
    replaces = fields.UUID(load_default=None, allow_none=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewTrial:
        trial = Trial(drug=data["drug"], daily_dose=data["daily_dose_mg"], weeks=data["weeks"], outcome=data["outcome"])
        return NewTrial(trial=trial, note=data["note"], replaces=data["replaces"])


class TrialOut(Body):
    """An antidepressant trial."""

    id = fields.UUID()
    patient = fields.UUID()
    drug = fields.String()
    daily_dose_mg = MassField(attribute="daily_dose")
    weeks = fields.Integer()
    outcome = fields.Enum(TrialOutcome, by_value=True)
    note = fields.String(allow_none=True)
    replaces = fields.UUID(allow_none=True)
    at = Moment()


class EligibilityOut(Body):
    """What the trials say; ``failed`` is null where none was recorded."""

    failed = fields.Integer(allow_none=True)
    needed = fields.Integer()
    met = fields.Boolean()


class RemindersIn(Body):
    """POST /patients/{id}/reminder-preferences"""

    channel = fields.Enum(Channel, by_value=True, required=True)
    wanted = YesNo(required=True)
    language = fields.String(required=True, validate=LANGUAGE)
    verified = YesNo(required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewReminders:
        return NewReminders(**data)


class RemindersOut(Body):
    """A wish for one channel. ``verified`` says that an address was; a changed one must be verified again."""

    id = fields.UUID()
    patient = fields.UUID()
    channel = fields.Enum(Channel, by_value=True)
    wanted = fields.Boolean()
    language = fields.String()
    verified = fields.Function(lambda row: row.verified is not None, metadata={"type": "boolean"})
    at = Moment()


class VisitOut(Body):
    """A visit; its session has the same id."""

    id = fields.UUID()
    site = fields.UUID()
    at = Moment()
    sealed_at = Moment(allow_none=True)


class RecordOut(Body):
    """Everything kept about a patient. ``allergies`` is null where nobody has asked."""

    id = fields.UUID()
    version = fields.Integer()
    identity = fields.Nested(IdentityOut())
    consents = fields.List(fields.Nested(ConsentOut()))
    consents_in_force = fields.List(fields.String())
    allergies = fields.Nested(AllergiesOut(), allow_none=True)
    diagnoses = fields.List(fields.Nested(DiagnosisOut()))
    trials = fields.List(fields.Nested(TrialOut()))
    eligibility = fields.Nested(EligibilityOut())
    reminder_preferences = fields.List(fields.Nested(RemindersOut()))
    visits = fields.List(fields.Nested(VisitOut()))
