"""Column types that mean the same on SQLite (STRICT tables) and on PostgreSQL.

The plain ones do not: SQLite keeps the wall-clock digits of a time and drops its zone, stores decimals as
floats, and STRICT tables refuse most type names.
"""

import json
from datetime import UTC, date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from clinic_api.quantities import Mass, Volume


def _on_sqlite(dialect: Dialect) -> bool:
    return dialect.name == "sqlite"


def moment_text(value: datetime) -> str:
    """A moment in the one form that sorts as time: UTC, to the microsecond."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Aware in, UTC out; on SQLite text of fixed width, so that it sorts and compares as time."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Text() if _on_sqlite(dialect) else sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a time without a zone cannot be stored"
            raise ValueError(message)
        return moment_text(value) if _on_sqlite(dialect) else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        moment: datetime = value
        return moment.astimezone(UTC)


class CalendarDate(TypeDecorator[date]):
    """A day without a time: a birth date, an expiry."""

    impl = sa.Date()
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Text() if _on_sqlite(dialect) else sa.Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        return value.isoformat() if value is not None and _on_sqlite(dialect) else value

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        return date.fromisoformat(value) if isinstance(value, str) else value


class Id(TypeDecorator[UUID]):
    """An identifier."""

    impl = sa.Uuid()
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Text() if _on_sqlite(dialect) else sa.Uuid())

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        return str(value) if value is not None and _on_sqlite(dialect) else value

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        return UUID(value) if isinstance(value, str) else value


class Whole(TypeDecorator[int]):
    """A 64-bit whole number; a bool or a float is refused."""

    impl = sa.BigInteger()
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Integer() if _on_sqlite(dialect) else sa.BigInteger())

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        if value is not None and type(value) is not int:
            message = f"{value!r} is not a whole number"
            raise TypeError(message)
        return value


class Flag(TypeDecorator[bool]):
    """Yes or no."""

    impl = sa.Boolean(create_constraint=False)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Integer() if _on_sqlite(dialect) else sa.Boolean())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> Any:
        return int(value) if value is not None and _on_sqlite(dialect) else value

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


class Micrograms(TypeDecorator[Mass]):
    """A mass of drug in whole micrograms."""

    impl = Whole()
    cache_ok = True

    def process_bind_param(self, value: Mass | None, dialect: Dialect) -> int | None:
        return None if value is None else value.ug

    def process_result_value(self, value: Any, dialect: Dialect) -> Mass | None:
        return None if value is None else Mass(value)


class Microlitres(TypeDecorator[Volume]):
    """A volume in whole microlitres."""

    impl = Whole()
    cache_ok = True

    def process_bind_param(self, value: Volume | None, dialect: Dialect) -> int | None:
        return None if value is None else value.ul

    def process_result_value(self, value: Any, dialect: Dialect) -> Volume | None:
        return None if value is None else Volume(value)


class Ratio(TypeDecorator[Fraction]):
    """An exact ratio as text, ``"7/10"``: a concentration or a rate."""

    impl = sa.Text()
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: Dialect) -> str | None:
        return None if value is None else f"{value.numerator}/{value.denominator}"

    def process_result_value(self, value: Any, dialect: Dialect) -> Fraction | None:
        return None if value is None else Fraction(value)


class Code(TypeDecorator[StrEnum]):
    """One word of a closed list, kept as text."""

    impl = sa.Text()
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else str(self.words(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


class Document(TypeDecorator[Any]):
    """Plain JSON kept as text with sorted keys; floats are refused, so that no amount can hide in one."""

    impl = sa.Text()
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else plain_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def plain_json(value: Any) -> str:
    """Sorted, compact JSON of plain values.

    Raises:
        TypeError: a float is somewhere inside.
    """
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        message = f"a float ({value!r}) has no place in a record"
        raise TypeError(message)
    if isinstance(value, dict):
        for each in value.values():
            _refuse_floats(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _refuse_floats(each)
