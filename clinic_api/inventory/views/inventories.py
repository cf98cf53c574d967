"""Routes of statutory inventories."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.http.fields import Empty
from clinic_api.inventory.queries import inventories as taken
from clinic_api.inventory.queries.inventories import InventoryShown
from clinic_api.inventory.rules.inventories import NewInventory, NextInventory
from clinic_api.inventory.schemas.inventories import (
    InventoryOut,
    InventoryRecordOut,
    NextInventoryOut,
    OpenInventory,
    SignedInventoryOut,
)
from clinic_api.inventory.service import inventories
from clinic_api.inventory.service.inventories import SignedInventory
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Proof
from clinic_api.signatures.schemas import ProofIn

blueprint = Blueprint("inventories", __name__)


@blueprint.post("/inventories")
@act(Action.COUNT_STOCK, OpenInventory(), InventoryOut())
def open_inventory(new: NewInventory, *, scope: Scope) -> InventoryShown:
    """Begin a statutory inventory: a count of every location of a registration."""
    return inventories.open_inventory(new, scope=scope)


@blueprint.post("/inventories/<uuid:inventory>/signature")
@act(Action.COUNT_STOCK, Empty(), SignedInventoryOut())
def sign_inventory(inventory: UUID, _: dict[str, Any], *, scope: Scope) -> SignedInventory:
    """Somebody who counted signs; what was found is frozen."""
    return inventories.sign_inventory(inventory, scope=scope)


@blueprint.post("/inventories/<uuid:inventory>/second")
@act(Action.COUNT_STOCK, ProofIn(), InventoryOut())
def second_inventory(inventory: UUID, proof: Proof, *, scope: Scope) -> InventoryShown:
    """Another one who counted signs the same record with their own login and PIN."""
    return inventories.second_inventory(inventory, signatures.attest(proof, scope=scope), scope=scope)


@blueprint.get("/inventories/<uuid:inventory>")
@look(Action.READ_LEDGER, InventoryOut())
def inventory(inventory: UUID, *, scope: Scope) -> InventoryShown:
    """An inventory, as far as it has come."""
    return taken.shown(inventory)


@blueprint.get("/inventories/<uuid:inventory>/record")
@look(Action.READ_LEDGER, InventoryRecordOut())
def inventory_record(inventory: UUID, *, scope: Scope) -> dict[str, Any]:
    """An inventory as it was signed."""
    return inventories.read_record(inventory)


@blueprint.get("/registrations/<uuid:registration>/next-inventory")
@look(Action.READ_LEDGER, NextInventoryOut())
def next_inventory(registration: UUID, *, scope: Scope) -> NextInventory:
    """When a registration's next inventory is due, and which rule says so."""
    return taken.next_inventory(registration)
