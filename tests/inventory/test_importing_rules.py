"""Which rows of the NDC directory become packages, and what each refused one is told."""

from typing import Any

import pytest

from clinic_api.identifiers import Ndc
from clinic_api.inventory.rules.directory import MOST_ROWS, NotADirectory, read_directory
from clinic_api.inventory.rules.importing import (
    Judged,
    ListChanged,
    NothingToAdopt,
    Why,
    check_as_seen,
    judge_rows,
    with_packages,
)
from clinic_api.inventory.rules.packaging import Unclear, UnclearPackaging, read_packaging
from clinic_api.inventory.rules.products import ContainerKind, read_drug
from tests.protocols.shipped import shipped

COLUMNS = (
    *("ndc", "package", "substance", "proprietary", "dosage_form", "route", "labeler", "strength", "unit"),
    "dea_schedule",
)
USUAL = {
    "ndc": "55150-438-10",
    "package": "10 VIAL, MULTI-DOSE in 1 CARTON (55150-438-10)  > 10 mL in 1 VIAL, MULTI-DOSE (55150-438-01)",
    "substance": "KETAMINE HYDROCHLORIDE",
    "proprietary": "Ketamine",
    "dosage_form": "INJECTION, SOLUTION",
    "route": "INTRAMUSCULAR; INTRAVENOUS",
    "labeler": "Eugia US LLC",
    "strength": "50",
    "unit": "mg/mL",
    "dea_schedule": "CIII",
}


def table(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    """A table between tabs."""
    lines = [columns, *(tuple((USUAL | row)[name] for name in columns) for row in rows or ({},))]
    return "\n".join("\t".join(line) for line in lines)


def judged(*rows: dict[str, str], plain: ContainerKind | None = None, **options: Any) -> tuple[Judged, ...]:
    """Rows against the shipped ketamine."""
    drug = read_drug(shipped("products/ketamine"))
    return judge_rows(read_directory(table(*rows, **options)), drug=drug, plain_vials=plain, source="a copy")


def test_a_row_becomes_a_package_with_all_that_it_says() -> None:
    (row,) = judged({})
    assert (row.number, row.ndc, row.refused, row.note) == (2, "55150-438-10", None, None)
    assert row.package == {
        "key": "ketamine-50-mg-ml-10-ml-55150-438-10",
        "default": False,
        "name": "Ketamine 50 mg/mL, 10 mL multi-dose vial",
        "labeler": "Eugia US LLC",
        "ndc": "55150-438-10",
        "ndc11": "55150043810",
        "inner_ndc": "55150-438-01",
        "form": "INJECTION, SOLUTION",
        "vials_per_package": 10,
        "strength_mg_per_ml": "50",
        "volume_ml": "10",
        "container": "multi_dose_vial",
        "source": "a copy",
        "status": "unchecked",
    }


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"dosage_form": "POWDER", "dea_schedule": ""}, Why.BULK),
        ({"substance": "ESKETAMINE HYDROCHLORIDE"}, Why.OTHER_DRUG),
        ({"substance": "KETAMINE HYDROCHLORIDE; LIDOCAINE"}, Why.OTHER_DRUG),
        ({"substance": ""}, Why.OTHER_DRUG),
        ({"dea_schedule": ""}, Why.UNSCHEDULED),
        ({"dea_schedule": "CII"}, Why.OTHER_SCHEDULE),
        ({"dosage_form": "CREAM"}, Why.NOT_INJECTABLE),
        ({"route": "EPIDURAL"}, Why.NOT_INJECTABLE),
        ({"package": "10 SYRINGE in 1 BOX (55150-438-10)  > 5 mL in 1 SYRINGE"}, Why.NOT_A_VIAL),
        ({"package": "10 VIAL in 1 BOX (55150-438-10)  > 5 mL in 1 VIAL"}, Why.PLAIN_VIAL),
        ({"package": "5 g in 1 VIAL, MULTI-DOSE (55150-438-10)"}, Why.NO_VOLUME),
        ({"package": ".0005 mL in 1 VIAL, MULTI-DOSE (55150-438-10)"}, Why.NO_VOLUME),
        ({"unit": "mg/1"}, Why.STRENGTH),
        ({"strength": "50; 1"}, Why.STRENGTH),
        ({"strength": "1", "unit": "mg/3mL"}, Why.STRENGTH),
        ({"strength": "0"}, Why.STRENGTH),
        ({"labeler": ""}, Why.NAMELESS),
        ({"proprietary": ""}, Why.NAMELESS),
        ({"ndc": "0409-2053-10", "package": "10 mL in 1 VIAL, MULTI-DOSE (0409-2053-10)"}, Why.LISTED),
    ],
)
def test_a_row_that_is_not_taken_is_told_why(row: dict[str, str], why: Why) -> None:
    (said,) = judged(row)
    assert (said.package, said.refused) == (None, f"{why}.")


def test_a_code_that_cannot_be_read_refuses_its_row_and_no_other() -> None:
    first, second = judged({"ndc": "ketamine"}, {})
    assert "an NDC is written" in str(first.refused)
    assert second.package is not None


def test_one_code_on_two_rows_is_taken_once() -> None:
    inner = {"ndc": "55150-438-01", "package": "10 mL in 1 VIAL, MULTI-DOSE (55150-438-01)"}
    assert [row.refused for row in judged({}, {}, inner)] == [None, f"{Why.TWICE}.", f"{Why.TWICE}."]


@pytest.mark.parametrize(
    ("strength", "unit", "mg_per_ml"),
    [("100000", "ug/mL", "100"), (".5", "g/10mL", "50"), ("500", "mg/10mL", "50"), ("2.5", "mg/mL", "2.5")],
)
def test_a_strength_is_told_in_milligrams_per_millilitre(strength: str, unit: str, mg_per_ml: str) -> None:
    (row,) = judged({"strength": strength, "unit": unit})
    assert row.package is not None
    assert row.package["strength_mg_per_ml"] == mg_per_ml


def test_a_plain_vial_is_what_somebody_read_on_its_label() -> None:
    (row,) = judged({"package": "5 mL in 1 VIAL (55150-438-10)"}, plain=ContainerKind.SINGLE_DOSE_VIAL)
    assert row.package is not None
    assert (row.package["container"], row.package["vials_per_package"]) == ("single_dose_vial", 1)
    assert "inner_ndc" not in row.package
    assert row.package["name"].endswith("5 mL single-dose vial")


def test_a_table_without_a_schedule_leaves_it_to_the_policy_and_says_so() -> None:
    (row,) = judged({}, columns=COLUMNS[:-1])
    assert row.package is not None
    assert row.note == "no schedule in the table; CIII is the policy's"


def test_a_list_with_new_packages_keeps_all_that_it_had() -> None:
    before = shipped("products/ketamine")
    after = with_packages(before, judged({}, {"substance": "LIDOCAINE"}), version=7)
    assert after["products"][:-1] == before["products"]
    assert (after["version"], after["handling"]) == (7, before["handling"])
    assert read_drug(after).packages[-1].units == 10
    with pytest.raises(NothingToAdopt, match="it says of each row why it is not taken"):
        with_packages(before, judged({"substance": "LIDOCAINE"}), version=7)


def test_only_what_was_seen_is_adopted() -> None:
    check_as_seen(seen="a", now="a")
    with pytest.raises(ListChanged, match="Look at the preview again"):
        check_as_seen(seen="a", now="b")


# ---------------------------------------------------------------------------------------------------------- the tables


def test_the_two_tables_of_the_directory_are_joined_by_the_products_code() -> None:
    packages = "PRODUCTNDC,NDCPACKAGECODE,PACKAGEDESCRIPTION\n0409-2053,0409-2053-10,10 mL in 1 VIAL\n9-9,9-9-9,x\n"
    products = '\ufeffPRODUCTNDC,LABELERNAME,DEASCHEDULE\r\n0409-2053,"Hospira, Inc.",\r\n'
    known, unknown = read_directory(packages, products)
    assert (known.number, known.ndc, known.labeler, known.schedule) == (2, "0409-2053-10", "Hospira, Inc.", "")
    assert (unknown.labeler, unknown.schedule) == (None, None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("ndc,package", "no rows"),
        ("ndc,labeler\n1,2", "A column with the package's code"),
        ("ndc,package\n1,2,3", "more or fewer columns"),
        ("ndc,package\n1,a\x07b", "cannot be printed"),
        ("ndc,package\n1," + "x" * 501, "too long"),
        ('ndc,package\n1,"x"y', "cannot be read"),
        ("ndc,package\n" + "1,x\n" * (MOST_ROWS + 1), "are taken at a time"),
    ],
)
def test_what_is_no_table_of_packages_is_refused_as_a_whole(text: str, why: str) -> None:
    with pytest.raises(NotADirectory, match=why):
        read_directory(text)


# -------------------------------------------------------------------------------------------------------- descriptions


@pytest.mark.parametrize(
    ("text", "units", "inner"),
    [
        ("20 mL in 1 VIAL (55150-438-10)", 1, None),
        (
            "25 CARTON in 1 CASE (55150-438-10) / 4 VIAL in 1 CARTON / 2 mL in 1 VIAL (55150-438-01)",
            100,
            "55150-438-01",
        ),
        ("25 CARTON in 1 CASE (55150-438-99) > 4 VIAL in 1 CARTON (55150-438-10) > 2 mL in 1 VIAL", 4, None),
    ],
)
def test_a_description_gives_the_containers_behind_the_rows_own_code(text: str, units: int, inner: str | None) -> None:
    read = read_packaging(text, ndc=Ndc.parse("55150-438-10"))
    assert (read.units, read.container) == (units, "VIAL")
    assert read.inner == (None if inner is None else Ndc.parse(inner))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1 KIT in 1 CARTON (55150-438-10) * 2 mL in 1 VIAL", Unclear.KIT),
        ("a box of vials", Unclear.SHAPE),
        ("ten VIAL in 1 BOX (55150-438-10)", Unclear.SHAPE),
        ("10  in 1 BOX (55150-438-10)", Unclear.SHAPE),
        ("10 VIAL in 1   (55150-438-10)", Unclear.SHAPE),
        ("10 VIAL in 1 BOX (55150-438-10", Unclear.SHAPE),
        ("10 VIAL in 1 BOX (55150-438-10) > 5 mL in 1 AMPULE", Unclear.CHAIN),
        ("1.5 VIAL in 1 BOX (55150-438-10) > 5 mL in 1 VIAL", Unclear.WHOLE),
        ("0 VIAL in 1 BOX (55150-438-10) > 5 mL in 1 VIAL", Unclear.WHOLE),
        ("10 VIAL in 1 BOX (55150-438-99) > 5 mL in 1 VIAL", Unclear.OTHER_CODE),
    ],
)
def test_a_description_that_is_no_package_of_equal_containers_is_refused(text: str, why: Unclear) -> None:
    with pytest.raises(UnclearPackaging) as refusal:
        read_packaging(text, ndc=Ndc.parse("55150-438-10"))
    assert refusal.value.why is why
    assert str(refusal.value).endswith("compare it with the package")
