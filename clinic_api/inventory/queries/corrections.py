"""Reading corrections: what a move still stands for, and what was asked to be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.inventory.models.corrections import Correction, Reversal
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import containers
from clinic_api.inventory.queries.disputes import DisputeShown, disputes_of
from clinic_api.inventory.queries.phrases import at_an_end, refers_to
from clinic_api.inventory.rules.corrections import CorrectionState
from clinic_api.quantities import Mass


class NoSuchMove(NotFound):
    """There is no such move here."""


class NoSuchCorrection(NotFound):
    """There is no such correction here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionShown:
    """A correction as both people read it; ``digest`` is what the second one signs.

    Args:
        reversing_move, restated_move: what it put into the ledger; None while it is pending, or where nothing is
            stated anew.
        other_half: of a transfer between own registrations, which is taken back with it.
        other_reversing_move: what took that back.
    """

    id: UUID
    state: CorrectionState
    move: UUID
    mass: Mass
    restated: Mass | None
    reason: str
    digest: str
    by: UUID
    at: datetime
    second: UUID | None
    posted_at: datetime | None
    reversing_move: UUID | None
    restated_move: UUID | None
    other_half: UUID | None
    other_reversing_move: UUID | None
    disputes: Sequence[DisputeShown]


def move(id: UUID) -> Move:
    """A move.

    Raises:
        NoSuchMove: not here.
    """
    row = db.session.execute(sa.select(Move).where(Move.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchMove
    return row


def other_half(row: Move) -> Move | None:
    """The other half of a transfer between own registrations; None for whatever is no half of one."""
    if row.removal is None or row.reverses is not None:
        return None
    query = sa.select(Move).where(Move.removal == row.removal, Move.reverses.is_(None))
    if row.to_container is None:  # what came in continues the number of what it left
        into = refers_to(Move.to_container, Container)
        query = query.join(Container, into).where(Container.parent == row.from_container)
    else:
        query = query.where(Move.from_container == containers.container(row.to_container).parent)
    return db.session.execute(query).scalar_one_or_none()


def correction(id: UUID) -> Correction:
    """A correction, posted or pending.

    Raises:
        NoSuchCorrection: not here.
    """
    row = db.session.execute(sa.select(Correction).where(Correction.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchCorrection
    return row


def posting(correction: UUID) -> Reversal | None:
    """The reversal that a correction was posted as; None while it is pending."""
    return db.session.execute(sa.select(Reversal).where(Reversal.id == correction)).scalar_one_or_none()


def last_reversal(move: UUID) -> Reversal | None:
    """The newest of the reversals of a move, which says how much of it was taken back in all."""
    query = sa.select(Reversal).where(Reversal.original == move).order_by(Reversal.total.desc()).limit(1)
    return db.session.execute(query).scalar_one_or_none()


def past_of(container: UUID) -> Sequence[int]:
    """What came into a container and went out of it, micrograms, in the order in which it happened."""
    query = (
        sa.select(Move.from_container, Move.mass)
        .where(at_an_end([container]))
        .order_by(Move.occurred_at, Move.recorded_at, Move.id)
    )
    return [-row.mass.ug if row.from_container == container else row.mass.ug for row in db.session.execute(query)]


def least_since(container: UUID, moment: datetime) -> Mass:
    """The least that a container has held from a moment on, that moment included: so much could be taken then."""
    query = (
        sa.select(Move.from_container, Move.mass, Move.occurred_at)
        .where(at_an_end([container]))
        .order_by(Move.occurred_at, Move.recorded_at, Move.id)
    )
    before, held, least = 0, 0, []
    for row in db.session.execute(query):
        held += -row.mass.ug if row.from_container == container else row.mass.ug
        if row.occurred_at <= moment:
            before = held
        else:
            least.append(held)
    return Mass(min([before, *least]))


def shown(id: UUID) -> CorrectionShown:
    """A correction as both people read it.

    Raises:
        NoSuchCorrection: not here.
    """
    row, posted = correction(id), posting(id)
    made = _moves_of(row.id)
    other = None if posted is None or posted.other is None else _moves_of(posted.other)[0].id
    return CorrectionShown(
        id=row.id,
        state=CorrectionState.PENDING if posted is None else CorrectionState.POSTED,
        move=row.move,
        mass=row.mass,
        restated=row.restated,
        reason=row.reason,
        digest=row.digest.hex(),
        by=row.by,
        at=row.at,
        second=None if posted is None else posted.second,
        posted_at=None if posted is None else posted.at,
        reversing_move=next((each.id for each in made if each.reversal == row.id), None),
        restated_move=next((each.id for each in made if each.restates == row.id), None),
        other_half=row.other,
        other_reversing_move=other,
        disputes=disputes_of(row.id),
    )


def _moves_of(correction: UUID) -> Sequence[Move]:
    query = sa.select(Move).where(sa.or_(Move.reversal == correction, Move.restates == correction))
    return db.session.execute(query).scalars().all()
