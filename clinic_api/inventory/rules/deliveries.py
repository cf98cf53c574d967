"""A delivery from the door to the book: it is logged, counted, signed for and accepted; or it is refused."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.errors import Conflict, NotPermitted, Unacceptable
from clinic_api.inventory.rules.papers import Paper
from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.inventory.rules.settling import DocumentLine

#: Who may sign for a delivery, as the first or the second.
RECEIVERS: Final = frozenset({Role.CUSTODIAN, Role.NURSE, Role.PRESCRIBER})


class State(StrEnum):
    """How far a delivery has come; only an accepted one is in the book."""

    DELIVERED = "delivered"
    COUNTED = "counted"
    SIGNED = "signed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Act(StrEnum):
    """What is done with a delivery."""

    COUNT = "count"
    SIGN = "sign"
    ACCEPT = "accept"
    REFUSE = "refuse"


#: The whole life of a delivery. A count may be made anew until somebody has signed for one.
LIFE: Final[Mapping[State, Mapping[Act, State]]] = {
    State.DELIVERED: {Act.COUNT: State.COUNTED, Act.REFUSE: State.REFUSED},
    State.COUNTED: {Act.COUNT: State.COUNTED, Act.SIGN: State.SIGNED, Act.REFUSE: State.REFUSED},
    State.SIGNED: {Act.ACCEPT: State.ACCEPTED, Act.REFUSE: State.REFUSED},
    State.ACCEPTED: {},
    State.REFUSED: {},
}
#: What stands in the way of an act that the table does not have.
UNMET: Final[Mapping[State, str]] = {
    State.DELIVERED: "what came was not counted yet; count it first",
    State.COUNTED: "nobody has signed for what was counted; accept it first",
    State.SIGNED: "one person signed for it; a second one signs with their own PIN, or the delivery is refused",
    State.ACCEPTED: "it was accepted and is in the book; what is wrong there is corrected there",
    State.REFUSED: "it was refused; what comes again is logged as another delivery",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """A delivery as it arrives; nothing of it is in the book yet.

    Args:
        location: where it would be put.
        lines: what its document says was sent.
        carrier, condition: who brought it, and what the parcel looked like; None where it was not looked at so.
        arrived_at: when it really came, UTC; None for now.
        late_reason: why that is entered only now.
        at_once: it is logged, counted and accepted in one call, by somebody who has the document before them.
    """

    location: UUID
    supplier: Supplier
    paper: Paper
    lines: tuple[DocumentLine, ...]
    carrier: str | None
    condition: str | None
    arrived_at: datetime | None
    late_reason: str | None
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """When somebody says that it was accepted, UTC (None for now), and why that is entered only now."""

    at: datetime | None
    late_reason: str | None


@dataclass(eq=False)
class DeliveryNotReady(Conflict):
    """The delivery is not where this can be done."""

    act: Act
    state: State

    def __str__(self) -> str:
        return f"{self.act}: {UNMET[self.state]}"


@dataclass(eq=False)
class BeforeItCame(Unacceptable):
    """A delivery is said to have been accepted before it came."""

    arrived_at: datetime

    def __str__(self) -> str:
        return f"it came at {self.arrived_at:%Y-%m-%d %H:%M} UTC; give a time from then on"


class SecondReceiverIsTheSamePerson(NotPermitted):
    """The second person is another than the one who signed for the delivery."""

    def __str__(self) -> str:
        return "Ask somebody else to look at it and to sign with their own login and PIN."


@dataclass(eq=False)
class MayNotReceive(NotPermitted):
    """This person's roles do not let them sign for a delivery."""

    name: str

    def __str__(self) -> str:
        return f"{self.name} does not receive stock; ask a custodian, a nurse or a prescriber"


class SecondReceiverNeeded(Conflict):
    """This practice receives with two people."""

    def __str__(self) -> str:
        return "Log the delivery, count it and accept it (POST /deliveries); the second person then signs."


def after(state: State, act: Act) -> State:
    """The state that ``act`` leads to.

    Raises:
        DeliveryNotReady: a delivery in ``state`` does not allow ``act``; says what is unmet.
    """
    try:
        return LIFE[state][act]
    except KeyError:
        raise DeliveryNotReady(act=act, state=state) from None


def state_of(*, counted: bool, signed: bool, accepted: bool, refused: bool) -> State:
    """How far a delivery has come, from what was written of it."""
    if refused:
        return State.REFUSED
    if accepted:
        return State.ACCEPTED
    if signed:
        return State.SIGNED
    return State.COUNTED if counted else State.DELIVERED


def check_not_before(at: datetime, *, arrived_at: datetime) -> None:
    """Refuse to accept a delivery before it came; both UTC.

    Raises:
        BeforeItCame: so it is said.
    """
    if at < arrived_at:
        raise BeforeItCame(arrived_at=arrived_at)


def check_second_receiver(*, first: UUID, second: UUID, name: str, roles: Collection[Role]) -> None:
    """Refuse a second signature of the same person, or of one who does not receive stock.

    Args:
        name: the second person's.

    Raises:
        SecondReceiverIsTheSamePerson, MayNotReceive: so it is.
    """
    if first == second:
        raise SecondReceiverIsTheSamePerson
    if not RECEIVERS & set(roles):
        raise MayNotReceive(name=name)


def check_one_receives(*, persons: int) -> None:
    """Refuse to receive in one call where the practice profile asks for two people.

    Raises:
        SecondReceiverNeeded: it does.
    """
    if persons > 1:
        raise SecondReceiverNeeded
