"""Several containers into one: what may go together, what is made up for nobody yet, and what a draw of that takes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final
from uuid import UUID

from clinic_api.errors import Conflict, Unacceptable
from clinic_api.inventory.rules.drawing import VIALS, NotAVial, NotDrawable, Source, Take, mass_of
from clinic_api.inventory.rules.products import ContainerKind
from clinic_api.inventory.rules.sharing import Sharing
from clinic_api.quantities import DRAWABLE_STEP_UL, NOTHING, Concentration, Mass, Volume

#: Between the lots of what was drawn from several.
_AND: Final = " + "
#: What is in it beside the drug where nothing is.
NO_FLUID: Final = Volume(0)
#: Half of the smallest unit: what a figure may lose or gain when it is rounded once.
_HALF: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class MixOrder:
    """What to make up for nobody in particular.

    Args:
        kind: a bag or a syringe.
        takes: so much out of each vial.
        diluent: what it is diluted with; None where it is kept as drawn.
        diluent_volume: how much of that is in it beside the drug.
    """

    kind: ContainerKind
    takes: tuple[Take, ...]
    diluent: str | None = None
    diluent_volume: Volume = NO_FLUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What must be alike in everything that goes into one container.

    Args:
        label: its number.
        product: the key of its package; the ledger accounts for each package by itself.
    """

    label: str
    product: str
    strength: Concentration
    location: UUID


@dataclass(eq=False)
class TakenTwice(Unacceptable):
    """A container stands twice in one draw."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} is named twice; name it once with the whole volume"


@dataclass(eq=False)
class AnotherPackage(Conflict):
    """Containers of two packages or two strengths would go into one."""

    container: str
    first: str

    def __str__(self) -> str:
        return (
            f"{self.container} is of another package or strength than {self.first}, and each is accounted for by "
            "itself; take containers of one package"
        )


@dataclass(eq=False)
class AnotherPlace(Conflict):
    """Containers of two places would go into one."""

    container: str
    first: str

    def __str__(self) -> str:
        return (
            f"{self.container} is kept in another location than {self.first}, and each is counted by itself; take "
            "containers of one location"
        )


@dataclass(eq=False)
class NotShared(Conflict):
    """The clinic's list does not let this drug be made up before it is known for whom."""

    drug: str

    def __str__(self) -> str:
        return (
            f"{self.drug} is made up for one patient at a time here; draw it for a visit, or adopt a product list with "
            "shared_preparations = true"
        )


@dataclass(eq=False)
class OnePatientOnly(Conflict):
    """A single-dose vial serves one patient, and this would serve whoever comes."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} serves one patient; draw it for a visit, or take a multi-dose vial"


@dataclass(eq=False)
class CameForAPatient(Conflict):
    """A patient's kit would go into what serves whoever comes."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} came for one patient; draw it for that patient's visit, or take general stock"


@dataclass(eq=False)
class DiluentUnclear(Unacceptable):
    """A diluent has a name and a volume, or neither."""

    def __str__(self) -> str:
        return "Say what it is diluted with and how much of that is in it, or leave out both."


@dataclass(eq=False)
class NoUseLeft(Conflict):
    """What would be made up could not be used any more."""

    use_by: datetime

    def __str__(self) -> str:
        return f"it could be used until {self.use_by:%Y-%m-%d %H:%M} UTC only, which is now; take other vials"


def check_takes(labels: Iterable[str]) -> None:
    """Refuse a container that is named twice.

    Raises:
        TakenTwice: names it.
    """
    seen: set[str] = set()
    for label in labels:
        if label in seen:
            raise TakenTwice(container=label)
        seen.add(label)


def check_together(parts: Sequence[Part]) -> None:
    """Refuse to put together what is not of one package, one strength and one place; lots may be mixed.

    Raises:
        AnotherPackage, AnotherPlace: name the first that differs, and what from.

    Source:
        docs/decisions/0052-one-draw-from-several-containers.md.
    """
    first = parts[0]
    for part in parts[1:]:
        if (part.product, part.strength) != (first.product, first.strength):
            raise AnotherPackage(container=part.label, first=first.label)
        if part.location != first.location:
            raise AnotherPlace(container=part.label, first=first.label)


def lots_of(lots: Iterable[str]) -> str:
    """Every lot in a container, each once, in the order in which they went in; a lot may be of a mix itself."""
    return _AND.join(dict.fromkeys(one for lot in lots for one in lot.split(_AND)))


def check_mix(order: MixOrder, sharing: Sharing | None, *, drug: str) -> Sharing:
    """Refuse to make up for nobody what policy wants made up for somebody; what that policy is.

    Args:
        sharing: the drug's policy; None where its list says nothing.

    Raises:
        DiluentUnclear: the diluent is half said.
        NotShared: the clinic does not share this drug.

    Source:
        config/products/, [preparations].
    """
    if (order.diluent is None) != (order.diluent_volume == NO_FLUID):
        raise DiluentUnclear
    if sharing is None or not sharing.allowed:
        raise NotShared(drug=drug)
    return sharing


def check_shareable(source: Source, *, kit: bool) -> None:
    """Refuse what serves one patient only as a part of what serves whoever comes.

    Args:
        kit: it came for one patient.

    Raises:
        NotAVial: it is made up already.
        OnePatientOnly, CameForAPatient: it is one patient's.

    Source:
        CDC injection safety: a single-dose vial is for one patient; 21 USC 829a(a)(5).
    """
    if source.kind not in VIALS:
        raise NotAVial(container=source.label)
    if source.kind is ContainerKind.SINGLE_DOSE_VIAL:
        raise OnePatientOnly(container=source.label)
    if kit:
        raise CameForAPatient(container=source.label)


def use_by_of(kind: ContainerKind, sharing: Sharing, *, at: datetime, sources: Iterable[datetime]) -> datetime:
    """The last moment, UTC, at which a preparation may be used: no later than any of its sources.

    Args:
        at: when it is made.
        sources: the last moment of each source: its expiry and its beyond-use date.

    Raises:
        NoUseLeft: it would be over as soon as it is made.
    """
    usable = sharing.bag_for if kind is ContainerKind.BAG else sharing.syringe_for
    until = min([at + usable, *sources])
    if until <= at:
        raise NoUseLeft(use_by=until)
    return until


def mass_taken(source: Source, volume: Volume, strength: Concentration, *, draws: int) -> Mass:
    """The drug in a drawn volume: out of a vial exactly, out of a stock preparation rounded once, half to even.

    Each draw of a preparation may round by half a microgram. So the draw that empties it takes exactly what the ledger
    still has: where it comes to more by no more than all draws can have rounded, and where it leaves no more than that
    and nothing that a syringe could be read to.

    Args:
        draws: how often the preparation was drawn from before.

    Raises:
        NotDrawable: no syringe can be read to it, or it holds less than half a microgram.
        NotAnAmount: out of a vial, it would not be whole micrograms.
    """
    if not source.stock:
        return mass_of(volume, strength)
    if not volume.is_drawable or volume == NO_FLUID:
        raise NotDrawable(volume=volume)
    exact, rounded = strength.exact * volume.ul, (draws + 1) * _HALF
    unread = min(rounded, strength.exact * DRAWABLE_STEP_UL * _HALF)
    if source.free > NOTHING and -rounded <= source.free.ug - exact <= unread:
        return source.free
    mass = Mass.rounded(exact)
    if mass == NOTHING:
        raise NotDrawable(volume=volume)
    return mass
