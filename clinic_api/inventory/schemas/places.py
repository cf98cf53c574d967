"""Shapes of which locations there are and how they are kept."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import fields, post_load, validate

from clinic_api.http.fields import Body, Moment, PageQuery, Text, WholeNumber
from clinic_api.http.paging import PageAsked
from clinic_api.inventory.rules.places import Lock, NewAccess, NewPar, PlaceAct

MOST_PEOPLE = 200
MOST_UNITS = 10_000


def _people() -> "fields.List[UUID]":
    return fields.List(fields.UUID(), required=True, validate=validate.Length(max=MOST_PEOPLE))


class NewPlaceAccess(Body):
    """POST /locations/{id}/access; an empty list is everybody whose role allows it."""

    lock = fields.Enum(Lock, by_value=True, required=True)
    may_draw = _people()
    may_receive = _people()
    may_count = _people()
    reason = Text(required=True, longest=400)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewAccess:
        may = {act: frozenset(data[f"may_{act}"]) for act in PlaceAct}
        return NewAccess(lock=data["lock"], may=may, reason=data["reason"])


class PlaceAccessOut(Body):
    """One version of how a location is kept."""

    id = fields.UUID()
    location = fields.UUID()
    version = fields.Integer()
    lock = fields.Enum(Lock, by_value=True)
    may_draw = fields.List(fields.UUID())
    may_receive = fields.List(fields.UUID())
    may_count = fields.List(fields.UUID())
    reason = fields.String()
    by = fields.UUID()
    at = Moment()


class PlaceAccessPage(Body):
    """Every version of how a location was kept, newest first."""

    items = fields.List(fields.Nested(PlaceAccessOut()))


@dataclass(frozen=True, slots=True)
class PlacesAsked:
    """Which site's locations, or all, and which part of them."""

    site: UUID | None
    page: PageAsked


class PlacesQuery(PageQuery):
    """GET /locations"""

    site = fields.UUID(load_default=None)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> PlacesAsked:
        return PlacesAsked(site=data.pop("site"), page=PageAsked(**data))


class PlaceOut(Body):
    """A location; ``access`` is null where nobody has said how it is kept, and for whoever may not see the staff."""

    id = fields.UUID()
    site = fields.UUID()
    registration = fields.UUID()
    name = fields.String()
    being_counted = fields.Boolean()
    access = fields.Nested(PlaceAccessOut(), allow_none=True)


class PlacePage(Body):
    """Some locations."""

    items = fields.List(fields.Nested(PlaceOut()))
    next = fields.String(allow_none=True)


class NewParLevel(Body):
    """POST /locations/{id}/par-levels"""

    product = Text(required=True, longest=100)
    least_units = WholeNumber(least=0, most=MOST_UNITS, required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> NewPar:
        return NewPar(product=data["product"], least=data["least_units"])


class ParSetOut(Body):
    """A level as somebody set it."""

    version = fields.Integer()
    least_units = fields.Integer(attribute="least")
    by = fields.UUID()
    at = Moment()


class ParOut(Body):
    """A par level beside what lies ready; that is null while the location is being counted, blind."""

    id = fields.UUID()
    product = fields.String()
    product_name = fields.String(allow_none=True)
    least_units = fields.Integer(attribute="least")
    ready_units = fields.Integer(attribute="ready", allow_none=True)
    below = fields.Boolean(allow_none=True)
    history = fields.List(fields.Nested(ParSetOut()))


class ParPage(Body):
    """The par levels of a location."""

    items = fields.List(fields.Nested(ParOut()))
