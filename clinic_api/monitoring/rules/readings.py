"""One set of readings: what can be a reading at all, and what is asked about but never refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from clinic_api.errors import Unacceptable
from clinic_api.protocols.rules.signs import Plausibility, Sign


class NotObtained(StrEnum):
    """Why a sign has no value although somebody tried."""

    REFUSED = "refused"
    ASLEEP = "asleep"
    AWAY = "away"
    ARTEFACT = "artefact"
    EQUIPMENT = "equipment"


class DoubtKind(StrEnum):
    """Why a value is asked about."""

    RARE = "rare"
    PULSE_PRESSURE = "pulse_pressure"
    JUMP = "jump"


class Confirmation(StrEnum):
    """The one tap that answers a doubt."""

    REAL = "real"
    ARTEFACT = "artefact"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One set, as taken. None is "not read"; a heart rate of 0 is a reading, and an emergency.

    Args:
        taken_at: when the set was taken, UTC.
        not_obtained: why a sign that was tried has no value.
    """

    taken_at: datetime
    systolic_mmhg: int | None = None
    diastolic_mmhg: int | None = None
    heart_rate_bpm: int | None = None
    spo2_percent: int | None = None
    respiratory_rate_per_min: int | None = None
    moaas: int | None = None
    dissociation_nrs: int | None = None
    distress_nrs: int | None = None
    not_obtained: Mapping[Sign, NotObtained] = field(default_factory=dict)

    def value(self, sign: Sign) -> int | None:
        """The value of one sign, None where there is none."""
        value: int | None = getattr(self, sign)
        return value

    def without_artefacts(self, answers: Mapping[Sign, Confirmation]) -> "Reading":
        """The set without what was answered to be an artefact, for alerts and for discharge."""
        gone = [sign for sign, answer in answers.items() if answer is Confirmation.ARTEFACT]
        codes = {**self.not_obtained, **dict.fromkeys(gone, NotObtained.ARTEFACT)}
        empty: dict[str, Any] = {str(sign): None for sign in gone}
        return replace(self, not_obtained=codes, **empty)


@dataclass(frozen=True)
class Doubt:
    """A value that is recorded, and asked about: real or artefact?"""

    sign: Sign
    value: int
    kind: DoubtKind


@dataclass(eq=False)
class NothingRead(Unacceptable):
    """A set of readings has neither a value nor a reason why there is none."""

    def __str__(self) -> str:
        return "the set is empty; enter what was read, or why it could not be"


@dataclass(eq=False)
class ReadAndNotObtained(Unacceptable):
    """A sign has a value and also a reason why it has none."""

    sign: Sign
    value: int
    why: NotObtained

    def __str__(self) -> str:
        return f"{self.sign} is {self.value} and also {self.why}; keep the one that is true"


@dataclass(eq=False)
class ImpossibleValue(Unacceptable):
    """A value cannot be a reading of this sign."""

    sign: Sign
    value: int
    lowest: int
    highest: int

    def __str__(self) -> str:
        return (
            f"{self.sign} {self.value} cannot be a reading, which lies from {self.lowest} to {self.highest}; "
            "read it again, or enter why it was not obtained"
        )


@dataclass(eq=False)
class SystolicNotAboveDiastolic(Unacceptable):
    """The systolic pressure does not lie above the diastolic."""

    systolic_mmhg: int
    diastolic_mmhg: int

    def __str__(self) -> str:
        return (
            f"systolic_mmhg {self.systolic_mmhg} does not lie above diastolic_mmhg {self.diastolic_mmhg}; "
            "were they swapped?"
        )


def check_reading(reading: Reading, limits: Plausibility) -> None:
    """Refuse what cannot be a reading; whatever could be one is recorded, however grave.

    Raises:
        NothingRead: the set has neither a value nor a reason.
        ReadAndNotObtained: a sign has both.
        ImpossibleValue: a value lies outside what the sign can be.
        SystolicNotAboveDiastolic: both pressures are given and are not in order.
    """
    values = {sign: value for sign in Sign if (value := reading.value(sign)) is not None}
    if not values and not reading.not_obtained:
        raise NothingRead
    for sign, value in values.items():
        _check_value(sign, value, reading, limits)
    pressure = _pulse_pressure(reading)
    if pressure is not None and pressure <= 0:
        raise SystolicNotAboveDiastolic(values[Sign.SYSTOLIC], values[Sign.DIASTOLIC])


def doubts(reading: Reading, *, previous: Reading | None, limits: Plausibility) -> tuple[Doubt, ...]:
    """What to ask about, after the set is recorded and its alarms have fired.

    Args:
        reading: the set, already checked.
        previous: the set before it, if any.
        limits: the protocol's plausibility.
    """
    rare = [
        Doubt(sign, value, DoubtKind.RARE)
        for sign in Sign
        if (value := reading.value(sign)) is not None and limits.signs[sign].rare(value)
    ]
    return (*rare, *_pressure_doubt(reading, limits), *_jump_doubt(reading, previous, limits))


def open_doubts(found: Iterable[Doubt], answers: Mapping[Sign, Confirmation]) -> tuple[Doubt, ...]:
    """The doubts that nobody has answered yet."""
    return tuple(doubt for doubt in found if doubt.sign not in answers)


def _check_value(sign: Sign, value: int, reading: Reading, limits: Plausibility) -> None:
    if sign in reading.not_obtained:
        raise ReadAndNotObtained(sign, value, reading.not_obtained[sign])
    if not limits.signs[sign].possible(value):
        raise ImpossibleValue(sign, value, limits.signs[sign].lowest, limits.signs[sign].highest)


def _pulse_pressure(reading: Reading) -> int | None:
    if reading.systolic_mmhg is None or reading.diastolic_mmhg is None:
        return None
    return reading.systolic_mmhg - reading.diastolic_mmhg


def _pressure_doubt(reading: Reading, limits: Plausibility) -> list[Doubt]:
    pressure = _pulse_pressure(reading)
    if pressure is None or not limits.pulse_pressure.rare(pressure):
        return []
    return [Doubt(Sign.SYSTOLIC, pressure, DoubtKind.PULSE_PRESSURE)]


def _jump_doubt(reading: Reading, previous: Reading | None, limits: Plausibility) -> list[Doubt]:
    """A systolic jump within minutes: repeat it, on the other arm."""
    if previous is None or previous.systolic_mmhg is None or reading.systolic_mmhg is None:
        return []
    jump = abs(reading.systolic_mmhg - previous.systolic_mmhg)
    soon = abs(reading.taken_at - previous.taken_at) < limits.jump_within
    return [Doubt(Sign.SYSTOLIC, jump, DoubtKind.JUMP)] if soon and jump > limits.jump_mmhg else []
