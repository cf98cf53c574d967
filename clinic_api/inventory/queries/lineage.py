"""What went into a container, and where the drug of a container went: by the moves, however many there are."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.preparations import StockPreparation
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries.phrases import refers_to


@dataclass(frozen=True, slots=True)
class Origin:
    """A vial that drug in a container came from, with its lot and its last day."""

    container: UUID
    label: str
    lot: str
    expiry: date


def onward(ids: Collection[UUID]) -> frozenset[UUID]:
    """Some containers, and every one that drug of theirs went into."""
    fresh = found = frozenset(ids)
    while fresh:
        into = sa.select(Move.to_container).where(Move.from_container.in_(fresh), Move.to_container.is_not(None))
        fresh = frozenset(id for id in db.session.execute(into).scalars() if id is not None) - found
        found = found | fresh
    return found


def origins(ids: Collection[UUID]) -> Mapping[UUID, Sequence[Origin]]:
    """The vials that each of some drawn containers came from, through what was made up between; each once."""
    came = _came(ids)
    between = {each.container for origins in came.values() for each, made_up in origins if made_up}
    further = origins(between) if between else {}
    return {
        id: list(
            dict.fromkeys(
                origin
                for each, made_up in found
                for origin in (further.get(each.container, [each]) if made_up else [each])
            )
        )
        for id, found in came.items()
    }


def draws_from(container: UUID) -> int:
    """How often a container was drawn from; what was taken back was drawn all the same."""
    query = (
        sa.select(sa.func.count())
        .select_from(Move)
        .where(Move.from_container == container, Move.to_container.is_not(None), Move.reversal.is_(None))
    )
    return int(db.session.execute(query).scalar_one())


def touched(container: UUID) -> bool:
    """Whether anything ever left a container."""
    query = sa.select(Move.id).where(Move.from_container == container).limit(1)
    return db.session.execute(query).first() is not None


def preparation(container: UUID) -> StockPreparation | None:
    """How a container was made up for nobody in particular; None where it was not."""
    query = sa.select(StockPreparation).where(StockPreparation.id == container)
    return db.session.execute(query).scalar_one_or_none()


def poured_back() -> sa.Exists:
    """Whether drug that a stock preparation was made up from was taken back; a part of a query of both."""
    return (
        sa.select(Move.id)
        .where(
            Move.organisation == StockPreparation.organisation,
            Move.from_container == StockPreparation.id,
            Move.to_container.is_not(None),
            Move.reversal.is_not(None),
        )
        .exists()
    )


def _came(ids: Collection[UUID]) -> Mapping[UUID, Sequence[tuple[Origin, bool]]]:
    query: Any = (
        sa.select(Move.to_container, Container.id, Container.label, Container.lot, Container.expiry)
        .add_columns(StockPreparation.id.is_not(None).label("made_up"))
        .join(Container, refers_to(Move.from_container, Container))
        .outerjoin(StockPreparation, refers_to(Container.id, StockPreparation))
        .where(Move.to_container.in_(ids), Move.reversal.is_(None))
        .order_by(Move.id)
    )
    found = defaultdict(list)
    for row in db.session.execute(query):
        found[row.to_container].append((Origin(row.id, row.label, row.lot, row.expiry), bool(row.made_up)))
    return found
