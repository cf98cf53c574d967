"""What is data about discrepancies: the house's clocks, what is weighed, and the fields of Form 106."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics.rules.content import Content
from clinic_api.clinics.rules.standing import day_ends
from clinic_api.errors import Unacceptable

HOUR = timedelta(hours=1)


class Due(StrEnum):
    """How a clock of the house runs."""

    END_OF_DAY = "end_of_day"
    HOURS = "hours"


class FieldKind(StrEnum):
    """What a field of the form takes; ``registration`` is taken from the registration on record."""

    TEXT = "text"
    DATE = "date"
    WHOLE = "whole"
    YES_NO = "yes_no"
    CHOICE = "choice"
    SUBSTANCES = "substances"
    REGISTRATION = "registration"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: who answers by when."""

    key: str
    role: Role
    due: Due
    hours: timedelta

    @property
    def task(self) -> str:
        """The kind of its task."""
        return f"discrepancy-{self.key}"

    def due_at(self, since: datetime, *, zone: str) -> datetime:
        """By when, UTC.

        Args:
            since: when the discrepancy came up, or came up again, UTC.
            zone: the site's time zone; its day stands for the shift.
        """
        return day_ends(zone, since) if self.due is Due.END_OF_DAY else since + self.hours


@dataclass(frozen=True, slots=True)
class Clocks:
    """The ladder, who recounts, who reports, and the warning that both dates are printed with."""

    version: int
    rungs: tuple[Rung, ...]
    recount: Rung
    reporter: Role
    warning: str


@dataclass(frozen=True, slots=True)
class Factor:
    """Something to weigh before calling a loss significant."""

    key: str
    ask: str


@dataclass(frozen=True, slots=True)
class Factors:
    """All that is weighed."""

    version: int
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of the form.

    Args:
        when: the field and the answer that make this one asked; None where it is always asked.
    """

    key: str
    number: str
    label: str
    kind: FieldKind
    choices: tuple[str, ...]
    when: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class FormSpec:
    """A version of the form's data."""

    version: int
    fields: tuple[FormField, ...]


@dataclass(eq=False)
class NoLadder(Unacceptable):
    """A ladder has at least one rung."""

    def __str__(self) -> str:
        return "Say who explains a discrepancy, and by when, as the first of [[rungs]]."


def read_clocks(content: Mapping[str, Any]) -> Clocks:
    """The house's clocks, as in ``config/discrepancies/clocks.toml``.

    Raises:
        MalformedContent: a field is missing, unknown or wrong.
        NoLadder: nobody is asked to explain.
    """
    whole = _whole(content, "rungs", "recount", "reporting")
    rungs = tuple(_rung(row, row.text("key")) for row in whole.rows("rungs", "key", "role", "due", "hours"))
    if not rungs:
        raise NoLadder
    reporting = whole.table("reporting", "role", "warning")
    return Clocks(
        version=whole.whole("version", least=1),
        rungs=rungs,
        recount=_rung(whole.table("recount", "role", "due", "hours"), "recount"),
        reporter=reporting.choice("role", Role),
        warning=reporting.text("warning"),
    )


def read_factors(content: Mapping[str, Any]) -> Factors:
    """What is weighed, as in ``config/discrepancies/loss-factors.toml``.

    Raises:
        MalformedContent: a field is missing, unknown or wrong.
    """
    whole = _whole(content, "factors")
    rows = whole.rows("factors", "key", "ask")
    return Factors(whole.whole("version", least=1), tuple(Factor(row.text("key"), row.text("ask")) for row in rows))


def read_form(content: Mapping[str, Any]) -> FormSpec:
    """The fields of Form 106, as in ``config/discrepancies/form-106.toml``.

    Raises:
        MalformedContent: a field is missing, unknown or wrong, or hangs on a field that does not stand before it.
    """
    whole, fields = _whole(content, "fields"), list[FormField]()
    for row in whole.rows("fields", "key", "number", "label", "kind", "choices", "when", "is"):
        fields.append(_field(row, {each.key for each in fields}))
    return FormSpec(whole.whole("version", least=1), tuple(fields))


def climbed(
    rungs: Sequence[Rung], *, since: datetime, at: datetime, zone: str
) -> tuple[tuple[Rung, ...], datetime | None]:
    """Which rungs above the first must be open by now, and when to look again.

    Args:
        since: when the discrepancy came up, or came up again, UTC.
        at: now, UTC.
        zone: the site's time zone.

    Returns:
        Each rung whose predecessor has passed; and the next moment at which one passes, None after the last.
    """
    steps = [(before.due_at(since, zone=zone), rung) for before, rung in pairwise(rungs)]
    ahead = [passes for passes, _ in steps if passes > at]
    return tuple(rung for passes, rung in steps if passes <= at), min(ahead, default=None)


def _whole(content: Mapping[str, Any], *names: str) -> Content:
    whole = Content(content)
    whole.only("key", "version", "title", "source", "status", *names)
    whole.origin()
    return whole


def _rung(row: Content, key: str) -> Rung:
    row.origin()
    due = row.choice("due", Due)
    hours = row.span("hours", HOUR, least=1) if due is Due.HOURS else timedelta()
    return Rung(key, row.choice("role", Role), due, hours)


def _field(row: Content, before: set[str]) -> FormField:
    when = (row.text("when"), row.text("is")) if row.has("when") else None
    if when is not None and when[0] not in before:
        raise row.refusal("when", "must name a field that stands before this one")
    kind = row.choice("kind", FieldKind)
    return FormField(
        key=row.text("key"),
        number=row.text("number"),
        label=row.text("label"),
        kind=kind,
        choices=row.words("choices") if kind is FieldKind.CHOICE else (),
        when=when,
    )
