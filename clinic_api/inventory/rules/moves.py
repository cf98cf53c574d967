"""Moves of drug: from somewhere to somewhere, never out of nothing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from clinic_api.errors import Conflict
from clinic_api.quantities import NOTHING, Mass


class Event(StrEnum):
    """What the audit says of the ledger."""

    LOCATION_MADE = "location:made"
    ACCESS_SET = "location:access-set"
    PAR_SET = "par-level:set"
    PRODUCT_LISTED = "product:listed"
    SUPPLIER_REMEMBERED = "supplier:remembered"
    SUPPLIER_VERIFIED = "supplier:verified"
    SIGNER_NAMED = "registrant-signer:named"
    POWER_RECORDED = "power:recorded"
    POWER_REVOKED = "power:revoked"
    STOCK_ORDERED = "stock-order:recorded"
    STOCK_ORDER_VOIDED = "stock-order:voided"
    STOCK_ORDER_FILLED = "stock-order:filled"
    DELIVERY_LOGGED = "delivery:logged"
    DELIVERY_COUNTED = "delivery:counted"
    DELIVERY_SIGNED = "delivery:signed"
    DELIVERY_ACCEPTED = "delivery:accepted"
    DELIVERY_REFUSED = "delivery:refused"
    KIT_BOUND = "kit:bound"
    KIT_USED = "kit:used"
    COST_RECORDED = "cost:recorded"
    STOCK_RECEIVED = "stock:received"
    VIALS_ACCEPTED = "vials:accepted"
    SERIALS_KEPT = "serials:kept"
    CONTAINER_QUARANTINED = "container:quarantined"
    OVERFILL_FOUND = "overfill:found"
    DRUG_DRAWN = "drug:drawn"
    DRUG_ADMINISTERED = "drug:administered"
    STOCK_RETURNED = "stock:returned"
    WASTE_PROPOSED = "waste:proposed"
    WASTE_POSTED = "waste:posted"
    HUB_LOSS_RECORDED = "hub-loss:recorded"
    REMOVAL_PROPOSED = "removal:proposed"
    REMOVAL_SIGNED = "removal:signed"
    REMOVAL_POSTED = "removal:posted"
    REMOVAL_WITHDRAWN = "removal:withdrawn"
    REMOVAL_ACKNOWLEDGED = "removal:acknowledged"
    ELIGIBILITY_RECORDED = "eligibility:recorded"
    CORRECTION_PROPOSED = "correction:proposed"
    CORRECTION_POSTED = "correction:posted"
    STOCK_PREPARED = "stock:prepared"
    INCIDENT_RECORDED = "incident:recorded"
    INCIDENT_REVIEWED = "incident:reviewed"
    INCIDENT_ORDERED = "incident:order-attached"
    SIGNATURE_DISPUTED = "signature:disputed"
    WASTE_WITHDRAWN = "waste:withdrawn"
    COUNT_OPENED = "count:opened"
    COUNT_REPEATED = "count:repeated"
    COUNT_TALLIED = "count:tallied"
    COUNT_ENTERED = "count:entered"
    COUNT_SIGNED = "count:signed"
    COUNT_SECONDED = "count:seconded"
    DRIFT_FOUND = "drift:found"
    INVENTORY_OPENED = "inventory:opened"
    INVENTORY_FROZEN = "inventory:frozen"
    INVENTORY_SIGNED = "inventory:signed"


class Place(StrEnum):
    """An end of a move that is no container of ours."""

    SUPPLIER = "supplier"
    OVERFILL = "overfill"
    PATIENT = "patient"
    WASTE = "waste"
    RETURNED = "returned"
    HUB = "hub"
    DESTROYED = "destroyed"
    REVERSE_DISTRIBUTOR = "reverse-distributor"
    TRANSFERRED = "transferred"
    BROKEN = "broken"
    ADJUSTED = "adjusted"
    LOST = "lost"


class Kind(StrEnum):
    """What a move is, as its two ends say it."""

    RECEIVED = "received"
    OVERFILL_FOUND = "overfill-found"
    TRANSFERRED_IN = "transferred-in"
    DRAWN = "drawn"
    ADMINISTERED = "administered"
    WASTED = "wasted"
    RETURNED = "returned"
    HUB_LOSS = "hub-loss"
    DESTROYED = "destroyed"
    SENT_TO_REVERSE_DISTRIBUTOR = "sent-to-reverse-distributor"
    TRANSFERRED_OUT = "transferred-out"
    BROKEN = "broken"
    ADJUSTED_IN = "adjusted-in"
    ADJUSTED_OUT = "adjusted-out"
    LOST = "lost"


#: Where drug comes into the book, and where it leaves it; between two of our containers it is drawn.
COMES_FROM: Final = {
    Place.SUPPLIER: Kind.RECEIVED,
    Place.OVERFILL: Kind.OVERFILL_FOUND,
    Place.TRANSFERRED: Kind.TRANSFERRED_IN,
    Place.ADJUSTED: Kind.ADJUSTED_IN,
}
GOES_TO: Final = {
    Place.PATIENT: Kind.ADMINISTERED,
    Place.WASTE: Kind.WASTED,
    Place.RETURNED: Kind.RETURNED,
    Place.HUB: Kind.HUB_LOSS,
    Place.DESTROYED: Kind.DESTROYED,
    Place.REVERSE_DISTRIBUTOR: Kind.SENT_TO_REVERSE_DISTRIBUTOR,
    Place.TRANSFERRED: Kind.TRANSFERRED_OUT,
    Place.BROKEN: Kind.BROKEN,
    Place.ADJUSTED: Kind.ADJUSTED_OUT,
    Place.LOST: Kind.LOST,
}
#: What leaves a container so that the rest of it is no longer for use.
GONE: Final = (Place.WASTE, Place.RETURNED, Place.DESTROYED, Place.REVERSE_DISTRIBUTOR, Place.TRANSFERRED)


@dataclass(frozen=True, slots=True)
class Late:
    """A moment that is entered late, with the reason why, and the incident that it was, if it was one."""

    occurred_at: datetime
    reason: str | None
    incident: UUID | None = None


@dataclass(eq=False)
class NotEnoughLeft(Conflict):
    """More was asked of a container than the ledger says it holds.

    Args:
        left: None while its location is being counted: no refusal tells the counter what to find.
    """

    container: str
    asked: Mass
    left: Mass | None

    def __str__(self) -> str:
        if self.left is None:
            return (
                f"{self.container} does not hold {self.asked} by the book, and its location is being counted, blind; "
                "finish the count first, take less, or take another container"
            )
        return (
            f"{self.container} holds {self.left}, not {self.asked}; take less, take another container, "
            "or record overfill found first if it really holds more"
        )


def kind_of(source: Place | None, target: Place | None, *, reverses: bool = False) -> Kind:
    """What a move is; a reversal is of the kind of what it takes back.

    Args:
        source: the place it comes from; None where that is a container.
        target: likewise where it goes.
        reverses: it takes another move back, so its ends are the other way round.
    """
    if reverses:
        source, target = target, source
    if source is not None:
        return COMES_FROM[source]
    return Kind.DRAWN if target is None else GOES_TO[target]


def check_enough(container: str, *, asked: Mass, left: Mass, counted: bool) -> None:
    """Refuse to take more out of a container than it holds.

    Args:
        container: its number, as a person would ask for it.
        left: what the ledger says it holds, less what was promised to a waste.
        counted: its location is being counted, blind, so the refusal does not say how much that is.

    Raises:
        NotEnoughLeft: so it is; by one microgram is enough.
    """
    if asked > left:
        raise NotEnoughLeft(container=container, asked=asked, left=None if counted else left)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseBalance:
    """One draw and what became of it: given, wasted, returned or lost by a coded line, or something is left.

    Args:
        case: the syringe's id; one draw is one case.
        container_label: the syringe's number, which begins with its vial's.
        wasted: only what a witness has signed for.
        lost: what stayed in needle and hub, or was spilled before two people.
    """

    case: UUID
    container_label: str
    drawn: Mass
    administered: Mass
    wasted: Mass
    returned: Mass
    lost: Mass = NOTHING

    @property
    def left(self) -> Mass:
        """What is neither given, wasted, returned nor lost yet."""
        return self.drawn - self.administered - self.wasted - self.returned - self.lost

    @property
    def closed(self) -> bool:
        """Whether it comes out to the microgram."""
        return self.left == NOTHING

    def __str__(self) -> str:
        if self.closed:
            return f"{self.container_label}: all of the {self.drawn} drawn is accounted for"
        return (
            f"{self.container_label}: {self.left} of the {self.drawn} drawn is neither given, wasted nor returned; "
            "waste it with a witness"
        )
