"""Reading what a count covers, what it counts again, and who counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from clinic_api.database.rows import db
from clinic_api.inventory.models.counts import (
    Count,
    CountEntry,
    CountPart,
    CountRecount,
    CountSheet,
    CountSignature,
)
from clinic_api.inventory.queries import tallies
from clinic_api.inventory.queries.phrases import refers_to


@dataclass(frozen=True, slots=True)
class Part:
    """The part of its location that a count covers; none of either for all of it."""

    products: tuple[str, ...]
    containers: tuple[UUID, ...]

    @property
    def whole(self) -> bool:
        """Whether it covers all of the location."""
        return not (self.products or self.containers)


def part(count: UUID) -> Part:
    """What a count covers."""
    rows = (
        db.session.execute(sa.select(CountPart).where(CountPart.count == count).order_by(CountPart.id)).scalars().all()
    )
    return Part(
        products=tuple(row.product for row in rows if row.product is not None),
        containers=tuple(row.container for row in rows if row.container is not None),
    )


def recounts(count: UUID) -> UUID | None:
    """The count whose containers this one counts again."""
    return db.session.execute(sa.select(CountRecount.of).where(CountRecount.id == count)).scalar_one_or_none()


def counters(count: UUID) -> Sequence[UUID]:
    """Who counted, in the order of their entries; in a count that is older than separate entries, who entered it."""
    made = [tally.counted_by for tally in tallies.of_count(count)]
    older = sa.select(CountSheet.counted_by).where(CountSheet.id == count)
    return made or db.session.execute(older).scalars().all()


def second_signed(location: UUID) -> datetime | None:
    """When a second person last counted a location along with the first, and both signed."""
    query = (
        sa.select(sa.func.max(CountSheet.at))
        .join(Count, refers_to(CountSheet.id, Count))
        .join(
            CountSignature,
            sa.and_(CountSignature.organisation == Count.organisation, CountSignature.count == Count.id),
        )
        .where(Count.location == location, CountSignature.place > 1)
    )
    last: datetime | None = db.session.execute(query).scalar_one()
    return last


def of_a_part() -> sa.ColumnElement[bool]:
    """Whether a count covers a part of its location only."""
    query = sa.select(CountPart.id).where(CountPart.organisation == Count.organisation, CountPart.count == Count.id)
    return query.exists()


def recounted(entry: Any) -> sa.ScalarSelect[Any]:
    """The newest settled recount of an entry's count in which its container was counted again; null for none."""
    again, its = aliased(CountEntry), aliased(CountRecount)
    return (
        sa.select(sa.func.max(sa.cast(its.id, sa.Text)))
        .join(again, sa.and_(again.organisation == its.organisation, again.count == its.id))
        .where(its.organisation == entry.organisation, its.of == entry.count, again.container == entry.container)
        .scalar_subquery()
    )
