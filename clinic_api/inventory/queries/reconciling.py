"""Reconciling: two physical counts, and everything that came and went between them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container, Product
from clinic_api.inventory.queries import containers, counts, periods, storage
from clinic_api.inventory.queries.counts import CompleteCount
from clinic_api.inventory.queries.periods import Period, period
from clinic_api.inventory.queries.phrases import refers_to, sum_of
from clinic_api.inventory.rules.books import Accountability, Flow, PhysicalCount, flow_of, in_all
from clinic_api.inventory.rules.moves import kind_of
from clinic_api.quantities import NOTHING, Concentration, Mass


def reconcile(registration: UUID, *, since: datetime, until: datetime) -> Sequence[Accountability]:
    """The accountability of every product under a registration, and whether its book closes.

    The opening count is the last complete one at ``since`` or before, else the first one after; the closing
    count is the last one until ``until``. What lies between the two is by when it happened. A product of which some
    lies in a location that is being counted, blind, says so: whoever shows it leaves its figures out.

    Args:
        since, until: the period asked for, UTC.

    Raises:
        NoSuchRegistration: not here.

    Source:
        21 CFR 1304.11, 1304.22; the equation of an accountability audit.
    """
    holder = clinics.registration(registration)
    between = [period(place.id, since=since, until=until) for place in storage.locations(registration)]
    held, counted = periods.held(registration), containers.counted_places()
    lines = []
    for product in periods.products(registration):
        mine = [each for each in between if (each.location, product.key) in held]
        lines.append(
            Accountability(
                registration=holder.id,
                dea_number=holder.dea_number,
                product=product.key,
                product_name=product.name,
                ndc=product.ndc,
                concentration=Concentration(product.concentration),
                opening=_counted(product.key, [each.opening for each in mine]),
                between=_between(product.key, mine, until),
                closing=_counted(product.key, [each.closing for each in mine]),
                ever=_flow(product.key, registration, Move.occurred_at <= until),
                on_hand=_on_hand(product.key, registration, until),
                counted=tuple(sorted(counted[each.location] for each in mine if each.location in counted)),
            )
        )
    return lines


def _counted(product: str, made: Sequence[CompleteCount | None]) -> PhysicalCount | None:
    """What the counts of all its locations found of a product; None where one of them was not counted."""
    done = [count for count in made if count is not None]
    if not done or len(done) < len(made):
        return None
    nothing = [PhysicalCount(at=count.at, found=NOTHING, book=NOTHING, resolution=NOTHING) for count in done]
    return in_all(counts.found_by_product(count).get(product, none) for count, none in zip(done, nothing, strict=True))


def _between(product: str, mine: Sequence[Period], until: datetime) -> Flow:
    windows = [
        sa.and_(
            Container.location == each.location,
            Move.occurred_at > each.opening.at,
            Move.occurred_at <= (until if each.closing is None else each.closing.at),
        )
        for each in mine
        if each.opening is not None
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
