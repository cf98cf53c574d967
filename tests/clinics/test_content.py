"""How policy content is read: a wrong field is refused by its full name."""

from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

import pytest

from clinic_api.clinics.rules.content import Content, MalformedContent, Origin, Status


class Colour(StrEnum):
    """Two codes to choose from."""

    RED = "red"
    BLUE = "blue"


def refused(content: Any, read: Any) -> MalformedContent:
    """The refusal of one read."""
    with pytest.raises(MalformedContent) as refusal:
        read(Content(content))
    return refusal.value


def test_a_missing_field_is_named_and_not_taken_for_zero() -> None:
    refusal = refused({}, lambda it: it.whole("grace_minutes"))
    assert (refusal.field, refusal.why) == ("grace_minutes", "is missing")
    assert str(refusal) == "grace_minutes is missing; correct that field and send the whole policy again"
    assert refusal.status == 422


def test_a_field_inside_a_list_of_tables_is_named_with_its_place() -> None:
    content = {"limits": [{"tier": "warn"}, {"tier": 3}]}
    refusal = refused(content, lambda it: [row.text("tier") for row in it.rows("limits", "tier")])
    assert refusal.field == "limits[1].tier"


@pytest.mark.parametrize("value", [True, 1.0, "1", None, [1]])
def test_only_a_whole_number_is_a_whole_number(value: Any) -> None:
    assert refused({"n": value}, lambda it: it.whole("n")).why == "must be a whole number"


@pytest.mark.parametrize("value", [0, 1])
def test_only_true_and_false_are_an_answer(value: int) -> None:
    assert refused({"n": value}, lambda it: it.flag("n")).why == "must be true or false"


@pytest.mark.parametrize("value", ["", "1e5", "-1", "+1", ".5", "1.", "0", "0.0", "0.0001", "٣", "1 "])
def test_an_amount_is_a_plain_decimal_above_zero(value: str) -> None:
    assert "plain decimal" in refused({"a": value}, lambda it: it.exact("a")).why


@pytest.mark.parametrize("value", [1, 0.5, None])
def test_an_amount_is_never_a_number_of_the_file(value: Any) -> None:
    assert "plain decimal in quotes" in refused({"a": value}, lambda it: it.exact("a")).why


def test_an_amount_is_exact() -> None:
    assert Content({"a": "0.1"}).exact("a") == Fraction(1, 10)


def test_a_whole_number_stays_within_both_ends() -> None:
    assert Content({"n": 1}).whole("n", least=1, most=2) == 1
    assert Content({"n": 2}).whole("n", least=1, most=2) == 2
    assert refused({"n": 0}, lambda it: it.whole("n", least=1, most=2)).why == "must be at least 1 and at most 2, not 0"
    assert refused({"n": 3}, lambda it: it.whole("n", least=1, most=2)).why == "must be at least 1 and at most 2, not 3"
    assert refused({"n": -1}, lambda it: it.whole("n")).why == "must be at least 0, not -1"


def test_an_optional_number_is_none_only_where_it_is_not_given() -> None:
    assert Content({}).optional_whole("n") is None
    assert Content({"n": 0}).optional_whole("n") == 0


def test_blank_words_are_no_words() -> None:
    assert Content({"t": "x"}).text("t") == "x"
    assert refused({"t": "  "}, lambda it: it.text("t")).why == "must not be blank"


def test_a_code_is_one_of_the_closed_list() -> None:
    assert Content({"c": "red"}).choice("c", Colour) is Colour.RED
    assert refused({"c": "green"}, lambda it: it.choice("c", Colour)).why == "must be one of red, blue, not green"


def test_a_list_names_each_thing_once_and_holds_one_kind() -> None:
    assert Content({"c": ["red", "blue"]}).choices("c", Colour) == (Colour.RED, Colour.BLUE)
    assert Content({"n": [-5, 0]}).wholes("n") == (-5, 0)
    assert refused({"c": ["red", "red"]}, lambda it: it.choices("c", Colour)).why == "must not name one thing twice"
    assert refused({"n": [1, "2"]}, lambda it: it.wholes("n")).why == "must be a list of whole numbers"
    assert refused({"n": 1}, lambda it: it.words("n")).why == "must be a list of texts"


def test_a_length_of_time_is_counted_in_its_unit() -> None:
    assert Content({"m": 3}).span("m", timedelta(minutes=1)) == timedelta(minutes=3)


def test_a_misspelt_field_is_refused_because_it_would_be_without_effect() -> None:
    refusal = refused({"dose": {"minuets": 40}}, lambda it: it.table("dose", "minutes"))
    assert (refusal.field, refusal.why) == ("dose.minuets", "is not a field of this policy")


def test_a_list_of_tables_holds_tables() -> None:
    assert refused({"rows": [1]}, lambda it: it.rows("rows")).why == "must be a list of tables"
    assert refused({"rows": {}}, lambda it: it.rows("rows")).why == "must be a list of tables"
    assert refused({"table": []}, lambda it: it.table("table")).why == "must be a table"


def test_numbers_without_a_source_are_refused() -> None:
    table = Content({"block": {"n": 1, "status": "design"}}).table("block", "n")
    with pytest.raises(MalformedContent) as refusal:
        table.origin()
    assert refusal.value.field == "block.source"
    assert Content({"source": "label", "status": "sourced"}).origin() == Origin("label", Status.SOURCED)
    assert refused({"source": "label", "status": "sure"}, lambda it: it.origin()).field == "status"
