"""What may go together, what may be shared, and that no microgram is lost between mixes and draws."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_api.clinics.rules.content import Content, MalformedContent
from clinic_api.errors import Refusal
from clinic_api.inventory.rules.drawing import (
    NotAVial,
    NotDrawable,
    PastBeyondUse,
    Source,
    StrengthLost,
    Take,
    check_draw,
    check_return,
)
from clinic_api.inventory.rules.kits import Kit, OneKitAtATime, check_one_kit
from clinic_api.inventory.rules.mixing import (
    AnotherPackage,
    AnotherPlace,
    CameForAPatient,
    DiluentUnclear,
    MixOrder,
    NotShared,
    NoUseLeft,
    OnePatientOnly,
    Part,
    TakenTwice,
    check_mix,
    check_shareable,
    check_takes,
    check_together,
    lots_of,
    mass_taken,
    use_by_of,
)
from clinic_api.inventory.rules.products import ContainerKind, Method, read_drug
from clinic_api.inventory.rules.sharing import Sharing, read_sharing
from clinic_api.inventory.rules.tallies import Counted, tally
from clinic_api.inventory.rules.vials import hub_cap_at
from clinic_api.quantities import NOTHING, Concentration, Mass, NotAnAmount, Volume
from tests.protocols.shipped import shipped

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
HOURS_4 = timedelta(hours=4)
SAFE, CART = UUID(int=1), UUID(int=2)
FIRST = Part(label="K-001", product="ketamine-50", strength=Concentration.mg_per_ml(50), location=SAFE)
ORDER = MixOrder(
    kind=ContainerKind.BAG, takes=(Take(SAFE, Volume.ml(10)),), diluent="saline", diluent_volume=Volume.ml(90)
)
BAG = Source(
    label="K-001/1",
    kind=ContainerKind.BAG,
    left=Mass.mg(500),
    held=NOTHING,
    gone=False,
    quarantined=False,
    expires_at=NOW + timedelta(days=100),
    use_by=NOW + HOURS_4,
    stock=True,
)
FIVE = Concentration.mg_per_ml(5)
ELEVENTHS = Concentration(Fraction(50, 11))


def sharing(*, allowed: bool = True) -> Sharing:
    """The shipped policy, allowed or not."""
    shipped_one = read_drug(shipped("products/ketamine")).sharing
    assert shipped_one is not None
    return replace(shipped_one, allowed=allowed)


def refused(act: Any, *args: Any, **named: Any) -> type[Refusal]:
    """What something is refused as; its sentence says something."""
    with pytest.raises(Refusal) as refusal:
        act(*args, **named)
    assert len(str(refusal.value)) > 20
    return type(refusal.value)


# ------------------------------------------------------------------------------------------------------- together


def test_lots_may_be_mixed_and_each_is_named_once_in_its_order() -> None:
    check_together([FIRST, replace(FIRST, label="K-002")])
    assert lots_of(["L2", "L1", "L2"]) == "L2 + L1"
    assert lots_of(["L2 + L1", "L1", "L3"]) == "L2 + L1 + L3"


@pytest.mark.parametrize(
    ("different", "by"),
    [
        ({"product": "ketamine-50-other"}, AnotherPackage),
        ({"strength": Concentration.mg_per_ml(10)}, AnotherPackage),
        ({"location": CART}, AnotherPlace),
    ],
)
def test_another_package_strength_or_place_does_not_go_into_the_same_syringe(
    different: dict[str, Any], by: type[Refusal]
) -> None:
    assert refused(check_together, [FIRST, replace(FIRST, label="K-002", **different)]) is by


def test_a_container_is_named_once() -> None:
    check_takes(["K-001", "K-002"])
    assert refused(check_takes, ["K-001", "K-002", "K-001"]) is TakenTwice


def test_two_kits_do_not_go_into_one_syringe() -> None:
    kit = Kit(container="K-001", patient=SAFE, last_day=NOW.date(), zone="UTC")
    check_one_kit([None, kit, None])
    assert refused(check_one_kit, [kit, None, replace(kit, container="K-002")]) is OneKitAtATime


# --------------------------------------------------------------------------------------------------------- shared


def test_as_shipped_nothing_is_made_up_for_nobody_in_particular() -> None:
    policy = read_drug(shipped("products/ketamine")).sharing
    assert policy == sharing(allowed=False)
    assert read_drug(shipped("products/esketamine")).sharing is None
    assert policy.origin.status == "unchecked"
    for nobody in (policy, None):
        assert refused(check_mix, ORDER, nobody, drug="ketamine") is NotShared
    assert check_mix(ORDER, sharing(), drug="ketamine").allowed


def test_a_policy_that_says_half_cannot_be_read() -> None:
    content = shipped("products/ketamine")
    del content["preparations"]["bag_use_by_hours"]
    with pytest.raises(MalformedContent):
        read_sharing(Content(content))


def test_a_diluent_has_a_name_and_a_volume_or_neither() -> None:
    check_mix(replace(ORDER, diluent=None, diluent_volume=Volume(0)), sharing(), drug="ketamine")
    for half in (replace(ORDER, diluent=None), replace(ORDER, diluent_volume=Volume(0))):
        assert refused(check_mix, half, sharing(), drug="ketamine") is DiluentUnclear


def test_what_serves_one_patient_is_not_shared() -> None:
    vial = replace(BAG, kind=ContainerKind.MULTI_DOSE_VIAL, stock=False)
    check_shareable(vial, kit=False)
    assert refused(check_shareable, BAG, kit=False) is NotAVial
    assert refused(check_shareable, replace(vial, kind=ContainerKind.SINGLE_DOSE_VIAL), kit=False) is OnePatientOnly
    assert refused(check_shareable, vial, kit=True) is CameForAPatient


def test_it_may_be_used_no_longer_than_the_policy_and_each_source_say() -> None:
    later, sooner = NOW + timedelta(days=9), NOW + timedelta(hours=1)
    policy = replace(sharing(), bag_for=timedelta(hours=9))
    assert use_by_of(ContainerKind.BAG, policy, at=NOW, sources=[later]) == NOW + timedelta(hours=9)
    assert use_by_of(ContainerKind.SYRINGE, policy, at=NOW, sources=[later]) == NOW + HOURS_4
    assert use_by_of(ContainerKind.BAG, policy, at=NOW, sources=[later, sooner]) == sooner
    assert refused(use_by_of, ContainerKind.BAG, policy, at=NOW, sources=[NOW]) is NoUseLeft


# ----------------------------------------------------------------------------------------------- drawn from a bag


def test_a_stock_preparation_is_drawn_from_until_its_use_by_and_not_a_moment_longer() -> None:
    check_draw(BAG, mass=Mass(1), at=NOW + HOURS_4)
    over = NOW + HOURS_4 + timedelta(microseconds=1)
    assert refused(check_draw, BAG, mass=Mass(1), at=over) is PastBeyondUse
    assert refused(check_draw, replace(BAG, stock=False), mass=Mass(1), at=NOW) is NotAVial
    assert refused(check_draw, replace(BAG, strength_lost=True), mass=Mass(1), at=NOW) is StrengthLost
    with pytest.raises(Refusal):
        check_return(replace(BAG, use_by=None), content=BAG.left)


def test_out_of_a_vial_nothing_is_rounded_and_out_of_a_bag_once_half_to_even() -> None:
    vial = replace(BAG, kind=ContainerKind.MULTI_DOSE_VIAL, stock=False)
    assert mass_taken(vial, Volume.ml("0.7"), Concentration.mg_per_ml(50), draws=0) == Mass.mg(35)
    assert refused(mass_taken, vial, Volume.ml("0.7"), ELEVENTHS, draws=0) is NotAnAmount
    assert mass_taken(BAG, Volume.ml("0.7"), ELEVENTHS, draws=0) == Mass(3182)  # 3181.81…
    half = Concentration(Fraction(5, 100))
    assert [mass_taken(BAG, Volume(ul), half, draws=0).ug for ul in (50, 70, 90)] == [2, 4, 4]  # 2.5, 3.5, 4.5


@pytest.mark.parametrize("ml", ["0", "0.001", "0.705"])
def test_a_bag_too_is_drawn_from_in_steps_that_a_syringe_can_be_read_to(ml: str) -> None:
    assert refused(mass_taken, BAG, Volume.ml(ml), FIVE, draws=0) is NotDrawable


def test_what_holds_less_than_half_a_microgram_is_not_drawn() -> None:
    weak = Concentration(Fraction(1, 20))
    assert refused(mass_taken, BAG, Volume(10), weak, draws=0) is NotDrawable  # exactly half rounds to none


def test_the_draw_that_empties_it_takes_exactly_the_remainder() -> None:
    left = replace(BAG, left=Mass(3181))
    assert mass_taken(left, Volume.ml("0.7"), ELEVENTHS, draws=1) == Mass(3181)
    assert mass_taken(replace(left, left=Mass(3182)), Volume.ml("0.7"), ELEVENTHS, draws=1) == Mass(3182)
    assert mass_taken(replace(left, left=Mass(3190)), Volume.ml("0.7"), ELEVENTHS, draws=0) == Mass(3182)
    promised = replace(left, left=Mass(9000), held=Mass(5819))
    assert mass_taken(promised, Volume.ml("0.7"), ELEVENTHS, draws=1) == Mass(3181)
    assert mass_taken(replace(left, left=Mass(3000)), Volume.ml("0.7"), ELEVENTHS, draws=1) == Mass(3182)
    assert mass_taken(replace(left, left=NOTHING), Volume.ml("0.7"), ELEVENTHS, draws=1) == Mass(3182)


def test_the_cap_on_hub_loss_goes_by_the_strength_that_is_in_the_hub() -> None:
    assert hub_cap_at(Fraction(50), Mass.mg(5), of=Fraction(50)) == Mass.mg(5)
    assert hub_cap_at(Fraction(50, 11), Mass.mg(5), of=Fraction(50)) == Mass(454)


def test_what_was_made_up_is_no_full_container_and_its_fluid_is_not_added_to_undiluted_fluid() -> None:
    full = Counted(method=Method.COUNTED, volume=None, found=Mass.mg(500), expected=Mass.mg(500), resolution=NOTHING)
    read = replace(full, method=Method.READ, volume=Volume.ml(9), found=Mass.mg(450), expected=Mass.mg(450))
    bag = replace(full, made_up=True)
    drawn_from = replace(read, volume=Volume.ml(90), made_up=True)
    lost = replace(bag, method=None, found=None)
    of = tally(NOW, [], [full, read, bag, drawn_from, lost])
    assert (of.full, of.opened, of.opened_volume, of.missing) == (1, 3, Volume.ml(9), 1)
    assert (of.found, of.book) == (Mass.mg(1900), Mass.mg(2400))


# ------------------------------------------------------------------------------------------------------ conserved

steps = st.integers(min_value=1, max_value=400).map(lambda n: Volume(n * 10))


@settings(deadline=None)
@given(
    vials=st.lists(steps, min_size=1, max_size=4),
    diluent=st.integers(min_value=0, max_value=5000).map(lambda n: Volume(n * 10)),
    draws=st.lists(steps, max_size=12),
)
def test_over_any_mix_and_any_draws_every_microgram_is_somewhere(
    vials: list[Volume], diluent: Volume, draws: list[Volume]
) -> None:
    strong = Concentration.mg_per_ml(50)
    vial = replace(BAG, kind=ContainerKind.MULTI_DOSE_VIAL, stock=False)
    mixed = Mass.total(mass_taken(vial, each, strong, draws=0) for each in vials)
    strength = Concentration.of(mixed, Volume.total(vials) + diluent)
    held, drawn, exact = mixed, [], Fraction(0)
    for count, volume in enumerate(draws):
        try:
            mass = mass_taken(replace(BAG, left=held), volume, strength, draws=count)
            check_draw(replace(BAG, left=held), mass=mass, at=NOW)
        except Refusal:
            continue
        held, exact = held - mass, exact + strength.exact * volume.ul
        drawn.append(mass)
    assert Mass.total(drawn) + held == mixed
    assert abs(Mass.total(drawn).ug - exact) <= Fraction((len(draws) + 1) ** 2, 2)


@settings(deadline=None)
@given(
    mass=st.integers(min_value=1, max_value=500).map(lambda n: Mass(n * 500)),
    parts=st.lists(st.integers(min_value=1, max_value=200), min_size=1, max_size=8),
)
def test_draws_that_come_to_the_whole_volume_leave_exactly_nothing(mass: Mass, parts: list[int]) -> None:
    volumes = [Volume(part * 10) for part in parts]
    strength = Concentration.of(mass, Volume.total(volumes))
    held = mass
    for count, volume in enumerate(volumes):
        if held == NOTHING or strength.exact < 1:
            return
        held -= mass_taken(replace(BAG, left=held), volume, strength, draws=count)
    assert held == NOTHING
