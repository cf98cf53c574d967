"""Transfers to other registrations: each leaves one, and the law's share of a year's drug may go to others."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from clinic_api.errors import Conflict
from clinic_api.quantities import Mass


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much of a year's controlled drug went to other registrants.

    Args:
        transferred: what went to them this calendar year, with what is about to.
        used: what was given to patients this calendar year.
        warn_percent, stop_percent: where a person is warned, and where the law asks for another registration.
    """

    transferred: Mass
    used: Mass
    warn_percent: int
    stop_percent: int

    @property
    def percent(self) -> Fraction:
        """The share, in percent, of all that was given or distributed; of nothing, all."""
        whole = self.transferred.ug + self.used.ug
        return Fraction(100 * self.transferred.ug, whole) if whole else Fraction(0)

    @property
    def warns(self) -> bool:
        """Whether somebody should know that the limit is near."""
        return self.percent >= self.warn_percent

    def as_text(self) -> str:
        """The share with one decimal, rounded half to even, as it is shown and kept."""
        tenths = round(self.percent * 10)
        return f"{tenths // 10}.{tenths % 10}"


class OtherRegistration(Conflict):
    """The containers of one removal belong to one registration."""

    def __str__(self) -> str:
        return "Make one removal for each registration; registered locations never share a balance."


class SameRegistration(Conflict):
    """A transfer goes to another registration."""

    def __str__(self) -> str:
        return "Within one registration nothing is transferred; choose a location of another one."


@dataclass(eq=False)
class TooMuchTransferred(Conflict):
    """More of the year's controlled drug would go to other registrants than a practitioner may distribute."""

    percent: str
    stop_percent: int

    def __str__(self) -> str:
        return (
            f"With this transfer {self.percent} % of this year's drug goes to other registrants; above "
            f"{self.stop_percent} % it takes registration as a distributor (21 CFR 1307.11). Transfer less"
        )


def check_one_registration(registrations: Collection[UUID], *, to: UUID | None) -> None:
    """Refuse containers of several registrations, and a transfer that goes nowhere.

    Args:
        to: the registration of the location it is transferred to, where it stays in the organisation.

    Raises:
        OtherRegistration, SameRegistration: so it is.
    """
    if len(set(registrations)) > 1:
        raise OtherRegistration
    if to in set(registrations):
        raise SameRegistration


def check_share(share: Share) -> None:
    """Refuse a transfer above the law's share of a year's drug.

    Raises:
        TooMuchTransferred: says how much it would be.

    Source:
        21 CFR 1307.11; the limit comes from the jurisdiction's policy.
    """
    if share.percent > share.stop_percent:
        raise TooMuchTransferred(percent=share.as_text(), stop_percent=share.stop_percent)
