"""Reading who holds the keys and the code of a location, and who held them before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.accounts import queries as people
from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.inventory.models.custody import HandOver, KeyAcceptance
from clinic_api.inventory.queries import counts, storage
from clinic_api.inventory.queries.phrases import refers_to
from clinic_api.inventory.queries.tracing import Part
from clinic_api.inventory.rules.custody import CountMade, Holder, Means


class NoSuchHandOver(NotFound):
    """There is no such hand-over here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverShown:
    """A hand-over, accepted or not."""

    id: UUID
    location: UUID
    means: Means
    held_by: UUID | None
    count: UUID | None
    reason: str | None
    by: UUID
    by_name: str
    at: datetime
    holder: UUID | None
    holder_name: str | None
    accepted_at: datetime | None


def hand_over(id: UUID) -> HandOver:
    """A hand-over.

    Raises:
        NoSuchHandOver: not here.
    """
    row = db.session.execute(sa.select(HandOver).where(HandOver.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchHandOver
    return row


def accepted(id: UUID) -> bool:
    """Whether a hand-over was accepted."""
    return db.session.execute(sa.select(KeyAcceptance.id).where(KeyAcceptance.id == id)).first() is not None


def holder(location: UUID, means: Means) -> Holder | None:
    """Who holds the keys or the code of a location now; None before anybody accepted them."""
    query = (
        sa.select(KeyAcceptance)
        .where(KeyAcceptance.location == location, KeyAcceptance.means == means)
        .order_by(KeyAcceptance.after.desc())
        .limit(1)
    )
    row = db.session.execute(query).scalar_one_or_none()
    if row is None:
        return None
    name = people.account(row.holder).name
    return Holder(means=means, number=row.after + 1, account=row.holder, name=name, since=row.at)


def holders(location: UUID) -> Sequence[Holder]:
    """Who holds the keys and who the code.

    Raises:
        NoSuchLocation: not here.
    """
    place = storage.location(location).id
    return [held for means in Means if (held := holder(place, means)) is not None]


def shown(id: UUID) -> HandOverShown:
    """A hand-over, accepted or not.

    Raises:
        NoSuchHandOver: not here.
    """
    return _shown(db.session.execute(_log().where(HandOver.id == hand_over(id).id)).all())[0]


def log(location: UUID, *, part: Part) -> Sequence[HandOverShown]:
    """The hand-overs of a location, oldest first.

    Raises:
        NoSuchLocation: not here.
    """
    query = _log().where(HandOver.location == storage.location(location).id)
    return _shown(db.session.execute(part.of(query, HandOver.id)).all())


def count_made(id: UUID) -> CountMade:
    """The count that a hand-over refers to.

    Raises:
        NoSuchCount: not here.
    """
    row, sheet = counts.count(id), counts.sheet(id)
    entered_at = None if sheet is None else sheet.at
    return CountMade(location=row.location, state=counts.state(row), entered_at=entered_at)


def _log() -> sa.Select[Any]:
    acceptance = refers_to(HandOver.id, KeyAcceptance)
    return sa.select(HandOver).add_columns(KeyAcceptance).outerjoin(KeyAcceptance, acceptance)


def _shown(rows: Sequence[sa.Row[Any]]) -> Sequence[HandOverShown]:
    takers = [row.KeyAcceptance.holder for row in rows if row.KeyAcceptance is not None]
    names = people.names([*(row.HandOver.by for row in rows), *takers])
    return [_line(row.HandOver, row.KeyAcceptance, names) for row in rows]


def _line(given: HandOver, taken: KeyAcceptance | None, names: dict[UUID, str]) -> HandOverShown:
    return HandOverShown(
        id=given.id,
        location=given.location,
        means=given.means,
        held_by=given.held_by,
        count=given.count,
        reason=given.reason,
        by=given.by,
        by_name=names[given.by],
        at=given.at,
        holder=None if taken is None else taken.holder,
        holder_name=None if taken is None else names[taken.holder],
        accepted_at=None if taken is None else taken.at,
    )
