"""What is still in the line between the bag and the patient: it has left the bag and has not arrived."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from clinic_api.dosing.rules.delivered import Delivered
from clinic_api.quantities import Concentration, Mass, Volume


class Primed(StrEnum):
    """What the line was filled with before the start."""

    DRUG = "drug"
    PLAIN = "plain"


@dataclass(frozen=True)
class Line:
    """The tube as it was set up.

    Args:
        volume: what it holds from the bag to the patient.
        primed_with: drug from the bag, or plain fluid that the drug pushes ahead of it.
        flushed: plain fluid pushed through it after the drug.
    """

    volume: Volume
    primed_with: Primed
    flushed: Volume


def line_residual(line: Line, given: Delivered, *, concentration: Concentration) -> Mass:
    """The drug that is in the line and not in the patient, shown before the stop.

    A line primed with drug is full of it from the start; one primed with plain fluid fills as the pump runs. A
    flush pushes out as much as it measures. Fluids are taken not to mix, so this is an estimate: it is printed
    as its own line and never taken from what the ledger says was administered.

    Args:
        given: what the pump has moved.
        concentration: the strength of what it moved.

    Source:
        practice notes: lines hold 15 to 27 mL, so up to a third of a small bag can stay behind.
    """
    filled_ul = Fraction(line.volume.ul)
    if line.primed_with is Primed.PLAIN:
        filled_ul = min(filled_ul, given.volume_ul)
    left_ul = max(filled_ul - line.flushed.ul, Fraction(0))
    return Mass.rounded(concentration.exact * left_ul)
