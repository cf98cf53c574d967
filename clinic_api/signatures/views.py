"""Routes of signatures."""

from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.signatures import service
from clinic_api.signatures.models import Challenge
from clinic_api.signatures.schemas import ChallengeOut

blueprint = Blueprint("signatures", __name__)


@blueprint.post("/challenges/<uuid:challenge>/renewal")
@act(Action.WITNESS_WASTE, None, ChallengeOut())
def renew_challenge(challenge: UUID, *, scope: Scope) -> Challenge:
    """Ask again for a signature that was not given in time."""
    return service.renew(challenge, scope=scope)
