"""Stock that leaves by two people's hands: proposed and signed by one, signed by a second, and only then moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.accounts.rules.roles import Role
from clinic_api.audit import service as audit
from clinic_api.clinics import queries as clinics
from clinic_api.clinics import service as standing
from clinic_api.clinics.rules.standing import day_ends
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import DeaNumber, new_id
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.removals import (
    Removal,
    RemovalLine,
    RemovalPosting,
    RemovalSignature,
)
from clinic_api.inventory.models.stock import Container
from clinic_api.inventory.queries import containers, corrections, removals, storage
from clinic_api.inventory.queries.removals import RemovalShown
from clinic_api.inventory.rules.corrections import check_past
from clinic_api.inventory.rules.moments import check_when
from clinic_api.inventory.rules.moves import Event, Place
from clinic_api.inventory.rules.removals import (
    Content,
    RemovalOrder,
    RemovalState,
    check_another,
    check_contents,
    check_order,
    check_signer,
    check_state,
)
from clinic_api.inventory.rules.transfers import Share, check_one_registration
from clinic_api.inventory.service import kits, moving, places, transferring
from clinic_api.patients import service as visits
from clinic_api.quantities import Mass
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning
from clinic_api.tasks import queries as open_tasks
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

if TYPE_CHECKING:
    from clinic_api.signatures.models import Attestation, Challenge

#: The tasks that a removal opens: a second signature; a reverse distributor's word that it arrived.
SECOND = "removal-second-person"
ACKNOWLEDGEMENT = "removal-acknowledgement"
SHARE_NEAR = "transfer-share-near-limit"


@dataclass(frozen=True, slots=True)
class ProposedRemoval:
    """A pending removal, and what a second person is asked to sign."""

    removal: RemovalShown
    challenge: "Challenge"


def propose_removal(order: RemovalOrder, *, scope: Scope) -> ProposedRemoval:
    """Say what is to leave; who says so signs it where they may be one of the two. Nothing moves yet.

    What is promised to a removal is not drawn, wasted or promised again.

    Raises:
        NoSuchContainer, NoSuchLocation: not here.
        InvalidDeaNumber: the receiver's number fails its checksum.
        MethodMissing, ReceiverMissing, RemovedTwice, NothingLeft, OnlyWhole, …: see ``rules.removals``.
        ReceiverUnknown, ReceiverUnverified, ReceiverLapsed, …: see ``rules.receivers``.
        TooMuchTransferred: the law's share would be passed.
        NotHereToday, NoValidLicence: who proposes has no standing today.
    """
    check_order(order)
    held = hold([container for container, _ in order.contents])
    named = dict(order.contents)
    masses = {each.id: named[each.id] or containers.source(each).free for each in held}
    check_contents(order.kind, [_content(each, masses[each.id]) for each in _as_named(order, held)])
    to = None if order.to_location is None else storage.location(order.to_location)
    check_one_registration([each.registration for each in held], to=None if to is None else to.registration)
    occurred_at = order.occurred_at or scope.at
    limits = storage.drug_of(held[0].product).late_entry
    check_when(occurred_at, order.late_reason, at=scope.at, limits=limits)
    standing.check_standing(scope.by, site=held[0].site, scope=scope)
    seen = transferring.seen_registration(order.kind, order.receiver, held, at=occurred_at)
    share = transferring.share_of(order, held[0].registration, Mass.total(masses.values()), scope)
    removal = _removal(order, held, masses, share=share, occurred_at=occurred_at, scope=scope)
    removal.seen_registration = seen
    put(removal)
    lines = [put(_line(removal, each, masses[each.id], scope)) for each in held]
    audit.record(Event.REMOVAL_PROPOSED, removal, *lines, kind=removal.kind)
    _sign_if_one_of_the_two(removal, scope)
    due = day_ends(clinics.site(held[0].site).zone, scope.at)
    tasks.open_task(_task(SECOND, removal, due), scope=scope)
    if share is not None and share.warns:
        tasks.open_task(_task(SHARE_NEAR, removal, due), scope=scope)
    return ProposedRemoval(removals.shown(removal.id), signatures.challenge(removal, Meaning.WITNESSED, scope=scope))


def ask_again(removal_id: UUID, *, scope: Scope) -> ProposedRemoval:
    """Ask a further person to sign a pending removal.

    Raises:
        NoSuchRemoval: not here.
        NotThisState: it is not pending.
    """
    removal = removals.removal(removal_id)
    check_state(removals.state(removal.id), RemovalState.PENDING)
    return ProposedRemoval(removals.shown(removal.id), signatures.challenge(removal, Meaning.WITNESSED, scope=scope))


def sign_removal(removal_id: UUID, attestation: "Attestation", *, scope: Scope) -> RemovalShown:
    """A person signs exactly this removal; with the second signature the drug leaves, in one transaction.

    Args:
        attestation: their signature, just given with their own PIN.

    Raises:
        NoSuchRemoval: not here.
        NotThisState: it is not pending.
        NotAsAttested: the signature is about something else.
        NotAnEligibleEmployee, MayNotSignRemoval, SecondIsTheFirst: see ``rules.removals``.
        NotHereToday: the signer is not checked in at the site.
        NotEnoughLeft: a container no longer holds it.
        ReceiverLapsed, …: who receives may not any more; see ``rules.receivers``.
        PastWouldBeNegative: it is dated to a moment at which a container did not hold it.
    """
    removal, lines = removals.removal(removal_id), removals.lines(removal_id)
    held = hold([line.container for line in lines])
    check_state(removals.state(removal.id), RemovalState.PENDING)
    signatures.check_attests(attestation, removal, Meaning.WITNESSED)
    before = removals.signatures(removal.id)
    check_another(attestation.signer, before=[each.signer for each in before])
    check_signer(
        removal.kind,
        name=attestation.printed_name,
        roles=people.roles_of(attestation.signer),
        eligible=removals.eligible(attestation.signer),
    )
    standing.check_here_today(attestation.signer, site=held[0].site, scope=scope)
    signed = put(_signature(removal, attestation, place=len(before) + 1, scope=scope))
    audit.record(Event.REMOVAL_SIGNED, signed)
    if before:
        transferring.check_still_seen(removal, held, at=scope.at)
        _post(removal, lines, held, first=before[0].signer, second=signed.signer, scope=scope)
    return removals.shown(removal.id)


def hold(ids: Sequence[UUID]) -> list[Container]:
    """The containers in the order in which everybody holds them, after the visits that they were drawn for."""
    for visit in sorted({v for id in ids if (v := containers.container(id).visit) is not None}):
        visits.hold(visit)
    return [containers.hold(id) for id in sorted(set(ids))]


def _as_named(order: RemovalOrder, held: Sequence[Container]) -> list[Container]:
    """The containers as often as the order names them, so that one named twice is seen."""
    by_id = {each.id: each for each in held}
    return [by_id[container] for container, _ in order.contents]


def _content(container: Container, mass: Mass) -> Content:
    facts = containers.source(container)
    return Content(
        container.label, container.kind, mass, facts.free, container.balance, facts.gone, counted=facts.counted
    )


def _removal(
    order: RemovalOrder,
    held: Sequence[Container],
    masses: dict[UUID, Mass],
    *,
    share: Share | None,
    occurred_at: datetime,
    scope: Scope,
) -> Removal:
    receiver = transferring.receiver_of(order)
    return Removal(
        organisation=scope.organisation,
        id=new_id(scope.at),
        kind=order.kind,
        registration=held[0].registration,
        reason=order.reason,
        method=order.method,
        receiver_name=None if receiver is None else receiver.name,
        receiver_address=None if receiver is None else receiver.address,
        receiver_dea_number=None if receiver is None else str(DeaNumber.parse(receiver.dea_number)),
        document=order.document,
        to_location=order.to_location,
        contents=[[str(each.id), masses[each.id].ug] for each in held],
        share_percent=None if share is None else share.as_text(),
        by=scope.by,
        occurred_at=occurred_at,
        at=scope.at,
        late_reason=order.late_reason,
        operation_id=scope.key,
    )


def _line(removal: Removal, container: Container, mass: Mass, scope: Scope) -> RemovalLine:
    return RemovalLine(
        organisation=scope.organisation,
        id=new_id(scope.at),
        removal=removal.id,
        container=container.id,
        mass=mass,
    )


def _sign_if_one_of_the_two(removal: Removal, scope: Scope) -> None:
    """Who proposes did it; where they may be one of the two, their PIN at the door is the first signature."""
    eligible = removals.eligible(scope.by)
    if removal.kind in {Place.DESTROYED, Place.REVERSE_DISTRIBUTOR} and not eligible:
        return
    signed = signatures.sign(removal, Meaning.PERFORMED, scope=scope)
    audit.record(Event.REMOVAL_SIGNED, put(_signature(removal, signed, place=1, scope=scope)))


def _signature(removal: Removal, given: "Attestation", *, place: int, scope: Scope) -> RemovalSignature:
    return RemovalSignature(
        organisation=scope.organisation,
        id=new_id(scope.at),
        removal=removal.id,
        place=place,
        signer=given.signer,
        attestation=given.id,
        at=scope.at,
    )


def _post(
    removal: Removal,
    lines: Sequence[RemovalLine],
    held: Sequence[Container],
    *,
    first: UUID,
    second: UUID,
    scope: Scope,
) -> None:
    posting = put(
        RemovalPosting(
            organisation=scope.organisation, id=removal.id, kind=removal.kind, first=first, second=second, at=scope.at
        )
    )
    by_id = {each.id: each for each in held}
    moves = [
        moving.write(_left(removal, by_id[line.container], line.mass), ours=by_id[line.container], scope=scope)
        for line in lines
    ]
    for each in held:
        check_past(each.label, corrections.past_of(each.id))
    audit.record(Event.REMOVAL_POSTED, posting, *moves, kind=removal.kind)
    for each in held:
        kits.gone(each, str(removal.kind), scope=scope)
        places.review_par(each.location, storage.product(each.product).key, scope=scope)
    close(SECOND, removal, "signed", scope)
    if removal.kind is Place.TRANSFERRED and removal.to_location is not None:
        transferring.bring_in(removal, moves, held, scope=scope)
    if removal.kind is Place.REVERSE_DISTRIBUTOR:
        due = day_ends(clinics.site(held[0].site).zone, scope.at)
        tasks.open_task(_task(ACKNOWLEDGEMENT, removal, due), scope=scope)


def _left(removal: Removal, container: Container, mass: Mass) -> Move:
    drawn = container.visit is not None
    return Move(
        from_container=container.id,
        to_place=removal.kind,
        mass=mass,
        from_balance=moving.take(container, mass),
        syringe=container.id if drawn else None,
        visit=container.visit,
        patient=None if container.visit is None else visits.hold(container.visit).patient,
        removal=removal.id,
        occurred_at=removal.occurred_at,
        late_reason=removal.late_reason,
        reason=removal.reason,
    )


def _task(kind: str, removal: Removal, due_at: datetime) -> NewTask:
    return NewTask(
        kind=kind, subject_table=removal.__tablename__, subject=removal.id, role=Role.CUSTODIAN, due_at=due_at
    )


def close(kind: str, removal: Removal, outcome: str, scope: Scope) -> None:
    """The task of a kind about a removal, if it is open, is done."""
    asked = open_tasks.open_about(kind, removal.id)
    if asked is not None:
        tasks.close_task(asked.id, outcome, scope=scope)
