"""Routes of which locations there are and how they are kept."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.access.permissions import permits
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.http.paging import Page, page_of
from clinic_api.inventory.queries import places, storage
from clinic_api.inventory.queries.places import PlaceShown
from clinic_api.inventory.rules.places import AccessShown, NewAccess, NewPar, ParShown
from clinic_api.inventory.schemas.places import (
    NewParLevel,
    NewPlaceAccess,
    ParOut,
    ParPage,
    PlaceAccessOut,
    PlaceAccessPage,
    PlacePage,
    PlacesAsked,
    PlacesQuery,
)
from clinic_api.inventory.service import places as keeping

blueprint = Blueprint("places", __name__)


@blueprint.get("/locations")
@look(Action.SEE_CLINIC, PlacePage(), asks=PlacesQuery())
def list_places(asked: PlacesAsked, *, scope: Scope) -> Page[PlaceShown]:
    """Where drug is kept, in the order in which the places were made; with the access lists for who may see them."""
    lists = permits(scope.roles, Action.SEE_STAFF)
    rows = places.page(asked.site, after=asked.page.after, limit=asked.page.limit, lists=lists)
    return page_of(rows, asked=asked.page, key=lambda row: row.id)


@blueprint.post("/locations/<uuid:location>/access")
@act(Action.SET_UP_CLINIC, NewPlaceAccess(), PlaceAccessOut())
def set_access(location: UUID, new: NewAccess, *, scope: Scope) -> AccessShown:
    """Say how a location is locked, and who may draw, receive and count there."""
    return keeping.set_access(location, new, scope=scope)


@blueprint.get("/locations/<uuid:location>/access")
@look(Action.SEE_STAFF, PlaceAccessPage())
def accesses(location: UUID, *, scope: Scope) -> dict[str, Any]:
    """How a location is kept, and was."""
    return {"items": places.accesses(storage.location(location).id)}


@blueprint.post("/locations/<uuid:location>/par-levels")
@act(Action.SET_PAR_LEVEL, NewParLevel(), ParOut())
def set_par(location: UUID, new: NewPar, *, scope: Scope) -> ParShown:
    """Say how many of a product should lie ready in a location."""
    return keeping.set_par(location, new, scope=scope)


@blueprint.get("/locations/<uuid:location>/par-levels")
@look(Action.READ_LEDGER, ParPage())
def par_levels(location: UUID, *, scope: Scope) -> dict[str, Any]:
    """What should lie ready in a location, and what does."""
    return {"items": places.par_levels(location, at=scope.at)}
