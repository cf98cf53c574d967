"""Counting: what was found, how finely it was found, and how far it is from the book. Never an adjustment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from clinic_api.errors import Conflict, Unacceptable
from clinic_api.inventory.rules.products import Method
from clinic_api.inventory.rules.weighing import Scale, Typed, Weighed, weighed
from clinic_api.quantities import NOTHING, Concentration, Mass, Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """What one person found in one container, without knowing what the book says.

    Args:
        method: counted for a sealed vial; weighed, read or estimated for what is open.
        volume: what is in it; None for a counted one, which is full, and for a weighed one, of which it is worked out.
        resolution: how finely it could be told, where that is finer than the product's usual.
        typed: what the scale showed; None for what was not weighed.
    """

    container: UUID
    method: Method
    volume: Volume | None = None
    resolution: Volume | None = None
    typed: Typed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the ledger knows of a container that is counted.

    Args:
        content: what its label says: of a sealed vial the printed content, of a drawn syringe what is written on it.
        drawn: nobody measures what is in it: it was drawn for somebody and may be diluted, or it is a device. What
            was made up for nobody in particular has a strength of its own, so what is left of it is measured.
        product, scale: what is known of weighing it.
    """

    label: str
    product: str
    concentration: Concentration
    content: Mass
    expected: Mass
    opened: bool
    drawn: bool
    resolutions: Mapping[Method, Volume]
    scale: Scale | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A line of the count beside its expectation.

    Args:
        method: None where the container was not found at all.
        found: None likewise; that is not the same as found empty.
        volume: what was measured, or worked out of its weight.
        weighed: what it was worked out from.
    """

    method: Method | None
    found: Mass | None
    expected: Mass
    resolution: Mass
    volume: Volume | None = None
    weighed: Weighed | None = None

    @property
    def variance_ug(self) -> int:
        """Found less expected, micrograms; a container that was not found lacks all it should hold."""
        return (NOTHING if self.found is None else self.found).ug - self.expected.ug

    @property
    def explained(self) -> bool:
        """Whether the difference is no more than the method can tell; an absent container never is."""
        return self.found is not None and abs(self.variance_ug) <= self.resolution.ug


@dataclass(eq=False)
class ContainerTwice(Unacceptable):
    """A container stands twice on the count."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} is entered twice; leave one line out"


@dataclass(eq=False)
class OpenedNotCounted(Unacceptable):
    """An opened container is not counted as a full one."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} has been opened; weigh it, read it or estimate it, and write the volume"


@dataclass(eq=False)
class DrawnIsCounted(Unacceptable):
    """A drawn syringe and a device are counted by what is written on them."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} is a drawn syringe or a device; say that it was counted, without a volume"


@dataclass(eq=False)
class KeptElsewhere(Conflict):
    """Containers were entered that are not kept in this location."""

    containers: tuple[str, ...]

    def __str__(self) -> str:
        return f"{', '.join(self.containers)}: kept in another location; count it there, and ask how it came here"


@dataclass(eq=False)
class OutsideThisCount(Conflict):
    """Containers were entered that this count does not cover."""

    containers: tuple[str, ...]

    def __str__(self) -> str:
        return f"{', '.join(self.containers)}: not part of this count; leave them out, or count the whole location"


@dataclass(eq=False)
class VolumeUnclear(Unacceptable):
    """A measured line needs its volume, a weighed one its weight, and a counted one has neither."""

    container: str
    method: Method

    def __str__(self) -> str:
        if self.method is Method.COUNTED:
            return f"{self.container} is counted as full; leave amounts and resolution out, or say how it was measured"
        if self.method is Method.WEIGHED:
            return f"{self.container}: write gross_g, what the scale showed; volume and resolution follow from it"
        return f"{self.container}: write the volume that was {self.method}"


@dataclass(eq=False)
class ResolutionTooCoarse(Unacceptable):
    """A line claims to be less exact than its method is."""

    container: str
    given: Volume
    at_most: Volume

    def __str__(self) -> str:
        return f"{self.container}: {self.given} is coarser than the {self.at_most} of this method; measure again"


def judged(line: CountLine, kept: Kept) -> Found:
    """What a line says, beside what the book says.

    A measured volume is rounded to whole micrograms: it is a finding, and the book keeps its own figure.

    Raises:
        OpenedNotCounted, DrawnIsCounted, VolumeUnclear, ResolutionTooCoarse: the line cannot be taken; none of
            them tells the book's figure.
        NotWeighable, LighterThanEmpty: see ``rules.weighing``.
    """
    if line.method is Method.COUNTED:
        return _counted(line, kept)
    if kept.drawn:
        raise DrawnIsCounted(container=kept.label)
    if line.method is Method.WEIGHED:
        return _weighed(line, kept)
    if line.volume is None or line.typed is not None:
        raise VolumeUnclear(container=kept.label, method=line.method)
    return Found(
        method=line.method,
        found=_mass(line.volume.ul, kept.concentration),
        expected=kept.expected,
        resolution=_mass(_resolution(line, kept).ul, kept.concentration),
        volume=line.volume,
    )


def absent(kept: Kept) -> Found:
    """A container that should be here and was not entered."""
    return Found(method=None, found=None, expected=kept.expected, resolution=NOTHING)


def check_each_once(labels: Iterable[str]) -> None:
    """Refuse a container that is entered twice.

    Raises:
        ContainerTwice: names it.
    """
    seen: set[str] = set()
    for label in labels:
        if label in seen:
            raise ContainerTwice(container=label)
        seen.add(label)


def check_kept_here(elsewhere: Sequence[str]) -> None:
    """Refuse containers of another location.

    Args:
        elsewhere: the numbers of those that were entered and are kept elsewhere.

    Raises:
        KeptElsewhere: there are some.
    """
    if elsewhere:
        raise KeptElsewhere(containers=tuple(elsewhere))


def check_on_this_count(others: Sequence[str]) -> None:
    """Refuse containers that a count of a part does not cover.

    Args:
        others: the numbers of those that were entered and are not part of it.

    Raises:
        OutsideThisCount: there are some.
    """
    if others:
        raise OutsideThisCount(containers=tuple(others))


def _counted(line: CountLine, kept: Kept) -> Found:
    if kept.opened:
        raise OpenedNotCounted(container=kept.label)
    if line.volume is not None or line.resolution is not None or line.typed is not None:
        raise VolumeUnclear(container=kept.label, method=line.method)
    return Found(method=line.method, found=kept.content, expected=kept.expected, resolution=NOTHING)


def _weighed(line: CountLine, kept: Kept) -> Found:
    if line.typed is None or line.volume is not None or line.resolution is not None:
        raise VolumeUnclear(container=kept.label, method=line.method)
    of = weighed(
        line.typed,
        label=kept.label,
        product=kept.product,
        known=kept.scale,
        at_best=kept.resolutions[Method.WEIGHED],
    )
    return Found(
        method=line.method,
        found=_mass(of.exact_ul, kept.concentration),
        expected=kept.expected,
        resolution=_mass(of.resolution.ul, kept.concentration),
        volume=Volume.rounded(of.exact_ul),
        weighed=of,
    )


def _resolution(line: CountLine, kept: Kept) -> Volume:
    usual = kept.resolutions[line.method]
    if line.resolution is None:
        return usual
    if line.resolution > usual:
        raise ResolutionTooCoarse(container=kept.label, given=line.resolution, at_most=usual)
    return line.resolution


def _mass(exact_ul: Fraction | int, concentration: Concentration) -> Mass:
    return Mass.rounded(concentration.exact * exact_ul)
