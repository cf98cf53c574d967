"""Rows of incidents: what already happened though it was not planned so; always recorded, reviewed after."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from clinic_api.database.rows import STRICT, Regulated, Row, refers


class Incident(Regulated, Row):
    """What was done against a rule, in the words of who saw it; ``against`` names the rules by their refusals.

    ``order_due_at`` is until when a missing order is to be attached; None where none was missing, and in old rows.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        refers("container", "containers"),
        refers("visit", "visits"),
        refers("by", "accounts"),
        sa.UniqueConstraint("organisation", "id", "by", "order_missing"),
        sa.Index("ix_incidents_visit", "organisation", "visit"),
        sa.CheckConstraint("occurred_at <= at", name="has_happened"),
        sa.CheckConstraint("order_due_at is null or order_missing", name="waits_for_what_is_missing"),
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
    order_due_at: Mapped[datetime | None]


class AttachedOrder(Regulated, Row):
    """The order that was missing came afterwards. ``id`` is the incident's, so it has one.

    ``author`` recorded the incident; where the prescriber is the same person, ``alone`` says so. The order stands on a
    floor above: whoever attaches it has looked at it, and here the database only knows that it is there.
    """

    __tablename__ = "incident_orders"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["organisation", "id", "author", "order_missing"],
            [f"incidents.{each}" for each in ("organisation", "id", "by", "order_missing")],
            name="fk_incident_orders_incident",
        ),
        refers("series_order", "series_orders"),
        refers("prescriber", "accounts"),
        sa.CheckConstraint("order_missing", name="was_missing"),
        sa.CheckConstraint("(prescriber = author) = alone", name="says_who_was_alone"),
        STRICT,
    )

    author: Mapped[UUID]
    order_missing: Mapped[bool]
    series_order: Mapped[UUID]
    prescriber: Mapped[UUID]
    alone: Mapped[bool]
    due_at: Mapped[datetime]
    at: Mapped[datetime]


class IncidentReview(Regulated, Row):
    """Somebody else has looked at it. ``id`` is the incident's; ``no_order_because`` says why no order will come."""

    __tablename__ = "incident_reviews"
    __table_args__ = (refers("id", "incidents"), refers("reviewer", "accounts"), STRICT)

    finding: Mapped[str]
    reviewer: Mapped[UUID]
    at: Mapped[datetime]
    no_order_because: Mapped[str | None]
