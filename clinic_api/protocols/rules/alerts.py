"""Alert tiers: which value of which sign concerns whom, and how often it must be seen."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from clinic_api.clinics.rules.content import Content, Origin
from clinic_api.protocols.rules.signs import Sign


class Tier(StrEnum):
    """How grave: the nurse looks, the prescriber is paged, or the infusion pauses."""

    WARN = "warn"
    URGENT = "urgent"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Graver is higher."""
        return tuple(Tier).index(self)


class When(StrEnum):
    """How a value is held against its limit; the last two need the patient's own baseline."""

    AT_LEAST = "at_least"
    ABOVE = "above"
    AT_MOST = "at_most"
    BELOW = "below"
    RISE_AT_LEAST = "rise_at_least"
    FALL_AT_LEAST = "fall_at_least"


ABSOLUTE: Final[Mapping[When, Callable[[int, int], bool]]] = {
    When.AT_LEAST: operator.ge,
    When.ABOVE: operator.gt,
    When.AT_MOST: operator.le,
    When.BELOW: operator.lt,
}


@dataclass(frozen=True)
class AlertLimit:
    """One limit of one tier, such as "systolic at least 160: warn"."""

    sign: Sign
    tier: Tier
    when: When
    limit: int

    def broken_by(self, value: int, *, baseline: int | None) -> bool:
        """Whether the value breaks the limit; without a baseline a relative limit cannot be broken."""
        if self.when in ABSOLUTE:
            return ABSOLUTE[self.when](value, self.limit)
        if baseline is None:
            return False
        change = value - baseline if self.when is When.RISE_AT_LEAST else baseline - value
        return change >= self.limit


@dataclass(frozen=True)
class AlertRules:
    """The clinic's tiers, and how many readings in a row confirm one that is not critical."""

    consecutive: int
    limits: tuple[AlertLimit, ...]
    origin: Origin

    @cached_property
    def by_sign(self) -> Mapping[Sign, tuple[AlertLimit, ...]]:
        """The limits of each sign, in the protocol's order; sorted once, because every set of readings asks."""
        return {sign: tuple(limit for limit in self.limits if limit.sign is sign) for sign in Sign}


def read_alerts(table: Content) -> AlertRules:
    """The alert tiers of a protocol.

    Raises:
        MalformedContent: a field is missing or wrong, or there is no limit at all.
    """
    rows = table.rows("limits", "sign", "tier", "when", "limit")
    if not rows:
        raise table.refusal("limits", "must hold at least one limit")
    limits = tuple(
        AlertLimit(row.choice("sign", Sign), row.choice("tier", Tier), row.choice("when", When), row.whole("limit"))
        for row in rows
    )
    return AlertRules(consecutive=table.whole("consecutive", least=1), limits=limits, origin=table.origin())
