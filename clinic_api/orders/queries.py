"""Reading orders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.gather import Kind
from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.orders.models import SeriesOrderRow
from clinic_api.orders.rules.series import OrderState
from clinic_api.signatures import queries as signatures
from clinic_api.signatures.rules import Meaning

#: States in which a dose may be given under the order.
IN_FORCE = (OrderState.ACTIVE, OrderState.VERBAL)


class NoSuchOrder(NotFound):
    """There is no such order here."""


def order(id: UUID) -> SeriesOrderRow:
    """An order.

    Raises:
        NoSuchOrder: not in this organisation.
    """
    row = db.session.execute(sa.select(SeriesOrderRow).where(SeriesOrderRow.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchOrder
    return row


def signer(id: UUID) -> UUID | None:
    """The prescriber who signed an order; None while nobody has."""
    return next((each.signer for each in signatures.attestations_of(id) if each.meaning is Meaning.ORDERED), None)


def order_of(id: sa.ScalarSelect[Any]) -> Kind:
    """The order, if any, for a statement that knows its id."""
    return Kind(SeriesOrderRow.__table__, SeriesOrderRow.__table__.c.id == id)


def orders_of(patient: UUID) -> Sequence[SeriesOrderRow]:
    """A patient's orders, newest first."""
    query = sa.select(SeriesOrderRow).where(SeriesOrderRow.patient == patient).order_by(SeriesOrderRow.id.desc())
    return db.session.execute(query).scalars().all()


def active_order(patient: UUID, *, at: datetime) -> SeriesOrderRow | None:
    """The newest order in force for a patient at a moment."""
    query = (
        sa.select(SeriesOrderRow)
        .where(
            SeriesOrderRow.patient == patient,
            SeriesOrderRow.state.in_(IN_FORCE),
            SeriesOrderRow.valid_until > at,
        )
        .order_by(SeriesOrderRow.id.desc())
        .limit(1)
    )
    return db.session.execute(query).scalar_one_or_none()


def in_force(patient: UUID, protocol: UUID) -> Sequence[SeriesOrderRow]:
    """The orders that a newly signed one of the same protocol replaces."""
    query = sa.select(SeriesOrderRow).where(
        SeriesOrderRow.patient == patient,
        SeriesOrderRow.protocol == protocol,
        SeriesOrderRow.state.in_(IN_FORCE),
    )
    return db.session.execute(query).scalars().all()
