"""What is asked of a visit: the inputs of its acts, as frozen values."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from clinic_api.errors import Unacceptable
from clinic_api.orders.rules.guards import Caution
from clinic_api.orders.rules.working import Diluent
from clinic_api.quantities import Concentration, DosePerWeight
from clinic_api.sessions.rules.answers import Fact
from clinic_api.sessions.rules.dose_check import DoseLook
from clinic_api.sessions.rules.life import Act

#: How many ways of knowing the patient are asked for at check-in and again before the dose.
IDENTIFIERS_NEEDED: Final = 2


class Identifier(StrEnum):
    """A way of knowing that this is the patient."""

    NAME = "name"
    DATE_OF_BIRTH = "date_of_birth"
    MRN = "mrn"
    PHOTO_ID = "photo_id"
    WRISTBAND = "wristband"
    ADDRESS = "address"


class Manner(StrEnum):
    """How a patient leaves without being discharged."""

    AGAINST_ADVICE = "against_advice"
    WITHOUT_NOTICE = "without_notice"


#: The act that each manner of leaving is.
LEAVING: Final[Mapping[Manner, Act]] = {
    Manner.AGAINST_ADVICE: Act.LEAVE_AGAINST_ADVICE,
    Manner.WITHOUT_NOTICE: Act.LEAVE_WITHOUT_NOTICE,
}


@dataclass(eq=False)
class IdentityNotChecked(Unacceptable):
    """The patient has not been identified in two ways."""

    ticked: int

    def __str__(self) -> str:
        return f"{self.ticked} of {IDENTIFIERS_NEEDED} identifiers are ticked; ask for another, such as the birth date"


@dataclass(frozen=True, kw_only=True)
class NewVisit:
    """A patient at the desk.

    Args:
        appointment: what was booked, None for somebody who was not.
        identifiers_checked: how we know that this is the patient; at least two.
        protocol: the protocol's key where no order names it.
    """

    patient: UUID
    site: UUID
    chair: UUID
    identifiers_checked: tuple[Identifier, ...]
    appointment: UUID | None = None
    protocol: str | None = None


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Facts told together, at one moment."""

    facts: tuple[tuple[Fact, Any], ...]
    occurred_at: datetime | None = None
    late_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Releasing:
    """What the prescriber decides with the release.

    Args:
        pressure_hold_reason: why a pressure at or above the hold is no hindrance today.
        safety_plan_on: the date of the safety plan that was looked at again.
        safety_action: what was done about the suicide item.
    """

    pressure_hold_reason: str | None = None
    safety_plan_on: date | None = None
    safety_action: str | None = None


@dataclass(frozen=True, kw_only=True)
class Working:
    """A dose to be worked out from today's weight.

    Args:
        label: the strength on the container that will be drawn from; or that container, which knows its strength
            exactly where decimals do not end.
        diluent: None where it is given as drawn.
        chosen: this visit's dose within the order's range; None is the order's own.
        reasons: why something unusual is right, by caution.
    """

    label: Concentration | UUID
    diluent: Diluent | None = None
    chosen: DosePerWeight | None = None
    reasons: Mapping[Caution, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OtherLabel:
    """Another strength that is to stand in for the one that was worked out for.

    Args:
        label: the strength, or a container of it.
        reason: why, such as a shortage.
    """

    label: Concentration | UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class DoseSeen:
    """What the second pair of eyes saw."""

    wristband_matches: bool
    look: DoseLook


@dataclass(frozen=True, kw_only=True)
class Tap:
    """One tap at the chair.

    Args:
        occurred_at: when it happened, UTC; None is now.
        reason: why, or why it is entered late.
    """

    occurred_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class StartTap(Tap):
    """The infusion starts.

    Args:
        ml_per_h: the rate that was set, where it is not the worked-out one.
        already_happened: it runs, gates or no gates: an incident, recorded as such.
    """

    ml_per_h: Fraction | None = None
    already_happened: bool = False


@dataclass(frozen=True, kw_only=True)
class GoOnTap(Tap):
    """The infusion goes on, or at another rate.

    Args:
        ml_per_h: the new rate; None keeps the one it had.
        agreed_by: the prescriber who said to go on in spite of a grave alert.
    """

    ml_per_h: Fraction | None = None
    agreed_by: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class LeavingTap(Tap):
    """The patient leaves without being discharged."""

    manner: Manner


@dataclass(frozen=True, kw_only=True)
class Override:
    """A discharge criterion that a prescriber accepts as it is."""

    criterion: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Rescue(Tap):
    """A drug given because something went wrong; ``reason`` is what it was given for.

    Args:
        dose: as it was given, in words, such as "5 mg".
        ordered_by: the prescriber who ordered it, None for a standing order.
    """

    drug: str
    dose: str
    route: str
    ordered_by: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class NextVisit:
    """What is planned after this visit.

    Args:
        wanted: whether another visit is wanted at all.
        appointment: the booking, where there is one.
        at: when it begins, UTC.
        plan: in words, such as "visit 5 of 6, same dose".
    """

    wanted: bool
    appointment: UUID | None
    at: datetime | None
    plan: str


def check_identified(identifiers: Collection[Identifier]) -> None:
    """Refuse a check-in that does not say in two ways how the patient is known.

    Raises:
        IdentityNotChecked: fewer than two different ones are ticked.
    """
    if len(set(identifiers)) < IDENTIFIERS_NEEDED:
        raise IdentityNotChecked(len(set(identifiers)))
