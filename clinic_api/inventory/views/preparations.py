"""Routes of what is made up for nobody in particular."""

from flask import Blueprint

from clinic_api.accounts.access.door import act
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.inventory.rules.mixing import MixOrder
from clinic_api.inventory.schemas.preparations import NewPreparation, StockPreparationOut
from clinic_api.inventory.service import mixing
from clinic_api.inventory.service.mixing import Mixed

blueprint = Blueprint("preparations", __name__)


@blueprint.post("/preparations")
@act(Action.PREPARE_STOCK, NewPreparation(), StockPreparationOut())
def prepare_stock(order: MixOrder, *, scope: Scope) -> Mixed:
    """Make up a bag or a syringe for whoever needs it, where policy lets the drug be shared."""
    return mixing.prepare_stock(order, scope=scope)
