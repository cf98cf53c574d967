"""Theft and significant loss: decided by a person, item by item, and the law's clocks from then on.

Source:
    21 CFR 1301.76(b); docs/decisions/0041-two-dates-of-a-loss.md.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from clinic_api.clinics.rules.law import Answer
from clinic_api.clinics.rules.standing import day_ends, day_in
from clinic_api.errors import Conflict, Unacceptable
from clinic_api.inventory.rules.discrepancies import Act
from clinic_api.inventory.rules.loss_policy import Factors

SATURDAY: Final = 5


class Finding(StrEnum):
    """What a person decided that it is; words of the law."""

    THEFT = "theft"
    SIGNIFICANT_LOSS = "significant_loss"
    NOT_SIGNIFICANT = "not_significant"


class Weight(StrEnum):
    """Which way one factor points; nothing is added up."""

    POINTS_TO_SIGNIFICANT = "points_to_significant"
    DOES_NOT = "does_not"
    NOT_KNOWN = "not_known"


class NoticeKind(StrEnum):
    """What was sent, to whom: the written notice to the DEA, its form, or somebody else's."""

    DEA_NOTICE = "dea_notice"
    FORM_106 = "form_106"
    POLICE = "police"
    STATE = "state"


#: What each finding does to a discrepancy.
ACT_OF: Final[Mapping[Finding, Act]] = {
    Finding.THEFT: Act.DETERMINE_THEFT,
    Finding.SIGNIFICANT_LOSS: Act.DETERMINE_LOSS,
    Finding.NOT_SIGNIFICANT: Act.DETERMINE_LOSS,
}
#: Only the written notice to the DEA makes a discrepancy reported; the rest is kept beside it.
NOTICE_ACT_OF: Final[Mapping[NoticeKind, Act]] = {
    NoticeKind.DEA_NOTICE: Act.NOTIFY,
    NoticeKind.FORM_106: Act.FILE,
    NoticeKind.POLICE: Act.FILE,
    NoticeKind.STATE: Act.FILE,
}


@dataclass(frozen=True, slots=True)
class Weighed:
    """One factor as a person weighed it, with their words."""

    factor: str
    weight: Weight
    words: str


@dataclass(frozen=True, slots=True)
class Determination:
    """What somebody decides, why, and how they weighed each factor."""

    finding: Finding
    rationale: str
    weighed: tuple[Weighed, ...]


@dataclass(frozen=True, slots=True)
class NewNotice:
    """Something that was sent, when, how, and under which reference."""

    kind: NoticeKind
    reference: str
    channel: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class LossRule:
    """The law's two clocks at a site, and which rules set each.

    Args:
        notice_days: business days until the written notice.
        form_days: calendar days until Form 106.
    """

    notice_days: int
    notice_by: str
    form_days: int
    form_by: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when something must have been sent, counted from which of the two dates, by which rules."""

    what: NoticeKind
    counted_from: str
    due_at: datetime
    rule: str


@dataclass(eq=False)
class NotWeighed(Unacceptable):
    """Each factor is weighed once, and no other."""

    missing: tuple[str, ...]
    unknown: tuple[str, ...]

    def __str__(self) -> str:
        said = ", ".join(self.missing) or "nothing more"
        return f"Weigh {said}, each once in your own words; leave out {', '.join(self.unknown) or 'nothing'}."


class TheftStays(Conflict):
    """What was determined as theft stays reportable, whatever its size."""

    def __str__(self) -> str:
        return "Report it; what was found out since goes into the notice and into an amended Form 106."


@dataclass(eq=False)
class SentLater(Unacceptable):
    """Nothing was sent after now."""

    def __str__(self) -> str:
        return "Say when it left, not later than now."


@dataclass(eq=False)
class NoLossRule(Conflict):
    """No jurisdiction that holds here says by when a loss is reported."""

    state: str

    def __str__(self) -> str:
        return f"Adopt a jurisdiction with [loss] that holds in {self.state}; the federal one ships with the product."


def check_determination(made: Determination, *, factors: Factors, before: Collection[Finding]) -> None:
    """Refuse a decision without every factor weighed, or one that takes a theft back.

    Args:
        before: what was determined of this discrepancy so far.

    Raises:
        NotWeighed: names what is missing and what nobody asked.
        TheftStays: a theft was determined before.
    """
    asked = [factor.key for factor in factors.factors]
    said = [each.factor for each in made.weighed]
    missing = tuple(key for key in asked if said.count(key) != 1)
    unknown = tuple(sorted({key for key in said if key not in asked}))
    if missing or unknown:
        raise NotWeighed(missing=missing, unknown=unknown)
    if Finding.THEFT in before and made.finding is not Finding.THEFT:
        raise TheftStays


def check_sent(*, sent_at: datetime, at: datetime) -> None:
    """Refuse what was sent in the future; SentLater."""
    if sent_at > at:
        raise SentLater


def loss_rule(notice: Answer, form: Answer, *, state: str) -> LossRule:
    """Both clocks as the law of a site sets them.

    Args:
        notice: what it says of the written notice, in business days.
        form: what it says of Form 106, in calendar days.
        state: the site's.

    Raises:
        NoLossRule: one of them nobody sets.
    """
    if not (isinstance(notice.value, int) and isinstance(form.value, int)):
        raise NoLossRule(state=state)
    return LossRule(notice.value, notice.rule, form.value, form.rule)


def deadlines(rule: LossRule, *, found_at: datetime, determined_at: datetime, zone: str) -> tuple[Deadline, ...]:
    """By when notice and form are due, counted from both dates; which one counts is for counsel to say.

    Args:
        found_at: when the variance was found, UTC.
        determined_at: when a person determined theft or loss, UTC.
        zone: the site's time zone; holidays are not known here, so a clock may run a day short and never long.
    """
    return tuple(
        each
        for name, since in (("variance_found_at", found_at), ("loss_determined_at", determined_at))
        for each in (
            Deadline(NoticeKind.DEA_NOTICE, name, business_day_ends(since, rule.notice_days, zone), rule.notice_by),
            Deadline(NoticeKind.FORM_106, name, _day_ends_after(since, rule.form_days, zone), rule.form_by),
        )
    )


def business_day_ends(since: datetime, days: int, zone: str) -> datetime:
    """When the so-manieth business day after a moment ends at the site, UTC; weekends are none."""
    end, left = day_ends(zone, since), days
    while left:
        end = day_ends(zone, end)
        left -= day_in(zone, end - timedelta(hours=1)).weekday() < SATURDAY
    return end


def _day_ends_after(since: datetime, days: int, zone: str) -> datetime:
    """When the so-manieth calendar day after a moment ends at the site, UTC."""
    end = day_ends(zone, since)
    for _ in range(days):
        end = day_ends(zone, end)
    return end
