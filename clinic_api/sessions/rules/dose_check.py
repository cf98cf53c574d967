"""The second check of a dose: who looks, when it is asked for, and how what they see is held against the working."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final
from uuid import UUID

from clinic_api.clinics.rules.profile import Checker, CheckMoment, DoseCheckControl
from clinic_api.errors import NotPermitted
from clinic_api.protocols.rules.protocol import Route
from clinic_api.quantities import Mass, Volume, ends

#: A strength is typed in steps of a thousandth of mg/mL.
TYPED: Final = 1000


@dataclass(frozen=True, kw_only=True)
class DoseLook:
    """What lies on the tray and stands on the pump.

    Args:
        mg_per_ml: the strength on the container's label, exact.
        drawn: undiluted drug in the syringe.
        ml_per_h: what the pump is set to; None for an injection.
        to_infuse: the volume the pump is to give.
    """

    mg_per_ml: Fraction
    drawn: Volume
    ml_per_h: Fraction | None
    to_infuse: Volume | None


@dataclass(frozen=True, kw_only=True)
class ThisDose:
    """What makes a dose need a second look.

    Args:
        ordered: today's dose.
        last_ordered: the last visit's, None for the first dose.
        strength: the label's strength today.
        last_strength: the last visit's.
    """

    route: Route
    ordered: Mass
    last_ordered: Mass | None
    strength: Fraction
    last_strength: Fraction | None


@dataclass(eq=False)
class CheckerPreparedIt(NotPermitted):
    """Whoever made up the dose does not check it here."""

    by: UUID

    def __str__(self) -> str:
        return "this practice asks for a second person; have somebody else look, on their own sign-in"


@dataclass(eq=False)
class CheckerOrderedIt(NotPermitted):
    """Whoever ordered the dose does not check it here."""

    by: UUID

    def __str__(self) -> str:
        return "this practice asks for a second person who did not order the dose; have a nurse look"


def moments_of(dose: ThisDose, control: DoseCheckControl) -> tuple[CheckMoment, ...]:
    """Why this dose needs a second check, in the profile's order; empty where it needs none."""
    last = dose.last_ordered
    holds = {
        CheckMoment.FIRST_DOSE: last is None,
        CheckMoment.DOSE_CHANGE: last is not None and _changed(dose.ordered, last, percent=control.dose_change_percent),
        CheckMoment.OTHER_STRENGTH: dose.last_strength is not None and dose.strength != dose.last_strength,
        CheckMoment.INTRAMUSCULAR: dose.route is Route.INTRAMUSCULAR,
    }
    return tuple(moment for moment in control.moments if holds.get(moment, False))


def check_checker(by: UUID, *, prepared_by: UUID, ordered_by: UUID, control: DoseCheckControl) -> None:
    """Refuse a second look by the first pair of eyes, where the practice has a second pair.

    Raises:
        CheckerPreparedIt: ``by`` drew the dose up.
        CheckerOrderedIt: ``by`` ordered it, and the profile wants neither.
    """
    if control.checker is Checker.SAME_PERSON_WITH_SCAN:
        return
    if by == prepared_by:
        raise CheckerPreparedIt(by)
    if by == ordered_by and not control.prescriber_may_check:
        raise CheckerOrderedIt(by)


def differences(seen: DoseLook, *, expected: DoseLook, wristband_matches: bool) -> tuple[str, ...]:
    """What the checker saw that is not as worked out, by name; the expected values are not told before."""
    agreed = {
        "wristband": wristband_matches,
        "strength": _reads_as(seen.mg_per_ml, expected.mg_per_ml),
        "drawn": seen.drawn == expected.drawn,
        "pump_rate": seen.ml_per_h == expected.ml_per_h,
        "to_infuse": seen.to_infuse == expected.to_infuse,
    }
    return tuple(name for name, same in agreed.items() if not same)


def _reads_as(seen: Fraction, strength: Fraction) -> bool:
    """Whether what was read off is the strength; one whose decimals do not end is read to the last digit typed."""
    return seen == strength if ends(strength) else abs(seen - strength) * TYPED <= 1


def _changed(now: Mass, last: Mass, *, percent: int) -> bool:
    """Whether ``now`` is so many per cent of ``last`` away from it, or more; counted without dividing."""
    return abs(now.ug - last.ug) * 100 >= percent * last.ug
