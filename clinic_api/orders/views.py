"""Routes of orders."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.audit import service as audit
from clinic_api.database.scope import Scope
from clinic_api.http.fields import Empty
from clinic_api.inventory.queries.incidents import IncidentShown
from clinic_api.inventory.schemas.corrections import IncidentOut
from clinic_api.orders import queries, service
from clinic_api.orders.models import SeriesOrderRow
from clinic_api.orders.rules.intake import NewOrder
from clinic_api.orders.schemas import NewAttachment, OrderOut, OrderPage, SeriesOrderIn
from clinic_api.patients.queries import patients

blueprint = Blueprint("orders", __name__)


@blueprint.post("/orders")
@act(Action.ORDER_DOSE, SeriesOrderIn(), OrderOut())
def draft_order(new: NewOrder, *, scope: Scope) -> SeriesOrderRow:
    """Write a series order down."""
    return service.draft_order(new, scope=scope)


@blueprint.post("/orders/<uuid:order>/signature")
@act(Action.SIGN_ORDER, Empty(), OrderOut())
def sign_order(order: UUID, _: dict[str, Any], *, scope: Scope) -> SeriesOrderRow:
    """The prescriber signs; from here on it holds."""
    return service.sign_order(order, scope=scope)


@blueprint.post("/orders/<uuid:order>/cancellation")
@act(Action.SIGN_ORDER, Empty(), OrderOut(), status=200)
def cancel_order(order: UUID, _: dict[str, Any], *, scope: Scope) -> SeriesOrderRow:
    """The prescriber withdraws an order."""
    return service.cancel_order(order, scope=scope)


@blueprint.post("/incidents/<uuid:incident>/order")
@act(Action.ATTACH_ORDER, NewAttachment(), IncidentOut())
def attach_order(incident: UUID, said: dict[str, UUID], *, scope: Scope) -> IncidentShown:
    """The prescriber attaches a signed order to what was done without one."""
    return service.attach_order(incident, said["order"], scope=scope)


@blueprint.get("/orders/<uuid:order>")
@look(Action.READ_ORDER, OrderOut())
def order(order: UUID, *, scope: Scope) -> SeriesOrderRow:
    """One order."""
    found = queries.order(order)
    audit.shows(found.patient)
    return found


@blueprint.get("/patients/<uuid:patient>/orders")
@look(Action.READ_ORDER, OrderPage())
def orders_of(patient: UUID, *, scope: Scope) -> dict[str, Any]:
    """A patient's orders, newest first."""
    found = patients.patient(patient)
    audit.shows(found.id)
    return {"items": queries.orders_of(found.id)}
