"""Rows of doses: the working, the preparation, the pump, what was given."""

from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from clinic_api.database.rows import STRICT, Regulated, Row, refers
from clinic_api.database.types import Code
from clinic_api.dosing.rules.pump import PumpAct
from clinic_api.orders.rules.working import MadeUp
from clinic_api.protocols.rules.dose import WeightBasis
from clinic_api.quantities import Mass, Volume


class DoseWorkingRow(Regulated, Row):
    """Every figure on the way from the order to the pump; a second working supersedes, it never overwrites."""

    __tablename__ = "dose_workings"
    __table_args__ = (
        refers("visit", "visits"),
        refers("series_order", "series_orders"),
        sa.ForeignKeyConstraint(
            ["organisation", "substitution", "visit", "label"],
            [f"substitutions.{name}" for name in ("organisation", "id", "visit", "to_strength")],
            name="fk_dose_workings_substitution",
            use_alter=True,  # a substitution refers to the working that it replaces
        ),
        sa.UniqueConstraint("organisation", "id", "visit", "label"),
        sa.UniqueConstraint("organisation", "substitution"),
        sa.Index("ix_dose_workings_visit", "organisation", "visit"),
        sa.CheckConstraint("drawn > 0", name="something_is_drawn"),
        sa.CheckConstraint("cap is null or ordered <= cap", name="within_the_cap"),
        STRICT,
    )

    visit: Mapped[UUID]
    series_order: Mapped[UUID]
    weight_g: Mapped[int]
    height_mm: Mapped[int | None]
    formula_sex: Mapped[str | None]
    basis: Mapped[WeightBasis] = mapped_column(Code(WeightBasis))
    basis_kg: Mapped[Fraction]
    formula: Mapped[str | None]
    mg_per_kg: Mapped[Fraction]
    effective_mg_per_kg: Mapped[Fraction]
    uncapped: Mapped[Mass]
    cap: Mapped[Mass | None]
    ordered: Mapped[Mass]
    label: Mapped[Fraction]
    drawn_volume: Mapped[Volume]
    drawn: Mapped[Mass]
    diluent_volume: Mapped[Volume | None]
    made_up: Mapped[MadeUp | None] = mapped_column(Code(MadeUp))
    final_volume: Mapped[Volume]
    final: Mapped[Fraction]
    minutes: Mapped[int | None]
    ml_per_h: Mapped[Fraction | None]
    pump_ml_per_h: Mapped[Fraction | None]
    cautions: Mapped[list[str]]
    reasons: Mapped[dict[str, Any]]
    worked_by: Mapped[UUID]
    at: Mapped[datetime]
    substitution: Mapped[UUID | None]


class Substitution(Regulated, Row):
    """Another strength that may stand in for the one of a working: exactly that, once, for as long as that one stands.

    Volumes are of undiluted drug, as they were shown to who authorised it; ``policy`` is the protocol version.
    """

    __tablename__ = "substitutions"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organisation", "working", "visit", "from_strength"],
            [f"dose_workings.{name}" for name in ("organisation", "id", "visit", "label")],
            name="fk_substitutions_working",
        ),
        refers("policy", "policy_versions"),
        refers("authorised_by", "accounts"),
        sa.UniqueConstraint("organisation", "working", "to_strength"),
        sa.UniqueConstraint("organisation", "id", "visit", "to_strength"),
        sa.CheckConstraint("from_strength <> to_strength", name="another_strength"),
        sa.CheckConstraint("from_volume > 0 and to_volume > 0", name="something_is_drawn"),
        sa.CheckConstraint("length(trim(reason)) > 0", name="for_a_reason"),
        sa.Index("ix_substitutions_visit", "organisation", "visit"),
        STRICT,
    )

    visit: Mapped[UUID]
    working: Mapped[UUID]
    from_strength: Mapped[Fraction]
    to_strength: Mapped[Fraction]
    from_volume: Mapped[Volume]
    to_volume: Mapped[Volume]
    policy: Mapped[UUID]
    authorised_by: Mapped[UUID]
    reason: Mapped[str]
    at: Mapped[datetime]


class Preparation(Regulated, Row):
    """Drug drawn from one or more containers and made up for one visit.

    ``source`` is the first of them; ``sources`` says of each its number, lot, expiry, and how much was drawn.
    """

    __tablename__ = "preparations"
    __table_args__ = (
        refers("visit", "visits"),
        refers("working", "dose_workings"),
        refers("syringe", "containers"),
        sa.UniqueConstraint("organisation", "visit"),
        STRICT,
    )

    visit: Mapped[UUID]
    working: Mapped[UUID]
    syringe: Mapped[UUID]
    source: Mapped[UUID]
    drawn: Mapped[Mass]
    drawn_volume: Mapped[Volume]
    final_volume: Mapped[Volume]
    final: Mapped[Fraction]
    made_by: Mapped[UUID]
    at: Mapped[datetime]
    sources: Mapped[list[Any] | None]


class InfusionEvent(Regulated, Row):
    """One thing that was done to the pump, when it happened and when it was written down."""

    __tablename__ = "infusion_events"
    __table_args__ = (
        refers("visit", "visits"),
        sa.Index("ix_infusion_events_visit", "organisation", "visit", "occurred_at"),
        STRICT,
    )

    visit: Mapped[UUID]
    act: Mapped[PumpAct] = mapped_column(Code(PumpAct))
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    ml_per_h: Mapped[Fraction | None]
    by: Mapped[UUID | None]
    device: Mapped[UUID | None]
    late_reason: Mapped[str | None]


class Administration(Regulated, Row):
    """What the patient got, rounded once; with what was wasted and returned it makes up what was drawn."""

    __tablename__ = "administrations"
    __table_args__ = (
        refers("visit", "visits"),
        refers("preparation", "preparations"),
        sa.UniqueConstraint("organisation", "visit"),
        STRICT,
    )

    visit: Mapped[UUID]
    preparation: Mapped[UUID]
    mass: Mapped[Mass]
    volume_ul: Mapped[Fraction]
    running_seconds: Mapped[int]
    started_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime]
    by: Mapped[UUID | None]
    at: Mapped[datetime]
