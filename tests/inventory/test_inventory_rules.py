"""Statutory inventories: what stands on one, who signs it, and what comes after it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from clinic_api.clinics.rules.profile import read_profile
from clinic_api.inventory.rules.inventories import (
    CountsNotComplete,
    FrozenBefore,
    InventoryState,
    Listed,
    NotAnInventory,
    NotATaker,
    NotFrozenYet,
    NowhereToCount,
    OnShelf,
    check_freeze,
    check_inventory,
    check_second_taker,
    listing,
    next_kind,
    state_of,
)
from clinic_api.inventory.rules.kinds import (
    STATUTORY,
    WEEK,
    CountKind,
    MorePeopleNeeded,
    NewCount,
    OpenedElsewhere,
    WholeLocation,
    check_opening,
    persons_asked,
    persons_for,
    second_due,
)
from clinic_api.inventory.rules.products import Method
from clinic_api.quantities import NOTHING, Concentration, Mass, Volume
from tests.builders import OPENING
from tests.protocols.shipped import shipped

ADA, BEN, SAFE = UUID(int=1), UUID(int=2), UUID(int=3)
KETAMINE = Listed(
    key="ketamine",
    name="Ketamine 50 mg/mL, 10 mL",
    ndc="0409-2053-10",
    schedule="CIII",
    form="multi_dose_vial",
    concentration=Concentration.mg_per_ml(50),
    volume=Volume.ml(10),
    content=Mass.mg(500),
)
HYDROMORPHONE = replace(KETAMINE, key="hydromorphone", name="Hydromorphone 2 mg/mL, 1 mL", schedule="CII")
SEALED = OnShelf(
    label="K-001",
    location="Safe 1",
    product="ketamine",
    lot="L1",
    method=Method.COUNTED,
    volume=None,
    found=Mass.mg(500),
    resolution=NOTHING,
    opened=False,
    reason=None,
)
OPENED = replace(
    SEALED,
    label="K-002",
    method=Method.READ,
    volume=Volume.ml("6.4"),
    found=Mass.mg(320),
    resolution=Mass.mg(25),
    opened=True,
)
APART = replace(SEALED, label="K-003", reason="cap was loose")
MISSING = replace(SEALED, label="K-004", method=None, found=None)


def on(name: str, *shelf: OnShelf) -> dict[str, Any]:
    """One list of an inventory."""
    listed: dict[str, Any] = listing([HYDROMORPHONE, KETAMINE], shelf)[name]
    return listed


def test_sealed_containers_are_a_number_times_a_size_and_opened_ones_stand_line_by_line() -> None:
    [line] = on("CIII-CV", SEALED, replace(SEALED, label="K-009"), OPENED)["products"]
    assert line["sealed"] == {
        "containers": 2,
        "size_ml": "10",
        "size_mg": "500",
        "method": "counted",
        "resolution_mg": "0",
        "each": [{"container": label, "location": "Safe 1", "lot": "L1"} for label in ("K-001", "K-009")],
    }
    [opened] = line["opened"]
    assert (opened["container"], opened["method"], opened["volume_ml"]) == ("K-002", "read", "6.4")
    assert (opened["found_mg"], opened["resolution_mg"], line["opened_mg"]) == ("320", "25", "320")
    assert line["total_mg"] == "1320"


def test_what_is_set_apart_is_on_hand_with_its_reason_and_not_among_the_sealed() -> None:
    [line] = on("CIII-CV", SEALED, APART)["products"]
    assert (line["sealed"]["containers"], line["set_apart_mg"], line["total_mg"]) == (1, "500", "1000")
    assert [(each["container"], each["reason"]) for each in line["set_apart"]] == [("K-003", "cap was loose")]


def test_a_syringe_and_a_sealed_vial_that_was_weighed_stand_by_themselves() -> None:
    syringe = replace(SEALED, label="K-002/1", found=Mass.mg(35), opened=True)
    weighed = replace(SEALED, label="K-005", method=Method.WEIGHED, volume=Volume.ml(10), resolution=Mass.mg(10))
    [line] = on("CIII-CV", syringe, weighed)["products"]
    assert (line["sealed"]["containers"], [each["container"] for each in line["opened"]]) == (0, ["K-002/1", "K-005"])


def test_what_was_not_found_is_named_and_is_not_on_hand() -> None:
    [line] = on("CIII-CV", MISSING)["products"]
    assert (line["not_found"], line["total_mg"], line["sealed"]["containers"]) == (["K-004"], "0", 0)


def test_schedule_ii_stands_on_a_list_of_its_own() -> None:
    two, others = on("CII", SEALED), on("CIII-CV", SEALED)
    assert [each["schedule"] for each in two["products"]] == ["CII"]
    assert [each["schedule"] for each in others["products"]] == ["CIII"]
    assert (two["none_on_hand"], others["none_on_hand"]) == (True, False)


def test_none_on_hand_is_recorded_as_nothing_product_by_product() -> None:
    nothing = on("CIII-CV")
    assert (nothing["none_on_hand"], [each["total_mg"] for each in nothing["products"]]) == (True, ["0"])


def test_an_inventory_is_asked_for_by_law_and_covers_places() -> None:
    for kind in STATUTORY:
        check_inventory(kind, locations=1)
    with pytest.raises(NotAnInventory, match="a count of kind cycle is opened with POST /counts"):
        check_inventory(CountKind.CYCLE, locations=1)
    with pytest.raises(NowhereToCount, match="an empty one is counted as holding nothing"):
        check_inventory(CountKind.INITIAL, locations=0)


def test_an_inventory_is_frozen_once_when_all_is_counted_by_one_who_counted() -> None:
    check_freeze(frozen=False, incomplete=[], takers={ADA}, by=ADA)
    with pytest.raises(FrozenBefore, match="both stay"):
        check_freeze(frozen=True, incomplete=[], takers={ADA}, by=ADA)
    with pytest.raises(CountsNotComplete, match="Finish the counts of Safe 1, Safe 2"):
        check_freeze(frozen=False, incomplete=["Safe 1", "Safe 2"], takers={ADA}, by=ADA)
    with pytest.raises(NotATaker, match="Somebody who counted"):
        check_freeze(frozen=False, incomplete=[], takers={ADA}, by=BEN)


def test_the_second_signature_is_another_takers_after_the_first() -> None:
    check_second_taker(InventoryState.SIGNED, takers={ADA, BEN}, first=ADA, second=BEN)
    for takers, second in (({ADA, BEN}, ADA), ({ADA}, BEN)):
        with pytest.raises(NotATaker):
            check_second_taker(InventoryState.SIGNED, takers=takers, first=ADA, second=second)
    for state in (InventoryState.COUNTING, InventoryState.COUNTED):
        with pytest.raises(NotFrozenYet, match="first of those who counted"):
            check_second_taker(state, takers={ADA, BEN}, first=None, second=BEN)
    with pytest.raises(FrozenBefore):
        check_second_taker(InventoryState.COMPLETE, takers={ADA, BEN}, first=ADA, second=BEN)


def test_an_inventory_is_complete_when_everybody_signed_who_had_to() -> None:
    assert state_of(counted=False, signatures=0, persons=2) is InventoryState.COUNTING
    assert state_of(counted=True, signatures=0, persons=2) is InventoryState.COUNTED
    assert state_of(counted=True, signatures=1, persons=2) is InventoryState.SIGNED
    assert state_of(counted=True, signatures=1, persons=1) is InventoryState.COMPLETE


def test_after_the_first_inventory_comes_another_until_the_registration_is_closed() -> None:
    assert next_kind(None) is CountKind.INITIAL
    assert next_kind(CountKind.INITIAL) is next_kind(CountKind.BIENNIAL) is CountKind.BIENNIAL
    assert next_kind(CountKind.REGISTRATION_CLOSING) is None


@pytest.mark.parametrize(("name", "closing"), [("team", 2), ("duo", 2), ("solo", 1)])
def test_each_kind_of_count_has_its_people(name: str, closing: int) -> None:
    control = read_profile(shipped(f"profiles/{name}")).counts
    for kind in (CountKind.SHIFT, *STATUTORY):
        assert persons_for(kind, control) == closing
    assert [persons_for(kind, control) for kind in (CountKind.CYCLE, CountKind.RECOUNT, CountKind.HANDOVER)] == [
        1,
        1,
        2,
    ]


def test_more_people_than_asked_may_count_and_fewer_may_not() -> None:
    solo, team = (read_profile(shipped(f"profiles/{name}")).counts for name in ("solo", "team"))
    assert persons_asked(NewCount(location=SAFE, kind=CountKind.CLOSING, persons=2), solo) == 2
    assert persons_asked(NewCount(location=SAFE, kind=CountKind.CLOSING), solo) == 1
    with pytest.raises(MorePeopleNeeded, match="takes 2 people"):
        persons_asked(NewCount(location=SAFE, kind=CountKind.CLOSING, persons=1), team)


def test_only_a_cycle_count_covers_a_part() -> None:
    check_opening(NewCount(location=SAFE, kind=CountKind.CLOSING))
    check_opening(NewCount(location=SAFE, kind=CountKind.CYCLE))
    for part in ({"products": ("ketamine",)}, {"containers": (ADA,)}):
        check_opening(NewCount(location=SAFE, kind=CountKind.CYCLE, **part))
        with pytest.raises(WholeLocation, match="closing covers all that is there"):
            check_opening(NewCount(location=SAFE, kind=CountKind.CLOSING, **part))


def test_inventories_and_recounts_are_opened_as_such() -> None:
    for kind in STATUTORY:
        with pytest.raises(OpenedElsewhere, match="opened with POST /inventories"):
            check_opening(NewCount(location=SAFE, kind=kind))
    with pytest.raises(OpenedElsewhere, match=r"opened with POST /counts/\{id\}/recount"):
        check_opening(NewCount(location=SAFE, kind=CountKind.RECOUNT))


def test_a_second_person_counts_along_a_week_later() -> None:
    assert second_due(OPENING) - OPENING == WEEK
