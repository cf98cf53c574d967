"""Which strength may stand in for which, who says so, and what a working under it must come to."""

from collections.abc import Callable
from uuid import UUID

import pytest

from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics.rules.content import Origin, Status
from clinic_api.dosing.rules.substitution import (
    AlreadyAuthorised,
    Authorised,
    AuthoriserWorksItOut,
    MayNotAuthorise,
    NothingToSubstitute,
    OtherStrength,
    OtherThanAuthorised,
    Standing,
    StrengthMayNotStandIn,
    Substituted,
    SubstitutionNeeded,
    check_authoriser,
    check_may_stand_in,
    check_used,
    find_authorised,
)
from clinic_api.orders.rules.working import NothingToDraw
from clinic_api.protocols.rules.substitution import SubstitutionRule
from clinic_api.quantities import Concentration, Mass, Volume

WEAK, STRONG, STRONGEST = (Concentration.mg_per_ml(each) for each in ("10", "50", "100"))
RULE = SubstitutionRule((WEAK, STRONG), (Role.PRESCRIBER,), Origin("these tests", Status.DESIGN))
STANDS = Standing(strength=STRONG, ordered=Mass.mg(35), cap=None, volume=Volume.ml("0.7"))
ADA, DORA = UUID(int=1), UUID(int=2)
GIVEN = Authorised(id=UUID(int=3), strength=WEAK, volume=Volume.ml("3.5"), by=DORA)


def test_another_listed_strength_comes_to_its_own_volume() -> None:
    assert check_may_stand_in(WEAK, STANDS, RULE) == Substituted(
        from_strength=STRONG, to_strength=WEAK, from_volume=Volume.ml("0.7"), to_volume=Volume.ml("3.5")
    )


def test_the_volume_of_a_dose_at_its_cap_is_rounded_down_as_when_it_is_worked_out() -> None:
    capped = Standing(strength=WEAK, ordered=Mass.mg("35.3"), cap=Mass.mg("35.3"), volume=Volume.ml("3.53"))
    free = Standing(strength=WEAK, ordered=Mass.mg("35.3"), cap=None, volume=Volume.ml("3.53"))
    assert (capped.volume_of(STRONG), free.volume_of(STRONG)) == (Volume.ml("0.7"), Volume.ml("0.71"))


def test_the_same_strength_needs_nobody() -> None:
    with pytest.raises(NothingToSubstitute, match="50 mg/mL: draw it"):
        check_may_stand_in(STRONG, STANDS, RULE)
    assert find_authorised(STRONG, STANDS, None, given=()) is None


@pytest.mark.parametrize(("rule", "listed"), [(RULE, "10 mg/mL, 50 mg/mL"), (None, "none")])
def test_a_strength_that_is_not_listed_is_refused_whoever_asks(rule: SubstitutionRule | None, listed: str) -> None:
    asks: tuple[Callable[[], object], ...] = (
        lambda: check_may_stand_in(STRONGEST, STANDS, rule),
        lambda: find_authorised(STRONGEST, STANDS, rule, given=[GIVEN]),
    )
    for ask in asks:
        with pytest.raises(StrengthMayNotStandIn) as refusal:
            ask()
        assert str(refusal.value) == (
            "the dose was worked out for 50 mg/mL (0.7 mL); 100 mg/mL (0.35 mL) may not stand in by this visit's "
            f"version of the protocol (it lists: {listed}). Take a container of 50 mg/mL"
        )


def test_a_strength_of_which_nothing_could_be_drawn_may_not_stand_in() -> None:
    with pytest.raises(NothingToDraw):
        check_may_stand_in(STRONG, Standing(strength=WEAK, ordered=Mass(100), cap=None, volume=Volume(10)), RULE)


def test_a_listed_strength_needs_an_authorisation_and_is_told_by_whom() -> None:
    with pytest.raises(SubstitutionNeeded) as refusal:
        find_authorised(WEAK, STANDS, RULE, given=())
    assert str(refusal.value) == (
        "the dose was worked out for 50 mg/mL (0.7 mL); of 10 mg/mL it would be 3.5 mL. Have it authorised "
        "(POST /sessions/{visit}/substitutions) by one of: prescriber; or take a container of 50 mg/mL"
    )


def test_an_authorisation_counts_for_exactly_its_strength() -> None:
    assert find_authorised(WEAK, STANDS, RULE, given=[GIVEN]) == GIVEN
    both = SubstitutionRule((WEAK, STRONG, STRONGEST), RULE.authorised_by, RULE.origin)
    with pytest.raises(SubstitutionNeeded):
        find_authorised(STRONGEST, STANDS, both, given=[GIVEN])


def test_only_whom_the_protocol_names_may_authorise() -> None:
    check_authoriser({"prescriber", "nurse"}, RULE)
    for rule, said in ((RULE, "one of: prescriber"), (None, "one of: ")):
        with pytest.raises(MayNotAuthorise, match=said):
            check_authoriser({"nurse"}, rule)


def test_whoever_authorised_it_works_it_out_only_where_they_are_alone() -> None:
    volume = Volume.ml("3.5")
    check_used(GIVEN, by=ADA, worked_out=volume, alone=False)
    check_used(GIVEN, by=DORA, worked_out=volume, alone=True)
    with pytest.raises(AuthoriserWorksItOut, match="have a nurse work it out"):
        check_used(GIVEN, by=DORA, worked_out=volume, alone=False)


def test_a_working_comes_to_the_authorised_volume_to_the_last_step() -> None:
    with pytest.raises(OtherThanAuthorised) as refusal:
        check_used(GIVEN, by=ADA, worked_out=Volume.ml("3.51"), alone=False)
    assert str(refusal.value).startswith("3.5 mL were authorised, and this comes to 3.51 mL")


def test_a_working_that_needed_no_authorisation_is_held_against_none() -> None:
    check_used(None, by=DORA, worked_out=Volume.ml("7"), alone=False)


def test_what_was_authorised_once_is_worked_out_and_not_authorised_again() -> None:
    assert str(AlreadyAuthorised(WEAK)) == "10 mg/mL may stand in: work the dose out for it"


def test_another_strength_than_was_worked_out_for_is_refused_with_both_volumes() -> None:
    refusal = OtherStrength(STRONG, STRONGEST, Volume.ml("0.7"), Volume.ml("0.35"))
    assert str(refusal) == (
        "the dose was worked out for 50 mg/mL (0.7 mL); this container holds 100 mg/mL (0.35 mL). "
        "Take a container of 50 mg/mL, or ask for an authorised substitution (POST /sessions/{visit}/substitutions) "
        "and work it out again"
    )
