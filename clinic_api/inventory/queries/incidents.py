"""Reading incidents: what happened against a rule, and what still waits for its review."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.database.scope import scope
from clinic_api.errors import NotFound
from clinic_api.inventory.models.incidents import AttachedOrder, Incident, IncidentReview
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries.phrases import refers_to
from clinic_api.inventory.rules.incidents import OrderStanding, standing_of_order


class NoSuchIncident(NotFound):
    """There is no such incident here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentShown:
    """An incident with its moves, what became of a missing order and, once somebody has looked at it, its review.

    Args:
        order_due_at: until when a missing order is attached in time, UTC; None where none was missing.
        order_alone: who recorded the incident attached the order too, as the practice profile lets them.
    """

    id: UUID
    container: UUID
    container_label: str
    visit: UUID | None
    against: Sequence[str]
    what_happened: str
    order_missing: bool
    order_standing: OrderStanding
    order_due_at: datetime | None
    order: UUID | None
    ordered_by: UUID | None
    order_attached_at: datetime | None
    order_alone: bool | None
    by: UUID
    occurred_at: datetime
    at: datetime
    moves: Sequence[UUID]
    syringe: UUID | None
    finding: str | None
    reviewer: UUID | None
    reviewed_at: datetime | None
    no_order_because: str | None


def incident(id: UUID) -> Incident:
    """An incident.

    Raises:
        NoSuchIncident: not here.
    """
    row = db.session.execute(sa.select(Incident).where(Incident.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchIncident
    return row


def review(id: UUID) -> IncidentReview | None:
    """The review of an incident; None while nobody else has looked at it."""
    return db.session.execute(sa.select(IncidentReview).where(IncidentReview.id == id)).scalar_one_or_none()


def attached(id: UUID) -> AttachedOrder | None:
    """The order that was attached to an incident; None while none was."""
    return db.session.execute(sa.select(AttachedOrder).where(AttachedOrder.id == id)).scalar_one_or_none()


def order_due_at(row: Incident, *, within: timedelta) -> datetime:
    """Until when a missing order is attached in time, UTC: as the profile said when it was recorded.

    Args:
        within: what the profile says now, for rows that are older than that they say it themselves.
    """
    return row.order_due_at or row.at + within


def shown(id: UUID) -> IncidentShown:
    """An incident with its moves and its review.

    Raises:
        NoSuchIncident: not here.
    """
    incident(id)
    return _shown(db.session.execute(_rows().where(Incident.id == id)).one(), clinics.profile().order_attached_within)


def page(*, after: UUID | None, limit: int, unreviewed: bool) -> Sequence[IncidentShown]:
    """Incidents, oldest first; one more than ``limit`` says that there is more.

    Args:
        unreviewed: only those that nobody else has looked at: the review list.
    """
    query = _rows().order_by(Incident.id).limit(limit + 1)
    if after is not None:
        query = query.where(Incident.id > after)
    if unreviewed:
        query = query.where(IncidentReview.id.is_(None))
    within = clinics.profile().order_attached_within
    return [_shown(row, within) for row in db.session.execute(query).all()]


def _rows() -> sa.Select[Any]:
    return (
        sa.select(Incident)
        .add_columns(Container.label, IncidentReview, AttachedOrder)
        .join(Container, refers_to(Incident.container, Container))
        .outerjoin(IncidentReview, refers_to(Incident.id, IncidentReview))
        .outerjoin(AttachedOrder, refers_to(Incident.id, AttachedOrder))
    )


def _shown(row: sa.Row[Any], within: timedelta) -> IncidentShown:
    kept, review, order = row.Incident, row.IncidentReview, row.AttachedOrder
    due_at = order_due_at(kept, within=within)
    query = sa.select(Move.id, Move.syringe).where(Move.incident == kept.id).order_by(Move.id)
    moves = db.session.execute(query).all()
    return IncidentShown(
        id=kept.id,
        container=kept.container,
        container_label=row.label,
        visit=kept.visit,
        against=kept.against,
        what_happened=kept.what_happened,
        order_missing=kept.order_missing,
        order_standing=standing_of_order(
            missing=kept.order_missing,
            due_at=due_at,
            attached_at=None if order is None else order.at,
            given_up=review is not None,
            at=scope().at,
        ),
        order_due_at=due_at if kept.order_missing else None,
        order=None if order is None else order.series_order,
        ordered_by=None if order is None else order.prescriber,
        order_attached_at=None if order is None else order.at,
        order_alone=None if order is None else order.alone,
        by=kept.by,
        occurred_at=kept.occurred_at,
        at=kept.at,
        moves=[each.id for each in moves],
        syringe=next((each.syringe for each in moves if each.syringe is not None), None),
        finding=None if review is None else review.finding,
        reviewer=None if review is None else review.reviewer,
        reviewed_at=None if review is None else review.at,
        no_order_because=None if review is None else review.no_order_because,
    )
