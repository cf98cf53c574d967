"""Stock that leaves by two people's hands: destroyed, sent away, transferred or broken."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.errors import Conflict, NotPermitted, Unacceptable
from clinic_api.identifiers import DeaNumber
from clinic_api.inventory.rules.drawing import VIALS, Disposed
from clinic_api.inventory.rules.moves import Place, check_enough
from clinic_api.inventory.rules.products import ContainerKind
from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.quantities import NOTHING, Mass

#: Where two employees of the registrant must do it or watch it, in every practice profile (21 CFR 1317.95).
BY_EMPLOYEES: Final = frozenset({Place.DESTROYED, Place.REVERSE_DISTRIBUTOR})
#: Who may be the second person for what the law leaves to the clinic.
SECONDS: Final = frozenset({Role.NURSE, Role.PRESCRIBER, Role.CUSTODIAN, Role.COMPLIANCE})
#: What leaves as whole containers only.
WHOLE: Final = frozenset({Place.REVERSE_DISTRIBUTOR, Place.TRANSFERRED})


class RemovalState(StrEnum):
    """How far a removal has come; a shipment to a reverse distributor is closed by its acknowledgement."""

    PENDING = "pending"
    POSTED = "posted"
    ACKNOWLEDGED = "acknowledged"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalOrder:
    """What is to leave, how, and to whom.

    Args:
        kind: where to: destroyed, reverse distributor, transferred, broken.
        contents: containers, each with its mass; None takes all that it holds.
        method: how it is made non-retrievable, for a destruction.
        receiver: to whom, for what is sent or transferred.
        to_location: where it is kept afterwards, for a transfer between registrations of one organisation.
        occurred_at: when it was broken, UTC; None for now.
    """

    kind: Place
    contents: tuple[tuple[UUID, Mass | None], ...]
    reason: str
    method: str | None = None
    receiver: Supplier | None = None
    document: str | None = None
    to_location: UUID | None = None
    occurred_at: datetime | None = None
    late_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """One container of a removal: its number, what is taken, what was free to take, and whether it is being counted."""

    label: str
    kind: ContainerKind
    mass: Mass
    free: Mass
    left: Mass
    gone: bool
    counted: bool = False


class ReceiverMissing(Unacceptable):
    """Nobody is named to whom it goes."""

    def __str__(self) -> str:
        return "Name the receiver with address and DEA number."


class ReceiverNotAsked(Unacceptable):
    """What is destroyed or broken goes to nobody."""

    def __str__(self) -> str:
        return "Leave receiver and location out, or say that it is transferred or sent to a reverse distributor."


class MethodMissing(Unacceptable):
    """How it is destroyed is not said."""

    def __str__(self) -> str:
        return "Say how it is made non-retrievable; DEA Form 41 asks for it."


@dataclass(eq=False)
class RemovedTwice(Unacceptable):
    """A container stands twice in one removal."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} is named twice; name it once with the whole amount"


@dataclass(eq=False)
class NothingLeft(Conflict):
    """The container holds nothing that could leave."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} holds nothing, or all of it is promised already; leave it out"


@dataclass(eq=False)
class OnlyWhole(Conflict):
    """What is sent away or transferred goes with all that it holds."""

    container: str

    def __str__(self) -> str:
        return f"{self.container}: send or transfer the container with all that it holds, or waste a remainder"


@dataclass(eq=False)
class DrawnStays(Conflict):
    """What was drawn up is wasted, or was broken."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} was drawn up; waste what is left with a witness, or record that it broke"


class SecondIsTheFirst(NotPermitted):
    """The second person is another than the first."""

    def __str__(self) -> str:
        return "Two people sign; ask somebody else with their own login and PIN."


@dataclass(eq=False)
class MayNotSignRemoval(NotPermitted):
    """This person's role does not make them a second person here."""

    name: str

    def __str__(self) -> str:
        return f"{self.name} may not sign this; ask a nurse, a prescriber, the custodian or compliance"


@dataclass(eq=False)
class NotAnEligibleEmployee(NotPermitted):
    """A destruction, and loading for one, takes two employees of the registrant."""

    name: str

    def __str__(self) -> str:
        return (
            f"{self.name} is not on the list of employees for destructions (paid, directed and evaluated by the "
            "registrant); an administrator records who is"
        )


@dataclass(eq=False)
class NotThisState(Conflict):
    """The removal is past that, or not there yet."""

    state: RemovalState
    wanted: RemovalState

    def __str__(self) -> str:
        return f"It is {self.state}; this needs it to be {self.wanted}"


def check_order(order: RemovalOrder) -> None:
    """Refuse an order that lacks what its kind needs, or says what it cannot have.

    Raises:
        MethodMissing, ReceiverMissing, ReceiverNotAsked: so it is.
        InvalidDeaNumber: the receiver's number fails its checksum.
    """
    if order.kind is Place.DESTROYED and not (order.method or "").strip():
        raise MethodMissing
    if order.kind is Place.REVERSE_DISTRIBUTOR and (order.receiver is None or order.to_location is not None):
        raise ReceiverMissing
    if order.kind is Place.TRANSFERRED and (order.receiver is None) == (order.to_location is None):
        raise ReceiverMissing
    if order.kind not in WHOLE and (order.receiver is not None or order.to_location is not None):
        raise ReceiverNotAsked
    if order.receiver is not None:
        DeaNumber.parse(order.receiver.dea_number)


def check_contents(kind: Place, contents: Sequence[Content]) -> None:
    """Refuse containers that cannot leave like this, or not so much of them.

    Raises:
        RemovedTwice, Disposed, DrawnStays, NothingLeft, NotEnoughLeft, OnlyWhole: say which.
    """
    seen: set[str] = set()
    for each in contents:
        if each.label in seen:
            raise RemovedTwice(container=each.label)
        seen.add(each.label)
        _check_content(kind, each)


def check_signer(kind: Place, *, name: str, roles: Collection[Role], eligible: bool) -> None:
    """Refuse somebody who may not be one of the two.

    Args:
        eligible: they are on the clinic's list of employees for destructions.

    Raises:
        NotAnEligibleEmployee, MayNotSignRemoval: say who.
    """
    if kind in BY_EMPLOYEES:
        if not eligible:
            raise NotAnEligibleEmployee(name=name)
    elif not SECONDS & set(roles):
        raise MayNotSignRemoval(name=name)


def check_another(signer: UUID, *, before: Collection[UUID]) -> None:
    """Refuse one person in both places.

    Raises:
        SecondIsTheFirst: they signed already.
    """
    if signer in before:
        raise SecondIsTheFirst


def check_state(state: RemovalState, wanted: RemovalState) -> None:
    """Refuse an act that the removal's state does not allow.

    Raises:
        NotThisState: says what it is, and what it must be.
    """
    if state is not wanted:
        raise NotThisState(state=state, wanted=wanted)


def state_of(*, posted: bool, withdrawn: bool, acknowledged: bool) -> RemovalState:
    """How far a removal has come."""
    if withdrawn:
        return RemovalState.WITHDRAWN
    if acknowledged:
        return RemovalState.ACKNOWLEDGED
    return RemovalState.POSTED if posted else RemovalState.PENDING


def _check_content(kind: Place, content: Content) -> None:
    if content.gone:
        raise Disposed(container=content.label)
    if kind is not Place.BROKEN and content.kind not in VIALS:
        raise DrawnStays(container=content.label)
    if content.mass == NOTHING:
        raise NothingLeft(container=content.label)
    check_enough(content.label, asked=content.mass, left=content.free, counted=content.counted)
    if kind in WHOLE and content.mass != content.left:
        raise OnlyWhole(container=content.label)
