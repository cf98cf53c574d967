"""Reading which containers a discrepancy is about, and which it keeps from use."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from clinic_api.database.rows import db
from clinic_api.inventory.models.discrepancies import (
    DiscrepancyContainer,
    DiscrepancyEvent,
    DiscrepancyHold,
    DiscrepancyRelease,
)
from clinic_api.inventory.queries.phrases import refers_to
from clinic_api.inventory.rules.containment import Measure
from clinic_api.inventory.rules.discrepancies import State


def containers_of(discrepancies: Collection[UUID]) -> Mapping[UUID, Sequence[UUID]]:
    """The containers that each of some discrepancies is about, in the order in which they were linked."""
    query = (
        sa.select(DiscrepancyContainer.discrepancy, DiscrepancyContainer.container)
        .where(DiscrepancyContainer.discrepancy.in_(discrepancies))
        .order_by(DiscrepancyContainer.id)
    )
    return _grouped(query)


def linked(discrepancy: UUID) -> Sequence[UUID]:
    """The containers that a discrepancy is about."""
    return containers_of([discrepancy]).get(discrepancy, ())


def frozen_by(container: UUID) -> UUID | None:
    """The discrepancy that keeps a container from use; None where none does.

    A hold ends with its release, and every hold with its discrepancy.
    """
    query = _holding().where(DiscrepancyHold.container == container).order_by(DiscrepancyHold.id).limit(1)
    row = db.session.execute(query).first()
    return None if row is None else row.discrepancy


def hold_on(discrepancy: UUID, container: UUID) -> DiscrepancyHold | None:
    """The hold that a discrepancy has on a container now."""
    query = (
        sa.select(DiscrepancyHold)
        .outerjoin(DiscrepancyRelease, refers_to(DiscrepancyHold.id, DiscrepancyRelease))
        .where(DiscrepancyHold.discrepancy == discrepancy, DiscrepancyHold.container == container)
        .where(DiscrepancyHold.measure == Measure.FREEZE, DiscrepancyRelease.id.is_(None))
        .order_by(DiscrepancyHold.id)
        .limit(1)
    )
    return db.session.execute(query).scalar_one_or_none()


def frozen_in(discrepancies: Collection[UUID]) -> Mapping[UUID, Sequence[UUID]]:
    """The containers that each of some discrepancies keeps from use now."""
    query = _holding().where(DiscrepancyHold.discrepancy.in_(discrepancies)).order_by(DiscrepancyHold.id)
    return _grouped(query)


def _holding() -> Any:
    """Holds that are in force."""
    closed = aliased(DiscrepancyEvent)
    over = (
        sa.select(closed.id)
        .where(
            closed.organisation == DiscrepancyHold.organisation,
            closed.discrepancy == DiscrepancyHold.discrepancy,
            closed.to_state == State.CLOSED,
        )
        .exists()
    )
    holds: Any = sa.select(DiscrepancyHold.discrepancy, DiscrepancyHold.container)
    return holds.outerjoin(DiscrepancyRelease, refers_to(DiscrepancyHold.id, DiscrepancyRelease)).where(
        DiscrepancyHold.measure == Measure.FREEZE, DiscrepancyRelease.id.is_(None), ~over
    )


def _grouped(query: Any) -> Mapping[UUID, Sequence[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.discrepancy, []).append(row.container)
    return found
