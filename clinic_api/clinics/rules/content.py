"""Policy content, read field by field: what is missing or malformed is refused by its full name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, TypeVar

from clinic_api.errors import Unacceptable
from clinic_api.quantities import PLAIN_DECIMAL

#: Every block of numbers says where they come from; these two names are always allowed.
ORIGIN: Final = ("source", "status")

#: A longer time than anything here takes; more of it could not be counted on from a day.
CENTURY: Final = timedelta(days=36525)

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


@dataclass(eq=False)
class MalformedContent(Unacceptable):
    """A policy has a field that is missing, unknown or cannot be right."""

    field: str
    why: str

    def __str__(self) -> str:
        return f"{self.field} {self.why}; correct that field and send the whole policy again"


class Status(StrEnum):
    """How far a number can be trusted."""

    SOURCED = "sourced"
    DESIGN = "design"
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Origin:
    """Where the numbers of one block come from."""

    source: str
    status: Status


@dataclass(frozen=True)
class Content:
    """One table of a policy.

    A float is refused like any other wrong kind: an amount is written as plain decimal text, and
    everything else is a whole number in the unit that ends the field's name.

    Args:
        values: the table, from TOML or JSON.
        path: the table's own full name, empty for the whole policy.
    """

    values: Mapping[str, Any]
    path: str = ""

    def refusal(self, name: str, why: str) -> MalformedContent:
        """The refusal of one field, by its full name."""
        return MalformedContent(field=self.called(name), why=why)

    def called(self, name: str) -> str:
        """The full name of a field, such as ``dose.guards.mg_per_kg``."""
        return f"{self.path}.{name}" if self.path else name

    def only(self, *names: str) -> None:
        """Refuse a field nobody reads: a misspelt limit must not be silently without effect.

        Raises:
            MalformedContent: a field is not one of ``names``.
        """
        for name in self.values:
            if name not in names:
                raise self.refusal(name, "is not a field of this policy")

    def has(self, name: str) -> bool:
        """Whether an optional field is given."""
        return name in self.values

    def text(self, name: str) -> str:
        """Words that are not blank."""
        text = self._typed(name, str, "text")
        if not text.strip():
            raise self.refusal(name, "must not be blank")
        return text

    def whole(self, name: str, *, least: int = 0, most: int | None = None) -> int:
        """A whole number between ``least`` and ``most``, both allowed."""
        number = self._typed(name, int, "a whole number")
        if number < least or (most is not None and number > most):
            upper = "" if most is None else f" and at most {most}"
            raise self.refusal(name, f"must be at least {least}{upper}, not {number}")
        return number

    def optional_whole(self, name: str, *, least: int = 0, most: int | None = None) -> int | None:
        """A whole number, or None where the field is not given."""
        return self.whole(name, least=least, most=most) if self.has(name) else None

    def exact(self, name: str) -> Fraction:
        """A positive amount written as plain decimal text of at most three decimals, such as ``"0.5"``."""
        text = self._typed(name, str, 'a plain decimal in quotes, such as "0.5"')
        if not PLAIN_DECIMAL.fullmatch(text) or not Fraction(text):
            raise self.refusal(name, f'must be a plain decimal above zero, such as "0.5", not "{text}"')
        return Fraction(text)

    def flag(self, name: str) -> bool:
        """True or false, never left to a default."""
        return self._typed(name, bool, "true or false")

    def span(self, name: str, unit: timedelta, *, least: int = 0) -> timedelta:
        """A length of time, counted in whole ``unit``; none is longer than a century."""
        return self.whole(name, least=least, most=CENTURY // unit) * unit

    def choice(self, name: str, kind: type[E]) -> E:
        """One of a closed list of codes."""
        return self._member(name, self.text(name), kind)

    def choices(self, name: str, kind: type[E]) -> tuple[E, ...]:
        """Some of a closed list of codes, each at most once."""
        return tuple(self._member(name, word, kind) for word in self.words(name))

    def words(self, name: str) -> tuple[str, ...]:
        """A list of texts, each at most once."""
        return self._each(name, str, "texts")

    def wholes(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers, each at most once."""
        return self._each(name, int, "whole numbers")

    def table(self, name: str, *fields: str) -> "Content":
        """A table inside this one, with no field but ``fields`` and its origin."""
        inner = self._typed(name, dict, "a table")
        table = Content(inner, self.called(name))
        table.only(*fields, *ORIGIN)
        return table

    def rows(self, name: str, *fields: str) -> tuple["Content", ...]:
        """A list of tables, each with no field but ``fields`` and its origin."""
        rows = self._typed(name, list, "a list of tables")
        if any(type(row) is not dict for row in rows):
            raise self.refusal(name, "must be a list of tables")
        found = tuple(Content(row, f"{self.called(name)}[{n}]") for n, row in enumerate(rows))
        for row in found:
            row.only(*fields, *ORIGIN)
        return found

    def origin(self) -> Origin:
        """Where this table's numbers come from; a table that does not say is refused."""
        return Origin(self.text("source"), self.choice("status", Status))

    def _typed(self, name: str, kind: type[T], words: str) -> T:
        """The field, of exactly this kind (true is no whole number)."""
        if name not in self.values:
            raise self.refusal(name, "is missing")
        value = self.values[name]
        if type(value) is not kind:
            raise self.refusal(name, f"must be {words}")
        return value

    def _each(self, name: str, kind: type[T], words: str) -> tuple[T, ...]:
        values: Sequence[Any] = self._typed(name, list, f"a list of {words}")
        if any(type(value) is not kind for value in values):
            raise self.refusal(name, f"must be a list of {words}")
        if len(set(values)) != len(values):
            raise self.refusal(name, "must not name one thing twice")
        return tuple(values)

    def _member(self, name: str, word: str, kind: type[E]) -> E:
        if word not in tuple(kind):
            raise self.refusal(name, f"must be one of {', '.join(kind)}, not {word}")
        return kind(word)
