"""Routes of products, places and containers."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.http.paging import Page, page_of
from clinic_api.inventory.models.stock import Location, Quarantine
from clinic_api.inventory.queries import books, containers, storage
from clinic_api.inventory.queries.books import History
from clinic_api.inventory.queries.containers import Shown
from clinic_api.inventory.schemas.stock import (
    ContainerHistoryOut,
    ContainerPage,
    ContainersAsked,
    ContainersQuery,
    LocationAsked,
    LocationOut,
    NewLocation,
    NewOverfill,
    NewQuarantine,
    OverfillOut,
    ProductPage,
    QuarantineOut,
    SiteBalancePage,
)
from clinic_api.inventory.service import storage as keeping
from clinic_api.inventory.service import upkeep
from clinic_api.inventory.service.upkeep import Noted
from clinic_api.quantities import Volume

blueprint = Blueprint("stock", __name__)


@blueprint.get("/products")
@look(Action.READ_LEDGER, ProductPage())
def products(*, scope: Scope) -> dict[str, Any]:
    """What the clinic may stock."""
    return {"items": storage.stocked()}


@blueprint.post("/locations")
@act(Action.SET_UP_CLINIC, NewLocation(), LocationOut())
def make_location(asked: LocationAsked, *, scope: Scope) -> Location:
    """Name a locked place for drug, under one registration."""
    return keeping.make_location(asked.registration, asked.name, scope=scope)


@blueprint.get("/containers")
@look(Action.READ_LEDGER, ContainerPage(), asks=ContainersQuery())
def list_containers(asked: ContainersAsked, *, scope: Scope) -> Page[Shown]:
    """A site's containers, in the order in which they came."""
    rows = containers.page(asked.site, after=asked.page.after, limit=asked.page.limit)
    return page_of(rows, asked=asked.page, key=lambda row: row.id)


@blueprint.get("/containers/<uuid:container>")
@look(Action.READ_LEDGER, ContainerHistoryOut())
def container(container: UUID, *, scope: Scope) -> History:
    """A container, and every move into it and out of it."""
    return books.history(container)


@blueprint.post("/containers/<uuid:container>/quarantine")
@act(Action.QUARANTINE_STOCK, NewQuarantine(), QuarantineOut())
def quarantine(container: UUID, asked: dict[str, str], *, scope: Scope) -> Quarantine:
    """Set a container apart: nothing is drawn from it any more."""
    return upkeep.quarantine(container, asked["reason"], scope=scope)


@blueprint.post("/containers/<uuid:container>/overfill")
@act(Action.DRAW_DRUG, NewOverfill(), OverfillOut())
def record_overfill(container: UUID, volume: Volume, *, scope: Scope) -> Noted:
    """A vial holds more than its label says; recorded before it is drawn."""
    return upkeep.record_overfill(container, volume, scope=scope)


@blueprint.get("/sites/<uuid:site>/balances")
@look(Action.READ_LEDGER, SiteBalancePage())
def balances(site: UUID, *, scope: Scope) -> dict[str, Any]:
    """What a site holds by the book, by product and strength."""
    return {"items": books.balances(site)}
