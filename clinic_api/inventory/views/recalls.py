"""Routes of recalls."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.http.fields import PageQuery
from clinic_api.http.paging import Page, PageAsked, page_of
from clinic_api.inventory.models.recalls import Recall
from clinic_api.inventory.queries import recalls
from clinic_api.inventory.queries.recalls import RecallShown
from clinic_api.inventory.queries.tracing import Part
from clinic_api.inventory.rules.recalls import RecallOrder
from clinic_api.inventory.schemas.recalls import NewClosing, NewRecall, RecallOut, RecallPage
from clinic_api.inventory.service import recalling

blueprint = Blueprint("recalls", __name__)


@blueprint.post("/recalls")
@act(Action.RECALL_STOCK, NewRecall(), RecallOut())
def recall(order: RecallOrder, *, scope: Scope) -> RecallShown:
    """Call lots back: found at all sites, set apart, and everybody who got some written down."""
    return recalling.recall(order, scope=scope)


@blueprint.post("/recalls/<uuid:recall>/closing")
@act(Action.RECALL_STOCK, NewClosing(), RecallOut())
def close_recall(recall: UUID, said: dict[str, Any], *, scope: Scope) -> RecallShown:
    """Nothing of it is left: what became of each container, and how patients were told."""
    return recalling.close_recall(recall, **said, scope=scope)


@blueprint.get("/recalls")
@look(Action.READ_LEDGER, RecallPage(), asks=PageQuery())
def list_recalls(asked: PageAsked, *, scope: Scope) -> Page[Recall]:
    """The recalls, oldest first."""
    return page_of(recalls.recalls(part=Part(asked.after, asked.limit)), asked=asked, key=lambda row: row.id)


@blueprint.get("/recalls/<uuid:recall>")
@look(Action.READ_LEDGER, RecallOut())
def one_recall(recall: UUID, *, scope: Scope) -> RecallShown:
    """A recall as it was frozen, and what became of it."""
    return recalls.shown(recall)
