"""Reconciling: two physical counts, and everything that came and went between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container, Product
from clinic_api.inventory.queries import counts, storage
from clinic_api.inventory.queries.counts import CompleteCount
from clinic_api.inventory.queries.phrases import refers_to, sum_of
from clinic_api.inventory.rules.books import Accountability, Flow, PhysicalCount, flow_of, in_all
from clinic_api.inventory.rules.moves import kind_of
from clinic_api.quantities import NOTHING, Concentration, Mass


@dataclass(frozen=True, slots=True)
class Period:
    """One location between two complete counts; without a closing count it is still open."""

    location: UUID
    opening: CompleteCount | None
    closing: CompleteCount | None


def reconcile(registration: UUID, *, since: datetime, until: datetime) -> Sequence[Accountability]:
    """The accountability of every product under a registration, and whether its book closes.

    The opening count is the last complete one at ``since`` or before, else the first one after; the closing
    count is the last one until ``until``. What lies between the two is by when it happened.

    Args:
        since, until: the period asked for, UTC.

    Raises:
        NoSuchRegistration: not here.

    Source:
        21 CFR 1304.11, 1304.22; the equation of an accountability audit.
    """
    holder = clinics.registration(registration)
    periods = [_period(place.id, since, until) for place in storage.locations(registration)]
    held = _held(registration)
    lines = []
    for product in _products(registration):
        mine = [period for period in periods if (period.location, product.key) in held]
        lines.append(
            Accountability(
                registration=holder.id,
                dea_number=holder.dea_number,
                product=product.key,
                product_name=product.name,
                ndc=product.ndc,
                concentration=Concentration(product.concentration),
                opening=_counted(product.key, [period.opening for period in mine]),
                between=_between(product.key, mine, until),
                closing=_counted(product.key, [period.closing for period in mine]),
                ever=_flow(product.key, registration, Move.occurred_at <= until),
                on_hand=_on_hand(product.key, registration, until),
            )
        )
    return lines


def _period(location: UUID, since: datetime, until: datetime) -> Period:
    made = counts.complete_counts(location, until=until)
    before = [count for count in made if count.at <= since]
    opening = before[-1] if before else (made[0] if made else None)
    later = [count for count in made if opening is not None and count.at > opening.at]
    return Period(location, opening, later[-1] if later else None)


def _products(registration: UUID) -> Sequence[Product]:
    """Every product that was ever received under a registration, once, as its newest version says."""
    query = (
        sa.select(Product)
        .join(Container, sa.and_(Container.organisation == Product.organisation, Container.product == Product.id))
        .where(Container.registration == registration)
        .order_by(Product.key, Product.id)
    )
    newest = {product.key: product for product in db.session.execute(query).scalars()}
    return [newest[key] for key in sorted(newest)]


def _held(registration: UUID) -> frozenset[tuple[UUID, str]]:
    """Which location ever held which product."""
    query = (
        sa.select(Container.location, Product.key)
        .join(Product, refers_to(Container.product, Product))
        .where(Container.registration == registration)
        .distinct()
    )
    return frozenset((row.location, row.key) for row in db.session.execute(query))


def _counted(product: str, made: Sequence[CompleteCount | None]) -> PhysicalCount | None:
    """What the counts of all its locations found of a product; None where one of them was not counted."""
    done = [count for count in made if count is not None]
    if not done or len(done) < len(made):
        return None
    nothing = [PhysicalCount(at=count.at, found=NOTHING, book=NOTHING, resolution=NOTHING) for count in done]
    return in_all(counts.found_by_product(count).get(product, none) for count, none in zip(done, nothing, strict=True))


def _between(product: str, periods: Sequence[Period], until: datetime) -> Flow:
    windows = [
        sa.and_(
            Container.location == period.location,
            Move.occurred_at > period.opening.at,
            Move.occurred_at <= (until if period.closing is None else period.closing.at),
        )
        for period in periods
        if period.opening is not None
    ]
    return Flow() if not windows else _flow(product, None, sa.or_(*windows))


def _flow(product: str, registration: UUID | None, within: sa.ColumnElement[bool]) -> Flow:
    return flow_of(
        (kind_of(row.from_place, row.to_place, reverses=bool(row.reverses)), row.mass, bool(row.reverses))
        for row in _moved(product, registration, within)
    )


def _moved(product: str, registration: UUID | None, within: sa.ColumnElement[bool]) -> Sequence[sa.Row[Any]]:
    ours = sa.func.coalesce(Move.from_container, Move.to_container)
    query = (
        sa.select(Move.from_place)
        .add_columns(Move.to_place, Move.reverses.is_not(None).label("reverses"), sum_of(Move.mass).label("mass"))
        .join(Product, refers_to(Move.product, Product))
        .join(Container, sa.and_(Container.organisation == Move.organisation, Container.id == ours))
        .where(Product.key == product, within)
        .group_by(Move.from_place, Move.to_place, Move.reverses.is_not(None))
    )
    if registration is not None:
        query = query.where(Move.registration == registration)
    return db.session.execute(query).all()


def _on_hand(product: str, registration: UUID, until: datetime) -> Mass:
    """What the containers held at a moment: what they hold by their kept balances, less what happened since."""
    query = (
        sa.select(sum_of(Container.balance))
        .join(Product, refers_to(Container.product, Product))
        .where(Product.key == product, Container.registration == registration)
    )
    now: Mass = db.session.execute(query).scalar_one()
    since = _flow(product, registration, Move.occurred_at > until)
    return Mass(max(0, now.ug + since.went.ug - since.came.ug))
