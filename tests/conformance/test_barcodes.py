"""Published GS1 vectors: scans of packages, brackets, element strings, dates and check digits."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from clinic_api.errors import Refusal
from clinic_api.identifiers import Ndc, has_check_digit
from clinic_api.inventory.rules.elements import ENDS_BY_ITSELF, GS, SPELLED, check_value
from clinic_api.inventory.rules.products import DrugPolicy, read_drug
from clinic_api.inventory.rules.scanning import elements_in, find_scanned, read_scan
from tests.conformance.data import load_json, path_of
from tests.protocols.shipped import shipped

VECTORS: Final = load_json("barcodes/gs1_vectors.json")
DICTIONARY: Final = path_of("barcodes/gs1_ai_dictionary_extract.txt").read_text(encoding="utf-8")
ON: Final = date(2026, 3, 2)
#: The element whose value has the shape that a linter of the set is about.
LINTED: Final = {"yymmd0": "17", "yymmdd": "7006"}


def taken(read: Callable[[], object]) -> bool:
    """Whether something is read, or refused with a reason."""
    try:
        read()
    except Refusal:
        return False
    return True


def stocking(ndc: str) -> DrugPolicy:
    """A list on which one package carries this code, and nothing else is."""
    drug = read_drug(shipped("products/ketamine"))
    return replace(drug, packages=(replace(drug.packages[0], ndc=Ndc.parse(ndc)),))


def fnc1(caret: str) -> str:
    """The set writes FNC1 as a caret; a scanner sends GS, behind the symbology it read."""
    return f"]d2{caret.replace('^', GS)}"


@pytest.mark.parametrize("case", VECTORS["scan_cases"], ids=lambda case: repr(case["scan"]))
def test_a_scanned_package_says_its_code_lot_expiry_and_serial(case: dict[str, Any]) -> None:
    said, expected = read_scan(case["scan"], on=ON), case["expect"]
    assert str(said.gtin) == expected["gtin"]
    assert (str(said.expiry), said.lot, said.serial) == (expected["expiry"], expected["lot"], expected["serial"])
    found = find_scanned(said, [stocking(expected["ndc"])])
    assert (str(found.ndc), found.ndc.eleven_digits) == (expected["ndc"], expected["ndc11"])


@pytest.mark.parametrize("case", VECTORS["negative"], ids=lambda case: repr(case["scan"]))
def test_a_scan_with_a_wrong_check_digit_is_refused_with_the_reason(case: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match=r"\(01\): the check digit does not fit"):
        read_scan(case["scan"], on=ON)


@pytest.mark.parametrize("case", VECTORS["bracketed_to_fnc1"], ids=lambda case: case["bracketed"])
def test_printed_brackets_say_the_same_as_the_code_itself(case: dict[str, Any]) -> None:
    assert taken(lambda: elements_in(case["bracketed"])) is case["ok"]
    if case["ok"]:
        assert elements_in(case["bracketed"]) == elements_in(fnc1(case["unbracketed_fnc1_caret"]))


@pytest.mark.parametrize("case", VECTORS["unbracketed_valid"], ids=lambda case: case["fnc1_caret"])
def test_an_element_string_is_taken_or_refused_as_published(case: dict[str, Any]) -> None:
    assert taken(lambda: elements_in(fnc1(case["fnc1_caret"]))) is case["ok"]


@pytest.mark.parametrize("case", VECTORS["lint"], ids=lambda case: case["bracketed"])
def test_what_gs1_itself_would_refuse_is_refused(case: dict[str, Any]) -> None:
    assert taken(lambda: elements_in(case["bracketed"])) is (case["lint"] == "OK")


@pytest.mark.parametrize(
    "case", VECTORS["date_and_checksum_lint"], ids=lambda case: f"{case['linter']}-{case['value']}"
)
def test_a_date_or_a_check_digit_is_judged_as_published(case: dict[str, Any]) -> None:
    if case["linter"] in LINTED:
        assert taken(lambda: check_value(LINTED[case["linter"]], case["value"])) is case["ok"]
    else:
        assert has_check_digit(case["value"]) is case["ok"]


@pytest.mark.parametrize("line", [line for line in DICTIONARY.splitlines() if not line.startswith("#")])
def test_every_element_of_the_published_dictionary_is_spelled_as_there(line: str) -> None:
    ai, marks, rest = re.match(r"(\d+)\s+([*?]*)\s*(.*)", line).groups()  # type: ignore[union-attr]
    shape = re.split(r"\s{2,}| #", rest)[0]
    shape = re.split(r"\s+(?:req|ex|dlpkey)\b", shape)[0]
    assert SPELLED[ai] == shape
    assert (ai[:2] in ENDS_BY_ITSELF) is ("*" in marks)
