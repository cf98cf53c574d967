"""Wasting a remainder in two steps: one person proposes, another one watches, and only then it moves."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.accounts.rules.roles import Role
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics import service as standing
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.moves import Move, Waste, WastePosting, WasteWithdrawal
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import cases, containers
from clinic_api.inventory.queries.cases import WasteShown
from clinic_api.inventory.rules.moves import Event, Place
from clinic_api.inventory.rules.products import ContainerKind
from clinic_api.inventory.rules.waste import (
    WasteOrder,
    check_not_posted,
    check_not_withdrawn,
    check_proposal,
    check_witness,
    due_at,
)
from clinic_api.inventory.service import kits, moving
from clinic_api.inventory.service.showing import DEADLINE
from clinic_api.messages import service as messages
from clinic_api.patients import service as visits
from clinic_api.quantities import Mass
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning
from clinic_api.tasks import queries as open_tasks
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

if TYPE_CHECKING:
    from clinic_api.signatures.models import Attestation, Challenge

#: The task that a pending waste opens; its visit cannot be closed before.
WITNESS = "waste-witness"


@dataclass(frozen=True, slots=True)
class Proposed:
    """A pending waste, and what a second person is asked to sign."""

    waste: WasteShown
    challenge: "Challenge"


def propose_waste(order: WasteOrder, *, scope: Scope) -> Proposed:
    """Ask a second person to watch a remainder being wasted; until they have signed, nothing moves.

    What is promised to a waste is not drawn or promised again, unless somebody takes the proposal back.

    Raises:
        NoSuchContainer: not here.
        VisitSealed: nothing can be added to the syringe's visit.
        NothingToWaste, NotEnoughLeft, WastedWhole: see ``rules.waste``.
        NotHereToday: the author is not checked in at the site.
    """
    held = _hold(order.container)
    facts = containers.source(held)
    check_proposal(held.label, order, free=facts.free, device=held.kind is ContainerKind.DEVICE, counted=facts.counted)
    standing.check_here_today(scope.by, site=held.site, scope=scope)
    waste = put(_waste(order, held, scope))
    audit.record(Event.WASTE_PROPOSED, waste)
    tasks.open_task(
        NewTask(
            kind=WITNESS,
            subject_table=waste.__tablename__,
            subject=waste.id,
            role=Role.NURSE,
            due_at=waste.due_at,
            visit=waste.visit,
        ),
        scope=scope,
    )
    messages.arm(DEADLINE, waste.id, waste.due_at, scope=scope)
    return Proposed(cases.shown(waste.id), signatures.challenge(waste, Meaning.WITNESSED, scope=scope))


def post_waste(waste_id: UUID, attestation: "Attestation", *, scope: Scope) -> WasteShown:
    """The witness has signed exactly this waste: it leaves the container, in one move.

    Args:
        attestation: the witness's signature, just given with their own PIN.

    Raises:
        NoSuchWaste: not here.
        VisitSealed: nothing can be added to the syringe's visit.
        AlreadyWitnessed, WasteWithdrawn: it was posted or taken back before.
        NotAsAttested: the signature is about something else.
        WitnessIsTheSamePerson, MayNotWitness: see ``rules.waste``.
        NotHereToday: the witness is not checked in at the site.
        NotEnoughLeft: the container no longer holds it.
    """
    waste = cases.waste(waste_id)
    held = _hold(waste.container)
    _check_pending(waste, held)
    signatures.check_attests(attestation, waste, Meaning.WITNESSED)
    check_witness(
        author=waste.by,
        witness=attestation.signer,
        name=attestation.printed_name,
        roles=people.roles_of(attestation.signer),
        control=clinics.profile().waste,
    )
    standing.check_here_today(attestation.signer, site=held.site, scope=scope)
    left = moving.take(held, waste.mass)
    posting = put(
        WastePosting(
            organisation=scope.organisation,
            id=waste.id,
            author=waste.by,
            witness=attestation.signer,
            attestation=attestation.id,
            at=scope.at,
        )
    )
    moved = moving.write(_wasted(waste, held, left, scope), ours=held, scope=scope)
    audit.record(Event.WASTE_POSTED, posting, moved)
    kits.gone(held, "wasted", scope=scope)
    _close(waste, "witnessed", scope)
    return cases.shown(waste.id)


def withdraw_waste(waste_id: UUID, reason: str, *, scope: Scope) -> WasteShown:
    """Take a proposal back that was wrong or was overtaken; what was promised to it is free again, nothing moves.

    Raises:
        NoSuchWaste: not here.
        VisitSealed: nothing can be added to the syringe's visit.
        AlreadyWitnessed, WasteWithdrawn: it was posted or taken back before.
        NotHereToday: who takes it back is not checked in at the site.
    """
    waste = cases.waste(waste_id)
    held = _hold(waste.container)
    _check_pending(waste, held)
    standing.check_here_today(scope.by, site=held.site, scope=scope)
    back = put(WasteWithdrawal(organisation=scope.organisation, id=waste.id, reason=reason, by=scope.by, at=scope.at))
    audit.record(Event.WASTE_WITHDRAWN, back)
    _close(waste, "withdrawn", scope)
    return cases.shown(waste.id)


def _check_pending(waste: Waste, held: Container) -> None:
    check_not_posted(held.label, posted=cases.posting(waste.id) is not None)
    check_not_withdrawn(held.label, withdrawn=cases.withdrawal(waste.id) is not None)


def _close(waste: Waste, outcome: str, scope: Scope) -> None:
    asked = open_tasks.open_about(WITNESS, waste.id)
    if asked is not None:
        tasks.close_task(asked.id, outcome, scope=scope)


def _hold(container: UUID) -> Container:
    """The container, held after the visit it was drawn for: everybody takes hold in this order."""
    visit = containers.container(container).visit
    if visit is not None:
        visits.hold(visit)
    return containers.hold(container)


def _waste(order: WasteOrder, held: Container, scope: Scope) -> Waste:
    zone, deadline = clinics.site(held.site).zone, clinics.profile().waste.deadline
    return Waste(
        organisation=scope.organisation,
        id=new_id(scope.at),
        container=held.id,
        visit=held.visit,
        mass=order.mass,
        reason=order.reason,
        method=order.method,
        bag=order.bag,
        by=scope.by,
        at=scope.at,
        due_at=due_at(scope.at, zone=zone, deadline=deadline),
        operation_id=scope.key,
    )


def _wasted(waste: Waste, held: Container, left: Mass, scope: Scope) -> Move:
    return Move(
        from_container=held.id,
        to_place=Place.WASTE,
        mass=waste.mass,
        from_balance=left,
        syringe=None if held.visit is None else held.id,
        visit=held.visit,
        patient=None if held.visit is None else visits.hold(held.visit).patient,
        waste=waste.id,
        occurred_at=scope.at,
    )
