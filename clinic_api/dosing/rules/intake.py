"""What is asked for at the chair: a working, a draw, a pump act."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from clinic_api.errors import Conflict
from clinic_api.inventory.rules.drawing import Take
from clinic_api.orders.rules.guards import Caution
from clinic_api.orders.rules.weights import FormulaSex
from clinic_api.orders.rules.working import Diluent
from clinic_api.quantities import Concentration, DosePerWeight, Volume, Weight


class Event(StrEnum):
    """What the audit says of doses."""

    WORKED_OUT = "dose:worked-out"
    SUBSTITUTED = "dose:substitution-authorised"
    PREPARED = "dose:prepared"
    STARTED = "infusion:started"
    PAUSED = "infusion:paused"
    RESUMED = "infusion:resumed"
    RATE_CHANGED = "infusion:rate-changed"
    STOPPED = "infusion:stopped"
    ADMINISTERED = "dose:administered"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOut:
    """A dose to be worked out from today's weight.

    Args:
        label: the strength on the container that will be drawn from.
        diluent: None where it is given as drawn.
        chosen: this visit's dose within the order's range; None is the order's own.
        reasons: why something unusual is right, by caution.
    """

    visit: UUID
    order: UUID
    weight: Weight
    label: Concentration
    diluent: Diluent | None
    height_mm: int | None = None
    formula_sex: FormulaSex | None = None
    chosen: DosePerWeight | None = None
    reasons: Mapping[Caution, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitute:
    """Another strength that is to stand in for the one that a dose was worked out for.

    Args:
        reason: why, such as a shortage.
        policy: the protocol version that the visit pinned.
    """

    visit: UUID
    strength: Concentration
    reason: str
    policy: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawUp:
    """A draw from named containers for a visit; the volumes come to the working's.

    Args:
        takes: so much out of each; of one alone no volume need be said, and it is the working's.
    """

    visit: UUID
    takes: tuple["AskedTake", ...]


@dataclass(frozen=True, slots=True)
class AskedTake:
    """A container to draw from, and how much; None for all that was worked out."""

    container: UUID
    volume: Volume | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpTap:
    """A tap at the pump, with the time it is said to have happened."""

    visit: UUID
    occurred_at: datetime
    ml_per_h: Fraction | None = None
    late_reason: str | None = None


class NothingPrepared(Conflict):
    """No dose has been prepared for this visit."""

    def __str__(self) -> str:
        return "Draw the dose from a named container first."


class NotWorkedOut(Conflict):
    """The dose has not been worked out for this visit."""

    def __str__(self) -> str:
        return "Work the dose out from today's weight first."


class AlreadyPrepared(Conflict):
    """A dose has already been prepared for this visit."""

    def __str__(self) -> str:
        return "Give or waste what is prepared before another dose is drawn."


class AlreadyGiven(Conflict):
    """What was given has already been recorded for this visit."""

    def __str__(self) -> str:
        return "Read the session: it says what was given and when the pump stopped."


@dataclass(eq=False)
class OtherVolume(Conflict):
    """The volumes named do not come to what was worked out."""

    worked_out: Volume
    named: Volume

    def __str__(self) -> str:
        return (
            f"{self.worked_out} were worked out, and {self.named} would be drawn; name volumes that come to it, or "
            "work the dose out again"
        )


def takes_of(draw: DrawUp, worked_out: Volume) -> tuple[Take, ...]:
    """How much comes out of each container.

    Raises:
        OtherVolume: it does not come to what was worked out.
    """
    takes = tuple(Take(asked.container, asked.volume or worked_out) for asked in draw.takes)
    named = Volume.total(take.volume for take in takes)
    if named != worked_out:
        raise OtherVolume(worked_out=worked_out, named=named)
    return takes
