"""Rows of the FDA's directory: every description read, and every ketamine row taken or refused with a reason."""

import re
from fractions import Fraction
from typing import Final

import pytest

from clinic_api.identifiers import Ndc
from clinic_api.inventory.rules.directory import read_directory
from clinic_api.inventory.rules.importing import Judged, Why, judge_rows, with_packages
from clinic_api.inventory.rules.packaging import read_packaging
from clinic_api.inventory.rules.products import ContainerKind, read_drug
from tests.conformance.data import load_json, load_table, path_of
from tests.protocols.shipped import shipped

INFUSION: Final = "drugs/ndc_infusion_clinic_products_fda_2015.csv"
ROWS: Final = load_table(INFUSION)
DESCRIPTIONS: Final = [*load_json("drugs/package_descriptions.json"), *(row["package"] for row in ROWS)]
LABELS: Final = load_json("drugs/label_products.json")["products"]
SOURCE: Final = "FDA NDC directory, 2015"


def text_of(name: str) -> str:
    """A table as it lies there."""
    return path_of(name).read_text(encoding="utf-8")


def judged(packages: str, products: str | None = None, plain: ContainerKind | None = None) -> tuple[Judged, ...]:
    """Every row of a table against the shipped ketamine."""
    drug = read_drug(shipped("products/ketamine"))
    return judge_rows(read_directory(packages, products), drug=drug, plain_vials=plain, source=SOURCE)


@pytest.mark.parametrize("text", DESCRIPTIONS)
def test_every_published_description_is_read_to_its_innermost_container(text: str) -> None:
    code = re.search(r"\(([\d-]+)\)", text)
    assert code is not None
    packaging = read_packaging(text, ndc=Ndc.parse(code[1]))
    *boxes, innermost = [re.match(r"([\d.]+) (.+?) in 1 ", level.strip()) for level in text.split(" > ")]
    assert innermost is not None
    assert (packaging.amount, packaging.unit) == (Fraction(innermost[1]), innermost[2])
    units = 1
    for box in boxes:
        assert box is not None
        units *= int(box[1])
    assert packaging.units == units


def test_ketamine_of_the_published_table_is_taken_or_refused_and_no_other_drug_is() -> None:
    ours = {row["ndc"] for row in ROWS if row["substance"] == "KETAMINE HYDROCHLORIDE"}
    rows = judged(text_of(INFUSION), plain=ContainerKind.MULTI_DOSE_VIAL)
    assert len(rows) == len(ROWS)
    for row in rows:
        if row.ndc in ours:
            assert row.package is not None or row.refused == f"{Why.LISTED}."
        else:
            assert (row.package, row.refused) == (None, f"{Why.OTHER_DRUG}.")


def test_a_vial_of_which_the_row_does_not_say_its_kind_waits_for_somebody_who_read_the_label() -> None:
    said = {row.ndc: row.refused for row in judged(text_of(INFUSION))}
    assert said["42023-114-10"] == f"{Why.PLAIN_VIAL}."


def test_the_list_with_its_new_packages_is_read_back_with_the_published_strength_and_volume() -> None:
    rows = judged(text_of(INFUSION), plain=ContainerKind.MULTI_DOSE_VIAL)
    drug = read_drug(with_packages(shipped("products/ketamine"), rows, version=2))
    by_code = {str(package.ndc): package for package in drug.packages}
    taken = [row.ndc for row in rows if row.package is not None]
    assert len(taken) > 3
    for row in ROWS:
        if row["ndc"] in taken:
            package = by_code[row["ndc"]]
            assert package.concentration.exact == Fraction(row["strength"])
            assert f"> {package.volume.as_ml_text()} mL in 1 VIAL" in row["package"]
            assert package.units == int(row["package"].split(" ")[0])
            assert package.labeler == row["labeler"]


def test_bulk_ketamine_is_refused_in_every_row() -> None:
    packages = text_of("drugs/ndc_unfinished_ketamine_package_2018.tsv")
    rows = judged(packages, text_of("drugs/ndc_unfinished_ketamine_product_2018.tsv"))
    assert {row.refused for row in rows} == {f"{Why.BULK}."}


def test_the_codes_of_printed_labels_lead_to_one_product_of_ours() -> None:
    drugs = [read_drug(shipped(f"products/{name}")) for name in ("ketamine", "esketamine")]
    packages = [package for drug in drugs for package in drug.packages]
    devices = {"2 devices of 28 mg": 2, "3 devices of 28 mg": 3}
    for label in LABELS:
        if label["name"].startswith("SPRAVATO"):
            (device,) = [package for package in packages if Ndc.parse(label["ndc"]) in package.codes]
            assert device.units_under(Ndc.parse(label["ndc"])) == devices.get(label["contains"], 1)
            assert (device.content.as_mg_text(), device.kind) == ("28", ContainerKind.DEVICE)
        elif any(str(package.ndc) == label.get("outer_ndc") for package in packages):
            (vial,) = [package for package in packages if str(package.ndc) == label["outer_ndc"]]
            assert str(vial.inner) == label["inner_vial_ndc"]
