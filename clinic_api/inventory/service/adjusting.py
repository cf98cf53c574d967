"""Proposing that the book be adjusted, and approving it: two people, one of them outside the chain, signed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.findings import DiscrepancyAdjustment, DiscrepancyApproval
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import chain, containers, discrepancies, findings, holds
from clinic_api.inventory.queries.discrepancies import DiscrepancyShown
from clinic_api.inventory.rules.adjusting import (
    Approved,
    Direction,
    NewAdjustment,
    check_not_approved,
    check_proposal,
)
from clinic_api.inventory.rules.closing import COUNTED, check_closer
from clinic_api.inventory.rules.discrepancies import DETERMINED, Act, Event, State
from clinic_api.inventory.rules.moves import Place
from clinic_api.inventory.service import discrepancy_steps as steps
from clinic_api.inventory.service import moving
from clinic_api.patients import service as visits
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning

if TYPE_CHECKING:
    from clinic_api.signatures.models import Attestation, Challenge


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposed adjustment, and what another person is asked to sign."""

    adjustment: DiscrepancyAdjustment
    challenge: "Challenge"


def propose_adjustment(discrepancy: UUID, new: NewAdjustment, *, scope: Scope) -> Proposed:
    """Propose what the book should gain or lose in one container; nothing moves.

    Raises:
        NoSuchDiscrepancy, NoSuchContainer: not here.
        NotYetPossible: nobody looks into it yet, or it is over.
        NothingToAdjust, NotInTheFile, NothingLookedInto, NotEnoughLeft: see ``rules.adjusting``.
    """
    at, held = steps.check(discrepancy, Act.PROPOSE_ADJUSTMENT), containers.hold(new.container)
    check_proposal(
        held.label,
        new,
        linked=holds.linked(discrepancy),
        evidence=len(discrepancies.evidence_of(discrepancy)),
        held=containers.source(held),
    )
    id = new_id(scope.at)
    proposed = put(
        DiscrepancyAdjustment(
            organisation=scope.organisation,
            id=id,
            discrepancy=discrepancy,
            container=held.id,
            direction=new.direction,
            mass=new.mass,
            sealed=discrepancies.sealed(new.reason, DiscrepancyAdjustment.__tablename__, id),
            by=scope.by,
            at=scope.at,
        )
    )
    steps.take(at, Act.PROPOSE_ADJUSTMENT, proposed, scope=scope)
    return Proposed(proposed, signatures.challenge(proposed, Meaning.APPROVED, scope=scope))


def approve_adjustment(adjustment: UUID, attestation: "Attestation", *, scope: Scope) -> DiscrepancyShown:
    """Another person has signed exactly this adjustment: the move that carries it out is written at once.

    Args:
        attestation: the approver's signature, just given with their own PIN.

    Raises:
        NoSuchAdjustment: not here.
        NotYetPossible: the discrepancy is not being looked into.
        ApprovedBefore: so it is.
        NotAsAttested: the signature is about something else.
        NotACloser, InTheChain: see ``rules.closing``.
        NotEnoughLeft: the container holds less by now.
    """
    found = findings.adjustment(adjustment)
    check_not_approved(approved=found.approval is not None)
    proposed = found.proposed
    at = steps.check(proposed.discrepancy, Act.APPROVE_ADJUSTMENT)
    signatures.check_attests(attestation, proposed, Meaning.APPROVED)
    parts = chain.of(at[0]).get(attestation.signer, frozenset())
    check_closer(
        attestation.printed_name,
        roles=people.roles_of(attestation.signer),
        parts=parts,
        closer=clinics.profile().cases.closer,
        counted=COUNTED in parts,
    )
    approval = put(
        DiscrepancyApproval(
            organisation=scope.organisation,
            id=proposed.id,
            author=proposed.by,
            approver=attestation.signer,
            attestation=attestation.id,
            at=scope.at,
        )
    )
    steps.take(at, Act.APPROVE_ADJUSTMENT, approval, scope=scope)
    carry_out(
        Approved(
            adjustment=approval.id, container=proposed.container, direction=proposed.direction, mass=proposed.mass
        ),
        at[1].to_state,
        scope=scope,
    )
    return discrepancies.shown(proposed.discrepancy)


def carry_out(approved: Approved, state: State, *, scope: Scope) -> Move:
    """An adjustment was approved: the book moves by exactly so much, in the same transaction.

    Args:
        state: where the discrepancy stands; once a theft or a loss was determined, what is missing is lost.

    Raises:
        NotEnoughLeft: the container holds less by now.
    """
    held = containers.hold(approved.container)
    into = approved.direction is Direction.INTO
    place = Place.LOST if state in DETERMINED and not into else Place.ADJUSTED
    move = Move(mass=approved.mass, adjustment=approved.adjustment, occurred_at=scope.at, **_case_of(held))
    if into:
        move.from_place, move.to_container, move.to_balance = place, held.id, moving.add(held, approved.mass)
    else:
        move.from_container, move.to_place, move.from_balance = held.id, place, moving.take(held, approved.mass)
    audit.record(Event.ADJUSTMENT_POSTED, moving.write(move, ours=held, scope=scope))
    return move


def _case_of(held: Container) -> dict[str, UUID | None]:
    """What a move of a drawn syringe says of its visit; of a vial, nothing."""
    if held.visit is None:
        return {}
    return {"syringe": held.id, "visit": held.visit, "patient": visits.hold(held.visit).patient}
