"""Routes of physical counts."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.http.fields import Empty
from clinic_api.inventory.queries import counts
from clinic_api.inventory.queries import drift as drifts
from clinic_api.inventory.queries.counts import CountShown
from clinic_api.inventory.rules.counting import CountLine
from clinic_api.inventory.rules.kinds import NewCount
from clinic_api.inventory.schemas.counts import CountOut, NewEntries, NewRecount, OpenCount, SignedCountOut
from clinic_api.inventory.schemas.drift import DriftPage
from clinic_api.inventory.service import countersigning, counting
from clinic_api.inventory.service.countersigning import Signed
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Proof
from clinic_api.signatures.schemas import ProofIn

blueprint = Blueprint("counts", __name__)


@blueprint.post("/counts")
@act(Action.COUNT_STOCK, OpenCount(), CountOut())
def open_count(new: NewCount, *, scope: Scope) -> CountShown:
    """Begin a count of a location; the book's figures are hidden from now on."""
    return counting.open_count(new, scope=scope)


@blueprint.post("/counts/<uuid:count>/entries")
@act(Action.COUNT_STOCK, NewEntries(), CountOut())
def enter_count(count: UUID, lines: tuple[CountLine, ...], *, scope: Scope) -> CountShown:
    """One person enters all that they found; it is compared with the book when everybody has."""
    return counting.enter_count(count, lines, scope=scope)


@blueprint.post("/counts/<uuid:count>/signature")
@act(Action.COUNT_STOCK, Empty(), SignedCountOut())
def sign_count(count: UUID, _: dict[str, Any], *, scope: Scope) -> Signed:
    """Who counted first signs what counts."""
    return countersigning.sign_count(count, scope=scope)


@blueprint.post("/counts/<uuid:count>/second")
@act(Action.COUNT_STOCK, ProofIn(), CountOut())
def second_count(count: UUID, proof: Proof, *, scope: Scope) -> CountShown:
    """Who counted second signs the same with their own login and PIN."""
    return countersigning.second_count(count, signatures.attest(proof, scope=scope), scope=scope)


@blueprint.post("/counts/<uuid:count>/recount")
@act(Action.COUNT_STOCK, NewRecount(), CountOut())
def open_recount(count: UUID, containers: tuple[UUID, ...], *, scope: Scope) -> CountShown:
    """Begin to count again what a count found; somebody who did not make it enters."""
    return counting.open_recount(count, containers, scope=scope)


@blueprint.get("/sites/<uuid:site>/drift")
@look(Action.READ_LEDGER, DriftPage())
def drift(site: UUID, *, scope: Scope) -> dict[str, Any]:
    """Small differences added up by container, product and person."""
    return {"items": drifts.at_site(site)}


@blueprint.get("/counts/<uuid:count>")
@look(Action.READ_LEDGER, CountOut())
def count(count: UUID, *, scope: Scope) -> CountShown:
    """A count, as far as it has come."""
    return counts.shown(count)
