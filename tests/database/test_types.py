"""Columns mean the same on both databases, and what has no exact form is refused before it is stored."""

from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Dialect

from clinic_api.database import types
from clinic_api.database.engines import make_engine
from clinic_api.database.gather import Kind
from clinic_api.database.rows import digest_of, plain
from clinic_api.quantities import Mass, Volume
from tests.databases import Shelf

NINE = datetime(2026, 3, 2, 9, 30, 0, 1, tzinfo=UTC)
ID = UUID("0198c0de-0000-7000-8000-000000000001")
OTHER = UUID("0198c0de-0000-7000-8000-000000000002")
SQLITE: Dialect = sa.create_mock_engine("sqlite://", lambda *_: None).dialect


class Colour(StrEnum):
    """A closed list."""

    RED = "red"
    BLUE = "blue"


KINDS: dict[str, tuple[sa.types.TypeEngine[Any], list[Any]]] = {
    "moment": (
        types.UtcDateTime(),
        [NINE, NINE.astimezone(timezone(timedelta(hours=-5))), datetime.min.replace(year=1900, tzinfo=UTC)],
    ),
    "day": (types.CalendarDate(), [date(1900, 1, 1), date(2026, 12, 31)]),
    "id": (types.Id(), [ID]),
    "whole": (types.Whole(), [0, -1, 2**63 - 1, -(2**63)]),
    "flag": (types.Flag(), [True, False]),
    "mass": (types.Micrograms(), [Mass(0), Mass(37_500)]),
    "volume": (types.Microlitres(), [Volume(0), Volume(700)]),
    "ratio": (types.Ratio(), [Fraction(7, 10), Fraction(1, 3), Fraction(-2)]),
    "code": (types.Code(Colour), [Colour.RED, Colour.BLUE]),
    "document": (types.Document(), [{}, [], {"b": [1, None, True, "ä"], "a": {}}, "text", 0]),
}


@pytest.fixture
def connection(shelf: Shelf) -> Any:
    """A table with a column of each kind, undone at the end."""
    urls = shelf.copy(shelf.migrated())
    engine = make_engine(urls.migrate)
    with engine.connect() as opened:
        columns = [sa.Column(name, kind) for name, (kind, _) in KINDS.items()]
        columns += [sa.Column("organisation", types.Id()), sa.Column("bytes", sa.LargeBinary)]
        table = sa.Table(
            "kinds", sa.MetaData(), sa.Column("n", sa.Integer, primary_key=True), *columns, sqlite_strict=True
        )
        table.create(opened)
        yield opened, table
        opened.rollback()
    engine.dispose()
    shelf.drop(urls)


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_is_stored_comes_back_as_it_was(connection: Any, kind: str) -> None:
    opened, table = connection
    for value in (*KINDS[kind][1], None):
        opened.execute(sa.delete(table))
        opened.execute(sa.insert(table), {kind: value})
        found = opened.execute(sa.select(table.c[kind])).scalar_one()
        assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("kind", [*KINDS, "bytes"])
def test_what_is_gathered_beside_other_rows_is_what_a_statement_of_its_own_finds(connection: Any, kind: str) -> None:
    opened, table = connection
    values = [*(KINDS[kind][1] if kind in KINDS else [b"\x00\xff", b""]), None]
    opened.execute(sa.insert(table), [{"n": n, "organisation": ID, kind: it} for n, it in enumerate(values)])
    opened.execute(sa.insert(table), {"n": 99, "organisation": OTHER})
    gathered = Kind(table, order=("n",))
    rows = gathered.rows(opened.execute(sa.select(gathered.value), {"organisation": ID}).scalar_one())
    found = [getattr(row, kind) for row in rows]
    assert [(it, type(it)) for it in found] == [(it, type(it)) for it in values]


def test_moments_sort_as_time_on_both_databases(connection: Any) -> None:
    opened, table = connection
    moments = [NINE + timedelta(microseconds=step) for step in (0, 1, 10, 999_999, 86_400_000_000)]
    opened.execute(sa.insert(table), [{"moment": moment} for moment in reversed(moments)])
    assert opened.execute(sa.select(table.c.moment).order_by(table.c.moment)).scalars().all() == moments
    later = sa.select(sa.func.count()).where(table.c.moment > NINE)
    assert opened.execute(later).scalar_one() == len(moments) - 1


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("moment", NINE.replace(tzinfo=None)),
        ("whole", 1.0),
        ("whole", True),
        ("whole", "1"),
        ("code", "green"),
        ("document", {"mg": 0.5}),
        ("document", [[0.5]]),
    ],
)
def test_what_has_no_exact_form_is_refused(kind: str, value: Any) -> None:
    column: Any = KINDS[kind][0]
    with pytest.raises((TypeError, ValueError)):
        column.process_bind_param(value, SQLITE)


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a_strict_table_takes_no_value_of_another_type(connection: Any) -> None:
    opened, _ = connection
    with pytest.raises(sa.exc.IntegrityError, match="cannot store TEXT"):
        opened.exec_driver_sql("INSERT INTO kinds (whole) VALUES ('much')")


# ---------------------------------------------------------------------------------------------------------- digests

TABLE = sa.Table(
    "things",
    sa.MetaData(),
    sa.Column("id", types.Id()),
    sa.Column("mass", types.Micrograms()),
    sa.Column("note", sa.Text()),
    sa.Column("state", sa.Text(), info={"changes": True}),
    sa.Column("digest", sa.LargeBinary()),
)
ROW = {"id": ID, "mass": Mass(37_500), "note": None, "state": "new", "digest": b""}


def test_the_digest_covers_what_never_changes_and_nothing_else() -> None:
    digest = digest_of(TABLE, ROW)
    assert digest_of(TABLE, {**ROW, "state": "old", "digest": b"x"}) == digest
    for change in ({"mass": Mass(37_501)}, {"note": ""}, {"id": UUID(int=1)}):
        assert digest_of(TABLE, {**ROW, **change}) != digest


def test_a_column_that_a_later_release_adds_empty_leaves_the_digest_as_it_was() -> None:
    wider = TABLE.to_metadata(sa.MetaData())
    wider.append_column(sa.Column("later", sa.Text()))
    assert digest_of(wider, {**ROW, "later": None}) == digest_of(TABLE, ROW)


def test_a_row_read_back_has_the_digest_of_the_row_that_was_written() -> None:
    local = NINE.astimezone(timezone(timedelta(hours=-5)))
    assert plain(local) == plain(NINE) == "2026-03-02T09:30:00.000001Z"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Mass(5), 5),
        (Volume(7), 7),
        (Fraction(7, 10), "7/10"),
        (date(2026, 3, 2), "2026-03-02"),
        (b"\x00\xff", "00ff"),
        (Colour.RED, "red"),
        (ID, str(ID)),
        ({"a": [True, None, 1]}, {"a": [True, None, 1]}),
        ((1, "b"), [1, "b"]),
    ],
)
def test_everything_that_is_stored_can_be_said_exactly(value: Any, said: Any) -> None:
    assert plain(value) == said


@pytest.mark.parametrize("value", [0.5, object(), {1, 2}, {"a": [0.5]}])
def test_what_cannot_be_said_exactly_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="no exact form"):
        plain(value)


@given(st.fractions())
def test_a_ratio_is_kept_exactly(ratio: Fraction) -> None:
    column = types.Ratio()
    assert column.process_result_value(column.process_bind_param(ratio, SQLITE), SQLITE) == ratio
