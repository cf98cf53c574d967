"""The rules of drawing and moving, at their smallest steps."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest

from clinic_api.errors import Refusal
from clinic_api.inventory.rules.drawing import (
    Disposed,
    DrawnForAnother,
    Empty,
    Expired,
    NotAVial,
    NotDrawable,
    NotWhole,
    OtherSite,
    PastBeyondUse,
    Quarantined,
    SingleDoseUsed,
    Source,
    check_draw,
    check_drawn_for,
    check_return,
    check_same_site,
    expires_at,
    mass_of,
    use_by,
)
from clinic_api.inventory.rules.moves import CaseBalance, Kind, NotEnoughLeft, Place, check_enough, kind_of
from clinic_api.inventory.rules.products import (
    ContainerKind,
)
from clinic_api.quantities import NOTHING, Concentration, Mass, NotAnAmount, Volume

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
FIFTY = Concentration.mg_per_ml(50)
HERE, THERE = UUID(int=1), UUID(int=2)
STEP = timedelta(microseconds=1)
DROP = Mass(1)
FULL = Source(
    label="K-014",
    kind=ContainerKind.MULTI_DOSE_VIAL,
    left=Mass.mg(500),
    held=NOTHING,
    gone=False,
    quarantined=False,
    expires_at=NOW + timedelta(days=100),
    use_by=None,
)


def refusal_of(source: Source, *, mass: Mass = DROP, at: datetime = NOW) -> type[Refusal]:
    """What a draw is refused as; its sentence names the container."""
    with pytest.raises(Refusal) as refusal:
        check_draw(source, mass=mass, at=at)
    assert source.label in str(refusal.value)
    return type(refusal.value)


# -------------------------------------------------------------------------------------------------------------- drawing


def test_seven_tenths_of_a_millilitre_of_fifty_are_exactly_thirty_five_milligrams() -> None:
    assert mass_of(Volume.ml("0.7"), FIFTY) == Mass.mg(35)
    assert mass_of(Volume.ml("0.01"), FIFTY) == Mass.mg("0.5")


@pytest.mark.parametrize("ml", ["0", "0.001", "0.705", "0.009"])
def test_a_volume_that_no_syringe_can_be_read_to_is_refused(ml: str) -> None:
    with pytest.raises(NotDrawable, match=r"steps of 0\.01 mL"):
        mass_of(Volume.ml(ml), FIFTY)


def test_a_draw_that_would_not_be_whole_micrograms_is_refused_rather_than_rounded() -> None:
    with pytest.raises(NotAnAmount):
        mass_of(Volume.ml("0.01"), Concentration(Fraction(1, 3)))


def test_all_of_a_vial_may_be_drawn_and_not_a_microgram_more() -> None:
    check_draw(FULL, mass=Mass.mg(500), at=NOW)
    with pytest.raises(NotEnoughLeft) as refusal:
        check_draw(FULL, mass=Mass.mg("500.001"), at=NOW)
    assert str(refusal.value).startswith("K-014 holds 500 mg, not 500.001 mg; ")


def test_what_was_promised_to_a_waste_is_not_drawn_again() -> None:
    held = replace(FULL, held=Mass.mg(100))
    check_draw(held, mass=Mass.mg(400), at=NOW)
    assert refusal_of(held, mass=Mass.mg("400.001")) is NotEnoughLeft
    assert replace(FULL, held=Mass.mg(501)).free == NOTHING


def test_a_vial_may_be_used_until_its_last_day_ends_and_not_a_microsecond_longer() -> None:
    check_draw(FULL, mass=Mass(1), at=FULL.expires_at - STEP)
    assert refusal_of(FULL, at=FULL.expires_at) is Expired


def test_an_opened_vial_may_be_used_until_its_beyond_use_date_and_not_a_microsecond_longer() -> None:
    opened = replace(FULL, use_by=NOW + timedelta(days=28))
    check_draw(opened, mass=Mass(1), at=NOW + timedelta(days=28))
    assert refusal_of(opened, at=NOW + timedelta(days=28) + STEP) is PastBeyondUse


def test_a_beyond_use_date_never_lies_past_the_expiry() -> None:
    month = timedelta(days=28)
    assert use_by(punctured_at=NOW, beyond_use=month, expires_at=NOW + timedelta(days=90)) == NOW + month
    assert use_by(punctured_at=NOW, beyond_use=month, expires_at=NOW + timedelta(days=3)) == NOW + timedelta(days=3)


def test_a_lot_expires_when_its_last_day_ends_at_the_site() -> None:
    assert expires_at(date(2026, 6, 30), "America/New_York") == datetime(2026, 7, 1, 4, tzinfo=UTC)
    assert expires_at(date(2026, 12, 31), "America/New_York") == datetime(2027, 1, 1, 5, tzinfo=UTC)


def test_what_is_set_apart_disposed_of_empty_or_no_vial_is_not_drawn_from() -> None:
    assert refusal_of(replace(FULL, kind=ContainerKind.SYRINGE)) is NotAVial
    assert refusal_of(replace(FULL, quarantined=True)) is Quarantined
    assert refusal_of(replace(FULL, gone=True)) is Disposed
    assert refusal_of(replace(FULL, left=NOTHING)) is Empty


def test_a_single_dose_vial_serves_once() -> None:
    single = replace(FULL, kind=ContainerKind.SINGLE_DOSE_VIAL)
    check_draw(single, mass=Mass(1), at=NOW)
    assert refusal_of(replace(single, use_by=NOW + timedelta(days=1))) is SingleDoseUsed


def test_a_vial_serves_its_own_site_and_a_syringe_its_own_visit() -> None:
    check_same_site("K-014", kept_at=HERE, visit_at=HERE)
    check_drawn_for("K-014/1", drawn_for=HERE, visit=HERE)
    with pytest.raises(OtherSite, match="K-014 belongs to another site"):
        check_same_site("K-014", kept_at=HERE, visit_at=THERE)
    with pytest.raises(DrawnForAnother, match="K-014/1 was drawn for another visit"):
        check_drawn_for("K-014/1", drawn_for=HERE, visit=THERE)


@pytest.mark.parametrize(
    "opened",
    [
        {"kind": ContainerKind.SYRINGE},
        {"use_by": NOW},
        {"left": Mass.mg("499.999")},
        {"held": Mass(1)},
        {"gone": True},
    ],
)
def test_only_what_was_never_opened_is_given_back(opened: dict[str, Any]) -> None:
    check_return(FULL, content=Mass.mg(500))
    with pytest.raises(NotWhole, match="K-014 was opened or is not full"):
        check_return(replace(FULL, **opened), content=Mass.mg(500))


# ---------------------------------------------------------------------------------------------------------------- moves


def test_a_move_is_what_its_two_ends_say() -> None:
    assert kind_of(None, None) is Kind.DRAWN
    assert [kind_of(place, None) for place in (Place.SUPPLIER, Place.OVERFILL)] == [Kind.RECEIVED, Kind.OVERFILL_FOUND]
    left = [kind_of(None, place) for place in (Place.PATIENT, Place.WASTE, Place.RETURNED)]
    assert left == [Kind.ADMINISTERED, Kind.WASTED, Kind.RETURNED]


def test_exactly_what_is_left_may_be_taken() -> None:
    check_enough("K-014/1", asked=Mass(1), left=Mass(1), counted=False)
    with pytest.raises(NotEnoughLeft):
        check_enough("K-014/1", asked=Mass(2), left=Mass(1), counted=False)


def test_an_open_case_names_its_syringe_and_the_amount() -> None:
    case = CaseBalance(
        case=HERE,
        container_label="K-014/1",
        drawn=Mass.mg(35),
        administered=Mass.mg("10.5"),
        wasted=Mass.mg(12),
        returned=NOTHING,
    )
    assert (case.left, case.closed) == (Mass.mg("12.5"), False)
    assert str(case).startswith("K-014/1: 12.5 mg of the 35 mg drawn is neither given, wasted nor returned")
    closed = replace(case, wasted=Mass.mg("24.5"))
    assert closed.closed
    assert str(closed) == "K-014/1: all of the 35 mg drawn is accounted for"
