"""Rows of readings, alerts and scores. A correction is another row; nothing here ever changes."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.monitoring.rules.entries import Source
from clinic_api.monitoring.rules.readings import Confirmation
from clinic_api.protocols.rules.alerts import Tier, When
from clinic_api.protocols.rules.signs import Sign

SIGNS = tuple(str(sign) for sign in Sign)


class ReadingRow(Regulated, Row):
    """One set of readings, as taken: whole numbers in the unit that ends the name; empty is "not read", never 0.

    ``replaces`` makes it the correction of another set of the same visit, which stays beside it. ``by`` is empty
    for an urgent entry on a locked tablet.
    """

    __tablename__ = "readings"
    __table_args__ = (
        refers("visit", "visits"),
        sa.UniqueConstraint("organisation", "visit", "id"),
        sa.UniqueConstraint("organisation", "replaces"),
        sa.Index("ix_readings_visit", "organisation", "visit", "occurred_at"),
        sa.ForeignKeyConstraint(
            ["organisation", "visit", "replaces"],
            ["readings.organisation", "readings.visit", "readings.id"],
            name="fk_replaces_readings",
        ),
        sa.CheckConstraint(f"coalesce({', '.join(SIGNS)}) is not null or not_obtained <> '{{}}'", name="not_empty"),
        sa.CheckConstraint(" and ".join(f"coalesce({sign}, 0) >= 0" for sign in SIGNS), name="not_negative"),
        sa.CheckConstraint(
            "systolic_mmhg is null or diastolic_mmhg is null or systolic_mmhg > diastolic_mmhg", name="in_order"
        ),
        sa.CheckConstraint("(replaces is null) = (reason is null)", name="correction_has_reason"),
        sa.CheckConstraint("by is not null or device is not null", name="somebody_or_a_tablet"),
        STRICT,
    )

    visit: Mapped[UUID]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    systolic_mmhg: Mapped[int | None]
    diastolic_mmhg: Mapped[int | None]
    heart_rate_bpm: Mapped[int | None]
    spo2_percent: Mapped[int | None]
    respiratory_rate_per_min: Mapped[int | None]
    moaas: Mapped[int | None]
    dissociation_nrs: Mapped[int | None]
    distress_nrs: Mapped[int | None]
    not_obtained: Mapped[dict[str, Any]]
    late_reason: Mapped[str | None]
    needs_countersign: Mapped[bool]
    replaces: Mapped[UUID | None]
    reason: Mapped[str | None]
    source: Mapped[Source] = mapped_column(Code(Source))
    by: Mapped[UUID | None]
    device: Mapped[UUID | None]
    device_clock_skew_ms: Mapped[int | None]
    operation: Mapped[UUID | None]


class AlertRow(Regulated, Row):
    """One sign of one set outside its limits, as the protocol of that moment judged it."""

    __tablename__ = "alerts"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organisation", "visit", "reading"],
            ["readings.organisation", "readings.visit", "readings.id"],
            name="fk_reading_readings",
        ),
        sa.UniqueConstraint("organisation", "reading", "sign"),
        sa.Index("ix_alerts_visit", "organisation", "visit"),
        STRICT,
    )

    visit: Mapped[UUID]
    reading: Mapped[UUID]
    sign: Mapped[Sign] = mapped_column(Code(Sign))
    tier: Mapped[Tier] = mapped_column(Code(Tier))
    value: Mapped[int]
    comparison: Mapped[When] = mapped_column(Code(When))
    threshold: Mapped[int]
    baseline: Mapped[int | None]
    confirmed: Mapped[bool]
    at: Mapped[datetime]


class AlertAnswer(Regulated, Row):
    """The tap that answers an alert: real or artefact. The newest counts, so that a wrong tap can be put right."""

    __tablename__ = "alert_answers"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organisation", "reading", "sign"],
            ["alerts.organisation", "alerts.reading", "alerts.sign"],
            name="fk_sign_alerts",
        ),
        sa.ForeignKeyConstraint(
            ["organisation", "visit", "reading"],
            ["readings.organisation", "readings.visit", "readings.id"],
            name="fk_reading_readings",
        ),
        sa.Index("ix_alert_answers_visit", "organisation", "visit"),
        STRICT,
    )

    visit: Mapped[UUID]
    reading: Mapped[UUID]
    sign: Mapped[Sign] = mapped_column(Code(Sign))
    answer: Mapped[Confirmation] = mapped_column(Code(Confirmation))
    by: Mapped[UUID]
    at: Mapped[datetime]


class ScoreRow(Regulated, Row):
    """One scale as it was answered, under the version that was used; ``total`` is empty where too much is missing."""

    __tablename__ = "scores"
    __table_args__ = (
        refers("visit", "visits"),
        refers("patient", "patients"),
        refers("instrument", "policy_versions"),
        sa.Index("ix_scores_visit", "organisation", "visit"),
        sa.Index("ix_scores_patient", "organisation", "patient", "key"),
        sa.CheckConstraint("answered >= 0", name="answered_from_zero"),
        STRICT,
    )

    visit: Mapped[UUID]
    patient: Mapped[UUID]
    instrument: Mapped[UUID]
    key: Mapped[str]
    answers: Mapped[dict[str, Any]]
    total: Mapped[int | None]
    band: Mapped[str | None]
    answered: Mapped[int]
    prorated: Mapped[bool]
    flagged: Mapped[bool]
    safety_answer: Mapped[int | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    late_reason: Mapped[str | None]
    needs_countersign: Mapped[bool]
    by: Mapped[UUID]
    operation: Mapped[UUID | None]
