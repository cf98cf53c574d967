"""What was on hand at past moments, beside the plain sum over every move that there is."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container, Location, Product
from clinic_api.inventory.queries import holdings
from clinic_api.inventory.rules.holdings import Held, Moment

#: Moments that are asked for, out of all that anything happened or was written down at.
ASKED: Final = 12
Told = Mapping[str, tuple[int | None, int | None]]


def differences() -> list[str]:
    """Where an answer about the past is another than the sum of the moves; call it in a reading."""
    moves = db.session.execute(sa.select(Move).order_by(Move.id)).scalars().all()
    things = {each.id: each for each in db.session.execute(sa.select(Container)).scalars()}
    keys = {each.id: each.key for each in db.session.execute(sa.select(Product)).scalars()}
    locations = db.session.execute(sa.select(Location).order_by(Location.id)).scalars().all()
    wrong = []
    for moment in _moments(moves):
        held = _sums(moves, moment)
        asked: list[tuple[UUID, Callable[[UUID, Moment], Held], Callable[[Container], UUID]]] = [
            *((place.id, holdings.at_location, lambda each: each.location) for place in locations),
            *((it, holdings.under_registration, lambda each: each.registration) for it in _holders(locations)),
            *((it, holdings.in_container, lambda each: each.id) for it in sorted(things)[-2:]),
        ]
        for id, answer, within in asked:
            said = _told(answer(id, moment))
            meant = _by_product((keys[things[it].product], ug) for it, ug in held.items() if within(things[it]) == id)
            wrong += [] if said == meant else [f"{answer.__name__} {id} {moment}: {said}, not {meant}"]
    return wrong


def _holders(locations: Iterable[Location]) -> list[UUID]:
    return sorted({place.registration for place in locations})


def _moments(moves: Iterable[Any]) -> list[Moment]:
    times = sorted({time for each in moves for time in (each.occurred_at, each.recorded_at)})
    dice = random.Random(len(times))
    last = [Moment(at=times[-1], known_at=times[-1])] if times else []
    return last + [Moment(at=dice.choice(times), known_at=dice.choice(times)) for _ in range(ASKED if times else 0)]


def _sums(moves: Iterable[Any], moment: Moment) -> dict[UUID, int]:
    held: dict[UUID, int] = defaultdict(int)
    for each in moves:
        if each.occurred_at <= moment.at and each.recorded_at <= moment.known_at:
            for end, sign in ((each.to_container, 1), (each.from_container, -1)):
                if end is not None:
                    held[end] += sign * each.mass.ug
    return held


def _by_product(held: Iterable[tuple[str, int]]) -> Told:
    found: dict[str, list[int]] = defaultdict(list)
    for key, ug in held:
        found[key].append(ug)
    return {key: (sum(each != 0 for each in ugs), sum(ugs)) for key, ugs in found.items()}


def _told(held: Held) -> Told:
    return {each.product: (each.containers, each.held_ug) for each in held.items}
