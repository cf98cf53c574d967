"""Reading containers: what is in them, by the ledger, and what forbids their use."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import db
from clinic_api.database.scope import scope
from clinic_api.errors import NotFound
from clinic_api.inventory.models.counts import Count, CountSheet
from clinic_api.inventory.models.preparations import StockPreparation
from clinic_api.inventory.models.serials import ContainerSerial
from clinic_api.inventory.models.stock import Container, Location, Product, Puncture, Quarantine
from clinic_api.inventory.queries.lineage import Origin, origins, poured_back
from clinic_api.inventory.queries.phrases import HOLDS_DRUG, refers_to
from clinic_api.inventory.queries.promises import gone, held_for_waste, promised
from clinic_api.inventory.rules.drawing import MADE_UP, VIALS, Source, expires_at
from clinic_api.inventory.rules.products import ContainerKind
from clinic_api.inventory.rules.sheets import BLIND_FOR
from clinic_api.inventory.rules.vials import State, state_of
from clinic_api.quantities import Concentration, Mass, Volume


class NoSuchContainer(NotFound):
    """There is no such container here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A container as a person reads it.

    Args:
        balance, volume_left, held: by the ledger; None while its location is being counted, blind. The last is what
            was promised to a waste or a removal that is still pending.
        use_by: the last moment of use of an opened vial or of a stock preparation, UTC.
        sources: of what was drawn, the vials that it came from, each with its lot and expiry.
        stock: it was made up for nobody in particular.
        serial: the serial number of the package that it came in, where that was read.
    """

    id: UUID
    label: str
    kind: ContainerKind
    state: State
    product: str
    product_name: str
    ndc: str
    concentration: Concentration
    registration: UUID
    site: UUID
    location: UUID
    location_name: str
    lot: str
    expiry: date
    content: Mass
    balance: Mass | None
    volume_left: Volume | None
    held: Mass | None
    punctured_at: datetime | None
    use_by: datetime | None
    quarantined_at: datetime | None
    quarantine_reason: str | None
    parent: UUID | None
    visit: UUID | None
    being_counted: bool
    sources: Sequence[Origin]
    stock: bool
    serial: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """A container with its product and what is true of it."""

    container: Container
    product: Product
    facts: Source


def container(id: UUID) -> Container:
    """A container.

    Raises:
        NoSuchContainer: not here.
    """
    return _one(sa.select(Container).where(Container.id == id))


def hold(id: UUID) -> Container:
    """A container, held until the transaction ends: whoever else wants it waits, and then sees what is left.

    Raises:
        NoSuchContainer: not here.
    """
    query = sa.select(Container).where(Container.id == id).with_for_update()
    return _one(query.execution_options(populate_existing=True))


def hold_numbered(label: str) -> Container | None:
    """As ``hold``, by the number that a person would ask for; None where there is none of it."""
    query = sa.select(Container).where(Container.label == label).with_for_update()
    found = db.session.execute(query.execution_options(populate_existing=True))
    row: Container | None = found.scalar_one_or_none()
    return row


def source(held: Container) -> Source:
    """Everything that decides whether drug may be taken from a container; read it after ``hold``."""
    row = db.session.execute(_facts().where(Container.id == held.id)).one()
    return _source(row, clinics.site(held.site).zone)


def shown(id: UUID) -> Shown:
    """A container as a person reads it.

    Raises:
        NoSuchContainer: not here.
    """
    found = several([id])
    if not found:
        raise NoSuchContainer
    return found[0]


def page(site: UUID, *, after: UUID | None, limit: int) -> Sequence[Shown]:
    """A site's containers in the order in which they came; one more than ``limit`` says that there is more.

    Raises:
        NoSuchSite: not here.
    """
    query = _facts().where(Container.site == clinics.site(site).id).order_by(Container.id).limit(limit + 1)
    return _told(query if after is None else query.where(Container.id > after))


def several(ids: Collection[UUID]) -> Sequence[Shown]:
    """Some containers, at whatever sites, in the order in which they came."""
    return _told(_facts().where(Container.id.in_(ids)).order_by(Container.id))


def at_site(site: UUID) -> Sequence[Shown]:
    """Everything at a site that still holds drug, oldest first.

    Raises:
        NoSuchSite: not here.
    """
    here = Container.site == clinics.site(site).id
    return _told(_facts().where(here, HOLDS_DRUG).order_by(Container.id))


def at_location(location: UUID, *, and_named: Collection[UUID], zone: str) -> Sequence[Held]:
    """Every container of a location that holds drug, and those of it that are named, oldest first."""
    holds = sa.or_(HOLDS_DRUG, Container.id.in_(and_named))
    query = _facts().where(Container.location == location, holds).order_by(Container.id)
    return [Held(row.Container, row.Product, _source(row, zone)) for row in db.session.execute(query)]


def being_counted() -> frozenset[UUID]:
    """Locations whose count is open and blind: nobody is told the book's figures until the entries are in."""
    return frozenset(db.session.execute(sa.select(Count.location).where(_blind())).scalars())


def counted_places() -> Mapping[UUID, str]:
    """The names of the locations whose count is open and blind, by id."""
    here = refers_to(Count.location, Location)
    query = sa.select(Location.id, Location.name).select_from(Count).join(Location, here).where(_blind())
    return {row.id: row.name for row in db.session.execute(query)}


def puncture(id: UUID) -> Puncture | None:
    """The first opening of a vial; None while it is sealed."""
    return db.session.execute(sa.select(Puncture).where(Puncture.id == id)).scalar_one_or_none()


def syringes_of(vial: UUID) -> int:
    """How many containers continue the number of a vial."""
    query = sa.select(sa.func.count()).select_from(Container).where(Container.parent == vial)
    return int(db.session.execute(query).scalar_one())


def _blind() -> sa.ColumnElement[bool]:
    """A count whose entries are not in yet, and which was not left open too long."""
    sheet = sa.select(CountSheet.id).where(refers_to(Count.id, CountSheet)).exists()
    return sa.and_(Count.at > scope().at - BLIND_FOR, ~sheet)


def _counted() -> sa.ColumnElement[bool]:
    """Whether a container's location is being counted, blind."""
    here = sa.and_(Count.organisation == Container.organisation, Count.location == Container.location)
    return sa.select(Count.id).where(here, _blind()).exists()


def _one(query: sa.Select[Any]) -> Container:
    row: Container | None = db.session.execute(query).scalar_one_or_none()
    if row is None:
        raise NoSuchContainer
    return row


def _facts() -> sa.Select[Any]:
    """A container with its product, place, opening and quarantine, what was promised, and whether it is gone."""
    return (
        sa.select(Container, Product, Location.name.label("location_name"), Puncture, Quarantine, StockPreparation)
        .add_columns(held_for_waste().label("held"), promised().label("promised"), gone().label("gone"))
        .add_columns(ContainerSerial.serial, poured_back().label("poured_back"), _counted().label("counted"))
        .join(Product, refers_to(Container.product, Product))
        .join(Location, refers_to(Container.location, Location))
        .outerjoin(Puncture, refers_to(Container.id, Puncture))
        .outerjoin(Quarantine, refers_to(Container.id, Quarantine))
        .outerjoin(StockPreparation, refers_to(Container.id, StockPreparation))
        .outerjoin(ContainerSerial, refers_to(Container.id, ContainerSerial))
    )


def _source(row: sa.Row[Any], zone: str) -> Source:
    held: Container = row.Container
    until = row.Puncture or row.StockPreparation
    return Source(
        label=held.label,
        kind=held.kind,
        left=held.balance,
        held=row.held + row.promised,
        gone=bool(row.gone),
        quarantined=row.Quarantine is not None,
        expires_at=expires_at(held.expiry, zone),
        use_by=None if until is None else until.use_by,
        stock=row.StockPreparation is not None,
        strength_lost=row.StockPreparation is not None and bool(row.poured_back),
        counted=bool(row.counted),
    )


def _told(query: sa.Select[Any]) -> Sequence[Shown]:
    """Containers as a person reads them, at whatever sites, in the order of the query."""
    rows = db.session.execute(query).all()
    zones = {site.id: site.zone for site in clinics.sites()}
    drawn = [row.Container.id for row in rows if row.Container.parent is not None]
    came = origins(drawn) if drawn else {}
    return [_shown(row, zone=zones[row.Container.site], sources=came.get(row.Container.id, ())) for row in rows]


def _shown(row: sa.Row[Any], *, zone: str, sources: Sequence[Origin]) -> Shown:
    kept: Container = row.Container
    product, puncture, quarantine = row.Product, row.Puncture, row.Quarantine
    facts = _source(row, zone)
    hidden = facts.counted
    opened = puncture is not None or kept.kind in MADE_UP
    return Shown(
        id=kept.id,
        label=kept.label,
        kind=kept.kind,
        state=state_of(facts, opened=opened),
        product=product.key,
        product_name=product.name,
        ndc=product.ndc,
        concentration=Concentration(kept.concentration),
        registration=kept.registration,
        site=kept.site,
        location=kept.location,
        location_name=row.location_name,
        lot=kept.lot,
        expiry=kept.expiry,
        content=kept.content,
        balance=None if hidden else kept.balance,
        volume_left=None if hidden else _undiluted(kept),
        held=None if hidden else facts.held,
        punctured_at=None if puncture is None else puncture.at,
        use_by=facts.use_by,
        quarantined_at=None if quarantine is None else quarantine.at,
        quarantine_reason=None if quarantine is None else quarantine.reason,
        parent=kept.parent,
        visit=kept.visit,
        being_counted=hidden,
        sources=sources,
        stock=facts.stock,
        serial=row.serial,
    )


def _undiluted(kept: Container) -> Volume | None:
    """What a vial still holds as fluid; unknown for a syringe, which may have been diluted."""
    exact = Concentration(kept.concentration).exact_ul_for(kept.balance)
    return Volume(exact.numerator) if kept.kind in VIALS and exact.denominator == 1 else None
