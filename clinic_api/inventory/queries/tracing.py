"""Who touched drug: the timeline of a container, the movements of a person, everybody who touched a lot.

Each patient whose record a page shows is named in the access row. No balance is told, nor what an earlier count found
in a location that is being counted, so a blind count stays blind.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from clinic_api.accounts import queries as people
from clinic_api.audit import service as audit
from clinic_api.database.rows import db
from clinic_api.inventory.models.counts import Count, CountEntry, CountSheet, CountSignature
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.removals import RemovalPosting
from clinic_api.inventory.models.stock import Container, Product
from clinic_api.inventory.queries import containers, lineage, storage
from clinic_api.inventory.queries.containers import Shown
from clinic_api.inventory.queries.phrases import SECOND, at_an_end, kind_of_move, refers_to, with_second
from clinic_api.inventory.rules.tracing import Deed, Happening, first_of

_From, _To = aliased(Container, name="source"), aliased(Container, name="target")


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list: after which id, and how many; one more says that there is more."""

    after: UUID | None
    limit: int

    def of(self, query: sa.Select[Any], id: Any) -> sa.Select[Any]:
        """The query, for this part only."""
        query = query.order_by(id).limit(self.limit + 1)
        return query if self.after is None else query.where(id > self.after)


def movements_of(account: UUID, *, since: datetime, until: datetime, part: Part) -> Sequence[Happening]:
    """What a person drew, gave, wasted, witnessed, counted or received, as it was written down.

    Args:
        since, until: by when it happened, UTC.

    Raises:
        NoSuchAccount: not here.
    """
    who = people.account(account).id
    mine = sa.or_(Move.by == who, SECOND.in_([who]), RemovalPosting.first == who)
    moved = _moves(sa.and_(mine, Move.occurred_at >= since, Move.occurred_at < until), part)
    signed = (
        sa.select(CountSignature)
        .add_columns(Count.location)
        .join(Count, refers_to(CountSignature.count, Count))
        .where(CountSignature.signer == who, CountSignature.at >= since, CountSignature.at < until)
    )
    counted = [_signed(row.CountSignature) for row in db.session.execute(part.of(signed, CountSignature.id))]
    return _shown([*moved, *counted], part)


def touches_of_lot(ndc: str, lot: str, *, part: Part) -> Sequence[Happening]:
    """Every move and count of a lot's containers, and of whatever was drawn or made from them.

    Raises:
        InvalidNdc, AmbiguousNdc, UnknownProduct: the NDC is none of ours.
    """
    ids = containers_of_lots(storage.key_of(ndc), [lot])
    moved = _moves(at_an_end(ids), part)
    entered = _entries().where(CountEntry.container.in_(ids))
    hidden = containers.being_counted()
    counted = [_told(row, hidden) for row in db.session.execute(part.of(entered, CountEntry.id))]
    return _shown([*moved, *counted], part)


def containers_of_lot(ndc: str, lot: str, *, part: Part) -> Sequence[Shown]:
    """A lot's containers at all sites, and whatever was drawn or made from them, in the order in which they came.

    Raises:
        InvalidNdc, AmbiguousNdc, UnknownProduct: the NDC is none of ours.
    """
    ids = sorted(containers_of_lots(storage.key_of(ndc), [lot]))
    rest = [id for id in ids if part.after is None or id > part.after]
    return containers.several(rest[: part.limit + 1])


def containers_of_lots(product: str, lots: Collection[str]) -> frozenset[UUID]:
    """Every container of some lots of a product, at whatever site, and every one that drug of them went into."""
    query = (
        sa.select(Container.id)
        .join(Product, refers_to(Container.product, Product))
        .where(Product.key == product, Container.lot.in_(lots))
    )
    return lineage.onward(list(db.session.execute(query).scalars()))


def moves_and_counts_of(container: UUID) -> Sequence[Happening]:
    """Every move and count of one container; all of it, in no order."""
    these = at_an_end([container])
    moved = [_move(row) for row in db.session.execute(_lines().where(these))]
    counted = [_entry(row) for row in db.session.execute(_entries().where(CountEntry.container == container))]
    return named([*moved, *counted])


def named(happenings: Iterable[Happening]) -> Sequence[Happening]:
    """The same with the printed names of those who acted; each patient is named in the access row."""
    told = list(happenings)
    names = people.names([id for each in told for id in (each.by, each.witness) if id is not None])
    for each in told:
        if each.patient is not None:
            audit.shows(each.patient)
    return [
        replace(
            each,
            by_name=None if each.by is None else names[each.by],
            witness_name=None if each.witness is None else names[each.witness],
        )
        for each in told
    ]


def _shown(happenings: Iterable[Happening], part: Part) -> Sequence[Happening]:
    """A page, named; the one too many, which only says that there is more, shows nobody."""
    told = first_of(happenings, limit=part.limit + 1)
    return [*named(told[: part.limit]), *told[part.limit :]]


def _moves(these: sa.ColumnElement[bool], part: Part) -> Sequence[Happening]:
    return [_move(row) for row in db.session.execute(part.of(_lines().where(these), Move.id))]


def _lines() -> sa.Select[Any]:
    query = sa.select(Move).add_columns(Product.key, Product.ndc, _From, _To, SECOND.label("witness"))
    query = query.join(Product, refers_to(Move.product, Product))
    for end, column in ((_From, Move.from_container), (_To, Move.to_container)):
        query = query.outerjoin(end, sa.and_(end.organisation == Move.organisation, end.id == column))
    return with_second(query)


def _entries() -> sa.Select[Any]:
    return (
        sa.select(CountEntry)
        .add_columns(Container.label, Container.lot, Container.location, Product.key, Product.ndc)
        .add_columns(CountSheet.counted_by, CountSheet.at)
        .join(CountSheet, refers_to(CountEntry.count, CountSheet))
        .join(Container, refers_to(CountEntry.container, Container))
        .join(Product, refers_to(Container.product, Product))
    )


def _move(row: sa.Row[Any]) -> Happening:
    move, source, target = row.Move, row.source, row.target
    ours: Container = source or target
    return Happening(
        id=move.id,
        record=move.id,
        what=kind_of_move(move),
        occurred_at=move.occurred_at,
        recorded_at=move.recorded_at,
        late_reason=move.late_reason,
        by=move.by,
        witness=row.witness,
        container=ours.id,
        container_label=ours.label,
        product=row.key,
        ndc=row.ndc,
        lot=ours.lot,
        source=str(move.from_place) if source is None else source.label,
        target=str(move.to_place) if target is None else target.label,
        mass=move.mass,
        patient=move.patient,
        visit=move.visit,
    )


def _signed(signature: CountSignature) -> Happening:
    return Happening(
        id=signature.id,
        record=signature.count,
        what=Deed.COUNTED if signature.place == 1 else Deed.SECONDED,
        occurred_at=signature.at,
        recorded_at=signature.at,
        by=signature.signer,
    )


def _told(row: sa.Row[Any], hidden: Collection[UUID]) -> Happening:
    """A line of a count without what the book said, and without what was found where somebody counts now, blind."""
    entry = replace(_entry(row), expected=None)
    return replace(entry, mass=None) if row.location in hidden else entry


def _entry(row: sa.Row[Any]) -> Happening:
    entry = row.CountEntry
    return Happening(
        id=entry.id,
        record=entry.count,
        what=Deed.NOT_FOUND if entry.method is None else Deed.COUNTED,
        occurred_at=row.at,
        recorded_at=row.at,
        by=row.counted_by,
        container=entry.container,
        container_label=row.label,
        product=row.key,
        ndc=row.ndc,
        lot=row.lot,
        mass=entry.found,
        method=entry.method,
        expected=entry.expected,
        resolution=entry.resolution,
    )
