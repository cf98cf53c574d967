"""What the law asks of counts and inventories: how often, and whether anything may be estimated. The strictest wins."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from clinic_api.clinics.rules.content import Content
from clinic_api.errors import Unacceptable
from clinic_api.inventory.rules.products import Method

FEDERAL: Final = "us-federal"
MONTHS_A_YEAR: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryLaw:
    """What one jurisdiction says; None where it says nothing of its own.

    Args:
        rule: the policy and version that says it, as it is printed.
        every_months: a full inventory at least so often.
        estimable: schedules of which an opened container may be estimated.
    """

    rule: str
    every_months: int | None
    estimable: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a full inventory is due, and which rule says so."""

    months: int
    rule: str


@dataclass(frozen=True, slots=True)
class Estimable:
    """The schedules of which an opened container may be estimated, and which rule narrowed them."""

    schedules: frozenset[str]
    rule: str


@dataclass(eq=False)
class ExactOnly(Unacceptable):
    """The law asks for an exact count of this container."""

    container: str
    schedule: str
    rule: str

    def __str__(self) -> str:
        return f"{self.container} is {self.schedule}, which {self.rule} lets nobody estimate; weigh it or read it"


@dataclass(eq=False)
class NoCadence(Unacceptable):
    """No jurisdiction that holds here says how often an inventory is due."""

    def __str__(self) -> str:
        return "Adopt a jurisdiction with [inventory] every_months first."


def read_inventory_law(key: str, version: int, content: Mapping[str, Any]) -> InventoryLaw:
    """What one jurisdiction's policy says of inventories.

    Args:
        content: as in ``config/jurisdictions/*.toml``; only its [inventory] is read here.

    Raises:
        MalformedContent: a field is there and wrong.
    """
    whole = Content(content)
    table = Content(content["inventory"], whole.called("inventory")) if whole.has("inventory") else Content({})
    estimable = frozenset(table.words("estimate_schedules")) if table.has("estimate_schedules") else None
    exact = table.has("exact_count_required") and table.flag("exact_count_required")
    return InventoryLaw(
        rule=f"{key} version {version}",
        every_months=table.optional_whole("every_months", least=1),
        estimable=frozenset() if exact else estimable,
    )


def holds_in(key: str, state: str) -> bool:
    """Whether a jurisdiction's policy holds in a state: the federal floor everywhere, a state's own at home."""
    return key in {FEDERAL, f"us-{state.lower()}"}


def cadence(laws: Iterable[InventoryLaw]) -> Cadence:
    """The shortest interval that any of them asks for; of equals, the first named.

    Raises:
        NoCadence: none asks for any.
    """
    asked = [Cadence(law.every_months, law.rule) for law in laws if law.every_months is not None]
    if not asked:
        raise NoCadence
    return min(asked, key=lambda each: each.months)


def estimable(laws: Iterable[InventoryLaw]) -> Estimable:
    """What all of them let be estimated; where none speaks, nothing. The last one that narrowed it is named."""
    allowed: Estimable | None = None
    for law in laws:
        if law.estimable is None:
            continue
        if allowed is None or not allowed.schedules <= law.estimable:
            before = law.estimable if allowed is None else allowed.schedules
            allowed = Estimable(before & law.estimable, law.rule)
    return allowed or Estimable(frozenset(), "no rule")


def check_method(label: str, method: Method, *, schedule: str, allowed: Estimable) -> None:
    """Refuse to estimate what must be counted exactly.

    Args:
        label: the container's number.
        schedule: the product's, such as CIII.

    Raises:
        ExactOnly: so it is; names the rule.

    Source:
        21 CFR 1304.11(e)(6); config/jurisdictions/, [inventory].
    """
    if method is Method.ESTIMATED and schedule not in allowed.schedules:
        raise ExactOnly(container=label, schedule=schedule, rule=allowed.rule)


def due_on(counted_on: date, every: Cadence) -> date:
    """The last day on which the next full inventory is in time.

    It runs from the day of the last full count, never from the day on which it was signed.

    Args:
        counted_on: the site's day on which the last qualifying count began.

    Source:
        21 CFR 1304.11(c): any date within two years of the previous one.
    """
    months = counted_on.year * MONTHS_A_YEAR + counted_on.month - 1 + every.months
    year, month = divmod(months, MONTHS_A_YEAR)
    return date(year, month + 1, min(counted_on.day, monthrange(year, month + 1)[1]))
