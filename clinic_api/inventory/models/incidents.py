"""Rows of incidents: what already happened though it was not planned so; always recorded, reviewed after."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from clinic_api.database.rows import STRICT, Regulated, Row, refers


class Incident(Regulated, Row):
    """What was done against a rule, in the words of who saw it; ``against`` names the rules by their refusals."""

    __tablename__ = "incidents"
    __table_args__ = (
        refers("container", "containers"),
        refers("visit", "visits"),
        refers("by", "accounts"),
        sa.Index("ix_incidents_visit", "organisation", "visit"),
        sa.CheckConstraint("occurred_at <= at", name="has_happened"),
        STRICT,
    )

    container: Mapped[UUID]
    visit: Mapped[UUID | None]
    against: Mapped[list[Any]]
    what_happened: Mapped[str]
    order_missing: Mapped[bool]
    by: Mapped[UUID]
    occurred_at: Mapped[datetime]
    at: Mapped[datetime]


class IncidentReview(Regulated, Row):
    """Somebody else has looked at it. ``id`` is the incident's."""

    __tablename__ = "incident_reviews"
    __table_args__ = (refers("id", "incidents"), refers("reviewer", "accounts"), STRICT)

    finding: Mapped[str]
    reviewer: Mapped[UUID]
    at: Mapped[datetime]
