"""Keys and codes change hands: one person gives, another takes with their own PIN, and only then it is so."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from clinic_api.accounts import queries as people
from clinic_api.audit import service as audit
from clinic_api.clinics import service as standing
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.custody import HandOver, KeyAcceptance
from clinic_api.inventory.queries import custody, storage
from clinic_api.inventory.queries.custody import HandOverShown
from clinic_api.inventory.rules.custody import (
    Event,
    HandOverOrder,
    Holder,
    check_accept,
    check_count,
    check_hand_over,
    check_may_hold,
)
from clinic_api.signatures import service as signatures
from clinic_api.signatures.rules import Meaning

if TYPE_CHECKING:
    from clinic_api.signatures.models import Attestation, Challenge


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A hand-over that waits to be accepted, and what the other person is asked to sign."""

    hand_over: HandOverShown
    challenge: "Challenge"


def hand_over(order: HandOverOrder, *, scope: Scope) -> HandedOver:
    """Give the keys or the code of a location away, by a count or a reason; whoever accepts holds them.

    Raises:
        NoSuchLocation, NoSuchCount: not here.
        CountOrReason, NotTheHolder, CountedElsewhere, CountNotComplete, CountBeforeHolder: see ``rules.custody``.
    """
    location = storage.location(order.location)
    holder = custody.holder(location.id, order.means)
    check_hand_over(order, holder=holder, by=scope.by)
    if order.count is not None:
        check_count(custody.count_made(order.count), location=location.id, holder=holder)
    given = put(_hand_over(order, holder, scope))
    audit.record(Event.HANDED_OVER, given, means=given.means)
    return HandedOver(custody.shown(given.id), signatures.challenge(given, Meaning.RECEIVED, scope=scope))


def accept(hand_over_id: UUID, attestation: "Attestation", *, scope: Scope) -> HandOverShown:
    """Another person has signed that they took them: from now on they hold them.

    Args:
        attestation: their signature, just given with their own PIN.

    Raises:
        NoSuchHandOver: not here.
        AcceptedBefore, HandedOverMeanwhile, MayNotHold: see ``rules.custody``.
        NotAsAttested: the signature is about something else.
        NotHereToday: who takes them is not checked in at the site.
    """
    given = custody.hand_over(hand_over_id)
    holder = custody.holder(given.location, given.means)
    check_accept(accepted=custody.accepted(given.id), after=given.after, number=0 if holder is None else holder.number)
    signatures.check_attests(attestation, given, Meaning.RECEIVED)
    check_may_hold(attestation.printed_name, people.roles_of(attestation.signer))
    site = storage.location(given.location).site
    standing.check_here_today(attestation.signer, site=site, scope=scope)
    taken = put(
        KeyAcceptance(
            organisation=scope.organisation,
            id=given.id,
            location=given.location,
            means=given.means,
            after=given.after,
            by=given.by,
            holder=attestation.signer,
            attestation=attestation.id,
            at=scope.at,
        )
    )
    audit.record(Event.ACCEPTED, taken, means=taken.means)
    return custody.shown(given.id)


def _hand_over(order: HandOverOrder, holder: Holder | None, scope: Scope) -> HandOver:
    return HandOver(
        organisation=scope.organisation,
        id=new_id(scope.at),
        location=order.location,
        means=order.means,
        after=0 if holder is None else holder.number,
        held_by=None if holder is None else holder.account,
        count=order.count,
        reason=order.reason,
        by=scope.by,
        at=scope.at,
        operation_id=scope.key,
    )
