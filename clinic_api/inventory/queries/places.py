"""Reading how locations are kept, and how much should lie ready in them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.inventory.models.places import LocationAccess, LocationGrant, ParLevel
from clinic_api.inventory.queries import containers, finding, storage
from clinic_api.inventory.queries.phrases import refers_to
from clinic_api.inventory.rules.places import AccessShown, ParSet, ParShown, PlaceAct


def accesses(location: UUID) -> Sequence[AccessShown]:
    """Every version of how a location was kept, newest first."""
    query = sa.select(LocationAccess).where(LocationAccess.location == location)
    return [_access(row) for row in db.session.execute(query.order_by(LocationAccess.version.desc())).scalars()]


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


def _access(row: LocationAccess) -> AccessShown:
    query = sa.select(LocationGrant).join(LocationAccess, refers_to(LocationGrant.access, LocationAccess))
    grants = db.session.execute(query.where(LocationAccess.id == row.id).order_by(LocationGrant.id)).scalars().all()
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
