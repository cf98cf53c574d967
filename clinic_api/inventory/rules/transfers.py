"""Transfers to other registrations: each leaves one, and the law's share of a year's drug may go to others."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from clinic_api.clinics.rules.content import Content
from clinic_api.clinics.rules.jurisdictions import OWN
from clinic_api.errors import Conflict
from clinic_api.quantities import Mass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where a person is warned, and above what share, in percent, which rules ask for another registration."""

    warn_percent: int
    stop_percent: int
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much of a year's controlled drug went to other registrants.

    Args:
        transferred: what went to them this calendar year, with what is about to.
        used: what was given to patients this calendar year.
    """

    transferred: Mass
    used: Mass
    limits: Limits

    @property
    def percent(self) -> Fraction:
        """The share, in percent, of all that was given or distributed; of nothing, all."""
        whole = self.transferred.ug + self.used.ug
        return Fraction(100 * self.transferred.ug, whole) if whole else Fraction(0)

    @property
    def warns(self) -> bool:
        """Whether somebody should know that the limit is near."""
        return self.percent >= self.limits.warn_percent

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
    rule: str

    def __str__(self) -> str:
        return (
            f"With this transfer {self.percent} % of this year's drug goes to other registrants; above "
            f"{self.stop_percent} %, by {self.rule}, it takes registration as a distributor (21 CFR 1307.11). "
            "Transfer less"
        )


def read_warn_percent(content: Mapping[str, Any]) -> int:
    """From which share on a person is warned; no law, so it is read from what the product does of its own.

    Args:
        content: as in ``config/jurisdictions/us-federal.toml``.

    Raises:
        MalformedContent: it is missing or no percentage.
    """
    return Content(content.get(OWN, {}), OWN).whole("transfer_warn_percent", most=100)


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
        21 CFR 1307.11; the limit is the law's at the site.
    """
    most = share.limits
    if share.percent > most.stop_percent:
        raise TooMuchTransferred(percent=share.as_text(), stop_percent=most.stop_percent, rule=most.rule)
