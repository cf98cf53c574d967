"""The rules of stock: what may be bought, received and set apart, and how much overfill a vial may hold."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from clinic_api.clinics.rules.content import MalformedContent
from clinic_api.identifiers import AmbiguousNdc, InvalidNdc
from clinic_api.inventory.rules.drawing import Disposed, NotAVial, Source
from clinic_api.inventory.rules.products import (
    ContainerKind,
    DrugPolicy,
    Method,
    UnknownProduct,
    find_package,
    read_drug,
)
from clinic_api.inventory.rules.receiving import (
    DeliveredLine,
    Delivery,
    EmptyLine,
    LocationTaken,
    NotYetReceived,
    ReceiptReasonMissing,
    Supplier,
    check_delivery,
    number_of,
    syringe_label,
    vial_label,
)
from clinic_api.inventory.rules.vials import (
    AlreadyQuarantined,
    MoreThanOverfill,
    State,
    check_overfill,
    check_quarantine,
    state_of,
)
from clinic_api.quantities import NOTHING, Mass, Volume
from tests.inventory.test_drawing_rules import FULL
from tests.protocols.shipped import changed, shipped

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
HERE = UUID(int=1)
STEP = timedelta(microseconds=1)


def ketamine() -> DrugPolicy:
    """The shipped ketamine."""
    return read_drug(shipped("products/ketamine"))


def test_the_shipped_ketamine_asks_for_a_registration_of_3n_and_28_days_beyond_use() -> None:
    drug = ketamine()
    assert (drug.schedule, drug.registration_schedule) == ("CIII", "3N")
    assert drug.beyond_use == timedelta(days=28)
    assert drug.resolutions == {
        Method.WEIGHED: Volume.ml("0.1"),
        Method.READ: Volume.ml("0.5"),
        Method.ESTIMATED: Volume.ml(1),
    }


def test_the_overfill_cap_goes_by_the_size_of_the_vial() -> None:
    drug = ketamine()
    caps = {package.key: drug.overfill_cap(package) for package in drug.packages}
    assert caps["ketamine-50-mg-ml-10-ml"] == Mass.mg(25)
    assert caps["ketamine-10-mg-ml-20-ml"] == Mass.mg(10)
    assert caps["ketamine-100-mg-ml-5-ml"] == Mass.mg(25)


@pytest.mark.parametrize("ndc", ["0409-2051-05", "0409-2051-15", "00409205105", "00409-2051-15"])
def test_a_package_is_found_by_the_code_of_its_box_or_of_its_vial(ndc: str) -> None:
    _, package = find_package(ndc, [ketamine()])
    assert package.key == "ketamine-100-mg-ml-5-ml"
    assert package.content == Mass.mg(500)


def test_what_is_on_no_list_or_is_no_code_is_refused() -> None:
    with pytest.raises(UnknownProduct, match="0409-2051-99 is on no product list"):
        find_package("0409-2051-99", [ketamine()])
    with pytest.raises(UnknownProduct):
        find_package("0409-2053-10", [])
    with pytest.raises(InvalidNdc):
        find_package("ketamine", [ketamine()])
    with pytest.raises(AmbiguousNdc):
        find_package("1234567890", [ketamine()])


def test_a_product_policy_that_misspells_a_field_is_refused_by_its_name() -> None:
    with pytest.raises(MalformedContent, match="bud_hours"):
        read_drug(changed(shipped("products/ketamine"), "handling.bud_hours", 672))


# ------------------------------------------------------------------------------------------------------------ receiving


def delivery(**different: Any) -> Delivery:
    """A delivery of one line."""
    usual: dict[str, Any] = {
        "location": HERE,
        "supplier": Supplier(name="North Wholesale", address="9 Dock Street", dea_number="BC2749185"),
        "invoice_number": "INV-1",
        "invoice_date": date(2026, 2, 27),
        "lines": (DeliveredLine(ndc="0409-2053-10", lot="L1", expiry=date(2027, 6, 30), invoiced=2, received=2),),
    }
    return Delivery(**(usual | different))


def check(given: Delivery) -> None:
    """Whether it may be received now."""
    check_delivery(given, recorded_at=NOW, limits=ketamine().late_entry)


def test_a_line_may_lack_what_was_invoiced_or_bring_what_was_not_but_not_say_nothing() -> None:
    line = delivery().lines[0]
    check(delivery(lines=(replace(line, received=0), replace(line, invoiced=0))))
    with pytest.raises(EmptyLine, match="lot L1"):
        check(delivery(lines=(replace(line, invoiced=0, received=0),)))


def test_a_receipt_is_entered_late_only_with_a_reason() -> None:
    check(delivery())
    check(delivery(received_at=NOW - timedelta(minutes=15)))
    late = NOW - timedelta(minutes=15) - STEP
    check(delivery(received_at=late, late_reason="internet was down"))
    for reason in (None, "  too short", ""):
        with pytest.raises(ReceiptReasonMissing, match="at least 10 characters"):
            check(delivery(received_at=late, late_reason=reason))


def test_a_receipt_is_not_dated_ahead_but_by_what_a_clock_may_be_off() -> None:
    check(delivery(received_at=NOW + timedelta(minutes=2)))
    with pytest.raises(NotYetReceived, match="more than 0:02:00 ahead"):
        check(delivery(received_at=NOW + timedelta(minutes=2) + STEP))


def test_vials_and_syringes_have_numbers_that_can_be_said_aloud() -> None:
    assert vial_label("ketamine", 14) == "K-014"
    assert vial_label("midazolam", 1204) == "M-1204"
    assert [number_of(each) for each in ("K-014", "M-1204")] == [14, 1204]
    assert syringe_label("K-014", 2) == "K-014/2"
    assert "Safe 1" in str(LocationTaken(name="Safe 1"))


# ---------------------------------------------------------------------------------------------------------------- vials


def test_overfill_is_recorded_up_to_the_cap_of_the_whole_vial() -> None:
    cap = Mass.mg(25)
    check_overfill(FULL, Mass.mg(10), found_before=Mass.mg(15), at_most=cap)
    check_overfill(replace(FULL, left=NOTHING, quarantined=True), Mass.mg(25), found_before=NOTHING, at_most=cap)
    with pytest.raises(MoreThanOverfill, match=r"K-014: 10\.001 mg after 15 mg found before is above the 25 mg"):
        check_overfill(FULL, Mass.mg("10.001"), found_before=Mass.mg(15), at_most=cap)


def test_no_overfill_is_found_in_a_syringe_or_in_the_bin() -> None:
    with pytest.raises(NotAVial):
        check_overfill(replace(FULL, kind=ContainerKind.SYRINGE), Mass(1), found_before=NOTHING, at_most=Mass(1))
    with pytest.raises(Disposed):
        check_overfill(replace(FULL, gone=True), Mass(1), found_before=NOTHING, at_most=Mass(1))


def test_a_container_is_set_apart_once() -> None:
    check_quarantine("K-014", quarantined=False)
    with pytest.raises(AlreadyQuarantined, match="K-014 stays set apart"):
        check_quarantine("K-014", quarantined=True)


@pytest.mark.parametrize(
    ("source", "opened", "state"),
    [
        (FULL, False, State.SEALED),
        (FULL, True, State.OPEN),
        (replace(FULL, left=NOTHING), True, State.EMPTY),
        (replace(FULL, quarantined=True), False, State.QUARANTINED),
        (replace(FULL, quarantined=True, left=NOTHING), True, State.QUARANTINED),
        (replace(FULL, gone=True), True, State.OPEN),
        (replace(FULL, gone=True, left=NOTHING, quarantined=True), True, State.DISPOSED),
    ],
)
def test_what_a_person_sees_of_a_container_at_a_glance(*, source: Source, opened: bool, state: State) -> None:
    assert state_of(source, opened=opened) is state
