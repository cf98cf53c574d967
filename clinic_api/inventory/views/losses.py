"""Routes of what people decide about a discrepancy: loss or theft, its report, an adjustment, the end."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from clinic_api.accounts.access.door import act
from clinic_api.accounts.rules.roles import Action
from clinic_api.database.scope import Scope
from clinic_api.inventory.queries.discrepancies import DiscrepancyShown
from clinic_api.inventory.rules.adjusting import NewAdjustment
from clinic_api.inventory.rules.closing import NewClosing
from clinic_api.inventory.rules.losses import Determination, NewNotice
from clinic_api.inventory.schemas.discrepancies import (
    InWords,
    NewAdjusting,
    NewDetermination,
    NewEnd,
    NewForm,
    NewSent,
)
from clinic_api.inventory.schemas.discrepancy_files import DiscrepancyOut, FormWrittenOut, ProposedAdjustmentOut
from clinic_api.inventory.service import adjusting, closing, losses
from clinic_api.inventory.service.adjusting import Proposed
from clinic_api.inventory.service.losses import Described
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Proof
from clinic_api.signatures.schemas import ProofIn

blueprint = Blueprint("losses", __name__)


@blueprint.post("/discrepancies/<uuid:discrepancy>/determinations")
@act(Action.DETERMINE_LOSS, NewDetermination(), DiscrepancyOut())
def determine(discrepancy: UUID, made: Determination, *, scope: Scope) -> DiscrepancyShown:
    """Decide, factor by factor, whether it is a theft or a significant loss, and sign that."""
    return losses.determine(discrepancy, made, scope=scope)


@blueprint.post("/discrepancies/<uuid:discrepancy>/notices")
@act(Action.REPORT_LOSS, NewSent(), DiscrepancyOut())
def keep_notice(discrepancy: UUID, sent: NewNotice, *, scope: Scope) -> DiscrepancyShown:
    """Keep what was sent to whom, and under which reference."""
    return losses.keep_notice(discrepancy, sent, scope=scope)


@blueprint.post("/discrepancies/<uuid:discrepancy>/form-106")
@act(Action.REPORT_LOSS, NewForm(), FormWrittenOut())
def describe(discrepancy: UUID, answers: dict[str, Any], *, scope: Scope) -> Described:
    """Write down the data of Form 106; the answer names what is still missing."""
    return losses.describe(discrepancy, answers, scope=scope)


@blueprint.post("/discrepancies/<uuid:discrepancy>/adjustments")
@act(Action.PROPOSE_ADJUSTMENT, NewAdjusting(), ProposedAdjustmentOut())
def propose_adjustment(discrepancy: UUID, new: NewAdjustment, *, scope: Scope) -> Proposed:
    """Propose what the book should gain or lose in one container; nothing moves."""
    return adjusting.propose_adjustment(discrepancy, new, scope=scope)


@blueprint.post("/adjustments/<uuid:adjustment>/approval")
@act(Action.APPROVE_ADJUSTMENT, ProofIn(), DiscrepancyOut())
def approve_adjustment(adjustment: UUID, proof: Proof, *, scope: Scope) -> DiscrepancyShown:
    """Another person, without a part in it, signs what the screen shows."""
    return adjusting.approve_adjustment(adjustment, signatures.attest(proof, scope=scope), scope=scope)


@blueprint.post("/discrepancies/<uuid:discrepancy>/closing")
@act(Action.CLOSE_DISCREPANCY, NewEnd(), DiscrepancyOut())
def close(discrepancy: UUID, new: NewClosing, *, scope: Scope) -> DiscrepancyShown:
    """Somebody without a part in it signs that it is over."""
    return closing.close(discrepancy, new, scope=scope)


@blueprint.post("/discrepancies/<uuid:discrepancy>/review")
@act(Action.REVIEW_DISCREPANCY, InWords(), DiscrepancyOut())
def review(discrepancy: UUID, said: dict[str, str], *, scope: Scope) -> DiscrepancyShown:
    """A person from outside has read the file, and signs what they think of it."""
    return closing.review(discrepancy, said["words"], scope=scope)
