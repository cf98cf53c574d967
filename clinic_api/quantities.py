"""Amounts of drug, fluid and body weight, exact to the smallest unit that is counted.

Drug is counted in whole micrograms, fluid in whole microlitres, a person in whole grams. What comes of dividing
stays an exact fraction until ``rounded`` or ``rounded_to_step`` rounds it, half to even. No float comes near a dose.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Final, Generic, Self, TypeVar

from clinic_api.errors import Conflict, Unacceptable

#: The one way to write an amount. Use ``fullmatch``: ``$`` alone lets a line end through.
PLAIN_DECIMAL: Final = re.compile(r"^(0|[1-9]\d{0,5})(\.\d{1,3})?$", re.ASCII)
#: What a syringe can be read to, in microlitres. Source: design, a draw is entered in steps of 0.01 mL.
DRAWABLE_STEP_UL: Final = 10
#: What a pump can be set to, as steps in one mL/h. Source: design, the pump step of the dosing oracles.
PUMP_STEPS_PER_ML_PER_H: Final = 10


@dataclass(eq=False)
class NotAnAmount(Unacceptable):
    """What was given cannot be taken as an exact amount."""

    given: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.given} cannot be taken as an exact amount. {self.way_out}"


class Quantity:
    """So many of one ``unit``, exact, and with one way to ``write`` it."""

    __slots__ = ()
    unit: ClassVar[str]
    write: ClassVar[str]

    def __init__(self, value: Any, /) -> None:
        """Each quantity is a dataclass of one field, which writes this itself."""

    @property
    def exact(self) -> Fraction:
        """How many of ``unit``."""
        raise NotImplementedError

    @classmethod
    def _of(cls, exact: Fraction) -> Self:
        return cls(exact)

    @classmethod
    def exactly(cls, amount: str | int | Decimal) -> Self:
        """So many of ``unit``: else ``NotAnAmount``; ``TypeError`` for a float, which may already be rounded."""
        if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
            raise TypeError(f"{cls.__name__} takes text, a whole number or a Decimal, not {type(amount).__name__}")
        if isinstance(amount, str) and not PLAIN_DECIMAL.fullmatch(amount):
            raise NotAnAmount(repr(amount[:40]), cls.write)
        number = Decimal(amount)
        if not number.is_finite() or not 0 <= number < 10**6 or number != number.quantize(Decimal("0.001")):
            raise NotAnAmount("that number", cls.write)
        return cls._of(Fraction(number))

    @classmethod
    def parse(cls, text: object) -> Self:
        """So many of ``unit``, from the wire; ``NotAnAmount`` for anything but plain text, also for a number."""
        if not isinstance(text, str):
            raise NotAnAmount("what is not text", cls.write)
        return cls.exactly(text)

    def as_text(self) -> str:
        """The number without its unit, by the law of ``decimal_text``."""
        return decimal_text(self.exact)

    def __str__(self) -> str:
        return f"{'' if ends(self.exact) else 'about '}{self.as_text()} {self.unit}"


class Counted(Quantity):
    """A whole count of the smallest part of ``unit`` that matters, never below zero."""

    __slots__ = ()
    smallest: ClassVar[str]
    parts: ClassVar[int] = 1000

    @property
    def count(self) -> int:
        """How many of the smallest part: the dataclass's one field, by whatever name."""
        count: int = getattr(self, self.smallest)
        return count

    def __post_init__(self) -> None:
        if type(self.count) is not int or self.count < 0:
            raise ValueError(f"{type(self).__name__} is a whole count and never below zero, not {self.count!r}")

    @property
    def exact(self) -> Fraction:
        return Fraction(self.count, self.parts)

    @classmethod
    def _of(cls, exact: Fraction) -> Self:
        count = exact * cls.parts
        if count.denominator != 1:
            raise NotAnAmount(f"{decimal_text(exact)} {cls.unit}", f"Take steps of {cls(1)}.")
        return cls(count.numerator)

    @classmethod
    def rounded(cls, exact_count: Fraction) -> Self:
        """The whole count nearest to so many of the smallest part, half to even."""
        if not isinstance(exact_count, Fraction):
            raise TypeError(f"only an exact fraction is rounded, not {type(exact_count).__name__}")
        return cls(round(exact_count))

    @classmethod
    def total(cls, amounts: Iterable[Self]) -> Self:
        """All of them together; of none, nothing."""
        return cls(sum(amount.count for amount in amounts))

    def __add__(self, other: Self) -> Self:
        return type(self)(self.count + other.count) if type(other) is type(self) else NotImplemented

    def __sub__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        if other.count > self.count:
            raise BelowZero(held=self, taken=other)
        return type(self)(self.count - other.count)


@dataclass(eq=False)
class BelowZero(Conflict):
    """More was taken away than there is."""

    held: Counted
    taken: Counted

    def __str__(self) -> str:
        return f"there is {self.held}, so {self.taken} cannot be taken away; count again or take less"


@dataclass(frozen=True, order=True, slots=True)
class Mass(Counted):
    """An amount of drug in whole micrograms."""

    ug: int
    smallest: ClassVar[str] = "ug"
    unit: ClassVar[str] = "mg"
    write: ClassVar[str] = 'Write milligrams as text, such as "37.5".'
    as_mg_text = Quantity.as_text

    @classmethod
    def mg(cls, amount: str | int | Decimal) -> Self:
        """So many milligrams, by the law of ``exactly``."""
        return cls.exactly(amount)

    def __mul__(self, times: int | Fraction) -> Self:
        """So many times as much; ``NotAnAmount`` where it would have to be rounded (that is for ``rounded``)."""
        return self._of(self.exact * times) if isinstance(times, int | Fraction) else NotImplemented


@dataclass(frozen=True, order=True, slots=True)
class Volume(Counted):
    """An amount of fluid in whole microlitres."""

    ul: int
    smallest: ClassVar[str] = "ul"
    unit: ClassVar[str] = "mL"
    write: ClassVar[str] = 'Write millilitres as text, such as "0.70".'
    as_ml_text = Quantity.as_text

    @classmethod
    def ml(cls, amount: str | int | Decimal) -> Self:
        """So many millilitres, by the law of ``exactly``."""
        return cls.exactly(amount)

    @property
    def is_drawable(self) -> bool:
        """Whether a syringe can be read to exactly this volume."""
        return self.ul % DRAWABLE_STEP_UL == 0

    @classmethod
    def rounded_to_step(cls, exact_ul: Fraction, *, never_more: bool = False) -> Self:
        """The nearest volume a syringe can be read to, half to even; ``never_more`` for a dose at its cap."""
        steps = exact_ul // DRAWABLE_STEP_UL if never_more else cls.rounded(exact_ul / DRAWABLE_STEP_UL).ul
        return cls(steps * DRAWABLE_STEP_UL)


@dataclass(frozen=True, order=True, slots=True)
class Weight(Counted):
    """A person's weight in whole grams."""

    g: int
    smallest: ClassVar[str] = "g"
    unit: ClassVar[str] = "kg"
    write: ClassVar[str] = 'Write kilograms as text, such as "68.4".'
    as_kg_text = Quantity.as_text

    @classmethod
    def kg(cls, amount: str | int | Decimal) -> Self:
        """So many kilograms, by the law of ``exactly``."""
        return cls.exactly(amount)


@dataclass(frozen=True, order=True, slots=True)
class Rate(Counted):
    """How fast a pump is set to run, in its steps of a tenth of a millilitre per hour."""

    steps: int
    smallest: ClassVar[str] = "steps"
    unit: ClassVar[str] = "mL/h"
    write: ClassVar[str] = 'Write millilitres per hour in steps of 0.1 as text, such as "52.5".'
    parts: ClassVar[int] = PUMP_STEPS_PER_ML_PER_H

    def exact_ul_in(self, time: timedelta) -> Fraction:
        """What runs in ``time``, in microlitres, not rounded."""
        return self.exact * 1000 * Fraction(time // timedelta(microseconds=1), 3_600_000_000)


Of = TypeVar("Of", Volume, Weight)


@dataclass(frozen=True, order=True, slots=True)
class Ratio(Quantity, Generic[Of]):
    """So much drug in each mL or for each kg, as a fraction; the same number says ug in each uL or for each g."""

    exact: Fraction

    def __post_init__(self) -> None:
        if not isinstance(self.exact, Fraction) or self.exact < 0:
            raise ValueError(f"{type(self).__name__} is a fraction and never below zero, not {self.exact!r}")

    @classmethod
    def of(cls, mass: Mass, amount: Of) -> Self:
        """What ``mass`` in, or for, ``amount`` comes to; ``NotAnAmount`` where there is none of it."""
        if amount.count == 0:
            raise NotAnAmount(f"{mass} for {amount}", amount.write)
        return cls(Fraction(mass.ug, amount.count))

    def mass_for(self, amount: Of) -> Mass:
        """The drug in, or for, so much; ``NotAnAmount`` where it would have to be rounded, which callers do openly."""
        return Mass(amount.count) * self.exact


class Concentration(Ratio[Volume]):
    """How much drug is in a fluid."""

    __slots__ = ()
    unit: ClassVar[str] = "mg/mL"
    write: ClassVar[str] = 'Write milligrams per millilitre as text, such as "50".'
    mass_in = Ratio.mass_for

    @classmethod
    def mg_per_ml(cls, amount: str | int | Decimal) -> Self:
        """So many milligrams per millilitre, by the law of ``exactly``."""
        return cls.exactly(amount)

    def exact_ul_for(self, mass: Mass) -> Fraction:
        """The fluid that holds ``mass``, in microlitres and not rounded; ``NotAnAmount`` where it holds none."""
        if self.exact == 0:
            raise NotAnAmount(f"{mass} at {self}", self.write)
        return mass.ug / self.exact


class DosePerWeight(Ratio[Weight]):
    """How much drug is given for a person's weight."""

    __slots__ = ()
    unit: ClassVar[str] = "mg/kg"
    write: ClassVar[str] = 'Write milligrams per kilogram as text, such as "0.5".'


NOTHING: Final = Mass(0)
parse_mg: Final = Mass.parse
parse_ml: Final = Volume.parse
parse_kg: Final = Weight.parse
parse_rate: Final = Rate.parse
parse_mg_per_ml: Final = Concentration.parse
parse_mg_per_kg: Final = DosePerWeight.parse


def ends(value: Fraction) -> bool:
    """Whether the decimals of ``value`` come to an end, so that its text says all of it."""
    return pow(10, value.denominator.bit_length(), value.denominator) == 0


def decimal_text(value: Fraction) -> str:
    """Plain decimal text: no exponent, no trailing zeros; all of it where it ``ends``.

    Where it does not end, it is rounded to four decimals, or below 0.1 to four significant digits.
    """
    above, below = value.numerator, value.denominator  # whole numbers: a session says twenty amounts, and a Fraction
    places = below.bit_length() if ends(value) else 4  # looks for a common divisor at every step (a fifth of the time)
    while not ends(value) and above * 10 ** (places - 3) < below:
        places += 1
    whole, rest = divmod(above * 10**places, below)
    digits = str(whole + (2 * rest + whole % 2 > below)).rjust(places + 1, "0")  # half goes to the even neighbour
    return f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")
