"""Reading incidents: what happened against a rule, and what still waits for its review."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.inventory.models.incidents import Incident, IncidentReview
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries.phrases import refers_to


class NoSuchIncident(NotFound):
    """There is no such incident here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentShown:
    """An incident with its moves and, once somebody has looked at it, its review."""

    id: UUID
    container: UUID
    container_label: str
    visit: UUID | None
    against: Sequence[str]
    what_happened: str
    order_missing: bool
    by: UUID
    occurred_at: datetime
    at: datetime
    moves: Sequence[UUID]
    syringe: UUID | None
    finding: str | None
    reviewer: UUID | None
    reviewed_at: datetime | None


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


def shown(id: UUID) -> IncidentShown:
    """An incident with its moves and its review.

    Raises:
        NoSuchIncident: not here.
    """
    incident(id)
    return _shown(db.session.execute(_rows().where(Incident.id == id)).one())


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
    return [_shown(row) for row in db.session.execute(query)]


def _rows() -> sa.Select[Any]:
    return (
        sa.select(Incident)
        .add_columns(Container.label, IncidentReview)
        .join(Container, refers_to(Incident.container, Container))
        .outerjoin(IncidentReview, refers_to(Incident.id, IncidentReview))
    )


def _shown(row: sa.Row[Any]) -> IncidentShown:
    kept, review = row.Incident, row.IncidentReview
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
        by=kept.by,
        occurred_at=kept.occurred_at,
        at=kept.at,
        moves=[each.id for each in moves],
        syringe=next((each.syringe for each in moves if each.syringe is not None), None),
        finding=None if review is None else review.finding,
        reviewer=None if review is None else review.reviewer,
        reviewed_at=None if review is None else review.at,
    )
