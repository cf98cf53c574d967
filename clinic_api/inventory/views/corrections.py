"""Routes of corrections and incidents."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.http.paging import Page, page_of
from clinic_api.inventory.queries import corrections, incidents
from clinic_api.inventory.queries.corrections import CorrectionShown
from clinic_api.inventory.queries.incidents import IncidentShown
from clinic_api.inventory.rules.incidents import IncidentOrder, IncidentReviewed
from clinic_api.inventory.schemas.corrections import (
    CorrectionOut,
    IncidentOut,
    IncidentPage,
    IncidentsAsked,
    IncidentsQuery,
    NewCorrection,
    NewIncident,
    NewReview,
    ProposedCorrectionOut,
    correction_of,
)
from clinic_api.inventory.service import correcting
from clinic_api.inventory.service import incidents as recording
from clinic_api.inventory.service.correcting import ProposedCorrection
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Proof
from clinic_api.signatures.schemas import ProofIn

blueprint = Blueprint("corrections", __name__)


@blueprint.post("/moves/<uuid:move>/corrections")
@act(Action.CORRECT_LEDGER, NewCorrection(), ProposedCorrectionOut())
def propose_correction(move: UUID, said: dict[str, Any], *, scope: Scope) -> ProposedCorrection:
    """Say that a move was entered wrongly, and what it should have said."""
    return correcting.propose_correction(correction_of(move, said), scope=scope)


@blueprint.post("/corrections/<uuid:correction>/signature")
@act(Action.WITNESS_CORRECTION, ProofIn(), CorrectionOut())
def post_correction(correction: UUID, proof: Proof, *, scope: Scope) -> CorrectionShown:
    """The second person signs what the screen shows, and the move is taken back."""
    return correcting.post_correction(correction, signatures.attest(proof, scope=scope), scope=scope)


@blueprint.get("/corrections/<uuid:correction>")
@look(Action.READ_LEDGER, CorrectionOut())
def correction(correction: UUID, *, scope: Scope) -> CorrectionShown:
    """A correction, pending or posted."""
    return corrections.shown(correction)


@blueprint.post("/incidents")
@act(Action.RECORD_INCIDENT, NewIncident(), IncidentOut())
def record_incident(order: IncidentOrder, *, scope: Scope) -> IncidentShown:
    """A draw that happened, whatever rule it went against."""
    return recording.record_incident(order, scope=scope)


@blueprint.get("/incidents")
@look(Action.READ_LEDGER, IncidentPage(), asks=IncidentsQuery())
def list_incidents(asked: IncidentsAsked, *, scope: Scope) -> Page[IncidentShown]:
    """Incidents, or those that wait for a review."""
    rows = incidents.page(after=asked.page.after, limit=asked.page.limit, unreviewed=asked.unreviewed)
    return page_of(rows, asked=asked.page, key=lambda row: row.id)


@blueprint.post("/incidents/<uuid:incident>/review")
@act(Action.REVIEW_INCIDENT, NewReview(), IncidentOut())
def review_incident(incident: UUID, said: IncidentReviewed, *, scope: Scope) -> IncidentShown:
    """Somebody else has looked at it; of a missing order they say why none will come."""
    return recording.review_incident(incident, said, scope=scope)
