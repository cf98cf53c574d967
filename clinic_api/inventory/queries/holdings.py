"""What was on hand at any past moment, from the ends of the moves alone: a new kind of move needs nothing here.

A container's moves are few and are summed. Those of a place are all that the clinic ever did, so what lies there now is
reckoned back by what is newer than the moment: that takes as long as there is newer, however old the clinic is.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container, Location, Product
from clinic_api.inventory.queries import containers, storage
from clinic_api.inventory.queries.phrases import HOLDS_DRUG, finds, refers_to, sum_of
from clinic_api.inventory.rules.holdings import Held, Holding, Moment, held_at
from clinic_api.quantities import Concentration

#: What a move adds to the container at each of its ends.
_ENDS: Final[tuple[tuple[Any, int], ...]] = ((Move.to_container, 1), (Move.from_container, -1))
#: A product as one version of its list describes it, and a location.
_Lying = tuple[UUID, UUID]


def in_container(container: UUID, moment: Moment) -> Held:
    """What a container held at a moment.

    Raises:
        NoSuchContainer: not here.
    """
    kept = containers.container(container)
    moves, ug = 0, 0
    for end, sign in _ENDS:
        query = sa.select(sa.func.count().label("moves"), sum_of(Move.mass).label("mass"))
        row = db.session.execute(query.where(end == kept.id, *_known(moment))).one()
        moves, ug = moves + row.moves, ug + sign * row.mass.ug
    if not moves:
        return held_at(moment, ())
    hidden = kept.location in containers.being_counted()
    return held_at(moment, [_holding(storage.product(kept.product), kept.concentration, ug, hidden=hidden)])


def at_location(location: UUID, moment: Moment) -> Held:
    """What lay in a location at a moment, by product.

    Raises:
        NoSuchLocation: not here.
    """
    return _lying_in([storage.location(location)], moment)


def under_registration(registration: UUID, moment: Moment) -> Held:
    """What a registration had on hand at a moment, by product.

    Raises:
        NoSuchRegistration: not here.
    """
    return _lying_in(storage.locations(clinics.registration(registration).id), moment)


def _known(moment: Moment) -> tuple[sa.ColumnElement[bool], ...]:
    """Moves that had happened by a moment and had been written down."""
    return (Move.occurred_at <= moment.at, Move.recorded_at <= moment.known_at)


def _lying_in(places: Sequence[Location], moment: Moment) -> Held:
    counted, held = containers.being_counted(), _reckoned_back(places, moment)
    return held_at(
        moment,
        (
            _holding(product, product.concentration, ug, hidden=location in counted)
            for product, location in _seen(places, moment)
            for ug in (0, *held[product.id, location])  # what is empty now was there, and is told as nothing
        ),
    )


def _holding(product: Product, concentration: Any, ug: int, *, hidden: bool) -> Holding:
    return Holding(
        product=product.key,
        product_name=product.name,
        ndc=product.ndc,
        concentration=Concentration(concentration),
        held_ug=ug,
        hidden=hidden,
    )


def _reckoned_back(places: Sequence[Location], moment: Moment) -> Mapping[_Lying, Sequence[int]]:
    """What each container of some places held, in micrograms; those that were empty need not be among them."""
    held: dict[UUID, int] = {}
    lying: dict[UUID, _Lying] = {}
    for row, newer_ug in (*_holding_now(places), *_newer(places, moment)):
        lying[row.id] = (row.product, row.location)
        held[row.id] = held.get(row.id, row.balance.ug) - newer_ug
    found: dict[_Lying, list[int]] = defaultdict(list)
    for id, ug in held.items():
        found[lying[id]].append(ug)
    return found


def _in(places: Sequence[Location]) -> sa.ColumnElement[bool]:
    return Container.location.in_([place.id for place in places])


def _holding_now(places: Sequence[Location]) -> Iterator[tuple[Any, int]]:
    query = sa.select(Container.id, Container.product, Container.location, Container.balance)
    yield from ((row, 0) for row in db.session.execute(query.where(_in(places), HOLDS_DRUG)))


def _newer(places: Sequence[Location], moment: Moment) -> Iterator[tuple[Any, int]]:
    """What came into each container, less what left it, by moves that are newer than the moment, micrograms.

    Those that happened later, and then those that had happened and were not known: each is found by an index of its
    own, and none is in both.
    """
    later, unknown = Move.occurred_at > moment.at, Move.recorded_at > moment.known_at
    had_happened = sa.case((Move.occurred_at <= moment.at, Move.mass), else_=sa.literal(0))
    registrations = {place.registration for place in places}
    for end, sign in _ENDS:
        for which, mass in ((later, Move.mass), (unknown, had_happened)):
            query = (
                sa.select(Container.id, Container.product, Container.location, Container.balance)
                .add_columns(sum_of(mass).label("mass"))
                .join_from(Move, Container, refers_to(end, Container))
                .where(Move.registration.in_(registrations), which, _in(places))
                .group_by(Container.id, Container.product, Container.location, Container.balance)
            )
            yield from ((row, sign * row.mass.ug) for row in db.session.execute(query))


def _seen(places: Sequence[Location], moment: Moment) -> Iterator[tuple[Product, UUID]]:
    """Each product with each of some places that it was known to have lain in, the newest list's last.

    Asked of the few pairs there are, one container after another until one of them had moved.
    """
    moved = [
        sa.select(Move.id).where(Move.organisation == Container.organisation, end == Container.id, *_known(moment))
        for end, _ in _ENDS
    ]
    one = sa.select(Container.id).where(
        Container.organisation == Location.organisation,
        Container.location == Location.id,
        Container.product == Product.id,
        sa.or_(*(finds(each, Container) for each in moved)),
    )
    query = (
        sa.select(Product)
        .add_columns(Location.id.label("location"))
        .join(Location, Location.organisation == Product.organisation)
        .where(Location.id.in_([place.id for place in places]), finds(one, Location, Product))
        .order_by(Product.id)
    )
    yield from ((row.Product, row.location) for row in db.session.execute(query))
