"""Arithmetic between a dose, a volume and a time: exact fractions, nothing rounded."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Final

from clinic_api.errors import Unacceptable
from clinic_api.quantities import Concentration, Volume

HOUR: Final = timedelta(hours=1)
_TICK: Final = timedelta(microseconds=1)
UG_PER_MG: Final = 1000
_MINUTES_PER_HOUR: Final = 60


@dataclass(eq=False)
class NoTime(Unacceptable):
    """A rate needs a time of more than nothing: enter how long it runs."""


@dataclass(eq=False)
class NoDrug(Unacceptable):
    """A strength of nothing holds no dose: enter what the label says."""


def per(unit: timedelta, *, amount: Fraction, over: timedelta) -> Fraction:
    """How much of ``amount`` falls in each ``unit`` of time when it is spread evenly ``over`` some time.

    Raises:
        NoTime: ``over`` is nothing or less.
    """
    if over <= timedelta(0):
        raise NoTime
    return amount * Fraction(unit // _TICK, over // _TICK)


def ml_per_h_over(volume: Volume, duration: timedelta) -> Fraction:
    """The rate, mL/h, that empties ``volume`` in exactly ``duration``; ``NoTime`` where there is none."""
    return per(HOUR, amount=volume.exact, over=duration)


def ml_per_h_for(ug_per_min: Fraction, concentration: Concentration) -> Fraction:
    """The rate, mL/h, that gives so many micrograms a minute; ``NoDrug`` where the fluid holds none."""
    if concentration.exact == 0:
        raise NoDrug
    return ug_per_min * _MINUTES_PER_HOUR / UG_PER_MG / concentration.exact


def ug_per_min(ml_per_h: Fraction, concentration: Concentration) -> Fraction:
    """The micrograms a minute that a pump gives at so many mL/h."""
    return ml_per_h * concentration.exact * UG_PER_MG / _MINUTES_PER_HOUR
