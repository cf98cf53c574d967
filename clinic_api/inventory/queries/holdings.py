"""What was on hand at any past moment, from the ends of the moves alone: a new kind of move needs nothing here."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container, Product
from clinic_api.inventory.queries import containers, storage
from clinic_api.inventory.queries.phrases import refers_to, sum_of
from clinic_api.inventory.rules.holdings import Held, Holding, Moment, held_at
from clinic_api.quantities import Concentration


def in_container(container: UUID, moment: Moment) -> Held:
    """What a container held at a moment.

    Raises:
        NoSuchContainer: not here.
    """
    return _held(Container.id == containers.container(container).id, moment)


def at_location(location: UUID, moment: Moment) -> Held:
    """What lay in a location at a moment, by product.

    Raises:
        NoSuchLocation: not here.
    """
    return _held(Container.location == storage.location(location).id, moment)


def under_registration(registration: UUID, moment: Moment) -> Held:
    """What a registration had on hand at a moment, by product.

    Raises:
        NoSuchRegistration: not here.
    """
    return _held(Container.registration == clinics.registration(registration).id, moment)


def _held(within: sa.ColumnElement[bool], moment: Moment) -> Held:
    came, went = (_sums(end, within, moment) for end in (Move.to_container, Move.from_container))
    counted = containers.being_counted()
    query = (
        sa.select(Container.id, Container.location, Container.concentration, Product.key, Product.name, Product.ndc)
        .join(Product, refers_to(Container.product, Product))
        .where(within)
        .order_by(Product.id, Container.id)
    )
    return held_at(
        moment,
        (
            Holding(
                container=row.id,
                product=row.key,
                product_name=row.name,
                ndc=row.ndc,
                concentration=Concentration(row.concentration),
                held_ug=came.get(row.id, 0) - went.get(row.id, 0),
                hidden=row.location in counted,
            )
            for row in db.session.execute(query)
            if row.id in came or row.id in went
        ),
    )


def _sums(end: Any, within: sa.ColumnElement[bool], moment: Moment) -> Mapping[UUID, int]:
    query = (
        sa.select(end, sum_of(Move.mass))
        .join(Container, refers_to(end, Container))
        .where(within, Move.occurred_at <= moment.at, Move.recorded_at <= moment.known_at)
        .group_by(end)
    )
    return {container: mass.ug for container, mass in db.session.execute(query)}
