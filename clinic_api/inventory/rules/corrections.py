"""Taking back what was entered wrongly: by a further move, once in all, before a second person; never by a change."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.errors import Conflict, NotPermitted, Unacceptable
from clinic_api.inventory.rules.moves import Kind
from clinic_api.quantities import NOTHING, Mass

#: Who may be the second person at a correction.
SECONDS: Final = frozenset({Role.NURSE, Role.PRESCRIBER, Role.CUSTODIAN, Role.COMPLIANCE})
#: Kinds that are stated anew by an act of their own, since somebody signs for exactly what it says.
STATED_BY_THEIR_ACT: Final = frozenset(
    {
        *(Kind.RECEIVED, Kind.RETURNED, Kind.WASTED, Kind.DESTROYED, Kind.SENT_TO_REVERSE_DISTRIBUTOR),
        *(Kind.TRANSFERRED_OUT, Kind.TRANSFERRED_IN, Kind.BROKEN),
    }
)

#: Kinds that a discrepancy decided on; a correction between two people does not undo what three had a part in.
SETTLED: Final = frozenset({Kind.ADJUSTED_IN, Kind.ADJUSTED_OUT, Kind.LOST})


class CorrectionState(StrEnum):
    """How far a correction has come."""

    PENDING = "pending"
    POSTED = "posted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionOrder:
    """What to take back of a move, and what it should have said.

    Args:
        mass: how much to take back; None for all that was not taken back before.
        restated: what the move should have said; None where nothing takes its place.
    """

    move: UUID
    mass: Mass | None
    restated: Mass | None
    reason: str


@dataclass(eq=False)
class AllTakenBack(Conflict):
    """The move was taken back before, all of it."""

    mass: Mass

    def __str__(self) -> str:
        return f"all of the {self.mass} was taken back already; both entries stay, and nothing is left to correct"


@dataclass(eq=False)
class MoreThanMoved(Conflict):
    """More would be taken back than the move still stands for."""

    asked: Mass
    standing: Mass

    def __str__(self) -> str:
        return f"{self.standing} of this move still stands, so {self.asked} cannot be taken back"


class ReversalsStand(Conflict):
    """A reversal is not taken back; what it took back is stated anew."""

    def __str__(self) -> str:
        return "Enter again what really happened; both entries and the reversal stay visible."


class SettledByADiscrepancy(Conflict):
    """The move carries out what was approved in a discrepancy."""

    def __str__(self) -> str:
        return "Report a discrepancy and propose a further adjustment; this one stays visible."


@dataclass(eq=False)
class StatedByItsAct(Unacceptable):
    """This kind of move is stated anew by doing its act again."""

    kind: Kind

    def __str__(self) -> str:
        return f"Take it back without a new amount, and then enter what was {self.kind} by its own act"


class RestatedOnlyWhole(Unacceptable):
    """What is stated anew takes the place of all that still stands."""

    def __str__(self) -> str:
        return "Leave the mass to take back out when a new amount is given."


class TransferTakenBackWhole(Unacceptable):
    """A transfer between own registrations went as a whole and comes back as a whole."""

    def __str__(self) -> str:
        return "Leave the mass out; both registrations are put right at once, and what stays is transferred anew."


@dataclass(eq=False)
class UsedThere(Conflict):
    """The registration that a transfer came to holds less of it by now."""

    container: str
    asked: Mass

    def __str__(self) -> str:
        return (
            f"{self.container} does not hold all of the {self.asked} any more that came with the transfer; correct "
            "what was taken from it first, or transfer the rest back by its own act"
        )


@dataclass(eq=False)
class PastWouldBeNegative(Conflict):
    """With this a container would have held less than nothing at some moment."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} would have held less than nothing; correct what was taken from it first"


@dataclass(eq=False)
class MayNotCorrect(NotPermitted):
    """This person's role does not make them a second person at a correction."""

    name: str

    def __str__(self) -> str:
        return f"{self.name} may not sign this; ask a nurse, a prescriber, the custodian or compliance"


class CorrectorIsTheSamePerson(NotPermitted):
    """The second person is another than the one who corrects."""

    def __str__(self) -> str:
        return "Ask somebody else to look at the correction and to sign with their own login and PIN."


class AlreadyPosted(Conflict):
    """This correction was signed by a second person before."""

    def __str__(self) -> str:
        return "It stands in the ledger; a further correction is proposed anew."


def standing_of(mass: Mass, *, taken_back: Mass) -> Mass:
    """What a move still stands for."""
    return mass - taken_back


def check_correction(order: CorrectionOrder, *, kind: Kind, mass: Mass, taken_back: Mass, reverses: bool) -> Mass:
    """How much is taken back, where that may be.

    Args:
        kind: what the move is.
        mass: what it moved.
        taken_back: what earlier corrections took back of it.
        reverses: it takes another move back itself.

    Raises:
        ReversalsStand, SettledByADiscrepancy, AllTakenBack, MoreThanMoved, StatedByItsAct, RestatedOnlyWhole: it may
            not be.
    """
    if reverses:
        raise ReversalsStand
    if kind in SETTLED:
        raise SettledByADiscrepancy
    standing = standing_of(mass, taken_back=taken_back)
    if standing == NOTHING:
        raise AllTakenBack(mass=mass)
    asked = standing if order.mass is None else order.mass
    if asked > standing:
        raise MoreThanMoved(asked=asked, standing=standing)
    if order.restated is not None and kind in STATED_BY_THEIR_ACT:
        raise StatedByItsAct(kind=kind)
    if order.restated is not None and asked != standing:
        raise RestatedOnlyWhole
    return asked


def check_both_halves(order: CorrectionOrder, *, paired: bool) -> None:
    """Refuse to take back a part of a transfer between own registrations; TransferTakenBackWhole.

    Args:
        paired: the move is one half of such a transfer.
    """
    if paired and order.mass is not None:
        raise TransferTakenBackWhole


def check_still_there(container: str, *, asked: Mass, held: Mass) -> None:
    """Refuse to take a transfer back whose drug was used where it came to; UsedThere.

    Args:
        container: the number of what came in.
        held: what it holds by the ledger.
    """
    if asked > held:
        raise UsedThere(container=container, asked=asked)


def check_second(*, author: UUID, second: UUID, name: str, roles: Collection[Role]) -> None:
    """Refuse a second person who is the first, or who may not.

    Raises:
        CorrectorIsTheSamePerson, MayNotCorrect: so it is.
    """
    if author == second:
        raise CorrectorIsTheSamePerson
    if not SECONDS & set(roles):
        raise MayNotCorrect(name=name)


def check_not_posted(*, posted: bool) -> None:
    """Refuse to post twice; AlreadyPosted."""
    if posted:
        raise AlreadyPosted


def check_past(container: str, changes: Sequence[int]) -> None:
    """Refuse a past in which a container holds less than nothing at any moment.

    Args:
        changes: what came (above zero) and went (below zero), micrograms, in the order in which it happened.

    Raises:
        PastWouldBeNegative: it would.
    """
    held = 0
    for change in changes:
        held += change
        if held < 0:
            raise PastWouldBeNegative(container=container)
