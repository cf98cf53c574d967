"""What a vial is like: set apart, opened, empty; and the overfill that may be found in it."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from clinic_api.errors import Conflict
from clinic_api.inventory.rules.drawing import VIALS, Disposed, NotAVial, Source
from clinic_api.quantities import NOTHING, Mass


class State(StrEnum):
    """What a person sees at a glance; what forbids use stands before what does not."""

    DISPOSED = "disposed"
    QUARANTINED = "quarantined"
    EMPTY = "empty"
    OPEN = "open"
    SEALED = "sealed"


@dataclass(eq=False)
class AlreadyQuarantined(Conflict):
    """The container is in quarantine already."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} stays set apart; its reason is in its record"


@dataclass(eq=False)
class MoreThanOverfill(Conflict):
    """More overfill is said to be in a vial than vials are filled with."""

    container: str
    asked: Mass
    found_before: Mass
    at_most: Mass

    def __str__(self) -> str:
        return (
            f"{self.container}: {self.asked} after {self.found_before} found before is above the {self.at_most} that "
            "this product may hold beyond its label; count the vial and ask the custodian"
        )


@dataclass(eq=False)
class MoreThanStaysInTheHub(Conflict):
    """More is said to have stayed in needle and hub than can."""

    container: str
    asked: Mass
    lost_before: Mass
    at_most: Mass

    def __str__(self) -> str:
        return (
            f"{self.container}: {self.asked} after {self.lost_before} before is above the {self.at_most} that may stay "
            "in needle and hub; waste the rest with a witness, or record what was spilled"
        )


def check_hub_loss(container: str, mass: Mass, *, lost_before: Mass, draws: int, at_most: Mass) -> None:
    """Refuse hub loss above the product's cap for each draw; what is above it is a waste or a spill.

    Args:
        lost_before: hub loss that was recorded for this container already.
        draws: how often needle and hub were filled from it; a syringe is filled once.
        at_most: the cap for one draw.

    Raises:
        MoreThanStaysInTheHub: so it is.

    Source:
        config/products/, [caps].
    """
    cap = Mass(at_most.ug * max(1, draws))
    if mass.ug + lost_before.ug > cap.ug:
        raise MoreThanStaysInTheHub(container=container, asked=mass, lost_before=lost_before, at_most=cap)


def hub_cap_at(strength: Fraction, cap: Mass, *, of: Fraction) -> Mass:
    """The cap for one draw at a container's own strength, rounded down: what is diluted leaves less in the hub.

    Args:
        cap: what may stay at the strength ``of`` the product, micrograms for each microlitre.
    """
    return Mass(int(cap.ug * strength / of))


def state_of(source: Source, *, opened: bool) -> State:
    """What a container is like now.

    Args:
        opened: a vial was punctured; a syringe and a bag are open from the first.
    """
    if source.gone and source.left == NOTHING:
        return State.DISPOSED
    if source.quarantined:
        return State.QUARANTINED
    if source.left == NOTHING:
        return State.EMPTY
    return State.OPEN if opened else State.SEALED


def check_quarantine(label: str, *, quarantined: bool) -> None:
    """Refuse to set apart what is set apart.

    Raises:
        AlreadyQuarantined: so it is.
    """
    if quarantined:
        raise AlreadyQuarantined(container=label)


def check_overfill(source: Source, mass: Mass, *, found_before: Mass, at_most: Mass) -> None:
    """Refuse overfill above the product's cap; what is above it is a question, not overfill.

    An empty vial may hold some, and so may one in quarantine: it is there.

    Args:
        found_before: overfill that was recorded in this vial already.
        at_most: the cap for the whole vial.

    Raises:
        NotAVial, Disposed: no vial is in hand.
        MoreThanOverfill: so it is.

    Source:
        config/products/, [caps].
    """
    if source.kind not in VIALS:
        raise NotAVial(container=source.label)
    if source.gone:
        raise Disposed(container=source.label)
    if mass.ug + found_before.ug > at_most.ug:
        raise MoreThanOverfill(container=source.label, asked=mass, found_before=found_before, at_most=at_most)
