"""What is asked for at the chair: a working, a draw, a pump act."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from clinic_api.errors import Conflict
from clinic_api.orders.rules.guards import Caution
from clinic_api.orders.rules.weights import FormulaSex
from clinic_api.orders.rules.working import Diluent
from clinic_api.quantities import Concentration, DosePerWeight, Volume, Weight


class Event(StrEnum):
    """What the audit says of doses."""

    WORKED_OUT = "dose:worked-out"
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
class DrawUp:
    """A draw from a named container for a visit; the volume is the working's."""

    visit: UUID
    container: UUID


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
class OtherStrength(Conflict):
    """The container holds another strength than the dose was worked out for."""

    worked_out_for: Concentration
    container: Concentration
    volume_worked_out: Volume
    volume_from_container: Volume

    def __str__(self) -> str:
        return (
            f"the dose was worked out for {self.worked_out_for} ({self.volume_worked_out}); this container holds "
            f"{self.container} ({self.volume_from_container}). Work it out again for this strength, or take another"
        )
