"""Reading doses."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.gather import by
from clinic_api.database.rows import db
from clinic_api.dosing.models import Administration, DoseWorkingRow, InfusionEvent, Preparation, Substitution
from clinic_api.dosing.rules.pump import PumpEvent

#: What a dose leaves behind in a visit, for a statement that binds ``visit``.
HANGING: Final = {
    "workings": by("visit", DoseWorkingRow),
    "substitutions": by("visit", Substitution),
    "preparations": by("visit", Preparation),
    "pump_events": by("visit", InfusionEvent, order=("occurred_at", "id")),
    "administrations": by("visit", Administration),
}


def working_of(visit: UUID) -> DoseWorkingRow | None:
    """The newest working of a visit."""
    query = sa.select(DoseWorkingRow).where(DoseWorkingRow.visit == visit).order_by(DoseWorkingRow.id.desc()).limit(1)
    return db.session.execute(query).scalar_one_or_none()


def working(id: UUID) -> DoseWorkingRow:
    """The working a preparation was made from."""
    return db.session.execute(sa.select(DoseWorkingRow).where(DoseWorkingRow.id == id)).scalar_one()


def workings_of(visit: UUID) -> Sequence[DoseWorkingRow]:
    """Every working of a visit, oldest first."""
    query = sa.select(DoseWorkingRow).where(DoseWorkingRow.visit == visit).order_by(DoseWorkingRow.id)
    return db.session.execute(query).scalars().all()


def substitutions_of(visit: UUID) -> Sequence[Substitution]:
    """Every other strength that was authorised for a visit, oldest first."""
    query = sa.select(Substitution).where(Substitution.visit == visit).order_by(Substitution.id)
    return db.session.execute(query).scalars().all()


def preparation_of(visit: UUID) -> Preparation | None:
    """What was drawn up for a visit."""
    return db.session.execute(sa.select(Preparation).where(Preparation.visit == visit)).scalar_one_or_none()


def administration_of(visit: UUID) -> Administration | None:
    """What the patient got, once the infusion has ended."""
    return db.session.execute(sa.select(Administration).where(Administration.visit == visit)).scalar_one_or_none()


def events(visit: UUID) -> Sequence[InfusionEvent]:
    """What was done to the pump, in the order in which it happened."""
    query = (
        sa.select(InfusionEvent)
        .where(InfusionEvent.visit == visit)
        .order_by(InfusionEvent.occurred_at, InfusionEvent.id)
    )
    return db.session.execute(query).scalars().all()


def pump_events(visit: UUID) -> list[PumpEvent]:
    """The same as the rules read it."""
    return as_pump_events(events(visit))


def as_pump_events(rows: Sequence[Any]) -> list[PumpEvent]:
    """What was done to the pump, as the rules read it."""
    return [PumpEvent(row.act, row.occurred_at, row.ml_per_h) for row in rows]


def visits_used(order: UUID, *, without: UUID) -> int:
    """How many other visits have had a dose prepared under an order."""
    query = (
        sa.select(sa.func.count(sa.distinct(Preparation.visit)))
        .join(
            DoseWorkingRow,
            sa.and_(DoseWorkingRow.organisation == Preparation.organisation, DoseWorkingRow.id == Preparation.working),
        )
        .where(DoseWorkingRow.series_order == order, Preparation.visit != without)
    )
    return int(db.session.execute(query).scalar_one())


def last_working_of_patient(visits: Sequence[UUID]) -> DoseWorkingRow | None:
    """The newest working among a patient's other visits: what today's weight and dose are compared with."""
    query = (
        sa.select(DoseWorkingRow).where(DoseWorkingRow.visit.in_(visits)).order_by(DoseWorkingRow.id.desc()).limit(1)
    )
    return db.session.execute(query).scalar_one_or_none()
