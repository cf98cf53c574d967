"""Routes of what an inspector asks: on hand when, who moved what, who touched a lot, does it add up."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import look
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.http.paging import Page, page_of
from clinic_api.inventory.queries import accounting, holdings, tracing
from clinic_api.inventory.queries.containers import Shown
from clinic_api.inventory.queries.tracing import Part
from clinic_api.inventory.rules.holdings import Held, moment
from clinic_api.inventory.rules.tracing import Happening
from clinic_api.inventory.schemas.accountability import AccountPage, PeriodAsked, PeriodQuery
from clinic_api.inventory.schemas.stock import ContainerPage
from clinic_api.inventory.schemas.tracing import (
    HappeningPage,
    LotAsked,
    LotQuery,
    MomentAsked,
    MomentQuery,
    MovementsQuery,
    OnHandPage,
    PersonAsked,
)

blueprint = Blueprint("answers", __name__)


@blueprint.get("/registrations/<uuid:registration>/on-hand")
@look(Action.READ_LEDGER, OnHandPage(), asks=MomentQuery())
def on_hand_under_registration(registration: UUID, asked: MomentAsked, *, scope: Scope) -> Held:
    """What a registration had on hand at a moment, as it was known at another."""
    return holdings.under_registration(registration, moment(asked.at, asked.known_at, now=scope.at))


@blueprint.get("/locations/<uuid:location>/on-hand")
@look(Action.READ_LEDGER, OnHandPage(), asks=MomentQuery())
def on_hand_at_location(location: UUID, asked: MomentAsked, *, scope: Scope) -> Held:
    """What lay in a location at a moment, as it was known at another."""
    return holdings.at_location(location, moment(asked.at, asked.known_at, now=scope.at))


@blueprint.get("/containers/<uuid:container>/on-hand")
@look(Action.READ_LEDGER, OnHandPage(), asks=MomentQuery())
def on_hand_in_container(container: UUID, asked: MomentAsked, *, scope: Scope) -> Held:
    """What a container held at a moment, as it was known at another."""
    return holdings.in_container(container, moment(asked.at, asked.known_at, now=scope.at))


@blueprint.get("/staff/<uuid:account>/movements")
@look(Action.READ_LEDGER, HappeningPage(), asks=MovementsQuery())
def movements(account: UUID, asked: PersonAsked, *, scope: Scope) -> Page[Happening]:
    """What a person drew, gave, wasted, witnessed, counted or received, as it was written down."""
    part = Part(asked.page.after, asked.page.limit)
    rows = tracing.movements_of(account, since=asked.since, until=asked.until, part=part)
    return page_of(rows, asked=asked.page, key=lambda row: row.id)


@blueprint.get("/lots/touches")
@look(Action.READ_LEDGER, HappeningPage(), asks=LotQuery())
def touches(asked: LotAsked, *, scope: Scope) -> Page[Happening]:
    """Who touched a lot: people, patients and containers, as it was written down."""
    rows = tracing.touches_of_lot(asked.ndc, asked.lot, part=Part(asked.page.after, asked.page.limit))
    return page_of(rows, asked=asked.page, key=lambda row: row.id)


@blueprint.get("/lots/containers")
@look(Action.READ_LEDGER, ContainerPage(), asks=LotQuery())
def lot_containers(asked: LotAsked, *, scope: Scope) -> Page[Shown]:
    """A lot's containers at all sites, and whatever was drawn or made from them."""
    rows = tracing.containers_of_lot(asked.ndc, asked.lot, part=Part(asked.page.after, asked.page.limit))
    return page_of(rows, asked=asked.page, key=lambda row: row.id)


@blueprint.get("/registrations/<uuid:registration>/accountability")
@look(Action.READ_LEDGER, AccountPage(), asks=PeriodQuery())
def accountability(registration: UUID, asked: PeriodAsked, *, scope: Scope) -> dict[str, Any]:
    """What a registration must account for and what was accounted for, per product, between two counts."""
    return {"items": accounting.accounts(registration, since=asked.since, until=asked.until)}
