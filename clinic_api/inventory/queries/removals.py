"""Reading removals: what leaves by two people's hands, how far it has come, and who may be one of the two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.clinics.rules.standing import year_of
from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.removals import (
    Acknowledgement,
    Eligibility,
    Removal,
    RemovalLine,
    RemovalPosting,
    RemovalSignature,
    RemovalWithdrawal,
)
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import containers
from clinic_api.inventory.queries.disputes import DisputeShown, disputes_of
from clinic_api.inventory.queries.phrases import refers_to, sum_of
from clinic_api.inventory.rules.moves import Place
from clinic_api.inventory.rules.removals import RemovalState, state_of
from clinic_api.inventory.rules.transfers import Limits, Share
from clinic_api.quantities import NOTHING, Mass


class NoSuchRemoval(NotFound):
    """There is no such removal here."""


@dataclass(frozen=True, slots=True)
class RemovalContent:
    """One container of a removal, with what is taken of it.

    Args:
        mass: None while it is pending and its location is being counted: usually it is all that the book says is there.
    """

    container: UUID
    label: str
    mass: Mass | None


@dataclass(frozen=True, slots=True)
class RemovalSigned:
    """One of the two, and when they signed."""

    signer: UUID
    attestation: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalShown:
    """A removal as people read it; ``digest`` is what both sign. The share is told where the masses are."""

    id: UUID
    kind: Place
    state: RemovalState
    registration: UUID
    reason: str
    method: str | None
    receiver_name: str | None
    receiver_address: str | None
    receiver_dea_number: str | None
    document: str | None
    to_location: UUID | None
    seen_registration: UUID | None
    share_percent: str | None
    contents: Sequence[RemovalContent]
    signatures: Sequence[RemovalSigned]
    digest: str
    by: UUID
    occurred_at: datetime
    at: datetime
    late_reason: str | None
    posted_at: datetime | None
    withdrawn_reason: str | None
    acknowledged_document: str | None
    arrived_as_sent: bool | None
    acknowledged_remarks: str | None
    disputes: Sequence[DisputeShown]


def removal(id: UUID) -> Removal:
    """A removal.

    Raises:
        NoSuchRemoval: not here.
    """
    row = db.session.execute(sa.select(Removal).where(Removal.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchRemoval
    return row


def lines(id: UUID) -> Sequence[RemovalLine]:
    """What a removal takes, in the order in which its containers are held."""
    query = sa.select(RemovalLine).where(RemovalLine.removal == id).order_by(RemovalLine.container)
    return db.session.execute(query).scalars().all()


def signatures(id: UUID) -> Sequence[RemovalSignature]:
    """Who has signed a removal, in that order."""
    query = sa.select(RemovalSignature).where(RemovalSignature.removal == id).order_by(RemovalSignature.place)
    return db.session.execute(query).scalars().all()


def state(id: UUID) -> RemovalState:
    """How far a removal has come."""
    return state_of(
        posted=_has(RemovalPosting, id), withdrawn=_has(RemovalWithdrawal, id), acknowledged=_has(Acknowledgement, id)
    )


def shown(id: UUID) -> RemovalShown:
    """A removal as people read it.

    Raises:
        NoSuchRemoval: not here.
    """
    row = removal(id)
    posting = db.session.execute(sa.select(RemovalPosting).where(RemovalPosting.id == id)).scalar_one_or_none()
    gone = db.session.execute(sa.select(RemovalWithdrawal).where(RemovalWithdrawal.id == id)).scalar_one_or_none()
    heard = db.session.execute(sa.select(Acknowledgement).where(Acknowledgement.id == id)).scalar_one_or_none()
    contents = _contents(id, pending=posting is None and gone is None)
    return RemovalShown(
        id=row.id,
        kind=row.kind,
        state=state(id),
        registration=row.registration,
        reason=row.reason,
        method=row.method,
        receiver_name=row.receiver_name,
        receiver_address=row.receiver_address,
        receiver_dea_number=row.receiver_dea_number,
        document=row.document,
        to_location=row.to_location,
        seen_registration=row.seen_registration,
        share_percent=None if any(each.mass is None for each in contents) else row.share_percent,
        contents=contents,
        signatures=[RemovalSigned(each.signer, each.attestation, each.at) for each in signatures(id)],
        digest=row.digest.hex(),
        by=row.by,
        occurred_at=row.occurred_at,
        at=row.at,
        late_reason=row.late_reason,
        posted_at=None if posting is None else posting.at,
        withdrawn_reason=None if gone is None else gone.reason,
        acknowledged_document=None if heard is None else heard.document,
        arrived_as_sent=None if heard is None else heard.arrived_as_sent,
        acknowledged_remarks=None if heard is None else heard.remarks,
        disputes=disputes_of(id),
    )


def page(*, after: UUID | None, limit: int) -> Sequence[RemovalShown]:
    """Removals, oldest first; one more than ``limit`` says that there is more."""
    query = sa.select(Removal.id).order_by(Removal.id).limit(limit + 1)
    if after is not None:
        query = query.where(Removal.id > after)
    return [shown(id) for id in db.session.execute(query).scalars()]


def eligible(account: UUID) -> bool:
    """Whether somebody is on the list of employees for destructions, by the newest word on it."""
    query = sa.select(Eligibility.eligible).where(Eligibility.account == account).order_by(Eligibility.id.desc())
    return bool(db.session.execute(query.limit(1)).scalar_one_or_none())


def share(registration: UUID, *, more: Mass, at: datetime, limits: Limits) -> Share:
    """What a registration transferred to others this calendar year, with ``more``, against what it gave.

    Args:
        at: a moment of the year, UTC; the year is the site's.
    """
    begins, ends = year_of(clinics.site(clinics.registration(registration).site).zone, at)
    query = (
        sa.select(Move.to_place, Move.from_place, sum_of(Move.mass).label("mass"))
        .where(Move.registration == registration, Move.occurred_at >= begins, Move.occurred_at < ends)
        .where(
            sa.or_(
                sa.and_(Move.to_place.in_(_COUNTED), Move.reverses.is_(None)),
                sa.and_(Move.from_place.in_(_COUNTED), Move.reverses.is_not(None)),
            )
        )
        .group_by(Move.to_place, Move.from_place)
    )
    sums: dict[tuple[Place | None, Place | None], Mass] = {
        (row.to_place, row.from_place): row.mass for row in db.session.execute(query)
    }

    def moved(place: Place) -> Mass:
        return sums.get((place, None), NOTHING) - sums.get((None, place), NOTHING)

    return Share(
        transferred=moved(Place.TRANSFERRED) + more,
        used=moved(Place.PATIENT),
        limits=limits,
    )


_COUNTED = (Place.TRANSFERRED, Place.PATIENT)


def _contents(id: UUID, *, pending: bool) -> Sequence[RemovalContent]:
    hidden = containers.being_counted() if pending else frozenset()
    query = (
        sa.select(RemovalLine, Container.label, Container.location)
        .join(Container, refers_to(RemovalLine.container, Container))
        .where(RemovalLine.removal == id)
        .order_by(RemovalLine.container)
    )
    return [
        RemovalContent(row.RemovalLine.container, row.label, None if row.location in hidden else row.RemovalLine.mass)
        for row in db.session.execute(query)
    ]


def _has(kind: type[RemovalPosting] | type[RemovalWithdrawal] | type[Acknowledgement], id: UUID) -> bool:
    return db.session.execute(sa.select(kind.id).where(kind.id == id)).first() is not None
