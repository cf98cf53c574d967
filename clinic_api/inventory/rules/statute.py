"""What the law asks of counts and inventories: how often, and whether anything may be estimated."""

from dataclasses import dataclass

from clinic_api.clinics.rules.law import Answer, Cadence
from clinic_api.errors import Unacceptable
from clinic_api.inventory.rules.products import Method


@dataclass(frozen=True, slots=True)
class Interval:
    """How often a full inventory is due, and which rules say so."""

    every: Cadence
    rule: str


@dataclass(frozen=True, slots=True)
class Estimable:
    """The schedules of which an opened container may be estimated, and which rules narrowed them."""

    schedules: frozenset[str]
    rule: str


@dataclass(eq=False)
class ExactOnly(Unacceptable):
    """The law asks for an exact count of this container."""

    container: str
    schedule: str
    rule: str

    def __str__(self) -> str:
        return f"{self.container} is {self.schedule} and not to be estimated ({self.rule}); weigh it or read it"


@dataclass(eq=False)
class NoCadence(Unacceptable):
    """No jurisdiction that holds here says how often an inventory is due."""

    def __str__(self) -> str:
        return "Adopt a jurisdiction with [inventory] every_months first."


def interval(said: Answer) -> Interval:
    """How often a full inventory is due, grace and all, and by which rules.

    It runs from the day of the last full count, never from the day on which it was signed.

    Args:
        said: what the law says of the cadence of inventories.

    Raises:
        NoCadence: nothing.

    Source:
        21 CFR 1304.11(c): any date within two years of the previous one.
    """
    if not isinstance(said.value, Cadence):
        raise NoCadence
    return Interval(said.value, said.rule)


def estimable(exact: Answer, listed: Answer) -> Estimable:
    """What the law lets be estimated: nothing where it asks for exact counts, and nothing where nobody speaks.

    Args:
        exact: whether exact counts are required.
        listed: the schedules that may be estimated where they are not.
    """
    if exact.value is True:
        return Estimable(frozenset(), exact.rule)
    return Estimable(frozenset(listed.value if isinstance(listed.value, tuple) else ()), listed.rule)


def check_method(label: str, method: Method, *, schedule: str, allowed: Estimable) -> None:
    """Refuse to estimate what must be counted exactly.

    Args:
        label: the container's number.
        schedule: the product's, such as CIII.

    Raises:
        ExactOnly: so it is; names the rules.

    Source:
        21 CFR 1304.11(e)(6); config/jurisdictions/, [inventory].
    """
    if method is Method.ESTIMATED and schedule not in allowed.schedules:
        raise ExactOnly(container=label, schedule=schedule, rule=allowed.rule)
