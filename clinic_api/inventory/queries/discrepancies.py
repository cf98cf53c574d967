"""Reading discrepancies: where each stands, what it is about, and what it keeps from use."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from clinic_api.database.keys import Place, seal, unseal
from clinic_api.database.rows import Row, db
from clinic_api.errors import NotFound
from clinic_api.inventory.models.counts import CountEntry
from clinic_api.inventory.models.discrepancies import (
    Discrepancy,
    DiscrepancyContainer,
    DiscrepancyEvent,
    DiscrepancyEvidence,
    RefusedTake,
)
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import holds, parts
from clinic_api.inventory.queries.phrases import refers_to
from clinic_api.inventory.rules.discrepancies import UNSETTLED, Act, Origin, State
from clinic_api.inventory.rules.investigating import EvidenceKind


class NoSuchDiscrepancy(NotFound):
    """There is no such discrepancy here."""


class NoSuchRefusedDraw(NotFound):
    """No act under this key was refused for want of drug."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which discrepancies: of one site, state, origin, owner or container, where these are named."""

    site: UUID | None = None
    state: State | None = None
    origin: Origin | None = None
    owner: UUID | None = None
    container: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyShown:
    """A discrepancy at a glance; what people said about it stands in its file.

    Args:
        frozen: the containers that are kept from use because of it.
    """

    id: UUID
    origin: Origin
    state: State
    owner: UUID | None
    site: UUID
    registration: UUID | None
    subject_table: str | None
    subject: UUID | None
    variance_ug: int | None
    variance_found_at: datetime
    detected_at: datetime
    detected_by: UUID | None
    containers: Sequence[UUID]
    frozen: Sequence[UUID]


#: The newest act of each discrepancy: where it stands.
_LAST: Final[Any] = aliased(DiscrepancyEvent)


def discrepancy(id: UUID) -> Discrepancy:
    """A discrepancy.

    Raises:
        NoSuchDiscrepancy: not here.
    """
    row = db.session.execute(sa.select(Discrepancy).where(Discrepancy.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchDiscrepancy
    return row


def last_event(discrepancy: UUID) -> DiscrepancyEvent:
    """The newest act: where the discrepancy stands and who answers for it."""
    query = (
        sa.select(DiscrepancyEvent)
        .where(DiscrepancyEvent.discrepancy == discrepancy)
        .order_by(DiscrepancyEvent.number.desc())
        .limit(1)
    )
    return db.session.execute(query).scalar_one()


def came_up_at(row: Discrepancy) -> datetime:
    """Since when the house's clocks run: since it came up, or since it was last taken up again."""
    query = sa.select(DiscrepancyEvent.at).where(
        DiscrepancyEvent.discrepancy == row.id, DiscrepancyEvent.act == Act.REOPEN
    )
    again = db.session.execute(query.order_by(DiscrepancyEvent.number.desc()).limit(1)).scalar_one_or_none()
    return again or row.at


def first_counters(row: Discrepancy) -> Sequence[UUID]:
    """Who made the count that showed a discrepancy; nobody where no count did."""
    count = db.session.execute(sa.select(CountEntry.count).where(CountEntry.id == row.subject)).scalar_one_or_none()
    return [] if count is None else parts.counters(count)


def counted_in(count: UUID) -> set[UUID]:
    """The containers that a count has an entry about."""
    return set(db.session.execute(sa.select(CountEntry.container).where(CountEntry.count == count)).scalars())


def about(table: str, subject: UUID) -> Discrepancy | None:
    """The discrepancy that a record showed, if it did."""
    query = sa.select(Discrepancy).where(Discrepancy.subject_table == table, Discrepancy.subject == subject)
    return db.session.execute(query).scalar_one_or_none()


def unsettled(container: UUID, origin: Origin) -> Discrepancy | None:
    """The discrepancy of an origin about a container that nobody has settled yet; the oldest."""
    asked = Asked(container=container, origin=origin)
    query = _narrowed(_standing(), asked).where(_LAST.to_state.in_(UNSETTLED)).order_by(Discrepancy.id).limit(1)
    row = db.session.execute(query).first()
    return None if row is None else row[0]


def shown(id: UUID) -> DiscrepancyShown:
    """A discrepancy at a glance.

    Raises:
        NoSuchDiscrepancy: not here.
    """
    row, last = discrepancy(id), last_event(id)
    return _shown(row, last, holds.containers_of([id]).get(id, ()), holds.frozen_in([id]).get(id, ()))


def page(asked: Asked, *, after: UUID | None, limit: int) -> Sequence[DiscrepancyShown]:
    """Discrepancies in the order in which they came up; one more than ``limit`` says that there is more."""
    query = _narrowed(_standing(), asked).order_by(Discrepancy.id).limit(limit + 1)
    if after is not None:
        query = query.where(Discrepancy.id > after)
    rows = db.session.execute(query).all()
    ids = [row[0].id for row in rows]
    containers, frozen = holds.containers_of(ids), holds.frozen_in(ids)
    return [_shown(row, last, containers.get(row.id, ()), frozen.get(row.id, ())) for row, last in rows]


def evidence_of(discrepancy: UUID) -> Sequence[DiscrepancyEvidence]:
    """What lies in the file, oldest first."""
    query = sa.select(DiscrepancyEvidence).where(DiscrepancyEvidence.discrepancy == discrepancy)
    return db.session.execute(query.order_by(DiscrepancyEvidence.id)).scalars().all()


def counted_again(discrepancy: UUID) -> Sequence[UUID]:
    """The entries of later counts that went into a file."""
    return [
        piece.refers_to
        for piece in evidence_of(discrepancy)
        if piece.kind is EvidenceKind.COUNTED_AGAIN and piece.refers_to is not None
    ]


def refused_take(key: UUID) -> RefusedTake:
    """The attempt to take more than there was that was refused under a key.

    Raises:
        NoSuchRefusedDraw: none was.
    """
    row = db.session.execute(sa.select(RefusedTake).where(RefusedTake.operation_id == key)).scalar_one_or_none()
    if row is None:
        raise NoSuchRefusedDraw
    return row


def registration_of(row: Discrepancy) -> UUID | None:
    """The registration it belongs to: its own, or its first container's."""
    if row.registration is not None:
        return row.registration
    query = (
        sa.select(Container.registration)
        .join(DiscrepancyContainer, refers_to(DiscrepancyContainer.container, Container))
        .where(DiscrepancyContainer.discrepancy == row.id)
        .order_by(DiscrepancyContainer.id)
        .limit(1)
    )
    return db.session.execute(query).scalar_one_or_none()


def sealed(content: Any, table: str, id: UUID) -> bytes:
    """Words for a row's place; they open nowhere else."""
    return seal(json.dumps(content, ensure_ascii=False).encode(), Place(table, "sealed", id))


def opened(row: Row) -> Any:
    """The sealed words of a row; None where it has none."""
    kept: bytes | None = getattr(row, "sealed")  # noqa: B009  (each of the floor's sealed rows has it)
    return None if kept is None else json.loads(unseal(kept, Place(row.__tablename__, "sealed", row.id)))


def _standing() -> sa.Select[Any]:
    newest = (
        sa.select(sa.func.max(DiscrepancyEvent.number))
        .where(
            DiscrepancyEvent.organisation == Discrepancy.organisation,
            DiscrepancyEvent.discrepancy == Discrepancy.id,
        )
        .scalar_subquery()
    )
    stands = sa.and_(
        _LAST.organisation == Discrepancy.organisation,
        _LAST.discrepancy == Discrepancy.id,
        _LAST.number == newest,
    )
    return sa.select(Discrepancy, _LAST).join(_LAST, stands)


def _narrowed(query: sa.Select[Any], asked: Asked) -> sa.Select[Any]:
    about_it = sa.select(DiscrepancyContainer.discrepancy).where(DiscrepancyContainer.container == asked.container)
    for given, where in (
        (asked.site, Discrepancy.site == asked.site),
        (asked.origin, Discrepancy.origin == asked.origin),
        (asked.state, _LAST.to_state == asked.state),
        (asked.owner, _LAST.owner == asked.owner),
        (asked.container, Discrepancy.id.in_(about_it)),
    ):
        if given is not None:
            query = query.where(where)
    return query


def _shown(
    row: Discrepancy, last: DiscrepancyEvent, containers: Sequence[UUID], frozen: Sequence[UUID]
) -> DiscrepancyShown:
    return DiscrepancyShown(
        id=row.id,
        origin=row.origin,
        state=last.to_state,
        owner=last.owner,
        site=row.site,
        registration=registration_of(row),
        subject_table=row.subject_table,
        subject=row.subject,
        variance_ug=row.variance_ug,
        variance_found_at=row.found_at,
        detected_at=row.at,
        detected_by=row.by,
        containers=tuple(containers),
        frozen=tuple(frozen),
    )
