"""Drawing from a named vial: what a draw takes, and every reason why it may not be drawn."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic_api.errors import Conflict, Unacceptable
from clinic_api.inventory.rules.moves import check_enough
from clinic_api.inventory.rules.products import ContainerKind
from clinic_api.quantities import NOTHING, Concentration, Mass, Volume

VIALS: Final = frozenset({ContainerKind.MULTI_DOSE_VIAL, ContainerKind.SINGLE_DOSE_VIAL})
#: What drug is drawn into; open from the first.
MADE_UP: Final = frozenset({ContainerKind.SYRINGE, ContainerKind.BAG})


@dataclass(frozen=True, slots=True)
class Take:
    """So much out of one container."""

    container: UUID
    volume: Volume


@dataclass(frozen=True, slots=True)
class DrawOrder:
    """What to draw into one syringe, from which containers, for whose visit."""

    takes: tuple[Take, ...]
    visit: UUID

    @classmethod
    def of_one(cls, container: UUID, volume: Volume, visit: UUID) -> Self:
        """A draw from one container, which is the usual one."""
        return cls((Take(container, volume),), visit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is true of a container when somebody wants to draw from it.

    Args:
        label: its number.
        left: what the ledger says it holds.
        held: how much of that was promised to a waste nobody has witnessed yet.
        gone: drug has left it as waste or as a return; it lies in the bin, whatever it holds.
        expires_at: the first moment, UTC, at which it is expired.
        use_by: the last moment, UTC, at which it may be used; None while it was never opened.
        stock: it was made up for nobody in particular, so it is drawn from as a vial is.
        strength_lost: drug that it was made up from was taken back in the book, so its label is wrong.
        counted: its location is being counted, blind: nobody is told what it holds.
    """

    label: str
    kind: ContainerKind
    left: Mass
    held: Mass
    gone: bool
    quarantined: bool
    expires_at: datetime
    use_by: datetime | None
    stock: bool = False
    strength_lost: bool = False
    counted: bool = False

    @property
    def free(self) -> Mass:
        """What it holds beyond what was promised to a waste."""
        return self.left - min(self.left, self.held)


@dataclass(eq=False)
class NotDrawable(Unacceptable):
    """No syringe can be read to this volume."""

    volume: Volume

    def __str__(self) -> str:
        return f"{self.volume} cannot be drawn; take steps of 0.01 mL, more than none"


@dataclass(eq=False)
class NotAVial(Conflict):
    """Drug is drawn from a vial, or from what was made up for nobody in particular."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} is no vial; the rest of a syringe is wasted with a witness, a device is given whole"


@dataclass(eq=False)
class StrengthLost(Conflict):
    """What a stock preparation was made up from was corrected, so nobody knows its strength."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} has another strength than its label says; waste it with a witness and make another"


@dataclass(eq=False)
class Quarantined(Conflict):
    """The container is set apart and not to be used."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} is in quarantine; take another container"


@dataclass(eq=False)
class Disposed(Conflict):
    """The container was wasted or given back."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} was disposed of; take another container"


@dataclass(eq=False)
class Empty(Conflict):
    """The container is empty by the ledger."""

    container: str
    asked: Mass

    def __str__(self) -> str:
        return f"{self.container} holds nothing; take another, or record overfill found if there is some"


@dataclass(eq=False)
class Expired(Conflict):
    """The container is past its expiry."""

    container: str
    expired_at: datetime

    def __str__(self) -> str:
        return f"{self.container} expired at {self.expired_at:%Y-%m-%d %H:%M} UTC; quarantine it and take another"


@dataclass(eq=False)
class PastBeyondUse(Conflict):
    """The opened vial or the preparation is past its last moment of use."""

    container: str
    use_by: datetime

    def __str__(self) -> str:
        return f"{self.container} was to be used by {self.use_by:%Y-%m-%d %H:%M} UTC; quarantine it and take another"


@dataclass(eq=False)
class SingleDoseUsed(Conflict):
    """A single-dose vial serves one patient once."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} was opened before; waste what is left and take a new vial"


@dataclass(eq=False)
class OtherSite(Conflict):
    """The vial is kept at another site than the visit's."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} belongs to another site's stock; take one that is kept here"


@dataclass(eq=False)
class DrawnForAnother(Conflict):
    """The syringe was drawn for another visit."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} was drawn for another visit; take the syringe that was drawn for this one"


@dataclass(eq=False)
class NotWhole(Conflict):
    """Only what was never opened is given back."""

    container: str

    def __str__(self) -> str:
        return f"{self.container} was opened or is not full; waste what is left with a witness"


def mass_of(volume: Volume, concentration: Concentration) -> Mass:
    """The drug in a drawn volume, exactly: a draw is entered as volume, and no microgram is rounded.

    Raises:
        NotDrawable: no syringe can be read to it, or it is nothing.
        NotAnAmount: it would not be whole micrograms.
    """
    if not volume.is_drawable or volume == Volume(0):
        raise NotDrawable(volume=volume)
    return concentration.mass_in(volume)


def check_same_site(container: str, *, kept_at: UUID, visit_at: UUID) -> None:
    """Refuse a vial of another site; OtherSite. Registered locations never share a balance (21 CFR 1301.12)."""
    if kept_at != visit_at:
        raise OtherSite(container=container)


def check_drawn_for(container: str, *, drawn_for: UUID | None, visit: UUID) -> None:
    """Refuse to give from what was not drawn for this visit; DrawnForAnother."""
    if drawn_for != visit:
        raise DrawnForAnother(container=container)


def expires_at(expiry: date, zone: str) -> datetime:
    """The first moment, UTC, after the last day on which a lot may be used at a site.

    Args:
        expiry: the last day, as printed.
        zone: the site's time zone.
    """
    return datetime.combine(expiry + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def use_by(*, punctured_at: datetime, beyond_use: timedelta, expires_at: datetime) -> datetime:
    """The last moment, UTC, at which an opened vial may be used: never past its expiry.

    Source:
        config/products/, [handling].
    """
    return min(punctured_at + beyond_use, expires_at)


def check_draw(source: Source, *, mass: Mass, at: datetime) -> None:
    """Refuse a draw that the vial, its dates or the ledger do not allow.

    Args:
        mass: what would be drawn.
        at: the moment of the draw, UTC; the last moment of use itself still counts.

    Raises:
        NotAVial, Quarantined, Disposed, Empty, StrengthLost, Expired, PastBeyondUse, SingleDoseUsed: say which
            container and why.
        NotEnoughLeft: it holds less, or promised it to a waste.
    """
    _check_fit(source, mass)
    if at >= source.expires_at:
        raise Expired(container=source.label, expired_at=source.expires_at)
    if source.use_by is not None and at > source.use_by:
        raise PastBeyondUse(container=source.label, use_by=source.use_by)
    if source.use_by is not None and source.kind is ContainerKind.SINGLE_DOSE_VIAL:
        raise SingleDoseUsed(container=source.label)
    check_enough(source.label, asked=mass, left=source.free, counted=source.counted)


def _check_fit(source: Source, mass: Mass) -> None:
    if source.kind not in VIALS and not source.stock:
        raise NotAVial(container=source.label)
    if source.quarantined:
        raise Quarantined(container=source.label)
    if source.gone:
        raise Disposed(container=source.label)
    if source.left == NOTHING:
        raise Empty(container=source.label, asked=mass)
    if source.strength_lost:
        raise StrengthLost(container=source.label)


def check_return(source: Source, *, content: Mass) -> None:
    """Refuse to give back what was opened: what is left of that is wasted with a witness.

    Args:
        content: what it held when it came.

    Raises:
        NotWhole: it was opened, does not hold what it came with, or some of it has left and was not taken back.
    """
    opened = source.kind in MADE_UP or source.use_by is not None
    if opened or source.gone or source.left != content or source.held != NOTHING:
        raise NotWhole(container=source.label)
