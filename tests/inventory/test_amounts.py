"""Amounts at the door of the ledger: plain decimal text or nothing, and nothing is rounded on the way in."""

from typing import Any, Final

from clinic_api.quantities import Mass
from tests.inventory.stock import Stock

#: As JSON text, so that each stands in the request exactly as written here.
NUMBERS: Final = (
    *("0", "-0", "-1", "1", "1.5", "1e-7", "0.0001", "0.00005", "5e-324", "1e308", "1e309", "1e400", "1e999999999"),
    *("9007199254740993", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "1" + "0" * 4300),
    *("true", "null", "[]", "{}", '["1"]'),
)
NOT_JSON: Final = ("NaN", "nan", "-nan", "sNaN", "Infinity", "-Infinity", "1_000", "0x10", "+5", "5.", ".5", "05")
TEXTS: Final = (
    *("-0", "-1", "1e-7", "0.0001", "0.00005", "1e308", "1e400", "NaN", "nan", "sNaN", "Infinity", "-Infinity"),
    *("9007199254740993", "2147483648", "9223372036854775808", "1000000", "1" + "0" * 4300),
    *("1_000", "1,000", "1.000,5"),
    *("0x10", "\uff11\uff12", "\u0661\u0662", "\u00bd", "5mg", "5 mcg", "5 \u00b5g", "5 \u03bcg", "5ug", "5.0mgs"),
    *(" 5 ", "+5", "5.", ".5", "05", "00", "5e0", "5\u0000", "5\n", "", "1.0000"),
)


def raw(value: str) -> bytes:
    """A field's value as JSON text, put where it belongs."""
    return value.encode("utf-8", "surrogatepass")


def quoted(text: str) -> str:
    """A JSON string that says exactly this."""
    return '"' + "".join(f"\\u{ord(letter):04x}" for letter in text) + '"'


def fields(vial: Any, count: Any) -> list[tuple[str, str, str]]:
    """Every amount that the ledger takes: its route, its name, and a body with a hole for it."""
    waste = f'{{"container": "{vial}", "reason": "dose complete", "method": "absorbent", "mass_mg": %}}'
    line = f'{{"lines": [{{"container": "{vial}", "method": "read", "volume_ml": %}}]}}'
    finer = f'{{"lines": [{{"container": "{vial}", "method": "read", "volume_ml": "1", "resolution_ml": %}}]}}'
    weight = f'{{"lines": [{{"container": "{vial}", "method": "weighed", "gross_g": %}}]}}'
    return [
        ("/wastes", "mass_mg", waste),
        (f"/containers/{vial}/overfill", "volume_ml", '{"volume_ml": %}'),
        (f"/counts/{count}/entries", "volume_ml", line),
        (f"/counts/{count}/entries", "resolution_ml", finer),
        (f"/counts/{count}/entries", "gross_g", weight),
    ]


def test_an_amount_is_plain_decimal_text_and_anything_else_is_refused_by_its_field(stock: Stock) -> None:
    vial = stock.a_vial()
    count = stock.nurse.does("/counts", location=stock.location, kind="closing")["id"]
    with stock.clinic.nothing_changes():
        for path, name, body in fields(vial, count):
            for value in (*NUMBERS, *(quoted(text) for text in TEXTS)):
                answer = stock.nurse.send("POST", path, raw(body.replace("%", value)))
                assert answer.status in {400, 422}, (path, value, answer.json)
                if answer.status == 422:
                    assert name in str(answer["errors"]), (path, value, answer.json)
                else:
                    assert answer["type"] == "not-json", (path, value, answer.json)
            for value in NOT_JSON:
                assert stock.nurse.send("POST", path, raw(body.replace("%", value))).status == 400, (path, value)


def test_the_smallest_and_the_largest_amounts_are_taken_as_they_are(stock: Stock) -> None:
    vial = stock.a_vial()
    for mg in ("0.001", "0.01", "0.1", "499.889"):
        stock.waste(vial, mg)
    assert stock.balance(vial) == Mass(0)
