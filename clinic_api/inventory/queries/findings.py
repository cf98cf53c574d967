"""Reading what people decided about a discrepancy."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.inventory.models.discrepancies import Discrepancy
from clinic_api.inventory.models.findings import (
    DiscrepancyAdjustment,
    DiscrepancyApproval,
    DiscrepancyClosing,
    DiscrepancyDetermination,
    DiscrepancyForm,
    DiscrepancyNotice,
    DiscrepancyReview,
)
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.queries import discrepancies, discrepancy_policy
from clinic_api.inventory.queries.phrases import refers_to
from clinic_api.inventory.rules.closing import Standing
from clinic_api.inventory.rules.discrepancies import State
from clinic_api.inventory.rules.form_106 import still_missing


class NoSuchAdjustment(NotFound):
    """There is no such adjustment here."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A proposed adjustment, and its approval if it was given."""

    proposed: DiscrepancyAdjustment
    approval: DiscrepancyApproval | None


def determinations_of(discrepancy: UUID) -> Sequence[DiscrepancyDetermination]:
    """What was determined, oldest first; the newest counts."""
    query = sa.select(DiscrepancyDetermination).where(DiscrepancyDetermination.discrepancy == discrepancy)
    return db.session.execute(query.order_by(DiscrepancyDetermination.id)).scalars().all()


def notices_of(discrepancy: UUID) -> Sequence[DiscrepancyNotice]:
    """What was sent, oldest first."""
    query = sa.select(DiscrepancyNotice).where(DiscrepancyNotice.discrepancy == discrepancy)
    return db.session.execute(query.order_by(DiscrepancyNotice.id)).scalars().all()


def newest_form(discrepancy: UUID) -> DiscrepancyForm | None:
    """The data of Form 106 as they were written last."""
    query = (
        sa.select(DiscrepancyForm)
        .where(DiscrepancyForm.discrepancy == discrepancy)
        .order_by(DiscrepancyForm.version.desc())
        .limit(1)
    )
    return db.session.execute(query).scalar_one_or_none()


def missing_on_form(row: Discrepancy) -> tuple[str, ...]:
    """The fields of Form 106 that are asked and not answered."""
    form = newest_form(row.id)
    answers = {} if form is None else discrepancies.opened(form)
    return still_missing(discrepancy_policy.form(), answers, registration=discrepancies.registration_of(row))


def adjustments_of(discrepancy: UUID) -> Sequence[Adjustment]:
    """What was proposed, oldest first, each with its approval."""
    query = (
        sa.select(DiscrepancyAdjustment, DiscrepancyApproval)
        .outerjoin(DiscrepancyApproval, refers_to(DiscrepancyAdjustment.id, DiscrepancyApproval))
        .where(DiscrepancyAdjustment.discrepancy == discrepancy)
        .order_by(DiscrepancyAdjustment.id)
    )
    return [Adjustment(*row) for row in db.session.execute(query)]


def adjustment(id: UUID) -> Adjustment:
    """A proposed adjustment.

    Raises:
        NoSuchAdjustment: not here.
    """
    query = (
        sa.select(DiscrepancyAdjustment, DiscrepancyApproval)
        .outerjoin(DiscrepancyApproval, refers_to(DiscrepancyAdjustment.id, DiscrepancyApproval))
        .where(DiscrepancyAdjustment.id == id)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NoSuchAdjustment
    return Adjustment(*row)


def adjusting_move(discrepancy: UUID) -> UUID | None:
    """The last move that an approved adjustment of a discrepancy made; None where there is none."""
    approved = [each.proposed.id for each in adjustments_of(discrepancy) if each.approval is not None]
    query = sa.select(Move.id).where(Move.adjustment.in_(approved)).order_by(Move.id.desc()).limit(1)
    return db.session.execute(query).scalar_one_or_none()


def standing(row: Discrepancy, state: State) -> Standing:
    """What a file holds when somebody wants to close it."""
    determined = determinations_of(row.id)
    return Standing(
        state=state,
        evidence=len(discrepancies.evidence_of(row.id)),
        finding=determined[-1].finding if determined else None,
        notices=[notice.kind for notice in notices_of(row.id)],
        missing=missing_on_form(row),
    )


def closing(discrepancy: UUID) -> DiscrepancyClosing | None:
    """How it was closed; None while it is open."""
    query = sa.select(DiscrepancyClosing).where(DiscrepancyClosing.id == discrepancy)
    return db.session.execute(query).scalar_one_or_none()


def review(discrepancy: UUID) -> DiscrepancyReview | None:
    """The review from outside, if it was made."""
    query = sa.select(DiscrepancyReview).where(DiscrepancyReview.id == discrepancy)
    return db.session.execute(query).scalar_one_or_none()
