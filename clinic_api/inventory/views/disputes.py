"""Routes of disputes: who signed for another's act says that it was not so."""

from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.inventory.queries.cases import WasteShown
from clinic_api.inventory.queries.corrections import CorrectionShown
from clinic_api.inventory.queries.removals import RemovalShown
from clinic_api.inventory.schemas.corrections import CorrectionOut
from clinic_api.inventory.schemas.disputes import NewDispute
from clinic_api.inventory.schemas.removals import RemovalOut
from clinic_api.inventory.schemas.wastes import WasteOut
from clinic_api.inventory.service import disputing

blueprint = Blueprint("disputes", __name__)


@blueprint.post("/wastes/<uuid:waste>/dispute")
@act(Action.DISPUTE_SIGNATURE, NewDispute(), WasteOut())
def dispute_waste(waste: UUID, words: str, *, scope: Scope) -> WasteShown:
    """The witness says that the waste was not as they signed; a discrepancy is opened."""
    return disputing.dispute_waste(waste, words, scope=scope)


@blueprint.post("/removals/<uuid:removal>/dispute")
@act(Action.DISPUTE_SIGNATURE, NewDispute(), RemovalOut())
def dispute_removal(removal: UUID, words: str, *, scope: Scope) -> RemovalShown:
    """Who signed the removal for another says that it was not so; a discrepancy is opened."""
    return disputing.dispute_removal(removal, words, scope=scope)


@blueprint.post("/corrections/<uuid:correction>/dispute")
@act(Action.DISPUTE_SIGNATURE, NewDispute(), CorrectionOut())
def dispute_correction(correction: UUID, words: str, *, scope: Scope) -> CorrectionShown:
    """The second person says that the correction was not as they signed; a discrepancy is opened."""
    return disputing.dispute_correction(correction, words, scope=scope)
