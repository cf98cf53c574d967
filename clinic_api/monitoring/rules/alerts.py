"""Which readings alarm. An alert is no order: the system tells, the prescriber decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from clinic_api.monitoring.rules.readings import Reading
from clinic_api.protocols.rules.alerts import AlertLimit, AlertRules, Tier
from clinic_api.protocols.rules.signs import Sign


@dataclass(frozen=True)
class Alert:
    """One sign outside its limits.

    Args:
        limit: the gravest limit that was broken.
        baseline: the patient's own value before the dose, if there was one.
        confirmed: critical, or seen in as many readings in a row as the protocol asks. One that is
            not confirmed colours the tile and asks for a repeat; it pages nobody.
    """

    sign: Sign
    tier: Tier
    value: int
    limit: AlertLimit
    baseline: int | None
    confirmed: bool


def alerts(
    reading: Reading, *, before: Sequence[Reading], baseline: Reading | None, rules: AlertRules
) -> tuple[Alert, ...]:
    """The alerts of one set, gravest first; at most one for each sign.

    Args:
        reading: the set to judge, without what was answered to be an artefact.
        before: the session's other sets, in any order; only earlier ones count.
        baseline: the set taken before the dose, if any.
        rules: the protocol's tiers.
    """
    earlier = sorted((r for r in before if r.taken_at < reading.taken_at), key=lambda r: r.taken_at)
    found = [_alert(sign, reading, earlier=earlier, baseline=baseline, rules=rules) for sign in Sign]
    return tuple(sorted((a for a in found if a is not None), key=lambda a: -a.tier.rank))


def _alert(
    sign: Sign, reading: Reading, *, earlier: Sequence[Reading], baseline: Reading | None, rules: AlertRules
) -> Alert | None:
    value = reading.value(sign)
    own = None if baseline is None else baseline.value(sign)
    limit = None if value is None else _gravest(sign, value, own, rules)
    if value is None or limit is None:
        return None
    confirmed = limit.tier is Tier.CRITICAL or _in_a_row(sign, earlier, own, rules)
    return Alert(sign=sign, tier=limit.tier, value=value, limit=limit, baseline=own, confirmed=confirmed)


def _gravest(sign: Sign, value: int, baseline: int | None, rules: AlertRules) -> AlertLimit | None:
    """The gravest broken limit; of two as grave, the one the protocol lists first."""
    broken = [it for it in rules.by_sign[sign] if it.broken_by(value, baseline=baseline)]
    return max(broken, key=lambda limit: limit.tier.rank, default=None)


def _in_a_row(sign: Sign, earlier: Sequence[Reading], baseline: int | None, rules: AlertRules) -> bool:
    """Whether the readings just before were outside too; a set without this sign does not break the row."""
    values = [value for r in earlier if (value := r.value(sign)) is not None]
    needed = rules.consecutive - 1
    last = values[len(values) - needed :] if needed <= len(values) else None
    return last is not None and all(_gravest(sign, value, baseline, rules) for value in last)
