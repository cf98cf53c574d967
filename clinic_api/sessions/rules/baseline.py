"""The set that a dose is released and started on: of each sign the newest value, and as old as its oldest part."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic_api.monitoring.rules.readings import Reading
from clinic_api.protocols.rules.signs import Sign

_PRESSURE = (Sign.SYSTOLIC, Sign.DIASTOLIC)


@dataclass(frozen=True)
class GateBaseline:
    """What the gates before a dose look at.

    Args:
        reading: of each sign the newest value; its time is that of the oldest value asked for, so that repeating
            one sign makes no old pressure young.
        pressure_at: when the pressure was read, UTC; None where it was not.
    """

    reading: Reading
    pressure_at: datetime | None


def gate_baseline(sets: Sequence[Reading], *, signs: Collection[Sign]) -> GateBaseline | None:
    """The baseline among the sets before the dose; None where nothing was read.

    Args:
        sets: those that hold, in any order.
        signs: what the protocol asks for.
    """
    newest: dict[Sign, Reading] = {}
    for taken in sorted(sets, key=lambda it: it.taken_at):
        newest |= {sign: taken for sign in Sign if taken.value(sign) is not None}
    if not newest:
        return None
    asked = [newest[sign].taken_at for sign in signs if sign in newest]
    times = asked or [taken.taken_at for taken in newest.values()]
    values: dict[str, Any] = {str(sign): taken.value(sign) for sign, taken in newest.items()}
    pressure = [newest[sign].taken_at for sign in _PRESSURE if sign in newest]
    return GateBaseline(Reading(taken_at=min(times), **values), pressure_at=max(pressure, default=None))
