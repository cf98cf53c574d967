"""Wasting a remainder: two people, one of them watching, and nothing goes back to stock meanwhile."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics.rules.profile import Deadline, WasteControl
from clinic_api.clinics.rules.standing import day_ends, day_in
from clinic_api.errors import Conflict, NotPermitted, Unacceptable
from clinic_api.inventory.rules.moves import check_enough
from clinic_api.quantities import NOTHING, Mass

#: Who may watch by what they are; a witness-only grant counts where the practice profile says so.
WITNESSES: Final = frozenset({Role.NURSE, Role.PRESCRIBER, Role.CUSTODIAN})
SATURDAY: Final = 5


class WasteState(StrEnum):
    """How far a waste has come."""

    PENDING = "pending"
    WITNESSED = "witnessed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteOrder:
    """What is to be made unusable, why and how.

    Args:
        method: how it is made unusable, such as into an absorbent container.
        bag: the number of the sealed bag in which it waits, where nobody can watch at once.
    """

    container: UUID
    mass: Mass
    reason: str
    method: str
    bag: str | None = None


class NothingToWaste(Unacceptable):
    """There is nothing to waste, so nobody has to watch."""

    def __str__(self) -> str:
        return "A remainder of nothing asks for no witness; the case closes without one."


@dataclass(eq=False)
class WastedWhole(Conflict):
    """Part of a device cannot be wasted."""

    container: str
    holds: Mass | None

    def __str__(self) -> str:
        whole = "" if self.holds is None else f", {self.holds}"
        return f"{self.container} is one device; waste all of it{whole}"


class WitnessIsTheSamePerson(NotPermitted):
    """A witness is another person than the one who wastes."""

    def __str__(self) -> str:
        return "Ask a second person to watch and to sign with their own login and PIN."


@dataclass(eq=False)
class MayNotWitness(NotPermitted):
    """This person's role does not make them a witness here."""

    name: str
    roles: tuple[str, ...]

    def __str__(self) -> str:
        held = ", ".join(self.roles) or "no role"
        return f"{self.name} ({held}) may not witness here; ask a nurse, a prescriber or the custodian"


@dataclass(eq=False)
class AlreadyWitnessed(Conflict):
    """This waste was witnessed and posted before."""

    container: str

    def __str__(self) -> str:
        return f"The waste from {self.container} is in the ledger; a further remainder is proposed anew."


@dataclass(eq=False)
class WasteWithdrawn(Conflict):
    """This waste was taken back before."""

    container: str

    def __str__(self) -> str:
        return f"Nothing was wasted from {self.container} by it; propose what is really left."


def check_proposal(
    container: str, order: WasteOrder, *, free: Mass, device: bool = False, counted: bool = False
) -> None:
    """Refuse to waste nothing, more than there is, or a part of a device.

    Args:
        container: its number.
        free: what it holds by the ledger, less what was proposed before.
        counted: its location is being counted, blind, so no refusal says how much that is.

    Raises:
        NothingToWaste, NotEnoughLeft, WastedWhole: so it is.
    """
    if order.mass == NOTHING:
        raise NothingToWaste
    check_enough(container, asked=order.mass, left=free, counted=counted)
    if device and order.mass != free:
        raise WastedWhole(container=container, holds=None if counted else free)


def check_witness(*, author: UUID, witness: UUID, name: str, roles: Collection[Role], control: WasteControl) -> None:
    """Refuse a witness who is the author, or whose role does not let them watch.

    Args:
        name: the witness's printed name.
        control: how the practice profile has wastes watched.

    Raises:
        WitnessIsTheSamePerson: one person in both places; no profile relaxes it.
        MayNotWitness: says what they are.
    """
    if author == witness:
        raise WitnessIsTheSamePerson
    allowed = WITNESSES | {Role.WITNESS_ONLY} if control.witness_only_grant else WITNESSES
    if not allowed & set(roles):
        raise MayNotWitness(name=name, roles=tuple(sorted(str(role) for role in roles)))


def check_not_posted(container: str, *, posted: bool) -> None:
    """Refuse a second witness for one waste.

    Raises:
        AlreadyWitnessed: it was posted before.
    """
    if posted:
        raise AlreadyWitnessed(container=container)


def check_not_withdrawn(container: str, *, withdrawn: bool) -> None:
    """Refuse to go on with a waste that was taken back.

    Raises:
        WasteWithdrawn: it was.
    """
    if withdrawn:
        raise WasteWithdrawn(container=container)


def state_of_waste(*, posted: bool, withdrawn: bool) -> WasteState:
    """How far a waste has come."""
    if posted:
        return WasteState.WITNESSED
    return WasteState.WITHDRAWN if withdrawn else WasteState.PENDING


def due_at(at: datetime, *, zone: str, deadline: Deadline) -> datetime:
    """Until when a witness must have signed, UTC; a later signature still counts and shows as late.

    Args:
        at: when the waste was proposed, UTC.
        zone: the site's time zone.
        deadline: the practice profile's; weekends are no business days, holidays are not known here.
    """
    end = day_ends(zone, at)
    if deadline is Deadline.SAME_DAY:
        return end
    end = day_ends(zone, end)
    while day_in(zone, end - timedelta(hours=1)).weekday() >= SATURDAY:
        end = day_ends(zone, end)
    return end
