"""Reading statutory inventories: how far one has come, what it found, and when the next is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.errors import NotFound
from clinic_api.inventory.models.counts import CountEntry, CountSheet
from clinic_api.inventory.models.inventories import Inventory, InventoryCount, InventorySignature, InventoryTaken
from clinic_api.inventory.models.stock import Container, Location, Product, Puncture, Quarantine
from clinic_api.inventory.queries import counts, law, parts, storage
from clinic_api.inventory.queries.phrases import refers_to, wait_for
from clinic_api.inventory.rules.drawing import VIALS
from clinic_api.inventory.rules.inventories import (
    Business,
    InventoryState,
    Listed,
    NextInventory,
    OnShelf,
    next_kind,
    state_of,
)
from clinic_api.inventory.rules.kinds import CountKind
from clinic_api.inventory.rules.sheets import CountState
from clinic_api.quantities import Concentration
from clinic_api.signatures import queries as signatures


class NoSuchInventory(NotFound):
    """There is no such inventory here."""


@dataclass(frozen=True, slots=True)
class CountOf:
    """The count of one location of an inventory."""

    count: UUID
    location: UUID
    location_name: str
    state: CountState


@dataclass(frozen=True, slots=True, kw_only=True)
class TakerShown:
    """Who signed an inventory, under the name they had then."""

    signer: UUID
    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryShown:
    """An inventory as far as it has come.

    Args:
        record: the signed record, once it is frozen.
        counted_on: the site's day on which its first entries were in.
    """

    id: UUID
    registration: UUID
    kind: CountKind
    business: Business
    state: InventoryState
    persons: int
    opened_by: UUID
    opened_at: datetime
    counts: Sequence[CountOf]
    record: UUID | None
    counted_on: date | None
    signatures: Sequence[TakerShown]


def inventory(id: UUID) -> Inventory:
    """An inventory.

    Raises:
        NoSuchInventory: not here.
    """
    row = db.session.execute(sa.select(Inventory).where(Inventory.id == id)).scalar_one_or_none()
    if row is None:
        raise NoSuchInventory
    return row


def hold(id: UUID) -> Inventory:
    """An inventory, held until the transaction ends: whoever else signs it waits, and then sees that it is signed.

    Raises:
        NoSuchInventory: not here.
    """
    wait_for(id)
    return inventory(id)


def of(registration: UUID) -> Sequence[UUID]:
    """Every inventory of a registration, oldest first."""
    query = sa.select(Inventory.id).where(Inventory.registration == registration).order_by(Inventory.id)
    return db.session.execute(query).scalars().all()


def taken(id: UUID) -> InventoryTaken | None:
    """An inventory as it was frozen; None while it is not."""
    return db.session.execute(sa.select(InventoryTaken).where(InventoryTaken.id == id)).scalar_one_or_none()


def counts_of(inventory: UUID) -> Sequence[CountOf]:
    """The counts of an inventory, one for each location."""
    query = sa.select(InventoryCount.id).where(InventoryCount.inventory == inventory).order_by(InventoryCount.id)
    made = [counts.count(id) for id in db.session.execute(query).scalars()]
    return [CountOf(row.id, row.location, storage.location(row.location).name, counts.state(row)) for row in made]


def takers(inventory: UUID) -> frozenset[UUID]:
    """Who made an entry in any of its counts."""
    return frozenset(person for each in counts_of(inventory) for person in parts.counters(each.count))


def shown(id: UUID) -> InventoryShown:
    """An inventory as far as it has come.

    Raises:
        NoSuchInventory: not here.
    """
    row, frozen = inventory(id), taken(id)
    return InventoryShown(
        id=row.id,
        registration=row.registration,
        kind=row.kind,
        business=row.business,
        state=state(row),
        persons=row.persons,
        opened_by=row.by,
        opened_at=row.at,
        counts=counts_of(id),
        record=None if frozen is None else frozen.record,
        counted_on=None if frozen is None else frozen.counted_on,
        signatures=[] if frozen is None else _signatures(id, frozen.record),
    )


def state(row: Inventory) -> InventoryState:
    """How far an inventory has come."""
    counted = all(each.state is CountState.COMPLETE for each in counts_of(row.id))
    return state_of(counted=counted, signatures=len(_given(row.id)), persons=row.persons)


def counted_between(inventory: UUID) -> tuple[datetime, datetime]:
    """When the entries of its first count and of its last were in; all of them are."""
    query = (
        sa.select(sa.func.min(CountSheet.at).label("first"), sa.func.max(CountSheet.at).label("last"))
        .join(InventoryCount, refers_to(CountSheet.id, InventoryCount))
        .where(InventoryCount.inventory == inventory)
    )
    row = db.session.execute(query).one()
    return row.first, row.last


def on_shelf(inventory: UUID) -> Sequence[OnShelf]:
    """What the counts of an inventory found, container by container, as it was when they were made."""
    query = (
        sa.select(CountEntry, CountSheet.at, Container)
        .add_columns(Product.key, Location.name, Puncture, Quarantine)
        .join(InventoryCount, refers_to(CountEntry.count, InventoryCount))
        .join(CountSheet, refers_to(CountEntry.count, CountSheet))
        .join(Container, refers_to(CountEntry.container, Container))
        .join(Product, refers_to(Container.product, Product))
        .join(Location, refers_to(Container.location, Location))
        .outerjoin(Puncture, refers_to(Container.id, Puncture))
        .outerjoin(Quarantine, refers_to(Container.id, Quarantine))
        .where(InventoryCount.inventory == inventory)
        .order_by(CountEntry.container)
    )
    return [_on_shelf(row) for row in db.session.execute(query)]


def listed(registration: UUID) -> Sequence[Listed]:
    """What stands on an inventory whether it is there or not: all that the clinic may stock, and all it ever held."""
    now = {each.package.key: _stocked(each) for each in storage.stocked()}
    query = (
        sa.select(Product)
        .join(Container, sa.and_(Container.organisation == Product.organisation, Container.product == Product.id))
        .where(Container.registration == registration)
        .order_by(Product.id)
    )
    held = {product.key: _held(product) for product in db.session.execute(query).scalars()}
    both = now | held
    return [both[key] for key in sorted(both)]


def last_taken(registration: UUID) -> tuple[Inventory, InventoryTaken] | None:
    """The last inventory of a registration that everybody signed who had to, by the day of its counts."""
    query = (
        sa.select(Inventory, InventoryTaken)
        .join(InventoryTaken, refers_to(Inventory.id, InventoryTaken))
        .where(Inventory.registration == registration)
        .order_by(InventoryTaken.counted_on.desc(), InventoryTaken.id.desc())
    )
    for row in db.session.execute(query):
        if state(row.Inventory) is InventoryState.COMPLETE:
            return row.Inventory, row.InventoryTaken
    return None


def next_inventory(registration: UUID) -> NextInventory:
    """When a registration's next inventory is due, from the day of the last count, and by which rule.

    Raises:
        NoSuchRegistration: not here.
        NoCadence: no jurisdiction says how often.
    """
    holder = clinics.registration(registration)
    asked = law.inventory_interval(holder.site)
    last = last_taken(registration)
    kind = next_kind(None if last is None else last[0].kind)
    counted_on = None if last is None else last[1].counted_on
    return NextInventory(
        registration=holder.id,
        kind=kind,
        last=None if last is None else last[0].id,
        counted_on=counted_on,
        due_on=None if counted_on is None or kind is None else asked.every.after(counted_on),
        every_months=asked.every.months,
        grace_days=asked.every.days,
        rule=asked.rule,
    )


def _given(inventory: UUID) -> Sequence[InventorySignature]:
    query = sa.select(InventorySignature).where(InventorySignature.inventory == inventory)
    return db.session.execute(query.order_by(InventorySignature.place)).scalars().all()


def _signatures(inventory: UUID, record: UUID) -> Sequence[TakerShown]:
    names = {given.id: given.printed_name for given in signatures.attestations_of(record)}
    return [TakerShown(signer=row.signer, name=names[row.attestation], at=row.at) for row in _given(inventory)]


def _on_shelf(row: sa.Row[Any]) -> OnShelf:
    entry, kept, puncture, apart = row.CountEntry, row.Container, row.Puncture, row.Quarantine
    return OnShelf(
        label=kept.label,
        location=row.name,
        product=row.key,
        lot=kept.lot,
        method=entry.method,
        volume=entry.volume,
        found=entry.found,
        resolution=entry.resolution,
        opened=kept.kind not in VIALS or (puncture is not None and puncture.at <= row.at),
        reason=apart.reason if apart is not None and apart.at <= row.at else None,
    )


def _stocked(each: storage.Stocked) -> Listed:
    return Listed(
        key=each.package.key,
        name=each.package.name,
        ndc=str(each.package.ndc),
        schedule=each.drug.schedule,
        form=str(each.package.kind),
        concentration=each.package.concentration,
        volume=each.package.volume,
        content=each.package.content,
    )


def _held(product: Product) -> Listed:
    return Listed(
        key=product.key,
        name=product.name,
        ndc=product.ndc,
        schedule=product.schedule,
        form=str(product.kind),
        concentration=Concentration(product.concentration),
        volume=product.volume,
        content=product.content,
    )
