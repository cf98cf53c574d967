"""What a new set is held against: the sets before it, and the patient's own values before the dose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic_api.monitoring.rules.alerts import Alert
from clinic_api.monitoring.rules.readings import Reading
from clinic_api.protocols.rules.signs import Sign


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The sets of one visit that hold, without what was corrected or answered to be an artefact.

    Args:
        before: in any order.
        baseline: the patient's own values before the dose, if any were read.
        whole: whether these are all sets; the newest few are enough for a set that breaks no limit.
    """

    before: Sequence[Reading] = ()
    baseline: Reading | None = None
    whole: bool = True

    def previous_to(self, at: datetime) -> Reading | None:
        """The set taken last before a moment."""
        return max((it for it in self.before if it.taken_at < at), key=lambda it: it.taken_at, default=None)

    def enough_for(self, reading: Reading, found: Sequence[Alert]) -> bool:
        """Whether what is known of the visit settles these alerts.

        It does not where sets are left out that could stand in a row with this one: an alert is not confirmed yet,
        or the set is older than those we know.
        """
        if self.whole:
            return True
        return all(it.taken_at < reading.taken_at for it in self.before) and all(it.confirmed for it in found)


def baseline_of(sets: Sequence[Reading], *, started_at: datetime | None) -> Reading | None:
    """The patient's own values before the dose: of each sign the newest that was read up to the start.

    Sign by sign, because a set that only repeats the oxygen saturation must not hide the pressure read before it.

    Args:
        sets: those that hold, in any order.
        started_at: the actual start, UTC; None while there is none, and then there is no baseline.
    """
    before = sorted((it for it in sets if started_at is not None and it.taken_at <= started_at), key=_taken_at)
    if not before:
        return None
    values: dict[str, Any] = {
        str(sign): value for it in before for sign in Sign if (value := it.value(sign)) is not None
    }
    return Reading(taken_at=before[-1].taken_at, **values)


def _taken_at(reading: Reading) -> datetime:
    return reading.taken_at
