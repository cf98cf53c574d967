"""Routes of wastes."""

from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.inventory.queries import cases
from clinic_api.inventory.queries.cases import WasteShown
from clinic_api.inventory.rules.waste import WasteOrder
from clinic_api.inventory.schemas.wastes import NewWaste, ProposedWasteOut, WasteOut, WithdrawalIn
from clinic_api.inventory.service import wasting
from clinic_api.inventory.service.wasting import Proposed
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Proof
from clinic_api.signatures.schemas import ProofIn

blueprint = Blueprint("wastes", __name__)


@blueprint.post("/wastes")
@act(Action.WASTE_DRUG, NewWaste(), ProposedWasteOut())
def propose_waste(order: WasteOrder, *, scope: Scope) -> Proposed:
    """Ask a second person to watch a remainder being wasted."""
    return wasting.propose_waste(order, scope=scope)


@blueprint.post("/wastes/<uuid:waste>/witness")
@act(Action.WITNESS_WASTE, ProofIn(), WasteOut())
def witness_waste(waste: UUID, proof: Proof, *, scope: Scope) -> WasteShown:
    """The second person signs what the screen shows, and the remainder is wasted."""
    return wasting.post_waste(waste, signatures.attest(proof, scope=scope), scope=scope)


@blueprint.post("/wastes/<uuid:waste>/withdrawal")
@act(Action.WASTE_DRUG, WithdrawalIn(), WasteOut())
def withdraw_waste(waste: UUID, reason: str, *, scope: Scope) -> WasteShown:
    """Take back a waste that nobody has witnessed; what it held is free again."""
    return wasting.withdraw_waste(waste, reason, scope=scope)


@blueprint.get("/wastes/<uuid:waste>")
@look(Action.READ_LEDGER, WasteOut())
def waste(waste: UUID, *, scope: Scope) -> WasteShown:
    """A waste: pending, witnessed or taken back."""
    return cases.shown(waste)
