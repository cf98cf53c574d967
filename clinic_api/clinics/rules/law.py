"""The law of a place on a day: what every jurisdiction asks, and which answer is the strictest."""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import reduce
from typing import Final

from clinic_api.clinics.rules.content import Origin
from clinic_api.errors import Unacceptable

MONTHS: Final = 12


class Question(StrEnum):
    """What may be asked of the law; a value ends with the unit that stands in the name."""

    RETENTION_YEARS = "retention_years"
    DISCLOSURE_LOG_YEARS = "disclosure_log_years"
    HARDCOPY_ON_PREMISES = "hardcopy_on_premises"
    POSITIVE_ID_REQUIRED = "positive_id_required"
    DAILY_BACKUP_REQUIRED = "daily_backup_required"
    INITIAL_INVENTORY_REQUIRED = "initial_inventory_required"
    INVENTORY_EVERY = "inventory_every"
    OPEN_OR_CLOSE_STATED = "open_or_close_stated"
    EXACT_COUNT_REQUIRED = "exact_count_required"
    ESTIMATE_SCHEDULES = "estimate_schedules"
    UNMARKED_LIQUID_PARTS = "unmarked_liquid_parts"
    PERPETUAL_INVENTORY_REQUIRED = "perpetual_inventory_required"
    WASTE_WITNESS_REQUIRED = "waste_witness_required"
    WASTE_WITNESSES = "waste_witnesses"
    DESTRUCTION_EMPLOYEES = "destruction_employees"
    LOSS_NOTICE_BUSINESS_DAYS = "loss_notice_business_days"
    LOSS_FORM_DAYS = "loss_form_days"
    TRANSFER_SHARE_PERCENT = "transfer_share_percent"
    STOCK_ORDER_DAYS = "stock_order_days"
    PATIENT_SPECIFIC_DAYS = "patient_specific_days"
    REMS_FORM_DAYS = "rems_form_days"
    REMS_STAY_MINUTES = "rems_stay_minutes"
    FACILITY_LICENCES = "facility_licences"


class Qualification(StrEnum):
    """What somebody must be to watch a remainder being wasted."""

    LICENSED_PROVIDER = "licensed_provider"
    TECHNICIAN = "technician"
    EMPLOYEE = "employee"


class Level(StrEnum):
    """Where a rule comes from."""

    FEDERAL = "federal"
    STATE = "state"
    CLINIC = "clinic"


@dataclass(frozen=True, slots=True, order=True)
class Cadence:
    """Again within so many months, and so many days more: a year and a week is 12 and 7."""

    months: int
    days: int = 0

    def __str__(self) -> str:
        return f"{self.months} months" + (f" and {self.days} days" if self.days else "")

    def after(self, last: date) -> date:
        """The last day on which the next one may be made.

        A month that is shorter ends the period on its own last day.
        """
        years, month = divmod(last.month - 1 + self.months, MONTHS)
        year, month = last.year + years, month + 1
        day = min(last.day, calendar.monthrange(year, month)[1])
        return date(year, month, day) + timedelta(days=self.days)


Value = int | bool | Cadence | tuple[str, ...]


class Strictness(StrEnum):
    """Which of two answers is the stricter."""

    MOST = "most"
    LEAST = "least"
    REQUIRED = "required"
    NARROWEST = "narrowest"
    ALL = "all"


#: Which way each question tightens. A list of those who qualify narrows, a list of what is needed grows.
TIGHTENS: Final[Mapping[Question, Strictness]] = {
    Question.RETENTION_YEARS: Strictness.MOST,
    Question.DISCLOSURE_LOG_YEARS: Strictness.MOST,
    Question.HARDCOPY_ON_PREMISES: Strictness.REQUIRED,
    Question.POSITIVE_ID_REQUIRED: Strictness.REQUIRED,
    Question.DAILY_BACKUP_REQUIRED: Strictness.REQUIRED,
    Question.INITIAL_INVENTORY_REQUIRED: Strictness.REQUIRED,
    Question.INVENTORY_EVERY: Strictness.LEAST,
    Question.OPEN_OR_CLOSE_STATED: Strictness.REQUIRED,
    Question.EXACT_COUNT_REQUIRED: Strictness.REQUIRED,
    Question.ESTIMATE_SCHEDULES: Strictness.NARROWEST,
    Question.UNMARKED_LIQUID_PARTS: Strictness.MOST,
    Question.PERPETUAL_INVENTORY_REQUIRED: Strictness.REQUIRED,
    Question.WASTE_WITNESS_REQUIRED: Strictness.REQUIRED,
    Question.WASTE_WITNESSES: Strictness.NARROWEST,
    Question.DESTRUCTION_EMPLOYEES: Strictness.MOST,
    Question.LOSS_NOTICE_BUSINESS_DAYS: Strictness.LEAST,
    Question.LOSS_FORM_DAYS: Strictness.LEAST,
    Question.TRANSFER_SHARE_PERCENT: Strictness.LEAST,
    Question.STOCK_ORDER_DAYS: Strictness.LEAST,
    Question.PATIENT_SPECIFIC_DAYS: Strictness.LEAST,
    Question.REMS_FORM_DAYS: Strictness.LEAST,
    Question.REMS_STAY_MINUTES: Strictness.MOST,
    Question.FACILITY_LICENCES: Strictness.ALL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One jurisdiction's answer to one question, for as long as it holds.

    Args:
        field: where it stands in the jurisdiction's policy, such as ``retention.controlled_substance_years``.
        holds_from: its first day; None where it has always held.
        holds_until: the first day on which it no longer holds; None where no end is known.
    """

    question: Question
    value: Value
    jurisdiction: str
    title: str
    version: int
    field: str
    holds_from: date | None
    holds_until: date | None
    origin: Origin

    @property
    def name(self) -> str:
        """The policy and the version that says it, as it is printed."""
        return f"{self.jurisdiction} version {self.version}"

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day."""
        begun = self.holds_from is None or self.holds_from <= on
        return begun and (self.holds_until is None or on < self.holds_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Jurisdiction:
    """What one law giver asks, as one version of its policy says.

    Args:
        state: the state whose sites it binds; None for the federal floor and for a clinic's own rules, which bind all.
    """

    key: str
    version: int
    title: str
    level: Level
    state: str | None
    rules: tuple[Rule, ...]

    def binds(self, state: str) -> bool:
        """Whether a site in a state is under it."""
        return self.state is None or self.state == state

    def answer(self, question: Question, *, on: date) -> Rule | None:
        """Its own rule on a day: of several in force, the one that came into force last."""
        held = [rule for rule in self.rules if rule.question is question and rule.holds(on)]
        return max(held, key=lambda rule: rule.holds_from or date.min, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What holds at a place on a day, and why.

    Args:
        value: the strictest; None where no jurisdiction says anything, which is not the same as no or nothing.
        won: the rules that say so; several where they agree, or where a list is narrowed by more than one.
        compared: every rule that applies there on that day.
    """

    question: Question
    on: date
    value: Value | None
    won: tuple[Rule, ...]
    compared: tuple[Rule, ...]

    @property
    def rule(self) -> str:
        """Every rule that won, as it is printed."""
        return " and ".join(rule.name for rule in self.won) or "no rule"


@dataclass(eq=False)
class LaxerThanTheFloor(Unacceptable):
    """A clinic's rule is laxer than the federal floor."""

    field: str
    asked: str
    floor: str

    def __str__(self) -> str:
        return f"{self.field}: {self.asked} is laxer than the federal floor of {self.floor}; set that or a stricter one"


@dataclass(eq=False)
class FloorLeftOut(Unacceptable):
    """A version of the federal rules leaves a number of the floor out, or lets it end."""

    field: str
    floor: str

    def __str__(self) -> str:
        return (
            f"{self.field} must hold everywhere and on every day; write {self.floor} as the federal floor says, or "
            "something stricter, and put what changes on a day into amendments"
        )


def strictest(question: Question, values: Sequence[Value]) -> Value:
    """The strictest of one or more answers to a question."""
    return reduce(lambda one, other: _stricter(TIGHTENS[question], one, other), values)


def answer(question: Question, laws: Iterable[Jurisdiction], *, state: str, on: date) -> Answer:
    """What holds in a state on a day: the strictest applicable answer, with all that were compared.

    Args:
        laws: every jurisdiction that the clinic has adopted.
        state: the site's, two letters.
        on: the day at the site.

    Source:
        docs/decisions/0043-the-strictest-law-wins.md.
    """
    found = [law.answer(question, on=on) for law in laws if law.binds(state)]
    compared = tuple(rule for rule in found if rule is not None)
    if not compared:
        return Answer(question=question, on=on, value=None, won=(), compared=())
    value = strictest(question, [rule.value for rule in compared])
    won = tuple(rule for rule in compared if rule.value == value) or compared
    return Answer(question=question, on=on, value=value, won=won, compared=compared)


def check_not_laxer(asked: Jurisdiction, floor: Jurisdiction, *, on: date) -> None:
    """Refuse rules that ask less than the federal floor does, now, before or later.

    Args:
        floor: the federal rules as shipped.
        on: the day on which the rules are adopted.

    Raises:
        LaxerThanTheFloor: names the number, and the floor's.
        FloorLeftOut: a version of the federal rules themselves leaves a question of the floor open on some day.
    """
    for question in Question:
        least = floor.answer(question, on=on)
        if least is None:
            continue
        if asked.key == floor.key and _leaves_open(asked, question, on=on):
            raise FloorLeftOut(field=least.field, floor=in_words(least.value))
        for rule in asked.rules:
            if rule.question is question and strictest(question, [rule.value, least.value]) != rule.value:
                raise LaxerThanTheFloor(field=rule.field, asked=in_words(rule.value), floor=in_words(least.value))


def in_words(value: Value) -> str:
    """A value as a person reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _leaves_open(law: Jurisdiction, question: Question, *, on: date) -> bool:
    return law.state is not None or any(law.answer(question, on=day) is None for day in (date.min, on, date.max))


def _stricter(way: Strictness, one: Value, other: Value) -> Value:
    if isinstance(one, tuple) and isinstance(other, tuple):
        both = set(one) & set(other) if way is Strictness.NARROWEST else set(one) | set(other)
        return tuple(sorted(both))
    return min(one, other) if way is Strictness.LEAST else max(one, other)
