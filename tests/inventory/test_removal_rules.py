"""Who may take stock out of the book, how, and how much of it may go to other registrants; without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest

from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics.rules.content import MalformedContent, Origin, Status
from clinic_api.errors import Refusal
from clinic_api.inventory.rules import corrections, incidents, moments, removals, transfers, vials
from clinic_api.inventory.rules.corrections import CorrectionOrder, check_correction, check_past
from clinic_api.inventory.rules.drawing import Disposed, Source
from clinic_api.inventory.rules.moves import Kind, NotEnoughLeft, Place, kind_of
from clinic_api.inventory.rules.products import ContainerKind
from clinic_api.inventory.rules.receiving import Supplier
from clinic_api.inventory.rules.removals import Content, RemovalOrder, RemovalState, check_contents, check_order
from clinic_api.inventory.rules.transfers import Limits, Share, read_warn_percent
from clinic_api.protocols.rules.watch import LateEntryLimits
from clinic_api.quantities import NOTHING, Mass
from tests.protocols.shipped import changed, shipped

ADA, BEN = UUID(int=1), UUID(int=2)
AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
RECEIVER = Supplier(name="Reverse Ltd", address="1 Depot", dea_number="BC2749185")
VIAL = Content("K-001", ContainerKind.MULTI_DOSE_VIAL, Mass(500), Mass(500), Mass(500), gone=False)
LIMITS = LateEntryLimits(
    reason_after=timedelta(minutes=15),
    reason_least_characters=10,
    countersign_after=timedelta(hours=24),
    future_at_most=timedelta(seconds=120),
    origin=Origin(source="a test", status=Status.DESIGN),
)
TO_OTHERS = Limits(warn_percent=4, stop_percent=5, rule="us-federal version 1")
FRESH = Source(
    label="K-001",
    kind=ContainerKind.MULTI_DOSE_VIAL,
    left=Mass(500),
    held=NOTHING,
    gone=False,
    quarantined=False,
    expires_at=AT + timedelta(days=1),
    use_by=None,
)


def an_order(kind: Place, **different: Any) -> RemovalOrder:
    return RemovalOrder(kind=kind, contents=((ADA, None),), reason="expired stock", **different)


@pytest.mark.parametrize(
    ("order", "refusal"),
    [
        (an_order(Place.DESTROYED), removals.MethodMissing),
        (an_order(Place.DESTROYED, method=" "), removals.MethodMissing),
        (an_order(Place.REVERSE_DISTRIBUTOR), removals.ReceiverMissing),
        (an_order(Place.REVERSE_DISTRIBUTOR, receiver=RECEIVER, to_location=ADA), removals.ReceiverMissing),
        (an_order(Place.TRANSFERRED), removals.ReceiverMissing),
        (an_order(Place.TRANSFERRED, receiver=RECEIVER, to_location=ADA), removals.ReceiverMissing),
        (an_order(Place.DESTROYED, method="incinerated", receiver=RECEIVER), removals.ReceiverNotAsked),
        (an_order(Place.BROKEN, to_location=ADA), removals.ReceiverNotAsked),
    ],
)
def test_each_kind_of_removal_says_what_it_needs(order: RemovalOrder, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as said:
        check_order(order)
    assert str(said.value)


@pytest.mark.parametrize(
    "order",
    [
        an_order(Place.DESTROYED, method="denatured"),
        an_order(Place.REVERSE_DISTRIBUTOR, receiver=RECEIVER),
        an_order(Place.TRANSFERRED, receiver=RECEIVER),
        an_order(Place.TRANSFERRED, to_location=ADA),
        an_order(Place.BROKEN),
    ],
)
def test_an_order_that_says_all_of_it_is_taken(order: RemovalOrder) -> None:
    check_order(order)


@pytest.mark.parametrize(
    ("kind", "contents", "refusal"),
    [
        (Place.DESTROYED, (VIAL, VIAL), removals.RemovedTwice),
        (Place.DESTROYED, (replace(VIAL, gone=True),), Disposed),
        (Place.DESTROYED, (replace(VIAL, kind=ContainerKind.SYRINGE),), removals.DrawnStays),
        (Place.BROKEN, (replace(VIAL, mass=NOTHING),), removals.NothingLeft),
        (Place.BROKEN, (replace(VIAL, mass=Mass(501)),), NotEnoughLeft),
        (Place.BROKEN, (replace(VIAL, free=Mass(499)),), NotEnoughLeft),
        (Place.TRANSFERRED, (replace(VIAL, mass=Mass(499)),), removals.OnlyWhole),
        (Place.REVERSE_DISTRIBUTOR, (replace(VIAL, mass=Mass(499)),), removals.OnlyWhole),
    ],
)
def test_a_container_that_cannot_leave_like_this_is_named(
    kind: Place, contents: tuple[Content, ...], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal, match="K-001"):
        check_contents(kind, contents)


def test_a_broken_syringe_and_a_part_of_a_vial_may_leave() -> None:
    check_contents(Place.BROKEN, [replace(VIAL, kind=ContainerKind.SYRINGE, mass=Mass(1))])
    check_contents(Place.DESTROYED, [replace(VIAL, mass=Mass(499))])


def test_one_removal_is_of_one_registration_and_a_transfer_leaves_it() -> None:
    transfers.check_one_registration([ADA, ADA], to=BEN)
    with pytest.raises(transfers.OtherRegistration):
        transfers.check_one_registration([ADA, BEN], to=None)
    with pytest.raises(transfers.SameRegistration):
        transfers.check_one_registration([ADA], to=ADA)


@pytest.mark.parametrize(
    ("transferred", "used", "percent", "warns", "refused"),
    [
        (0, 0, "0.0", False, False),
        (39, 961, "3.9", False, False),
        (40, 960, "4.0", True, False),
        (50, 950, "5.0", True, False),
        (51, 949, "5.1", True, True),
        (1, 0, "100.0", True, True),
    ],
)
def test_a_share_of_a_years_drug_warns_at_four_percent_and_stops_above_five(
    transferred: int, used: int, percent: str, *, warns: bool, refused: bool
) -> None:
    share = Share(transferred=Mass(transferred), used=Mass(used), limits=TO_OTHERS)
    assert (share.as_text(), share.warns) == (percent, warns)
    if refused:
        with pytest.raises(transfers.TooMuchTransferred, match=r"above 5 %, by us-federal version 1, it takes .* 1307"):
            transfers.check_share(share)
    else:
        transfers.check_share(share)


def test_one_microgram_above_the_share_is_too_much() -> None:
    whole = 10_000_000
    at_limit = Share(transferred=Mass(whole // 20), used=Mass(whole * 19 // 20), limits=TO_OTHERS)
    assert at_limit.percent == Fraction(5)
    transfers.check_share(at_limit)
    with pytest.raises(transfers.TooMuchTransferred):
        transfers.check_share(replace(at_limit, transferred=Mass(whole // 20 + 1)))


def test_where_a_person_is_warned_is_what_the_product_does_of_its_own_and_not_left_out() -> None:
    federal = shipped("jurisdictions/us-federal")
    assert read_warn_percent(federal) == 4
    with pytest.raises(MalformedContent, match=r"product_defaults\.transfer_warn_percent is missing"):
        read_warn_percent(changed(federal, "product_defaults", ...))


def test_two_employees_destroy_and_load_and_clinical_people_sign_the_rest() -> None:
    for kind in (Place.DESTROYED, Place.REVERSE_DISTRIBUTOR):
        removals.check_signer(kind, name="Mia", roles=[Role.MEDICAL_ASSISTANT], eligible=True)
        with pytest.raises(removals.NotAnEligibleEmployee, match="Ada"):
            removals.check_signer(kind, name="Ada", roles=[Role.NURSE], eligible=False)
    removals.check_signer(Place.BROKEN, name="Ada", roles=[Role.NURSE], eligible=False)
    with pytest.raises(removals.MayNotSignRemoval, match="Fay"):
        removals.check_signer(Place.BROKEN, name="Fay", roles=[Role.FRONT_DESK], eligible=True)
    with pytest.raises(removals.SecondIsTheFirst) as said:
        removals.check_another(ADA, before=[ADA])
    assert "somebody else" in str(said.value)
    removals.check_another(ADA, before=[BEN])


def test_a_removal_goes_from_pending_to_posted_to_acknowledged_or_is_withdrawn() -> None:
    state = removals.state_of
    assert state(posted=False, withdrawn=False, acknowledged=False) is RemovalState.PENDING
    assert state(posted=True, withdrawn=False, acknowledged=False) is RemovalState.POSTED
    assert state(posted=True, withdrawn=False, acknowledged=True) is RemovalState.ACKNOWLEDGED
    assert state(posted=False, withdrawn=True, acknowledged=False) is RemovalState.WITHDRAWN
    removals.check_state(RemovalState.PENDING, RemovalState.PENDING)
    with pytest.raises(removals.NotThisState, match="It is posted"):
        removals.check_state(RemovalState.POSTED, RemovalState.PENDING)


def test_what_happened_is_not_dated_ahead_and_a_late_entry_says_why() -> None:
    moments.check_when(AT - timedelta(minutes=15), None, at=AT, limits=LIMITS)
    moments.check_when(AT - timedelta(minutes=16), "the tablet was dead", at=AT, limits=LIMITS)
    with pytest.raises(moments.NotYetHappened, match="ahead"):
        moments.check_when(AT + timedelta(seconds=1), None, at=AT, limits=LIMITS)
    for reason in (None, "too short"):
        with pytest.raises(moments.LateWithoutReason, match="10 characters"):
            moments.check_when(AT - timedelta(minutes=15, seconds=1), reason, at=AT, limits=LIMITS)


def test_a_reversal_is_of_the_kind_of_what_it_takes_back() -> None:
    assert kind_of(Place.PATIENT, None, reverses=True) is Kind.ADMINISTERED
    assert kind_of(None, Place.SUPPLIER, reverses=True) is Kind.RECEIVED
    assert kind_of(None, None, reverses=True) is Kind.DRAWN
    assert kind_of(Place.TRANSFERRED, None) is Kind.TRANSFERRED_IN
    assert kind_of(None, Place.TRANSFERRED) is Kind.TRANSFERRED_OUT


def a_correction(**different: Any) -> CorrectionOrder:
    usual: dict[str, Any] = {"move": ADA, "mass": None, "restated": None, "reason": "wrong syringe read"}
    return CorrectionOrder(**usual | different)


def checked(order: CorrectionOrder, **different: Any) -> Mass:
    usual: dict[str, Any] = {
        "kind": Kind.ADMINISTERED,
        "mass": Mass(100),
        "taken_back": NOTHING,
        "reverses": False,
    }
    return check_correction(order, **usual | different)


def test_a_move_is_taken_back_once_in_all_and_in_parts_up_to_what_it_moved() -> None:
    assert checked(a_correction()) == Mass(100)
    assert checked(a_correction(), taken_back=Mass(40)) == Mass(60)
    assert checked(a_correction(mass=Mass(60)), taken_back=Mass(40)) == Mass(60)
    assert checked(a_correction(restated=Mass(90))) == Mass(100)


@pytest.mark.parametrize(
    ("order", "different", "refusal"),
    [
        (a_correction(), {"reverses": True}, corrections.ReversalsStand),
        (a_correction(), {"kind": Kind.LOST}, corrections.SettledByADiscrepancy),
        (a_correction(), {"taken_back": Mass(100)}, corrections.AllTakenBack),
        (a_correction(mass=Mass(101)), {}, corrections.MoreThanMoved),
        (a_correction(mass=Mass(61)), {"taken_back": Mass(40)}, corrections.MoreThanMoved),
        (a_correction(restated=Mass(1)), {"kind": Kind.WASTED}, corrections.StatedByItsAct),
        (a_correction(mass=Mass(50), restated=Mass(1)), {}, corrections.RestatedOnlyWhole),
    ],
)
def test_a_correction_that_cannot_be_says_why(
    order: CorrectionOrder, different: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal) as said:
        checked(order, **different)
    assert str(said.value)


def test_a_correction_is_signed_by_another_person_who_may_and_once() -> None:
    given: dict[str, Any] = {"author": ADA, "second": BEN, "name": "Ben", "roles": [Role.NURSE]}
    corrections.check_second(**given)
    with pytest.raises(corrections.CorrectorIsTheSamePerson) as same:
        corrections.check_second(**given | {"second": ADA})
    with pytest.raises(corrections.MayNotCorrect, match="Ben"):
        corrections.check_second(**given | {"roles": [Role.FRONT_DESK]})
    corrections.check_not_posted(posted=False)
    with pytest.raises(corrections.AlreadyPosted) as twice:
        corrections.check_not_posted(posted=True)
    assert str(same.value)
    assert str(twice.value)


def test_no_moment_of_the_past_may_become_negative() -> None:
    check_past("K-001", [500, -500, 1])
    with pytest.raises(corrections.PastWouldBeNegative, match="K-001"):
        check_past("K-001", [500, -501, 500])


def test_an_incident_names_each_rule_that_it_went_against_and_none_where_there_is_none() -> None:
    assert incidents.against(FRESH, mass=Mass(500), at=AT) == ()
    worst = replace(
        FRESH,
        kind=ContainerKind.SINGLE_DOSE_VIAL,
        quarantined=True,
        gone=True,
        expires_at=AT,
        use_by=AT - timedelta(seconds=1),
    )
    assert incidents.against(worst, mass=Mass(501), at=AT) == (
        *("Quarantined", "Disposed", "Expired", "PastBeyondUse", "SingleDoseUsed", "NotEnoughLeft"),
    )
    assert incidents.beyond_the_book(FRESH, mass=Mass(501)) == Mass(1)
    assert incidents.beyond_the_book(FRESH, mass=Mass(500)) == NOTHING


def test_an_incident_is_reviewed_once_by_somebody_else() -> None:
    incidents.check_review(recorded_by=ADA, reviewer=BEN, reviewed=False)
    with pytest.raises(incidents.ReviewerWasThere) as same:
        incidents.check_review(recorded_by=ADA, reviewer=ADA, reviewed=False)
    with pytest.raises(incidents.ReviewedBefore) as twice:
        incidents.check_review(recorded_by=ADA, reviewer=BEN, reviewed=True)
    assert str(same.value)
    assert str(twice.value)


def test_the_hub_keeps_no_more_than_the_products_cap_for_each_draw() -> None:
    given: dict[str, Any] = {"lost_before": Mass(4), "draws": 1, "at_most": Mass(5)}
    vials.check_hub_loss("K-001/1", Mass(1), **given)
    vials.check_hub_loss("K-001", Mass(6), **given | {"draws": 2})
    with pytest.raises(vials.MoreThanStaysInTheHub, match="K-001/1"):
        vials.check_hub_loss("K-001/1", Mass(2), **given)
    with pytest.raises(vials.MoreThanStaysInTheHub):
        vials.check_hub_loss("K-001", Mass(2), **given | {"draws": 0})
