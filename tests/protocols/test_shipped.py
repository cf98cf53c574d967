"""Every shipped file loads, and every number in it says where it comes from."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from clinic_api.clinics.rules.content import Content, Status
from clinic_api.clinics.rules.profile import Profile, read_profile
from clinic_api.protocols.rules.instrument import Instrument, read_instrument
from clinic_api.protocols.rules.protocol import Protocol, read_protocol
from clinic_api.quantities import PLAIN_DECIMAL
from tests.protocols.shipped import CONFIG, iv_ketamine, shipped

KINDS: Mapping[str, Callable[[Mapping[str, Any]], Protocol | Profile | Instrument]] = {
    "protocols": read_protocol,
    "profiles": read_profile,
    "instruments": read_instrument,
}
FOLDERS = (*KINDS, "products", "jurisdictions")
NAMES = [str(path.relative_to(CONFIG).with_suffix("")) for kind in FOLDERS for path in (CONFIG / kind).glob("*.toml")]


def tables(content: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each named table of a file; the rows of a list stand under their table's own source."""
    yield path, content
    for name, value in content.items():
        if isinstance(value, dict):
            yield from tables(value, f"{path}.{name}")


def floats(value: Any) -> list[float]:
    """Each floating-point number anywhere in a file."""
    if isinstance(value, dict | list):
        return [found for each in (value.values() if isinstance(value, dict) else value) for found in floats(each)]
    return [value] if isinstance(value, float) else []


def test_each_kind_of_policy_is_shipped() -> None:
    assert {Path(name).parts[0] for name in NAMES} == set(FOLDERS)


@pytest.mark.parametrize("name", NAMES)
def test_every_table_of_a_shipped_file_has_a_source_and_a_status(name: str) -> None:
    for path, table in tables(shipped(name)):
        origin = Content(table, path).origin()
        assert origin.source
        assert origin.status in Status


@pytest.mark.parametrize("name", NAMES)
def test_no_shipped_number_is_a_float(name: str) -> None:
    assert floats(shipped(name)) == []


@pytest.mark.parametrize("name", [name for name in NAMES if Path(name).parts[0] in KINDS])
def test_a_shipped_policy_reads_and_is_named_as_its_file(name: str) -> None:
    kind, key = Path(name).parts
    assert KINDS[kind](shipped(name)).key == key


def test_the_instruments_a_protocol_uses_are_shipped() -> None:
    for key in iv_ketamine().instruments:
        assert read_instrument(shipped(f"instruments/{key}")).key == key


def test_the_shipped_ketamine_comes_in_three_strengths_each_with_its_own_code() -> None:
    ketamine = shipped("products/ketamine")
    assert ketamine["schedule"] == "CIII"
    assert {it["strength_mg_per_ml"] for it in ketamine["products"]} == {"10", "50", "100"}
    assert len({it["ndc11"] for it in ketamine["products"]}) == len(ketamine["products"])
    assert [it["key"] for it in ketamine["products"] if it["default"]] == ["ketamine-50-mg-ml-10-ml"]
    for product in ketamine["products"]:
        assert PLAIN_DECIMAL.fullmatch(product["strength_mg_per_ml"])
        assert PLAIN_DECIMAL.fullmatch(product["volume_ml"])
        assert Content(product).origin().source


def test_an_eleven_digit_code_is_the_printed_one_with_its_short_part_padded() -> None:
    for product in shipped("products/ketamine")["products"]:
        labeler, drug, package = product["ndc"].split("-")
        assert product["ndc11"] == f"{labeler:0>5}{drug:0>4}{package:0>2}"


def test_the_federal_floor_keeps_two_employees_and_two_years() -> None:
    federal = shipped("jurisdictions/us-federal")
    assert federal["destruction"]["on_site_employees"] == 2
    assert federal["retention"]["controlled_substance_years"] == 2
    assert federal["inventory"]["every_months"] == 24
    assert (federal["loss"]["written_notice_business_days"], federal["loss"]["form_106_days"]) == (1, 45)
