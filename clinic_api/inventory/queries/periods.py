"""Between which counts a registration is looked at, and which products lay where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.inventory.models.stock import Container, Location, Product
from clinic_api.inventory.queries import counts
from clinic_api.inventory.queries.counts import CompleteCount
from clinic_api.inventory.queries.phrases import finds


@dataclass(frozen=True, slots=True)
class Period:
    """One location between two complete counts; without a closing count it is still open."""

    location: UUID
    opening: CompleteCount | None
    closing: CompleteCount | None


def period(location: UUID, *, since: datetime, until: datetime) -> Period:
    """The last complete count at ``since`` or before, else the first one after; and the last one until ``until``."""
    earliest = min(since, until)
    opening = counts.last_complete(location, until=earliest) or counts.first_complete(location, until=until)
    if opening is None:
        return Period(location, None, None)
    return Period(location, opening, counts.last_complete(location, until=until, after=opening.at))


def products(registration: UUID) -> Sequence[Product]:
    """Every product that was ever received under a registration, once, as its newest version says."""
    newest = {row.Product.key: row.Product for row in db.session.execute(_kept_under(registration))}
    return [newest[key] for key in sorted(newest)]


def held(registration: UUID) -> frozenset[tuple[UUID, str]]:
    """Which location ever held which product."""
    return frozenset((row.location, row.Product.key) for row in db.session.execute(_kept_under(registration)))


def _kept_under(registration: UUID) -> sa.Select[Any]:
    """Each product with each location that ever held it: asked of the few pairs there are, not of every container."""
    one = sa.select(Container.id).where(
        Container.organisation == Location.organisation,
        Container.location == Location.id,
        Container.product == Product.id,
    )
    return (
        sa.select(Product)
        .add_columns(Location.id.label("location"))
        .join(Location, Location.organisation == Product.organisation)
        .where(Location.registration == registration, finds(one, Location, Product))
        .order_by(Product.key, Product.id)
    )
