"""Reading a code: in any order, in any wrapping, by the century of today, and refused rather than guessed."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from clinic_api.errors import Refusal
from clinic_api.identifiers import AmbiguousNdc, InvalidGtin, InvalidNdc, Ndc
from clinic_api.inventory.rules.elements import ELEMENTS, ENDS_BY_ITSELF, GS, Fault, UnreadableScan, day_of
from clinic_api.inventory.rules.products import DrugPolicy, read_drug
from clinic_api.inventory.rules.scanning import (
    CaseOfPackages,
    NotStocked,
    Scanned,
    code_of,
    elements_in,
    find_scanned,
    read_scan,
)
from tests.protocols.shipped import shipped

TODAY = date(2026, 3, 2)
GTIN = "00304092053105"
BOX = f"01{GTIN}"


def drugs() -> list[DrugPolicy]:
    """What a clinic is founded with."""
    return [read_drug(shipped(f"products/{name}")) for name in ("ketamine", "esketamine")]


def read(text: str) -> Scanned:
    """A code read today."""
    return read_scan(text, on=TODAY)


def refused(text: str) -> Fault:
    """Why a code cannot be read."""
    with pytest.raises(UnreadableScan) as refusal:
        read(text)
    return refusal.value.failed


@pytest.mark.parametrize("symbology", ["", "]d2", "]C1", "]e0", "]Q3", "]J1"])
@pytest.mark.parametrize("data", [f"{BOX}17270630{GS}10L1{GS}2142", f"{GS}2142{GS}10L1{GS}17270630{BOX}"])
def test_the_order_of_elements_and_the_symbology_change_nothing(symbology: str, data: str) -> None:
    said = read(f"{symbology}{data}\r\n")
    assert (str(said.gtin), said.lot, said.expiry, said.serial) == (GTIN, "L1", date(2027, 6, 30), "42")


def test_elements_that_nobody_asks_for_are_passed_over_by_their_own_length() -> None:
    said = read(f"]d2{BOX}3103000123" + f"240EXTRA17{GS}10L1{GS}7003270630{'1200'}{GS}17270600")
    assert (said.lot, said.expiry, said.serial) == ("L1", date(2027, 6, 30), None)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.EMPTY),
        ("\r\n", Fault.EMPTY),
        (f"]d2{GS}", Fault.EMPTY),
        ("]X9" + BOX, Fault.SYMBOLOGY),
        ("hello", Fault.UNKNOWN_AI),
        ("]d24301X", Fault.UNKNOWN_AI),
        ("(4301)X", Fault.UNKNOWN_AI),
        (f"{BOX}10{'L' * 21}", Fault.LENGTH),
        (f"]d2{BOX}10{GS}2142", Fault.LENGTH),
        (f"]d2{BOX}10L^1", Fault.CHARACTER),
        ("]d20130409205310X", Fault.LENGTH),
        ("]d2010030409205310X", Fault.DIGITS),
        ("]d20100304092053106", Fault.CHECK_DIGIT),
        (f"]d2{BOX}17271331", Fault.DATE),
        (f"]d2{BOX}7006270600", Fault.DATE),
        (f"]d2{BOX}70032706302460", Fault.DATE),
        (f"]d2{BOX}800827063024", Fault.DATE),
        (f"]d2{BOX}80082706302360", Fault.DATE),
        ("]d2800312345678901281", Fault.NOT_ZERO),
        (f"(01){GTIN}(10", Fault.BRACKETS),
        (f"]d2{BOX}10L1{GS}10L2", Fault.TWICE),
        ("]d217270630", Fault.NO_PRODUCT),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(text: str, fault: Fault) -> None:
    assert refused(text) is fault


def test_the_same_element_twice_with_one_value_is_read_once() -> None:
    assert read(f"]d2{BOX}10L1{GS}10L1").lot == "L1"


def test_a_refusal_names_the_element_and_never_repeats_the_code() -> None:
    with pytest.raises(UnreadableScan, match=r"^\(17\): there is no such day or time; scan again") as refusal:
        read(f"]d2{BOX}17279999")
    assert refusal.value.facts == {"failed": Fault.DATE, "element": "17"}


@pytest.mark.parametrize(
    ("yymmdd", "on", "day"),
    [
        ("760101", date(2026, 1, 1), date(2076, 1, 1)),
        ("770101", date(2026, 1, 1), date(1977, 1, 1)),
        ("000229", date(1999, 1, 1), date(2000, 2, 29)),
        ("490101", date(1999, 1, 1), date(2049, 1, 1)),
        ("500101", date(1999, 1, 1), date(1950, 1, 1)),
        ("260200", date(2026, 1, 1), date(2026, 2, 28)),
        ("280200", date(2026, 1, 1), date(2028, 2, 29)),
    ],
)
def test_a_year_of_two_digits_lies_at_most_fifty_years_ahead(yymmdd: str, on: date, day: date) -> None:
    assert day_of(yymmdd, on=on) == day


def test_no_element_begins_as_another_does_and_those_without_an_end_have_one_length() -> None:
    for ai, parts in ELEMENTS.items():
        assert not [other for other in ELEMENTS if other != ai and other.startswith(ai)]
        if ai[:2] in ENDS_BY_ITSELF:
            assert all(part.least == part.most and not part.optional for part in parts)


# -------------------------------------------------------------------------------------------------------- what it names


@pytest.mark.parametrize(
    "text", [GTIN, GTIN[1:], GTIN[2:], f"]E0{GTIN[1:]}", f"]I1{GTIN}", "0409-2053-10", "00409205310", "0409205310"]
)
def test_a_number_of_a_package_is_found_with_or_without_a_code_around_it(text: str) -> None:
    found = find_scanned(read(text), drugs())
    assert (found.package.key, found.units) == ("ketamine-50-mg-ml-10-ml", 10)


@pytest.mark.parametrize(
    ("ndc", "key", "units"),
    [
        ("67457-001-10", "ketamine-50-mg-ml-10-ml-mylan", 10),
        ("67457-001-00", "ketamine-50-mg-ml-10-ml-mylan", 1),
        ("50458-028-00", "esketamine-28-mg-device", 1),
        ("50458-028-02", "esketamine-28-mg-device", 2),
        ("50458-028-03", "esketamine-28-mg-device", 3),
    ],
)
def test_a_box_stands_for_what_is_in_it_and_a_vial_or_device_for_itself(ndc: str, key: str, units: int) -> None:
    found = find_scanned(read(f"01{Ndc.parse(ndc).to_gtin14()}"), drugs())
    assert (found.package.key, str(found.ndc), found.units) == (key, ndc, units)


def test_a_package_on_no_list_is_told_with_every_code_that_it_may_be() -> None:
    with pytest.raises(NotStocked, match="4202-3114-10 or 42023-114-10 or 42023-1141-0 and on no product list") as told:
        find_scanned(read("]d2010034202311410510L9"), drugs())
    assert told.value.lot == "L9"
    with pytest.raises(NotStocked, match="42023-114-10"):
        find_scanned(read("42023-114-10"), drugs())


def test_digits_that_may_be_two_packages_are_refused_with_both() -> None:
    with pytest.raises(AmbiguousNdc, match=r"49799-\S+ or 49799-\S+; write it as it is printed"):
        find_scanned(read("49799000101"), drugs())
    ketamine = drugs()[0]
    twins = [replace(ketamine.packages[0], ndc=Ndc.parse(code)) for code in ("42023-114-10", "4202-3114-10")]
    with pytest.raises(AmbiguousNdc):
        find_scanned(read(str(twins[0].ndc.to_gtin14())), [replace(ketamine, packages=tuple(twins))])


def test_other_numbers_name_no_drug_package() -> None:
    with pytest.raises(CaseOfPackages, match="stands for a case"):
        find_scanned(read("50304092053100"), drugs())
    with pytest.raises(InvalidGtin, match="03 after its first digit"):
        find_scanned(read("4006381333931"), drugs())
    with pytest.raises(InvalidNdc):
        find_scanned(read("1-2-3"), drugs())
    for digits in ("304092053106", "0304092053106", "00304092053106"):
        with pytest.raises(InvalidGtin, match="last digit"):
            read(digits)


def test_a_label_of_ours_is_read_back_to_its_container() -> None:
    container = UUID("0190f3c2-7a5b-7cde-8123-456789abcdef")
    for around in ("", "]Q1", "]Q0", "]d1"):
        assert read(around + code_of(container)) == Scanned(container=container)
    assert read("K-014/2") == Scanned(number="K-014/2")
    with pytest.raises(Refusal):
        read("IC:0190")


def test_every_element_of_a_code_can_be_had() -> None:
    assert elements_in(f"]d2{BOX}10L1") == {"01": GTIN, "10": "L1"}
