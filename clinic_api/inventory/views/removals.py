"""Routes of removals, of what goes back unopened, and of what stays in the hub."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.http.fields import Empty, PageQuery
from clinic_api.http.paging import Page, PageAsked, page_of
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.removals import Eligibility
from clinic_api.inventory.queries import removals
from clinic_api.inventory.queries.removals import RemovalShown
from clinic_api.inventory.rules.removals import RemovalOrder
from clinic_api.inventory.schemas.removals import (
    DestructionWitnessOut,
    EligibilityAsked,
    HubLossOut,
    NewAcknowledgement,
    NewDestructionWitness,
    NewHubLoss,
    NewRemoval,
    NewReturn,
    ProposedRemovalOut,
    RemovalOut,
    RemovalPage,
    ReturnOut,
    Withdrawal,
)
from clinic_api.inventory.service import following, removing, upkeep
from clinic_api.inventory.service.following import Arrival
from clinic_api.inventory.service.removing import ProposedRemoval
from clinic_api.inventory.service.upkeep import Noted, ReturnOrder
from clinic_api.quantities import Mass
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Proof
from clinic_api.signatures.schemas import ProofIn

blueprint = Blueprint("removals", __name__)


@blueprint.post("/removals")
@act(Action.REMOVE_STOCK, NewRemoval(), ProposedRemovalOut())
def propose_removal(order: RemovalOrder, *, scope: Scope) -> ProposedRemoval:
    """Say what is destroyed, sent to a reverse distributor, transferred or broken; two people sign it."""
    return removing.propose_removal(order, scope=scope)


@blueprint.post("/removals/<uuid:removal>/challenges")
@act(Action.REMOVE_STOCK, Empty(), ProposedRemovalOut())
def ask_again(removal: UUID, _: dict[str, Any], *, scope: Scope) -> ProposedRemoval:
    """Ask a further person to sign a pending removal."""
    return removing.ask_again(removal, scope=scope)


@blueprint.post("/removals/<uuid:removal>/signature")
@act(Action.WITNESS_REMOVAL, ProofIn(), RemovalOut())
def sign_removal(removal: UUID, proof: Proof, *, scope: Scope) -> RemovalShown:
    """A person signs with their own login and PIN; with the second signature the drug leaves."""
    return removing.sign_removal(removal, signatures.attest(proof, scope=scope), scope=scope)


@blueprint.post("/removals/<uuid:removal>/withdrawal")
@act(Action.REMOVE_STOCK, Withdrawal(), RemovalOut())
def withdraw_removal(removal: UUID, said: dict[str, str], *, scope: Scope) -> RemovalShown:
    """It did not happen after all."""
    return following.withdraw_removal(removal, said["reason"], scope=scope)


@blueprint.post("/removals/<uuid:removal>/acknowledgement")
@act(Action.REMOVE_STOCK, NewAcknowledgement(), RemovalOut())
def acknowledge(removal: UUID, said: dict[str, Any], *, scope: Scope) -> RemovalShown:
    """The receiver confirms what arrived."""
    return following.acknowledge(removal, Arrival(**said), scope=scope)


@blueprint.get("/removals")
@look(Action.READ_LEDGER, RemovalPage(), asks=PageQuery())
def list_removals(asked: PageAsked, *, scope: Scope) -> Page[RemovalShown]:
    """Removals, oldest first."""
    rows = removals.page(after=asked.after, limit=asked.limit)
    return page_of(rows, asked=asked, key=lambda row: row.id)


@blueprint.get("/removals/<uuid:removal>")
@look(Action.READ_LEDGER, RemovalOut())
def removal(removal: UUID, *, scope: Scope) -> RemovalShown:
    """A removal, and how far it has come."""
    return removals.shown(removal)


@blueprint.post("/destruction-witnesses")
@act(Action.KEEP_LICENCES, NewDestructionWitness(), DestructionWitnessOut())
def record_eligibility(asked: EligibilityAsked, *, scope: Scope) -> Eligibility:
    """Say whether a person is an employee who may be one of the two at a destruction."""
    return following.record_eligibility(asked.account, asked.basis, eligible=asked.eligible, scope=scope)


@blueprint.post("/containers/<uuid:container>/return")
@act(Action.RETURN_STOCK, NewReturn(), ReturnOut())
def give_back(container: UUID, said: dict[str, Any], *, scope: Scope) -> Move:
    """A container that was never opened goes back to the supplier or to a reverse distributor."""
    return upkeep.give_back(ReturnOrder(container=container, **said), scope=scope)


@blueprint.post("/containers/<uuid:container>/hub-loss")
@act(Action.DRAW_DRUG, NewHubLoss(), HubLossOut())
def record_hub_loss(container: UUID, mass: Mass, *, scope: Scope) -> Noted:
    """What stayed in needle and hub, as a line of its own."""
    return upkeep.record_hub_loss(container, mass, scope=scope)
