"""Between which counts a registration is looked at, and which products lay where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.inventory.models.stock import Container, Product
from clinic_api.inventory.queries import counts
from clinic_api.inventory.queries.counts import CompleteCount
from clinic_api.inventory.queries.phrases import refers_to


@dataclass(frozen=True, slots=True)
class Period:
    """One location between two complete counts; without a closing count it is still open."""

    location: UUID
    opening: CompleteCount | None
    closing: CompleteCount | None


def period(location: UUID, *, since: datetime, until: datetime) -> Period:
    """The last complete count at ``since`` or before, else the first one after; and the last one until ``until``."""
    made = counts.complete_counts(location, until=until)
    before = [count for count in made if count.at <= since]
    opening = before[-1] if before else (made[0] if made else None)
    later = [count for count in made if opening is not None and count.at > opening.at]
    return Period(location, opening, later[-1] if later else None)


def products(registration: UUID) -> Sequence[Product]:
    """Every product that was ever received under a registration, once, as its newest version says."""
    query = (
        sa.select(Product)
        .join(Container, sa.and_(Container.organisation == Product.organisation, Container.product == Product.id))
        .where(Container.registration == registration)
        .order_by(Product.key, Product.id)
    )
    newest = {product.key: product for product in db.session.execute(query).scalars()}
    return [newest[key] for key in sorted(newest)]


def held(registration: UUID) -> frozenset[tuple[UUID, str]]:
    """Which location ever held which product."""
    query = (
        sa.select(Container.location, Product.key)
        .join(Product, refers_to(Container.product, Product))
        .where(Container.registration == registration)
        .distinct()
    )
    return frozenset((row.location, row.key) for row in db.session.execute(query))
