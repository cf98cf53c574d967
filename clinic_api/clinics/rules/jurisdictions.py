"""A jurisdiction, read from its policy: tables of numbers, each with its source, some with the days they hold."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from clinic_api.clinics.rules.content import Content
from clinic_api.clinics.rules.law import (
    MONTHS,
    Answer,
    Cadence,
    Jurisdiction,
    Level,
    Qualification,
    Question,
    Rule,
    Value,
)
from clinic_api.errors import Conflict, Unacceptable

#: A month has at least so many days, so that a grace never outweighs a month.
LEAST_MONTH: Final = 28
#: When a table begins and ends to hold; without either it always has.
HELD: Final = ("effective_from", "effective_until")
#: What this product does where the law asks less; no law, so it is not compared.
OWN: Final = "product_defaults"


@dataclass(eq=False)
class NamedOtherwise(Unacceptable):
    """A jurisdiction's policy is adopted under another name than its own."""

    key: str
    named: str

    def __str__(self) -> str:
        return f"Adopt it as /policies/jurisdiction/{self.named}, or write {self.key} as its key."


@dataclass(eq=False)
class NobodySays(Conflict):
    """No jurisdiction that holds here says a number that is needed."""

    field: str

    def __str__(self) -> str:
        return f"Adopt a jurisdiction with {self.field} that holds here; the federal one ships with the product."


@dataclass(frozen=True, slots=True)
class Asked:
    """Where an answer stands, and how it is read."""

    table: str
    field: str
    read: Callable[[Content, str], Value]

    @property
    def called(self) -> str:
        """Its full name in a policy."""
        return f"{self.table}.{self.field}"


def _number(table: Content, name: str) -> Value:
    return table.whole(name, least=1)


def _flag(table: Content, name: str) -> Value:
    return table.flag(name)


def _words(table: Content, name: str) -> Value:
    return tuple(sorted(table.words(name)))


def _witnesses(table: Content, name: str) -> Value:
    return tuple(sorted(table.choices(name, Qualification)))


def _cadence(table: Content, name: str) -> Value:
    grace = table.optional_whole("grace_days", most=LEAST_MONTH)
    return Cadence(table.whole(name, least=1, most=10 * MONTHS), grace or 0)


FIELDS: Final[Mapping[Question, Asked]] = {
    Question.RETENTION_YEARS: Asked("retention", "controlled_substance_years", _number),
    Question.DISCLOSURE_LOG_YEARS: Asked("retention", "disclosure_log_years", _number),
    Question.HARDCOPY_ON_PREMISES: Asked("records", "hardcopy_on_premises", _flag),
    Question.POSITIVE_ID_REQUIRED: Asked("records", "positive_id_required", _flag),
    Question.DAILY_BACKUP_REQUIRED: Asked("records", "daily_backup_required", _flag),
    Question.INITIAL_INVENTORY_REQUIRED: Asked("inventory", "initial_required", _flag),
    Question.INVENTORY_EVERY: Asked("inventory", "every_months", _cadence),
    Question.OPEN_OR_CLOSE_STATED: Asked("inventory", "open_or_close_stated", _flag),
    Question.EXACT_COUNT_REQUIRED: Asked("inventory", "exact_count_required", _flag),
    Question.ESTIMATE_SCHEDULES: Asked("inventory", "estimate_schedules", _words),
    Question.UNMARKED_LIQUID_PARTS: Asked("inventory", "unmarked_liquid_parts", _number),
    Question.PERPETUAL_INVENTORY_REQUIRED: Asked("inventory", "perpetual_required", _flag),
    Question.WASTE_WITNESS_REQUIRED: Asked("waste", "witness_required", _flag),
    Question.WASTE_WITNESSES: Asked("waste", "witnesses", _witnesses),
    Question.DESTRUCTION_EMPLOYEES: Asked("destruction", "on_site_employees", _number),
    Question.LOSS_NOTICE_BUSINESS_DAYS: Asked("loss", "written_notice_business_days", _number),
    Question.LOSS_FORM_DAYS: Asked("loss", "form_106_days", _number),
    Question.TRANSFER_SHARE_PERCENT: Asked("transfer", "yearly_share_percent", _number),
    Question.STOCK_ORDER_DAYS: Asked("stock_order", "filled_within_days", _number),
    Question.PATIENT_SPECIFIC_DAYS: Asked("patient_specific", "administer_within_days", _number),
    Question.REMS_FORM_DAYS: Asked("rems", "form_calendar_days", _number),
    Question.REMS_STAY_MINUTES: Asked("rems", "minimum_stay_minutes", _number),
    Question.FACILITY_LICENCES: Asked("facility", "licences", _words),
}
#: Fields beside an answer that say more of it.
BESIDE: Final[Mapping[str, tuple[str, ...]]] = {"inventory": ("grace_days",), "destruction": ("form",)}
TABLES: Final = tuple(dict.fromkeys(asked.table for asked in FIELDS.values()))


def number(said: Answer) -> int:
    """The number that is an answer.

    Raises:
        NobodySays: nothing takes the place of a number that no jurisdiction says.
    """
    if not isinstance(said.value, int):
        raise NobodySays(field=FIELDS[said.question].called)
    return said.value


def read_jurisdiction(content: Mapping[str, Any], *, adopted: int | None = None) -> Jurisdiction:
    """A jurisdiction from its data.

    A state's policy names its ``state``; one without is the federal floor, or where it says ``own = true``
    a clinic's own rules. ``amendments`` holds the same tables as they read from a later day.

    Args:
        content: as in ``config/jurisdictions/*.toml``.
        adopted: the version under which a clinic keeps it and finds it again; None for the one it gives itself.

    Raises:
        MalformedContent: a field is missing, unknown or wrong, or a table says no source.
    """
    whole = Content(content)
    whole.only("key", "version", "title", "state", "own", "source", "status", *TABLES, OWN, "amendments")
    whole.origin()
    if whole.has(OWN):
        Content(whole.values[OWN], OWN).origin()
    own = whole.whole("version", least=1)
    head = (whole.text("key"), whole.text("title"), own if adopted is None else adopted)
    amended = whole.rows("amendments", *TABLES) if whole.has("amendments") else ()
    rules = [rule for part in (whole, *amended) for rule in _rules(part, *head)]
    level, state = _place(whole)
    return Jurisdiction(key=head[0], version=head[2], title=head[1], level=level, state=state, rules=tuple(rules))


def check_named(key: str, law: Jurisdiction) -> None:
    """Refuse a jurisdiction under another name than its own: one would stand in for the other.

    Raises:
        NamedOtherwise: so it is.
    """
    if law.key != key:
        raise NamedOtherwise(key=key, named=law.key)


def _place(whole: Content) -> tuple[Level, str | None]:
    if whole.has("state"):
        return Level.STATE, whole.text("state")
    own = whole.has("own") and whole.flag("own")
    return (Level.CLINIC if own else Level.FEDERAL), None


def _rules(part: Content, key: str, title: str, version: int) -> Iterator[Rule]:
    for name in (name for name in TABLES if part.has(name)):
        answers = {question: asked for question, asked in FIELDS.items() if asked.table == name}
        fields = [asked.field for asked in answers.values()]
        table = part.table(name, *fields, *BESIDE.get(name, ()), *HELD)
        origin = table.origin()
        for question, asked in answers.items():
            if table.has(asked.field):
                yield Rule(
                    question=question,
                    value=asked.read(table, asked.field),
                    jurisdiction=key,
                    title=title,
                    version=version,
                    field=table.called(asked.field),
                    holds_from=_day(table, "effective_from"),
                    holds_until=_day(table, "effective_until"),
                    origin=origin,
                )


def _day(table: Content, name: str) -> date | None:
    if not table.has(name):
        return None
    try:
        return date.fromisoformat(table.text(name))
    except ValueError:
        raise table.refusal(name, 'must be a day in quotes, such as "2026-03-02"') from None
