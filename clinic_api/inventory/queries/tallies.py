"""Reading what each person entered at a count: by themselves, and shown to nobody before everybody's is in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

import sqlalchemy as sa

from clinic_api.accounts import queries as people
from clinic_api.database.rows import db
from clinic_api.inventory.models.counts import CountEntry, CountTally, CountTallyLine
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries.phrases import refers_to
from clinic_api.inventory.rules.agreeing import to_recount
from clinic_api.inventory.rules.counting import Found
from clinic_api.inventory.rules.products import Method
from clinic_api.inventory.rules.weighing import Grams
from clinic_api.quantities import Mass, Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyLineShown:
    """What one person found in one container, how, how finely, and what they typed for it.

    Args:
        tare_weighed: the empty container was weighed; else it is the product's own tare.
        density: of the fluid, grams in each mL; None for what was not weighed.
        counts: whether it is the one that counts.
    """

    id: UUID
    container: UUID
    label: str
    method: Method | None
    volume: Volume | None
    found: Mass | None
    resolution: Mass
    gross: Grams | None
    tare: Grams | None
    tare_weighed: bool | None
    scale: Grams | None
    density: Fraction | None
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyShown:
    """One person's entry; ``lines`` is None until everybody's is in, so that neither is led by the other."""

    place: int
    counted_by: UUID
    name: str
    at: datetime
    lines: Sequence[TallyLineShown] | None


@dataclass(frozen=True, slots=True)
class Disputed:
    """A container that must be counted again; no figure is told of it."""

    container: UUID
    label: str


def of_count(count: UUID) -> Sequence[CountTally]:
    """The entries of a count in the order in which they were made."""
    query = sa.select(CountTally).where(CountTally.count == count).order_by(CountTally.place)
    return db.session.execute(query).scalars().all()


def lines_of(tally: UUID) -> Mapping[UUID, CountTallyLine]:
    """What one person found, by container."""
    query = sa.select(CountTallyLine).where(CountTallyLine.tally == tally).order_by(CountTallyLine.container)
    return {line.container: line for line in db.session.execute(query).scalars()}


def found_in(line: CountTallyLine | CountEntry) -> Found:
    """A line as the rules see it."""
    return Found(method=line.method, found=line.found, expected=line.expected, resolution=line.resolution)


def disputed(count: UUID) -> Sequence[UUID]:
    """The containers on which the first two entries of a count do not agree; none while there are not two."""
    made = of_count(count)[:2]
    if len(made) < 2:  # noqa: PLR2004  (two entries are compared)
        return ()
    first, second = ({id: found_in(line) for id, line in lines_of(tally.id).items()} for tally in made)
    return to_recount(first, second)


def disputed_shown(count: UUID) -> Sequence[Disputed]:
    """The same, with their numbers."""
    query = sa.select(Container.id, Container.label).where(Container.id.in_(disputed(count))).order_by(Container.id)
    return [Disputed(row.id, row.label) for row in db.session.execute(query)]


def shown(count: UUID, *, counting: frozenset[UUID] | None) -> Sequence[TallyShown]:
    """Everybody's entry of a count.

    Args:
        counting: the lines that count; None while nothing is settled, and then no line is told.
    """
    return [
        TallyShown(
            place=tally.place,
            counted_by=tally.counted_by,
            name=people.account(tally.counted_by).name,
            at=tally.at,
            lines=None if counting is None else lines_shown(CountTallyLine.tally == tally.id, counting=counting),
        )
        for tally in of_count(count)
    ]


def lines_shown(where: sa.ColumnElement[bool], *, counting: frozenset[UUID]) -> Sequence[TallyLineShown]:
    """Some lines of somebody's entry, by container."""
    query = (
        sa.select(CountTallyLine, Container.label)
        .join(Container, refers_to(CountTallyLine.container, Container))
        .where(where)
        .order_by(CountTallyLine.container)
    )
    return [_line(row.CountTallyLine, row.label, counting) for row in db.session.execute(query)]


def _line(line: CountTallyLine, label: str, counting: frozenset[UUID]) -> TallyLineShown:
    return TallyLineShown(
        id=line.id,
        container=line.container,
        label=label,
        method=line.method,
        volume=line.volume,
        found=line.found,
        resolution=line.resolution,
        gross=_grams(line.gross_mg),
        tare=_grams(line.tare_mg),
        tare_weighed=line.tare_weighed,
        scale=_grams(line.scale_mg),
        density=line.density,
        counts=line.id in counting,
    )


def _grams(mg: int | None) -> Grams | None:
    return None if mg is None else Grams(mg)
