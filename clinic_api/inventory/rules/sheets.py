"""The life of a count: opened, entered once, signed by the one who counted and, where needed, by a second person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from clinic_api.accounts.rules import Role
from clinic_api.clinics.rules.profile import CountControl
from clinic_api.errors import Conflict, NotPermitted

#: A count that was left open hides the book's figures no longer than this; it is then made anew.
BLIND_FOR: Final = timedelta(hours=12)
#: Who may count, and so sign as the second.
COUNTERS: Final = frozenset({Role.CUSTODIAN, Role.NURSE, Role.PRESCRIBER, Role.MEDICAL_ASSISTANT})


class CountKind(StrEnum):
    """When the count is made; an inspector reads opening or close of business."""

    OPENING = "opening"
    CLOSING = "closing"


class CountState(StrEnum):
    """How far a count has come."""

    OPEN = "open"
    ENTERED = "entered"
    SIGNED = "signed"
    COMPLETE = "complete"


class EntriesAlreadyIn(Conflict):
    """The entries of this count are in; the book was shown and cannot be unseen."""

    def __str__(self) -> str:
        return "Open a new count to count again; both stay."


class NothingEnteredYet(Conflict):
    """Nothing was entered that could be signed."""

    def __str__(self) -> str:
        return "Enter what was found first (POST /counts/{id}/entries)."


class NotTheCounter(NotPermitted):
    """Another person made this count."""

    def __str__(self) -> str:
        return "Who entered the count signs it; a second person signs as the second."


class SignedBefore(Conflict):
    """This count has that signature already."""


class NotSignedYet(Conflict):
    """The one who counted has not signed yet."""

    def __str__(self) -> str:
        return "Who entered the count signs first (POST /counts/{id}/signature)."


class SecondIsTheSamePerson(NotPermitted):
    """The second person is another than the one who counted."""

    def __str__(self) -> str:
        return "Ask somebody else to count with you and to sign with their own login and PIN."


@dataclass(frozen=True, slots=True)
class NewCount:
    """A count to open."""

    location: UUID
    kind: CountKind


@dataclass(eq=False)
class MayNotCount(NotPermitted):
    """This person's role does not let them count drug."""

    name: str

    def __str__(self) -> str:
        return f"{self.name} may not count; ask a nurse, a prescriber, the custodian or a medical assistant"


def persons_for(kind: CountKind, control: CountControl) -> int:
    """How many people make this count, by the practice profile."""
    return control.opening_persons if kind is CountKind.OPENING else control.closing_persons


def check_counter(name: str, roles: Collection[Role]) -> None:
    """Refuse a second person whose role does not let them count.

    Raises:
        MayNotCount: so it is.
    """
    if not COUNTERS & set(roles):
        raise MayNotCount(name=name)


def state_of(*, entered: bool, signatures: int, persons: int) -> CountState:
    """How far a count has come."""
    if not entered:
        return CountState.OPEN
    if signatures >= persons:
        return CountState.COMPLETE
    return CountState.SIGNED if signatures else CountState.ENTERED


def check_enter(state: CountState) -> None:
    """Refuse entries for a count that has them; EntriesAlreadyIn."""
    if state is not CountState.OPEN:
        raise EntriesAlreadyIn


def check_sign(state: CountState, *, counted_by: UUID | None, by: UUID) -> None:
    """Refuse the first signature where it is not due, or is not this person's.

    Raises:
        NothingEnteredYet, SignedBefore, NotTheCounter: so it is.
    """
    if state is CountState.OPEN:
        raise NothingEnteredYet
    if counted_by != by:
        raise NotTheCounter
    if state is not CountState.ENTERED:
        raise SignedBefore


def check_second(state: CountState, *, counted_by: UUID | None, second: UUID) -> None:
    """Refuse the second signature where it is not due, or is the counter's own.

    Raises:
        NotSignedYet, SignedBefore, SecondIsTheSamePerson: so it is.
    """
    if state in {CountState.OPEN, CountState.ENTERED}:
        raise NotSignedYet
    if state is CountState.COMPLETE:
        raise SignedBefore
    if counted_by == second:
        raise SecondIsTheSamePerson
