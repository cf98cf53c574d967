"""Reading which locations there are, how they are kept, and how much should lie ready in them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.inventory.models.places import LocationAccess, LocationGrant, ParLevel
from clinic_api.inventory.models.stock import Location
from clinic_api.inventory.queries import containers, finding, storage
from clinic_api.inventory.rules.places import AccessShown, ParSet, ParShown, PlaceAct


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceShown:
    """A location as a list shows it.

    Args:
        access: how it is kept now; None where nobody has said so yet, and for whoever may not see the staff.
    """

    id: UUID
    site: UUID
    registration: UUID
    name: str
    being_counted: bool
    access: AccessShown | None


def page(site: UUID | None, *, after: UUID | None, limit: int, lists: bool) -> Sequence[PlaceShown]:
    """Locations in the order in which they were made; one more than ``limit`` says that there is more.

    Args:
        site: only those of one site; None for all.
        lists: whether who asks may see the access lists.

    Raises:
        NoSuchSite: not here.
    """
    query = sa.select(Location).order_by(Location.id).limit(limit + 1)
    if site is not None:
        query = query.where(Location.site == clinics.site(site).id)
    if after is not None:
        query = query.where(Location.id > after)
    rows = db.session.execute(query).scalars().all()
    kept, counted = _kept([row.id for row in rows] if lists else []), containers.being_counted()
    return [
        PlaceShown(
            id=row.id,
            site=row.site,
            registration=row.registration,
            name=row.name,
            being_counted=row.id in counted,
            access=kept.get(row.id),
        )
        for row in rows
    ]


def accesses(location: UUID) -> Sequence[AccessShown]:
    """Every version of how a location was kept, newest first."""
    query = sa.select(LocationAccess).where(LocationAccess.location == location)
    return _accesses(db.session.execute(query.order_by(LocationAccess.version.desc())).scalars().all())


def newest_access(location: UUID) -> int:
    """The number of the version that holds; 0 where nobody has said anything yet."""
    query = sa.select(sa.func.max(LocationAccess.version)).where(LocationAccess.location == location)
    return int(db.session.execute(query).scalar_one() or 0)


def listed(location: UUID, act: PlaceAct) -> frozenset[UUID]:
    """Who is on the list of one act at a location now; nobody where there is no list."""
    newest = (
        sa.select(LocationAccess.id)
        .where(LocationAccess.location == location)
        .order_by(LocationAccess.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = sa.select(LocationGrant.account).where(LocationGrant.access == newest, LocationGrant.act == act)
    return frozenset(db.session.execute(query).scalars())


def par_level(location: UUID, product: str) -> ParLevel | None:
    """The level of a product that holds at a location."""
    query = (
        sa.select(ParLevel)
        .where(ParLevel.location == location, ParLevel.product == product)
        .order_by(ParLevel.version.desc())
        .limit(1)
    )
    return db.session.execute(query).scalar_one_or_none()


def par_products(location: UUID) -> Sequence[str]:
    """The products that have a level at a location."""
    query = sa.select(ParLevel.product).where(ParLevel.location == location).distinct().order_by(ParLevel.product)
    return db.session.execute(query).scalars().all()


def par_levels(location: UUID, *, at: datetime) -> Sequence[ParShown]:
    """Every level of a location beside what lies ready, by product.

    Raises:
        NoSuchLocation: not here.
    """
    place = storage.location(location)
    hidden = place.id in containers.being_counted()
    ready = finding.sealed_units(place.id, at=at)
    names = {stocked.package.key: stocked.package.name for stocked in storage.stocked()}
    query = sa.select(ParLevel).where(ParLevel.location == place.id)
    rows = db.session.execute(query.order_by(ParLevel.product, ParLevel.version.desc())).scalars().all()
    return [
        _par(list(each), names=names, ready=None if hidden else ready.get(product, 0))
        for product, each in groupby(rows, key=lambda row: row.product)
    ]


def _par(rows: Sequence[ParLevel], *, names: Mapping[str, str], ready: int | None) -> ParShown:
    newest = rows[0]
    return ParShown(
        id=newest.id,
        product=newest.product,
        product_name=names.get(newest.product),
        least=newest.least,
        ready=ready,
        history=tuple(ParSet(version=row.version, least=row.least, by=row.by, at=row.at) for row in rows),
    )


def _kept(locations: Collection[UUID]) -> Mapping[UUID, AccessShown]:
    """How each of some locations is kept now."""
    query = sa.select(LocationAccess).where(LocationAccess.location.in_(locations)).order_by(LocationAccess.version)
    newest = {row.location: row for row in db.session.execute(query).scalars()} if locations else {}
    return {access.location: access for access in _accesses(list(newest.values()))}


def _accesses(rows: Sequence[LocationAccess]) -> Sequence[AccessShown]:
    """Versions of how locations are kept, each with its lists."""
    query = sa.select(LocationGrant).where(LocationGrant.access.in_([row.id for row in rows]))
    grants = db.session.execute(query.order_by(LocationGrant.id)).scalars().all() if rows else []
    return [_access(row, [grant for grant in grants if grant.access == row.id]) for row in rows]


def _access(row: LocationAccess, grants: Sequence[LocationGrant]) -> AccessShown:
    lists = {act: tuple(grant.account for grant in grants if grant.act is act) for act in PlaceAct}
    return AccessShown(
        id=row.id,
        location=row.location,
        version=row.version,
        lock=row.lock,
        may_draw=lists[PlaceAct.DRAW],
        may_receive=lists[PlaceAct.RECEIVE],
        may_count=lists[PlaceAct.COUNT],
        reason=row.reason,
        by=row.by,
        at=row.at,
    )
