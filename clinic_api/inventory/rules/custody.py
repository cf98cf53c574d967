"""Who holds the keys and the code of a location, since when: given by a count or a reason, accepted by the other."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.errors import Conflict, NotPermitted, Unacceptable
from clinic_api.inventory.rules.sheets import CountState

#: Who may hold keys or code.
KEY_HOLDERS: Final = frozenset({Role.CUSTODIAN, Role.NURSE, Role.PRESCRIBER})


class Event(StrEnum):
    """What the audit says of keys."""

    HANDED_OVER = "keys:handed-over"
    ACCEPTED = "keys:accepted"


class Means(StrEnum):
    """What opens a location."""

    KEYS = "keys"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverOrder:
    """Keys or code that change hands.

    Args:
        count: the complete count by which it is handed over.
        reason: why without one, or why somebody else than the holder hands over.
    """

    location: UUID
    means: Means
    count: UUID | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds the keys or the code of a location, since when.

    Args:
        number: which acceptance that is, from one; the next hand-over follows it.
    """

    means: Means
    number: int
    account: UUID
    name: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CountMade:
    """The count that a hand-over refers to."""

    location: UUID
    state: CountState
    entered_at: datetime | None


class CountOrReason(Unacceptable):
    """A hand-over refers to a count or says why there is none."""

    def __str__(self) -> str:
        return "Count the location and name the count, or write in reason why it was not counted."


@dataclass(eq=False)
class NotTheHolder(Conflict):
    """Somebody else holds them."""

    holder: str

    def __str__(self) -> str:
        return f"{self.holder} holds them and hands them over; where that cannot be, write why in reason."


@dataclass(eq=False)
class MayNotHold(NotPermitted):
    """This person's role does not let them hold keys or code."""

    name: str

    def __str__(self) -> str:
        return f"{self.name} may not hold them; ask the custodian, a nurse or a prescriber"


class CountedElsewhere(Conflict):
    """The count is of another location."""

    def __str__(self) -> str:
        return "Name a count of the location whose keys are handed over."


class CountNotComplete(Conflict):
    """The count is not signed by everybody who had to."""

    def __str__(self) -> str:
        return "Finish the count first: entries and every signature."


@dataclass(eq=False)
class CountBeforeHolder(Conflict):
    """The count was made before the one who hands over held them."""

    since: datetime

    def __str__(self) -> str:
        return f"Count again: they are held since {self.since:%Y-%m-%d %H:%M} UTC, and that count is older."


class AcceptedBefore(Conflict):
    """This hand-over was accepted before."""

    def __str__(self) -> str:
        return "Whoever took them holds them; to give them on, write down a further hand-over."


class HandedOverMeanwhile(Conflict):
    """They changed hands since this was written down."""

    def __str__(self) -> str:
        return "Look who holds them now, and let that person hand them over."


def check_hand_over(order: HandOverOrder, *, holder: Holder | None, by: UUID) -> None:
    """Refuse a hand-over without count and reason, or by somebody else than the holder without a reason.

    Args:
        holder: who holds them now; None before the first time, when nobody can.
        by: who hands over.

    Raises:
        CountOrReason, NotTheHolder: so it is.
    """
    if order.count is None and order.reason is None:
        raise CountOrReason
    if holder is not None and holder.account != by and order.reason is None:
        raise NotTheHolder(holder=holder.name)


def check_count(made: CountMade, *, location: UUID, holder: Holder | None) -> None:
    """Refuse a count that says nothing of this hand-over.

    Raises:
        CountedElsewhere, CountNotComplete, CountBeforeHolder: so it is.
    """
    if made.location != location:
        raise CountedElsewhere
    if made.state is not CountState.COMPLETE or made.entered_at is None:
        raise CountNotComplete
    if holder is not None and made.entered_at < holder.since:
        raise CountBeforeHolder(since=holder.since)


def check_accept(*, accepted: bool, after: int, number: int) -> None:
    """Refuse to accept twice, or what changed hands since.

    Args:
        after: the acceptance that the hand-over follows; none is 0.
        number: the newest acceptance.

    Raises:
        AcceptedBefore, HandedOverMeanwhile: so it is.
    """
    if accepted:
        raise AcceptedBefore
    if after != number:
        raise HandedOverMeanwhile


def check_may_hold(name: str, roles: Collection[Role]) -> None:
    """Refuse somebody whose role does not let them hold keys or code.

    Raises:
        MayNotHold: so it is.
    """
    if not KEY_HOLDERS & set(roles):
        raise MayNotHold(name=name)
