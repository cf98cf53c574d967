"""An amount is written in one way on the wire; anything else is refused before it can be rounded."""

import itertools
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinic_api import quantities as q
from clinic_api.errors import Unacceptable
from clinic_api.quantities import Mass, NotAnAmount, Rate, Volume, Weight

Parser = Callable[[object], q.Quantity]
TO_THOUSANDTHS: list[Parser] = [q.parse_mg, q.parse_ml, q.parse_kg, q.parse_mg_per_ml, q.parse_mg_per_kg]
PARSERS: list[Parser] = [*TO_THOUSANDTHS, q.parse_rate]

NOT_TEXT: list[object] = [
    0, -1, 5, 37, 2**31 - 1, 2**31, 9007199254740993, 2**63 - 1, 2**63, 10**4300, -0.0, 1.0, 37.5, 1e-7, 0.0001,
    0.00005, 5e-324, 1e308, float("nan"), float("inf"), float("-inf"), True, False, None, [], {}, ["5"], b"5",
    Decimal(5), Fraction(5),
]  # fmt: skip
NOT_PLAIN = [
    "-0", "-1", "1e-7", "0.0001", "0.00005", "5e-324", "1e308", "1e309", "1e400", "1e999999999", "NaN", "nan", "-nan",
    "sNaN", "Infinity", "-Infinity", "9007199254740993", str(2**31 - 1), str(2**31), str(2**63 - 1), str(2**63),
    "1" + "0" * 4300, "1_000", "1,000", "1.000,5", "0x10", "\uff11\uff12", "\uff11\uff12.\uff15", "\u0661\u0662",
    "\u00bd", "5mg", "5 mcg", "5 \u00b5g", "5 \u03bcg", "5ug", "5.0mgs", " 5 ", "5 ", " 5", "+5", "5.", ".5", "05",
    "00", "5e0", "5E0", "5\u0000", "", " ", "\ud800", "5\n", "5\r\n", "\n5", "true", "null", "[]", "{}", "1.2.3",
    "--1", "0.0000", "1000000", "999999.9999", "5\u202e", "\ufeff5", "3/4", "O",
]  # fmt: skip


@pytest.mark.parametrize("parse", PARSERS)
def test_what_is_not_text_is_refused_even_where_it_is_a_good_number(parse: Parser) -> None:
    for sent in NOT_TEXT:
        with pytest.raises(NotAnAmount, match="what is not text cannot be taken as an exact amount"):
            parse(sent)


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize("sent", NOT_PLAIN, ids=lambda sent: ascii(sent[:12]))
def test_text_written_in_any_other_way_is_refused(parse: Parser, sent: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        parse(sent)
    assert len(str(refusal.value)) < 300
    assert str(refusal.value).isprintable()


def test_of_all_short_texts_only_the_plain_ones_are_taken() -> None:
    for letters in itertools.chain.from_iterable(itertools.product("019.-", repeat=length) for length in range(6)):
        text = "".join(letters)
        whole, point, rest = text.partition(".")
        plain = (
            whole.isdigit() and (whole == "0" or whole[0] != "0") and (not point or rest.isdigit()) and len(rest) < 4
        )
        assert bool(q.PLAIN_DECIMAL.fullmatch(text)) is plain, text


WAYS_OUT = [
    'Write milligrams as text, such as "37.5".',
    'Write millilitres as text, such as "0.70".',
    'Write kilograms as text, such as "68.4".',
    'Write milligrams per millilitre as text, such as "50".',
    'Write milligrams per kilogram as text, such as "0.5".',
    'Write millilitres per hour in steps of 0.1 as text, such as "52.5".',
]


@pytest.mark.parametrize(("parse", "way_out"), list(zip(PARSERS, WAYS_OUT, strict=True)))
def test_a_refusal_says_how_to_write_it(parse: Parser, way_out: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        parse("5 mg")
    assert str(refusal.value) == f"'5 mg' cannot be taken as an exact amount. {way_out}"
    assert refusal.value.facts == {"given": "'5 mg'", "way_out": way_out}
    assert isinstance(refusal.value, Unacceptable)


@pytest.mark.parametrize("sent", ["52.55", "0.01", "75.001"])
def test_a_rate_between_the_steps_of_a_pump_is_refused(sent: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        q.parse_rate(sent)
    assert str(refusal.value) == f"{sent} mL/h cannot be taken as an exact amount. Take steps of 0.1 mL/h."


@settings(deadline=None)
@given(st.integers(0, 999_999_999))
@example(0)
@example(999_999_999)
def test_an_amount_survives_being_written_and_read(count: int) -> None:
    assert q.parse_mg(Mass(count).as_mg_text()) == Mass(count)
    assert q.parse_ml(Volume(count).as_ml_text()) == Volume(count)
    assert q.parse_kg(Weight(count).as_kg_text()) == Weight(count)
    assert q.parse_rate(Rate(count // 100).as_text()) == Rate(count // 100)


@settings(deadline=None)
@given(st.from_regex(q.PLAIN_DECIMAL, fullmatch=True))
@example("0")
@example("0.70")
@example("999999.999")
def test_what_was_read_and_written_is_read_as_the_same_again(text: str) -> None:
    for parse in TO_THOUSANDTHS:
        first = parse(text)
        assert first.exact == Fraction(text)
        assert parse(first.as_text()) == first


def test_amounts_spread_over_the_whole_range_survive_being_written_and_read() -> None:
    for ug in range(0, 1_000_000_000, 99_991):
        assert q.parse_mg(Mass(ug).as_mg_text()).ug == ug
