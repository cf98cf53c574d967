"""Reading drift: small differences from the book, count after count, added up."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.database.scope import scope
from clinic_api.inventory.models.counts import (
    Count,
    CountEntry,
    CountSheet,
    CountTally,
    CountTallyLine,
    DriftAlert,
)
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container, Location, Product
from clinic_api.inventory.queries import parts, storage
from clinic_api.inventory.queries.phrases import refers_to
from clinic_api.inventory.rules.counting import Found
from clinic_api.inventory.rules.drift import Drift, Key, Limits, Point, Reason, Sighting, drift_of, points


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftShown:
    """How far something has drifted, and whether somebody should look; with the limits that say so."""

    drift: Drift
    reason: Reason | None
    limits: Limits


@dataclass(frozen=True, slots=True)
class Fresh:
    """A sum since it was last told; ``told`` is what told it, None where nothing did."""

    drift: Drift
    limits: Limits
    told: UUID | None


def at_site(site: UUID) -> Sequence[DriftShown]:
    """What has drifted at a site, as far back as each drug's policy looks; the furthest first.

    Raises:
        NoSuchSite: not here.
    """
    clinics.site(site)
    said = [
        DriftShown(drift=drift, reason=drift.reason(limits), limits=limits)
        for limits, sums in _by_drug(site)
        for drift in (drift_of(key, each) for key, each in sums.items())
    ]
    return sorted(said, key=lambda each: -abs(each.drift.sum_ug))


def since_told(site: UUID, count: UUID) -> Sequence[Fresh]:
    """The sums that a count adds to, each from what was last told of it on."""
    found = []
    for limits, seen in _seen(site):
        sums, touched = points(seen), points([each for each in seen if each.count == count])
        told = _told({key.product for key in touched})
        for key in touched:
            last = told.get(key)
            newer = [point for point in sums[key] if last is None or point.at > last.at]
            found.append(Fresh(drift_of(key, newer), limits, None if last is None else last.id))
    return found


def _told(products: Collection[str]) -> Mapping[Key, DriftAlert]:
    """What was last told of each sum of some products."""
    query = sa.select(DriftAlert).where(DriftAlert.product.in_(products)).order_by(DriftAlert.id)
    return {
        Key(
            subject=alert.subject,
            product=alert.product,
            container=alert.container,
            location=alert.location,
            person=alert.person,
        ): alert
        for alert in db.session.execute(query).scalars()
    }


def _by_drug(site: UUID) -> Sequence[tuple[Limits, Mapping[Key, Sequence[Point]]]]:
    return [(limits, points(seen)) for limits, seen in _seen(site)]


def _seen(site: UUID) -> Sequence[tuple[Limits, Sequence[Sighting]]]:
    """What was seen of each drug whose policy has limits, oldest first."""
    return [
        (drug.drift, _sightings(site, drug.drug, since=scope().at - drug.drift.within))
        for drug in storage.handled().values()
        if drug.drift is not None
    ]


def _sightings(site: UUID, drug: str, *, since: datetime) -> Sequence[Sighting]:
    rows = db.session.execute(_entries(site, drug, since)).all()
    moved = _handled({row.CountEntry.container for row in rows}, since)
    before: dict[UUID, tuple[datetime, int]] = {}
    seen = []
    for row in rows:
        entry: CountEntry = row.CountEntry
        found = Found(method=entry.method, found=entry.found, expected=entry.expected, resolution=entry.resolution)
        last = before.get(entry.container)
        seen.append(
            Sighting(
                container=entry.container,
                location=row.location,
                product=row.key,
                count=entry.count,
                at=row.at,
                counter=row.counted_by or row.first,
                variance_ug=found.variance_ug,
                resolution_ug=entry.resolution.ug,
                explained=found.explained,
                before_ug=(0 if row.made_at > since else None) if last is None else last[1],
                handlers=frozenset(
                    by for at, by in moved[entry.container] if (last is None or at > last[0]) and at <= row.at
                ),
            )
        )
        before[entry.container] = (row.at, found.variance_ug)
    return seen


def _entries(site: UUID, drug: str, since: datetime) -> sa.Select[Any]:
    """The entries that count of a site's containers; one that was counted again stands aside for the recount."""
    return (
        sa.select(
            CountEntry, Count.location, CountSheet.at, CountSheet.counted_by.label("first"), CountTally.counted_by
        )
        .add_columns(Product.key, Container.made_at)
        .join(Count, refers_to(CountEntry.count, Count))
        .join(CountSheet, refers_to(CountEntry.count, CountSheet))
        .join(Location, sa.and_(Location.organisation == Count.organisation, Location.id == Count.location))
        .join(Container, refers_to(CountEntry.container, Container))
        .join(Product, sa.and_(Product.organisation == Container.organisation, Product.id == Container.product))
        .outerjoin(CountTallyLine, refers_to(CountEntry.id, CountTallyLine))
        .outerjoin(
            CountTally, sa.and_(CountTally.organisation == Count.organisation, CountTally.id == CountTallyLine.tally)
        )
        .where(Location.site == site, Product.drug == drug, CountSheet.at > since)
        .where(parts.recounted(CountEntry).is_(None))
        .order_by(CountSheet.at, CountEntry.id)
    )


def _handled(containers: Collection[UUID], since: datetime) -> Mapping[UUID, Sequence[tuple[datetime, UUID]]]:
    """Who moved drug into or out of containers, and when."""
    moved: dict[UUID, list[tuple[datetime, UUID]]] = defaultdict(list)
    for end in (Move.from_container, Move.to_container):
        query = sa.select(end.label("container"), Move.occurred_at, Move.by).where(
            end.in_(containers), Move.occurred_at > since, Move.by.is_not(None)
        )
        for row in db.session.execute(query):
            moved[row.container].append((row.occurred_at, row.by))
    return moved
