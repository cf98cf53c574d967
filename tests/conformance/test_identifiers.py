"""Published NPI, DEA, NDC and GTIN vectors."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clinic_api.errors import Refusal
from clinic_api.identifiers import AmbiguousNdc, DeaNumber, Gtin14, Ndc, Npi, eleven_digits
from tests.conformance.data import load_json, load_table, path_of

NUMBERS = load_json("identifiers/npi_dea_vectors.json")
CHECK_DIGITS_NET = NUMBERS["npi_checkdigits_net"]
NDCLIB = load_json("drugs/ndclib_vectors.json")
SCANS = load_json("barcodes/gs1_vectors.json")["scan_cases"]
PACKAGES: list[dict[str, str]] = [
    *load_json("drugs/ndc_conversion_vectors.json")["vectors"],
    *load_table("drugs/ndc_infusion_clinic_products_fda_2015.csv"),
]
BULK = load_table("drugs/ndc_unfinished_ketamine_package_2018.tsv")
KNOWN = frozenset(Ndc.parse(package["ndc"]) for package in PACKAGES)


def accepts(parse: Callable[[object], object], text: str) -> bool:
    try:
        parse(text)
    except Refusal:
        return False
    return True


@pytest.mark.parametrize(("text", "valid"), NUMBERS["npi"])
def test_an_npi_is_accepted_or_refused_as_published(text: str, valid: bool) -> None:
    assert accepts(Npi.parse, text) is valid


@pytest.mark.parametrize("text", CHECK_DIGITS_NET["valid"])
def test_an_npi_of_another_suite_is_accepted(text: str) -> None:
    assert accepts(Npi.parse, text)


@pytest.mark.parametrize("text", CHECK_DIGITS_NET["checksum_ok_but_first_digit_0_or_undetectable_error"])
def test_a_right_last_digit_is_enough_only_behind_a_1_or_2(text: str) -> None:
    assert accepts(Npi.parse, text) is (text[0] in "12")


@pytest.mark.parametrize("text", CHECK_DIGITS_NET["invalid"])
def test_an_npi_of_another_suite_is_refused(text: str) -> None:
    assert not accepts(Npi.parse, text)


@pytest.mark.parametrize("text", NUMBERS["dea_valid"])
def test_a_published_dea_number_is_accepted_and_written_back_as_it_was(text: str) -> None:
    assert str(DeaNumber.parse(text)) == text
    assert str(DeaNumber.parse(f" {text[:2].lower()} {text[2:]}")) == text


@pytest.mark.parametrize("text", NUMBERS["dea_invalid"])
def test_a_published_wrong_dea_number_is_refused(text: str) -> None:
    assert not accepts(DeaNumber.parse, text)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["ndc"])
def test_a_package_has_the_published_digits_and_barcode(package: dict[str, str]) -> None:
    ndc = Ndc.parse(package["ndc"])
    assert str(ndc) == package["ndc"]
    assert "-".join(str(len(segment)) for segment in (ndc.labeller, ndc.product, ndc.package)) == package["format"]
    assert ndc.ten_digits == package["ndc10"]
    assert ndc.eleven_digits == package["ndc11"] == eleven_digits(package["ndc"]) == eleven_digits(package["ndc11"])
    assert ndc.to_gtin14() == Gtin14.parse(package["gtin14"])


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["ndc"])
def test_a_known_package_is_found_by_its_barcode_and_by_its_bare_digits(package: dict[str, str]) -> None:
    ndc = Ndc.parse(package["ndc"])
    assert Ndc.from_gtin14(Gtin14.parse(package["gtin14"]), known=KNOWN) == ndc
    assert Ndc.parse(package["ndc10"], known=KNOWN) == ndc
    assert Ndc.parse(package["ndc11"], known=KNOWN) == ndc


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["ndc"])
def test_of_an_unknown_package_the_digits_give_one_answer_or_none(package: dict[str, str]) -> None:
    ndc = Ndc.parse(package["ndc"])
    with pytest.raises(AmbiguousNdc) as refusal:
        Ndc.from_gtin14(ndc.to_gtin14())
    assert str(ndc) in refusal.value.candidates
    try:
        assert Ndc.parse(package["ndc11"]) == ndc
    except AmbiguousNdc as refused:
        assert str(ndc) in refused.candidates  # noqa: PT017 - either answer is right, a wrong package is not


@pytest.mark.parametrize(("text", "printed"), NDCLIB["to_ndc10"])
def test_eleven_digits_are_brought_back_to_the_printed_code(text: str, printed: str) -> None:
    assert str(Ndc.parse(text)) == printed


@pytest.mark.parametrize(("text", "padded"), NDCLIB["to_ndc11"])
def test_a_printed_code_is_padded_to_eleven_digits(text: str, padded: str) -> None:
    assert Ndc.parse(text).eleven_digits == padded.replace("-", "")


@pytest.mark.parametrize("text", [text for text, _ in NDCLIB["hibcc_5_5_and_4_6"]])
def test_a_device_code_of_two_segments_is_not_taken_for_a_drug(text: str) -> None:
    # The set pads such codes. For a drug, 12345-67890 may be 12345-678-90 or 12345-6789-0: nobody may guess.
    assert not accepts(Ndc.parse, text)


@pytest.mark.parametrize("expected", [scan["expect"] for scan in SCANS], ids=lambda expected: expected["gtin"])
def test_the_code_of_a_scanned_package_is_the_published_one(expected: dict[str, str]) -> None:
    ndc = Ndc.parse(expected["ndc"])
    assert Ndc.from_gtin14(Gtin14.parse(expected["gtin"]), known={ndc}) == ndc
    assert ndc.eleven_digits == expected["ndc11"]


@pytest.mark.parametrize("row", BULK, ids=lambda row: row["NDCPACKAGECODE"])
def test_every_package_of_bulk_ketamine_can_be_read(row: dict[str, str]) -> None:
    assert f"{row['PRODUCTNDC']}-{Ndc.parse(row['NDCPACKAGECODE']).package}" == row["NDCPACKAGECODE"]


def test_where_no_data_sets_are_the_tests_that_need_them_say_so(tmp_path: Path) -> None:
    with pytest.raises(pytest.skip.Exception, match="NOT RUN"):
        path_of("drugs", within=tmp_path / "data")


def test_a_data_set_missing_from_the_others_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no data set drugs"):
        path_of("drugs", within=tmp_path)
