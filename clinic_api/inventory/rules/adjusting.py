"""An adjustment: proposed by one person, approved by another outside the chain, and carried out by a move."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from clinic_api.errors import Conflict, Unacceptable
from clinic_api.inventory.rules.drawing import Source
from clinic_api.inventory.rules.moves import check_enough
from clinic_api.quantities import NOTHING, Mass


class Direction(StrEnum):
    """Whether the book gains or loses."""

    INTO = "into"
    OUT_OF = "out_of"


@dataclass(frozen=True, slots=True)
class NewAdjustment:
    """What the book should gain or lose in one container, and why."""

    container: UUID
    direction: Direction
    mass: Mass
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """An adjustment that another person has approved, for whoever moves the drug in the book."""

    adjustment: UUID
    container: UUID
    direction: Direction
    mass: Mass


class NothingToAdjust(Unacceptable):
    """An adjustment of nothing adjusts nothing."""

    def __str__(self) -> str:
        return "If the book is right, say how it was explained instead."


@dataclass(eq=False)
class NotInTheFile(Conflict):
    """The container is not one of those that the discrepancy is about."""

    container: str

    def __str__(self) -> str:
        return f"Link {self.container} to the discrepancy first, or propose this in the discrepancy it belongs to."


class NothingLookedInto(Conflict):
    """Nothing lies in the file that an approval could rest on."""

    def __str__(self) -> str:
        return "Add what was found out (a note, a statement, a recount) before an adjustment is proposed."


class ApprovedBefore(Conflict):
    """This adjustment was approved before."""

    def __str__(self) -> str:
        return "It is approved and in the book; propose a further one if it was wrong."


def check_proposal(
    container: str, new: NewAdjustment, *, linked: Collection[UUID], evidence: int, held: Source
) -> None:
    """Refuse an adjustment of nothing, of something else, without evidence, or below zero.

    Args:
        container: its number.
        linked: the containers in the file.
        evidence: how much lies in the file.
        held: what is true of it, and what the book says it holds.

    Raises:
        NothingToAdjust, NotInTheFile, NothingLookedInto: so it is.
        NotEnoughLeft: the book would fall below zero.
    """
    if new.mass == NOTHING:
        raise NothingToAdjust
    if new.container not in linked:
        raise NotInTheFile(container=container)
    if not evidence:
        raise NothingLookedInto
    if new.direction is Direction.OUT_OF:
        check_enough(container, asked=new.mass, left=held.left, counted=held.counted)


def check_not_approved(*, approved: bool) -> None:
    """Refuse a second approval; ApprovedBefore."""
    if approved:
        raise ApprovedBefore
