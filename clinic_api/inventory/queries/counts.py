"""Reading physical counts. Nothing is told of what the book expects until the entries are in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.inventory.models.counts import (
    Count,
    CountEntry,
    CountSheet,
    CountSignature,
    CountTally,
    CountTallyLine,
)
from clinic_api.inventory.models.stock import Container, Product
from clinic_api.inventory.queries import containers, parts, tallies
from clinic_api.inventory.queries.phrases import refers_to, sum_of, wait_for
from clinic_api.inventory.queries.tallies import Disputed, TallyShown
from clinic_api.inventory.rules.books import PhysicalCount
from clinic_api.inventory.rules.counting import Found
from clinic_api.inventory.rules.kinds import CountKind
from clinic_api.inventory.rules.products import Method
from clinic_api.inventory.rules.sheets import CountState, state_of
from clinic_api.quantities import Mass, Volume
from clinic_api.signatures import queries as signatures


class NoSuchCount(NotFound):
    """There is no such count here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """One container of a count, once the entries are in: the entry that counts, beside the book.

    Args:
        counted_by, place: who made that entry, and as which; None in a count that is older than separate entries.
        recounted_in: a later, complete count in which somebody else counted it again: that one counts now.
    """

    id: UUID
    container: UUID
    label: str
    method: Method | None
    volume: Volume | None
    found: Mass | None
    expected: Mass
    resolution: Mass
    variance_ug: int
    explained: bool
    counted_by: UUID | None
    place: int | None
    recounted_in: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureShown:
    """Who signed a count, in which place, under the name they had then."""

    place: int
    signer: UUID
    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CountShown:
    """A count as far as it has come; ``lines`` is None until everybody's entry is in, and during another count.

    Args:
        recounts: the count whose containers this one counts again.
        products, containers: the part of the location that it covers; none of either for all of it.
        tallies: each person's own entry.
        disputed: what the first two do not agree on, while somebody else has not counted it.
    """

    id: UUID
    location: UUID
    kind: CountKind
    state: CountState
    persons: int
    profile: str
    profile_version: int
    opened_by: UUID
    opened_at: datetime
    counted_by: UUID | None
    entered_at: datetime | None
    recounts: UUID | None
    products: Sequence[str]
    containers: Sequence[UUID]
    tallies: Sequence[TallyShown]
    disputed: Sequence[Disputed]
    lines: Sequence[LineShown] | None
    signatures: Sequence[SignatureShown]


@dataclass(frozen=True, slots=True)
class CompleteCount:
    """A count that everybody signed who had to, and when its entries were in."""

    id: UUID
    at: datetime


def count(id: UUID) -> Count:
    """A count.

    Raises:
        NoSuchCount: not here.
    """
    row = db.session.execute(sa.select(Count).where(Count.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchCount
    return row


def hold(id: UUID) -> Count:
    """A count, held until the transaction ends: whoever else enters waits, and then sees who was first.

    Raises:
        NoSuchCount: not here.
    """
    wait_for(id)
    return count(id)


def sheet(count: UUID) -> CountSheet | None:
    """The entries of a count, once they are in."""
    return db.session.execute(sa.select(CountSheet).where(CountSheet.id == count)).scalar_one_or_none()


def state(row: Count) -> CountState:
    """How far a count has come."""
    return state_of(
        tallies=len(tallies.of_count(row.id)),
        entered=sheet(row.id) is not None,
        signatures=len(_signatures(row.id)),
        persons=row.persons,
    )


def shown(id: UUID) -> CountShown:
    """A count as far as it may be told.

    While its location is being counted again, an earlier count would tell what the book says, and is not told either.

    Raises:
        NoSuchCount: not here.
    """
    row, entered, covers = count(id), sheet(id), parts.part(id)
    hidden = entered is None or row.location in containers.being_counted()
    told = None if hidden else lines(id)
    return CountShown(
        id=row.id,
        location=row.location,
        kind=row.kind,
        state=state(row),
        persons=row.persons,
        profile=row.profile,
        profile_version=row.profile_version,
        opened_by=row.by,
        opened_at=row.at,
        counted_by=None if entered is None else entered.counted_by,
        entered_at=None if entered is None else entered.at,
        recounts=parts.recounts(id),
        products=covers.products,
        containers=covers.containers,
        tallies=tallies.shown(id, counting=None if told is None else frozenset(line.id for line in told)),
        disputed=tallies.disputed_shown(id) if entered is None else (),
        lines=told,
        signatures=_signed(id),
    )


def first_complete(location: UUID, *, until: datetime) -> CompleteCount | None:
    """The first count of all of a location that is signed by everybody who had to, until a moment."""
    return _one_complete(location, CountSheet.at <= until, order=(CountSheet.at, CountSheet.id))


def last_complete(location: UUID, *, until: datetime, after: datetime | None = None) -> CompleteCount | None:
    """The last count of all of a location that is signed by everybody who had to, until a moment; and after another."""
    within = CountSheet.at <= until if after is None else sa.and_(CountSheet.at > after, CountSheet.at <= until)
    return _one_complete(location, within, order=(CountSheet.at.desc(), CountSheet.id.desc()))


def _one_complete(location: UUID, within: sa.ColumnElement[bool], *, order: Sequence[Any]) -> CompleteCount | None:
    """One after another is looked at, in the order of their entries, until one is: not all that were ever made."""
    signed = (
        sa.select(sa.func.count())
        .select_from(CountSignature)
        .where(CountSignature.organisation == Count.organisation, CountSignature.count == Count.id)
        .scalar_subquery()
    )
    query = (
        sa.select(CountSheet.id, CountSheet.at)
        .join(Count, refers_to(CountSheet.id, Count))
        .where(Count.location == location, within, signed >= Count.persons, ~parts.of_a_part())
        .order_by(*order)
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else CompleteCount(row.id, row.at)


def found_by_product(made: CompleteCount) -> Mapping[str, PhysicalCount]:
    """What a complete count found, by product; a product that is missing was not there."""
    query = (
        sa.select(
            Product.key,
            sum_of(CountEntry.found).label("found"),
            sum_of(CountEntry.expected).label("book"),
            sum_of(CountEntry.resolution).label("resolution"),
        )
        .join(Container, refers_to(CountEntry.container, Container))
        .join(Product, refers_to(Container.product, Product))
        .where(CountEntry.count == made.id)
        .group_by(Product.key)
    )
    return {
        row.key: PhysicalCount(at=made.at, found=row.found, book=row.book, resolution=row.resolution)
        for row in db.session.execute(query)
    }


def lines(count: UUID) -> Sequence[LineShown]:
    """What counts of a count, container by container, beside the book; for whoever may know it."""
    query = (
        sa.select(CountEntry, Container.label, CountTally.counted_by, CountTally.place)
        .add_columns(parts.recounted(CountEntry).label("recounted_in"))
        .join(Container, refers_to(CountEntry.container, Container))
        .outerjoin(CountTallyLine, refers_to(CountEntry.id, CountTallyLine))
        .outerjoin(
            CountTally,
            sa.and_(CountTally.organisation == CountEntry.organisation, CountTally.id == CountTallyLine.tally),
        )
        .where(CountEntry.count == count)
        .order_by(CountEntry.container)
    )
    return [_line(row) for row in db.session.execute(query)]


def _line(row: sa.Row[Any]) -> LineShown:
    entry: CountEntry = row.CountEntry
    found = Found(method=entry.method, found=entry.found, expected=entry.expected, resolution=entry.resolution)
    return LineShown(
        id=entry.id,
        container=entry.container,
        label=row.label,
        method=entry.method,
        volume=entry.volume,
        found=entry.found,
        expected=entry.expected,
        resolution=entry.resolution,
        variance_ug=found.variance_ug,
        explained=found.explained,
        counted_by=row.counted_by,
        place=row.place,
        recounted_in=None if row.recounted_in is None else UUID(row.recounted_in),
    )


def _signatures(count: UUID) -> Sequence[CountSignature]:
    query = sa.select(CountSignature).where(CountSignature.count == count).order_by(CountSignature.place)
    return db.session.execute(query).scalars().all()


def _signed(count: UUID) -> Sequence[SignatureShown]:
    given = {attestation.id: attestation for attestation in signatures.attestations_of(count)}
    return [
        SignatureShown(place=row.place, signer=row.signer, name=given[row.attestation].printed_name, at=row.at)
        for row in _signatures(count)
    ]
