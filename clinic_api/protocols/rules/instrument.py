"""An instrument: a scale with its items, its scoring and what a score means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from clinic_api.clinics.rules.content import Content, Origin


class Scoring(StrEnum):
    """How the answers become one number."""

    SUM = "sum"


@dataclass(frozen=True)
class Item:
    """One question; its text only where the licence allows it."""

    number: int
    text: str | None
    code: str | None


@dataclass(frozen=True)
class Answers:
    """What may be answered to each item: whole numbers, each with its label where there is one."""

    lowest: int
    highest: int
    labels: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Missing:
    """How many answers may be missing before there is no score, and which never may."""

    at_most: int
    never: tuple[int, ...]


@dataclass(frozen=True)
class Band:
    """The name of a range of totals, both ends in it."""

    name: str
    least: int
    most: int


@dataclass(frozen=True)
class Outcome:
    """What counts as response and as remission.

    Args:
        response_percent: at least this share of the baseline gone.
        remission_most: a total of at most this.
    """

    response_percent: int
    remission_most: int


@dataclass(frozen=True)
class SafetyRule:
    """When the answer about suicide is shown, and when somebody must act on it.

    Args:
        item: the number of the item.
        flag_from: at or above is always shown.
        task_from: at or above somebody must act, today.
        task_on_rise: a higher answer than last time is acted on, whatever its height.
        interview_task_from: highest question answered yes in the C-SSRS screener, at or above.
    """

    item: int
    flag_from: int
    task_from: int
    task_on_rise: bool
    interview_task_from: int


@dataclass(frozen=True)
class Instrument:
    """One version of one scale."""

    key: str
    version: int
    title: str
    notice: str
    question: str
    code: str | None
    scoring: Scoring
    items: tuple[Item, ...]
    answers: Answers
    missing: Missing
    bands: tuple[Band, ...]
    outcome: Outcome | None
    safety: SafetyRule | None
    origin: Origin

    @property
    def highest_total(self) -> int:
        """The largest total that can be reached."""
        return len(self.items) * self.answers.highest


def read_instrument(content: Mapping[str, Any]) -> Instrument:
    """An instrument from its data.

    Args:
        content: as in ``config/instruments/*.toml``.

    Raises:
        MalformedContent: a field is missing, unknown or cannot be right; the refusal names it.
    """
    whole = Content(content)
    whole.only(
        *("key", "version", "title", "notice", "question", "code", "scoring", "source", "status"),
        *("text_allowed", "items", "answers", "missing", "bands", "outcome", "safety"),
    )
    items = _items(whole)
    instrument = Instrument(
        key=whole.text("key"),
        version=whole.whole("version", least=1),
        title=whole.text("title"),
        notice=whole.text("notice"),
        question=whole.text("question"),
        code=_optional_text(whole, "code"),
        scoring=whole.choice("scoring", Scoring),
        items=items,
        answers=_answers(whole.table("answers", "lowest", "highest", "labels", "codes")),
        missing=_missing(whole, items),
        bands=_bands(whole),
        outcome=_outcome(whole),
        safety=_safety(whole, items),
        origin=whole.origin(),
    )
    _check_bands(whole, instrument)
    return instrument


def _optional_text(table: Content, name: str) -> str | None:
    return table.text(name) if table.has(name) else None


def _items(whole: Content) -> tuple[Item, ...]:
    """The items, numbered 1, 2, 3 …; a locked scale ships without their text."""
    rows = whole.rows("items", "number", "text", "code")
    if [row.whole("number") for row in rows] != [*range(1, len(rows) + 1)] or not rows:
        raise whole.refusal("items", "must be numbered 1, 2, 3 and so on")
    allowed = whole.flag("text_allowed")
    for row in rows:
        if row.has("text") and not allowed:
            raise row.refusal("text", "must not be stored: the licence does not allow it")
    return tuple(Item(row.whole("number"), _optional_text(row, "text"), _optional_text(row, "code")) for row in rows)


def _answers(table: Content) -> Answers:
    table.origin()
    lowest = table.whole("lowest")
    highest = table.whole("highest", least=lowest + 1)
    answers = Answers(lowest=lowest, highest=highest, labels=table.words("labels"), codes=table.words("codes"))
    for name, given in (("labels", answers.labels), ("codes", answers.codes)):
        if given and len(given) != highest - lowest + 1:
            raise table.refusal(name, "must be one for each answer, or none")
    return answers


def _missing(whole: Content, items: Sequence[Item]) -> Missing:
    table = whole.table("missing", "at_most", "never")
    table.origin()
    never = table.wholes("never")
    if not {item.number for item in items}.issuperset(never):
        raise table.refusal("never", "names an item that does not exist")
    return Missing(at_most=table.whole("at_most", most=len(items) - 1), never=never)


def _bands(whole: Content) -> tuple[Band, ...]:
    rows = whole.rows("bands", "name", "least", "most")
    return tuple(Band(row.text("name"), row.whole("least"), row.whole("most")) for row in rows)


def _check_bands(whole: Content, instrument: Instrument) -> None:
    """Bands leave no total without a name and give none two; a scale may have no bands at all."""
    lowest_total = len(instrument.items) * instrument.answers.lowest
    begins = [lowest_total, *(band.most + 1 for band in instrument.bands)]
    in_turn = all(band.least == at <= band.most for band, at in zip(instrument.bands, begins, strict=False))
    if instrument.bands and not (in_turn and begins[-1] == instrument.highest_total + 1):
        raise whole.refusal("bands", f"must name each total from {lowest_total} to {instrument.highest_total} once")


def _outcome(whole: Content) -> Outcome | None:
    if not whole.has("outcome"):
        return None
    table = whole.table("outcome", "response_percent", "remission_most")
    table.origin()
    return Outcome(table.whole("response_percent", least=1, most=100), table.whole("remission_most"))


def _safety(whole: Content, items: Sequence[Item]) -> SafetyRule | None:
    if not whole.has("safety"):
        return None
    table = whole.table("safety", "item", "flag_from", "task_from", "task_on_rise", "interview_task_from")
    table.origin()
    flag_from = table.whole("flag_from", least=1)
    return SafetyRule(
        item=table.whole("item", least=1, most=len(items)),
        flag_from=flag_from,
        task_from=table.whole("task_from", least=flag_from),
        task_on_rise=table.flag("task_on_rise"),
        interview_task_from=table.whole("interview_task_from", least=1),
    )
