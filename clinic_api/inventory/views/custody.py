"""Routes of keys and codes that change hands."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.http.fields import PageQuery
from clinic_api.http.paging import Page, PageAsked, page_of
from clinic_api.inventory.queries import custody
from clinic_api.inventory.queries.custody import HandOverShown
from clinic_api.inventory.queries.tracing import Part
from clinic_api.inventory.rules.custody import HandOverOrder
from clinic_api.inventory.schemas.custody import HandedOverOut, HandOverOut, HandOverPage, HolderPage, NewHandOver
from clinic_api.inventory.service import custody as keys
from clinic_api.inventory.service.custody import HandedOver
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Proof
from clinic_api.signatures.schemas import ProofIn

blueprint = Blueprint("custody", __name__)


@blueprint.post("/locations/<uuid:location>/hand-overs")
@act(Action.HAND_OVER_KEYS, NewHandOver(), HandedOverOut())
def hand_over(location: UUID, said: dict[str, Any], *, scope: Scope) -> HandedOver:
    """Give the keys or the code of a location away, by a count or a reason."""
    return keys.hand_over(HandOverOrder(location=location, **said), scope=scope)


@blueprint.post("/hand-overs/<uuid:hand_over>/acceptance")
@act(Action.HAND_OVER_KEYS, ProofIn(), HandOverOut())
def accept(hand_over: UUID, proof: Proof, *, scope: Scope) -> HandOverShown:
    """The other person takes them with their own login and PIN."""
    return keys.accept(hand_over, signatures.attest(proof, scope=scope), scope=scope)


@blueprint.get("/locations/<uuid:location>/holders")
@look(Action.READ_LEDGER, HolderPage())
def holders(location: UUID, *, scope: Scope) -> dict[str, Any]:
    """Who holds the keys of a location, and who its code."""
    return {"items": custody.holders(location)}


@blueprint.get("/locations/<uuid:location>/hand-overs")
@look(Action.READ_LEDGER, HandOverPage(), asks=PageQuery())
def log(location: UUID, asked: PageAsked, *, scope: Scope) -> Page[HandOverShown]:
    """Every hand-over of a location, accepted or not, oldest first."""
    rows = custody.log(location, part=Part(asked.after, asked.limit))
    return page_of(rows, asked=asked, key=lambda row: row.id)
