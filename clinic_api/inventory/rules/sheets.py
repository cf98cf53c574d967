"""The life of a count: opened, entered by each who counts without knowing of the other, signed by them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.errors import Conflict, NotPermitted

#: A count that was left open hides the book's figures no longer than this; it is then made anew.
BLIND_FOR: Final = timedelta(hours=12)
#: Who may count, and so sign as the second.
COUNTERS: Final = frozenset({Role.CUSTODIAN, Role.NURSE, Role.PRESCRIBER, Role.MEDICAL_ASSISTANT})
#: A disagreement is counted again by somebody who has not counted, where there are so many clinical people.
THIRD_PERSON_FROM: Final = 3


class CountState(StrEnum):
    """How far a count has come."""

    OPEN = "open"
    AWAITS_SECOND = "awaits-second"
    DISAGREED = "disagreed"
    ENTERED = "entered"
    SIGNED = "signed"
    COMPLETE = "complete"


#: Entries may still come.
UNSETTLED: Final = frozenset({CountState.OPEN, CountState.AWAITS_SECOND, CountState.DISAGREED})


class EntriesAlreadyIn(Conflict):
    """The entries of this count are in; the book was shown and cannot be unseen."""

    def __str__(self) -> str:
        return "Open a new count to count again; both stay."


class NothingEnteredYet(Conflict):
    """Nothing was entered that could be signed."""

    def __str__(self) -> str:
        return "Everybody who counts enters what they found first (POST /counts/{id}/entries)."


class NotTheCounter(NotPermitted):
    """Another person made this count."""

    def __str__(self) -> str:
        return "Who entered the count signs it; a second person signs as the second."


class SignedBefore(Conflict):
    """This count has that signature already."""

    def __str__(self) -> str:
        return "Read the count; what it still needs is another person's signature, or nothing."


class NotSignedYet(Conflict):
    """The one who counted has not signed yet."""

    def __str__(self) -> str:
        return "Who entered the count signs first (POST /counts/{id}/signature)."


class SecondIsTheSamePerson(NotPermitted):
    """The second person is another than the one who counted."""

    def __str__(self) -> str:
        return "Ask somebody else to count with you and to sign with their own login and PIN."


class NotTheSecondCounter(NotPermitted):
    """The second signature is that of the person who made the second entry."""

    def __str__(self) -> str:
        return "Who made the second entry signs as the second, with their own login and PIN."


class CountedBefore(NotPermitted):
    """This person made one of the entries that are to be counted again."""

    def __str__(self) -> str:
        return "Ask somebody who has not counted these containers to count them."


@dataclass(eq=False)
class CountLapsed(Conflict):
    """This count was open too long; the book was shown meanwhile."""

    opened_at: datetime

    def __str__(self) -> str:
        return f"It was opened at {self.opened_at:%Y-%m-%d %H:%M} UTC; open a new count, this one stays as it is."


class NothingToRecount(Conflict):
    """Nothing of this count is to be counted again."""

    def __str__(self) -> str:
        return "Every difference is within what its method can tell; name the containers, or open a count of its own."


@dataclass(eq=False)
class MayNotCount(NotPermitted):
    """This person's role does not let them count drug."""

    name: str

    def __str__(self) -> str:
        return f"{self.name} may not count; ask a nurse, a prescriber, the custodian or a medical assistant"


def check_counter(name: str, roles: Collection[Role]) -> None:
    """Refuse a second person whose role does not let them count.

    Raises:
        MayNotCount: so it is.
    """
    if not COUNTERS & set(roles):
        raise MayNotCount(name=name)


def state_of(*, tallies: int, entered: bool, signatures: int, persons: int) -> CountState:
    """How far a count has come.

    Args:
        tallies: how many people made their entry.
        entered: the entries are settled and were compared with the book.
    """
    if entered and signatures >= persons:
        return CountState.COMPLETE
    if entered:
        return CountState.SIGNED if signatures else CountState.ENTERED
    if tallies == 0:
        return CountState.OPEN
    return CountState.AWAITS_SECOND if tallies < persons else CountState.DISAGREED


def check_open_still(*, opened_at: datetime, at: datetime) -> None:
    """Refuse entries for a count that was left open so long that the book was shown again.

    Raises:
        CountLapsed: so it is.
    """
    if at >= opened_at + BLIND_FOR:
        raise CountLapsed(opened_at=opened_at)


def check_recountable(state: CountState, *, again: Collection[UUID]) -> None:
    """Refuse to count again what is not in yet, or nothing.

    Args:
        again: the containers that are to be counted again.

    Raises:
        NothingEnteredYet, NothingToRecount: so it is.
    """
    if state in UNSETTLED:
        raise NothingEnteredYet
    if not again:
        raise NothingToRecount


def check_enter(
    state: CountState, *, by: UUID, counters: Sequence[UUID], excluded: Collection[UUID], staff: int
) -> None:
    """Refuse an entry that is not due, or is not this person's to make.

    Args:
        counters: who entered so far, in that order.
        excluded: who made the count that this one counts again.
        staff: how many clinical people the practice has; with two, the second one looks again where they disagree.

    Raises:
        EntriesAlreadyIn, SecondIsTheSamePerson, CountedBefore: so it is.
    """
    if state not in UNSETTLED:
        raise EntriesAlreadyIn
    if by in excluded:
        raise CountedBefore
    if state is CountState.AWAITS_SECOND and by in counters:
        raise SecondIsTheSamePerson
    if state is CountState.DISAGREED and by in (counters if staff >= THIRD_PERSON_FROM else counters[:1]):
        raise CountedBefore


def check_sign(state: CountState, *, counted_by: UUID | None, by: UUID) -> None:
    """Refuse the first signature where it is not due, or is not this person's.

    Raises:
        NothingEnteredYet, SignedBefore, NotTheCounter: so it is.
    """
    if state in UNSETTLED:
        raise NothingEnteredYet
    if counted_by != by:
        raise NotTheCounter
    if state is not CountState.ENTERED:
        raise SignedBefore


def check_second(state: CountState, *, counters: Sequence[UUID], second: UUID) -> None:
    """Refuse the second signature where it is not due, or is not that of the second who counted.

    Args:
        counters: who entered, in that order.

    Raises:
        NotSignedYet, SignedBefore, SecondIsTheSamePerson, NotTheSecondCounter: so it is.
    """
    if state in UNSETTLED or state is CountState.ENTERED:
        raise NotSignedYet
    if state is CountState.COMPLETE:
        raise SignedBefore
    if second == counters[0]:
        raise SecondIsTheSamePerson
    if second not in counters[1:2]:
        raise NotTheSecondCounter
