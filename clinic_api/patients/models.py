"""Rows about patients. Who a patient is stands sealed in ``identity_versions`` alone; free notes are sealed too."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import CHANGES, STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.patients.rules.consents import ConsentFact, ConsentKind
from clinic_api.patients.rules.history import Allergies, Allergy, DiagnosisState, KeptTrial, Severity, TrialOutcome
from clinic_api.patients.rules.reminders import Channel
from clinic_api.quantities import Mass


class Patient(Regulated, Row):
    """A person who is treated, without saying who; ``mrn`` is the record number's search token."""

    __tablename__ = "patients"
    __table_args__ = (sa.UniqueConstraint("organisation", "mrn"), STRICT)

    mrn: Mapped[bytes] = mapped_column(info=CHANGES)
    at: Mapped[datetime]
    by: Mapped[UUID]


class IdentityVersion(Regulated, Row):
    """Who the patient is, as of one version: one sealed blob, bound to its row."""

    __tablename__ = "identity_versions"
    __table_args__ = (
        refers("patient", "patients"),
        sa.UniqueConstraint("organisation", "patient", "version"),
        sa.CheckConstraint("version > 0", name="version_from_one"),
        STRICT,
    )

    patient: Mapped[UUID]
    version: Mapped[int]
    sealed: Mapped[bytes]
    at: Mapped[datetime]
    by: Mapped[UUID]


class SearchToken(Row):
    """A keyed hash of one thing a patient can be found by; says nothing to whoever lacks the key."""

    __tablename__ = "search_tokens"
    __table_args__ = (
        refers("identity_version", "identity_versions"),
        sa.Index("ix_search_tokens_token", "organisation", "token"),
        STRICT,
    )

    identity_version: Mapped[UUID]
    token: Mapped[bytes]


class Consent(Regulated, Row):
    """One signature or withdrawal under one version of one document; the newest word of a kind counts."""

    __tablename__ = "consents"
    __table_args__ = (
        refers("patient", "patients"),
        sa.Index("ix_consents_patient", "organisation", "patient"),
        sa.CheckConstraint("expires_at is null or expires_at > occurred_at", name="forward"),
        STRICT,
    )

    patient: Mapped[UUID]
    kind: Mapped[ConsentKind] = mapped_column(Code(ConsentKind))
    given: Mapped[bool]
    document_version: Mapped[str]
    occurred_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    by: Mapped[UUID]

    @property
    def fact(self) -> ConsentFact:
        """What the rules ask about; a tablet's clock that ran ahead makes no gap."""
        at = min(self.occurred_at, self.recorded_at)
        return ConsentFact(kind=self.kind, given=self.given, at=at, expires_at=self.expires_at)


class AllergyList(Regulated, Row):
    """The whole list as it was taken once, or that none is known; the newest counts."""

    __tablename__ = "allergies"
    __table_args__ = (
        refers("patient", "patients"),
        sa.Index("ix_allergies_patient", "organisation", "patient"),
        sa.CheckConstraint("none_known = (items = '[]')", name="none_or_some"),
        STRICT,
    )

    patient: Mapped[UUID]
    none_known: Mapped[bool]
    items: Mapped[list[Any]]
    note: Mapped[bytes | None]
    at: Mapped[datetime]
    by: Mapped[UUID]

    def told(self, note: str | None) -> Allergies:
        """As the rules read it, with its note out of the seal."""
        return Allergies(
            id=self.id,
            patient=self.patient,
            none_known=self.none_known,
            items=tuple(Allergy(**(each | {"severity": Severity(each["severity"])})) for each in self.items),
            note=note,
            at=self.at,
        )


class Diagnosis(Regulated, Row):
    """One ICD-10-CM code and whether it holds; the newest word about a code counts."""

    __tablename__ = "diagnoses"
    __table_args__ = (
        refers("patient", "patients"),
        sa.Index("ix_diagnoses_patient", "organisation", "patient"),
        STRICT,
    )

    patient: Mapped[UUID]
    code: Mapped[str]
    state: Mapped[DiagnosisState] = mapped_column(Code(DiagnosisState))
    since: Mapped[date | None]
    at: Mapped[datetime]
    by: Mapped[UUID]


class TrialRow(Regulated, Row):
    """One antidepressant trial; a correction replaces it and stands beside it."""

    __tablename__ = "trials"
    __table_args__ = (
        refers("patient", "patients"),
        refers("replaces", "trials"),
        sa.UniqueConstraint("organisation", "replaces"),
        sa.Index("ix_trials_patient", "organisation", "patient"),
        sa.CheckConstraint("daily_dose > 0", name="some_dose"),
        sa.CheckConstraint("weeks >= 0", name="weeks_from_zero"),
        STRICT,
    )

    patient: Mapped[UUID]
    drug: Mapped[str]
    daily_dose: Mapped[Mass]
    weeks: Mapped[int]
    outcome: Mapped[TrialOutcome] = mapped_column(Code(TrialOutcome))
    note: Mapped[bytes | None]
    replaces: Mapped[UUID | None]
    at: Mapped[datetime]
    by: Mapped[UUID]

    def told(self, note: str | None) -> KeptTrial:
        """As the rules read it, with its note out of the seal."""
        return KeptTrial(
            id=self.id,
            patient=self.patient,
            drug=self.drug,
            daily_dose=self.daily_dose,
            weeks=self.weeks,
            outcome=self.outcome,
            note=note,
            replaces=self.replaces,
            at=self.at,
        )


class ReminderPreference(Regulated, Row):
    """Whether a patient wants reminders by a channel, in which language, and which address was verified.

    ``verified`` is the search token of that address: an address changed since is no longer verified.
    """

    __tablename__ = "reminder_preferences"
    __table_args__ = (
        refers("patient", "patients"),
        sa.Index("ix_reminder_preferences_patient", "organisation", "patient"),
        STRICT,
    )

    patient: Mapped[UUID]
    channel: Mapped[Channel] = mapped_column(Code(Channel))
    wanted: Mapped[bool]
    language: Mapped[str]
    verified: Mapped[bytes | None]
    at: Mapped[datetime]
    by: Mapped[UUID]


class Visit(Regulated, Row):
    """A day's visit of a patient at a site: what readings, moves and orders hang on. Its session shares its id."""

    __tablename__ = "visits"
    __table_args__ = (
        refers("patient", "patients"),
        refers("site", "sites"),
        sa.Index("ix_visits_patient", "organisation", "patient"),
        STRICT,
    )

    patient: Mapped[UUID]
    site: Mapped[UUID]
    at: Mapped[datetime]
    by: Mapped[UUID]
    sealed_at: Mapped[datetime | None] = mapped_column(info=CHANGES)
