"""Devices and their kits: counted, given and wasted whole; no code and no key stands for two packages."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from clinic_api.clinics.rules.content import MalformedContent
from clinic_api.identifiers import Ndc
from clinic_api.inventory.rules.counting import CountLine, DrawnIsCounted, judged
from clinic_api.inventory.rules.drawing import NotAVial, NotWhole, check_draw, check_return
from clinic_api.inventory.rules.products import (
    ContainerKind,
    Method,
    NotListed,
    Package,
    check_listed,
    find_package,
    read_drug,
)
from clinic_api.inventory.rules.waste import WastedWhole, WasteOrder, check_proposal
from clinic_api.quantities import NOTHING, Mass, Volume
from tests.inventory.test_counting_rules import SYRINGE
from tests.inventory.test_drawing_rules import FULL, NOW
from tests.protocols.shipped import changed, shipped

SOME = UUID(int=1)
DEVICE = replace(FULL, label="E-001", kind=ContainerKind.DEVICE, left=Mass.mg(28))


def device() -> Package:
    """The shipped device."""
    return read_drug(shipped("products/esketamine")).packages[0]


def test_a_device_holds_what_its_label_says_and_nothing_of_it_is_drawn_or_kept_open() -> None:
    drug = read_drug(shipped("products/esketamine"))
    assert (drug.schedule, drug.registration_schedule) == ("CIII", "3N")
    assert (device().content, device().is_counted_whole) == (Mass.mg(28), True)
    assert (drug.beyond_use, dict(drug.resolutions), drug.overfill_cap(device())) == (timedelta(), {}, NOTHING)


@pytest.mark.parametrize(("code", "devices"), [("50458-028-00", 1), ("50458-028-02", 2), ("50458-028-03", 3)])
def test_every_kit_leads_to_the_one_device_and_says_how_many_are_in_it(code: str, devices: int) -> None:
    _, package = find_package(code, [read_drug(shipped("products/esketamine"))])
    assert (package.key, package.units_under(Ndc.parse(code))) == ("esketamine-28-mg-device", devices)


def test_a_device_needs_no_kit_and_a_vial_says_how_many_are_in_its_box() -> None:
    alone = read_drug(changed(shipped("products/esketamine"), "products.0.kits", ...))
    assert alone.packages[0].codes == {Ndc.parse("50458-028-00")}
    with pytest.raises(MalformedContent, match="vials_per_package is missing"):
        read_drug(changed(shipped("products/ketamine"), "products.0.vials_per_package", ...))
    with pytest.raises(MalformedContent, match="must be at least 1"):
        read_drug(changed(shipped("products/esketamine"), "products.0.kits.0.devices", 0))


@pytest.mark.parametrize(
    ("field", "value"),
    [("ndc", "0409-2053-10"), ("inner_ndc", "67457-001-00"), ("key", "ketamine-50-mg-ml-10-ml")],
)
def test_a_code_or_a_key_that_stands_for_two_packages_is_refused(field: str, value: Any) -> None:
    with pytest.raises(MalformedContent, match=f"must not give {value} to two packages"):
        read_drug(changed(shipped("products/ketamine"), f"products.2.{field}", value))


def test_a_policy_of_vials_still_says_how_they_are_kept_and_counted() -> None:
    mixed: dict[str, Any] = deepcopy(shipped("products/esketamine"))
    mixed["products"].append(shipped("products/ketamine")["products"][0])
    with pytest.raises(MalformedContent, match="bud_days is missing"):
        read_drug(mixed)


def test_no_part_of_a_device_is_drawn_or_wasted() -> None:
    with pytest.raises(NotAVial, match="E-001 is no vial; the rest of a syringe"):
        check_draw(DEVICE, mass=Mass.mg(14), at=NOW)
    half, whole = (
        WasteOrder(container=SOME, mass=Mass.mg(mg), reason="dropped", method="absorbent") for mg in (14, 28)
    )
    check_proposal("E-001", whole, free=Mass.mg(28), device=True)
    with pytest.raises(WastedWhole, match="E-001 is one device; waste all of it, 28 mg"):
        check_proposal("E-001", half, free=Mass.mg(28), device=True)


def test_a_device_goes_back_as_it_came_and_a_syringe_never_does() -> None:
    check_return(DEVICE, content=Mass.mg(28))
    with pytest.raises(NotWhole):
        check_return(replace(DEVICE, kind=ContainerKind.SYRINGE), content=Mass.mg(28))


def test_a_device_is_counted_and_never_measured() -> None:
    kept = replace(SYRINGE, label="E-001", content=Mass.mg(28), expected=Mass.mg(28), resolutions={})
    assert judged(CountLine(container=SOME, method=Method.COUNTED), kept).explained
    with pytest.raises(DrawnIsCounted, match="or a device; say that it was counted"):
        judged(CountLine(container=SOME, method=Method.READ, volume=Volume.ml("0.1")), kept)


def test_only_a_listed_product_can_be_named() -> None:
    check_listed("a", ["a", "b"])
    with pytest.raises(NotListed, match="as GET /products has it, not c"):
        check_listed("c", ["a", "b"])
