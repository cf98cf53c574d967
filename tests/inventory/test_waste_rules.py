"""Wasting: who may watch, until when, and how much."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics.rules.profile import Deadline, WasteControl, read_profile
from clinic_api.inventory.rules.moves import NotEnoughLeft
from clinic_api.inventory.rules.waste import (
    AlreadyWitnessed,
    MayNotWitness,
    NothingToWaste,
    WasteOrder,
    WitnessIsTheSamePerson,
    check_not_posted,
    check_proposal,
    check_witness,
    due_at,
)
from clinic_api.quantities import NOTHING, Mass
from tests.protocols.shipped import shipped

ADA, BEN = UUID(int=1), UUID(int=2)
NEW_YORK = "America/New_York"


def control(profile: str) -> WasteControl:
    """How a shipped profile has wastes watched."""
    return read_profile(shipped(f"profiles/{profile}")).waste


def witness(roles: set[Role], profile: str = "team", *, by: UUID = BEN) -> None:
    """Whether somebody with these roles may watch Ada."""
    check_witness(author=ADA, witness=by, name="Ben Nurse", roles=roles, control=control(profile))


def order(mass: Mass) -> WasteOrder:
    """A remainder to waste."""
    return WasteOrder(container=ADA, mass=mass, reason="dose complete", method="absorbent container")


def test_all_that_is_left_may_be_wasted_and_one_microgram_more_is_refused() -> None:
    check_proposal("K-014/1", order(Mass.mg("24.5")), free=Mass.mg("24.5"))
    with pytest.raises(NotEnoughLeft, match=r"K-014/1 holds 24\.5 mg, not 24\.501 mg"):
        check_proposal("K-014/1", order(Mass.mg("24.501")), free=Mass.mg("24.5"))


def test_a_remainder_of_nothing_asks_for_no_witness() -> None:
    with pytest.raises(NothingToWaste, match="asks for no witness"):
        check_proposal("K-014/1", order(NOTHING), free=NOTHING)


@pytest.mark.parametrize("role", [Role.NURSE, Role.PRESCRIBER, Role.CUSTODIAN])
def test_a_nurse_a_prescriber_and_the_custodian_may_witness(role: Role) -> None:
    witness({role, Role.FRONT_DESK})


@pytest.mark.parametrize("profile", ["team", "duo", "solo"])
def test_no_profile_lets_a_person_witness_their_own_waste(profile: str) -> None:
    with pytest.raises(WitnessIsTheSamePerson, match="second person"):
        witness({Role.NURSE}, profile, by=ADA)


@pytest.mark.parametrize("roles", [{Role.FRONT_DESK}, {Role.ADMINISTRATOR}, {Role.MEDICAL_ASSISTANT}, set()])
def test_the_front_desk_and_others_may_not_witness(roles: set[Role]) -> None:
    with pytest.raises(MayNotWitness, match=r"Ben Nurse \(.+\) may not witness here"):
        witness(roles)


def test_a_witness_only_grant_counts_where_the_profile_says_so() -> None:
    witness({Role.WITNESS_ONLY}, "solo")
    for profile in ("team", "duo"):
        with pytest.raises(MayNotWitness):
            witness({Role.WITNESS_ONLY}, profile)


def test_a_waste_is_witnessed_once() -> None:
    check_not_posted("K-014/1", posted=False)
    with pytest.raises(AlreadyWitnessed, match="The waste from K-014/1 is in the ledger"):
        check_not_posted("K-014/1", posted=True)


@pytest.mark.parametrize(
    ("at", "deadline", "due"),
    [
        (datetime(2026, 3, 2, 15, tzinfo=UTC), Deadline.SAME_DAY, datetime(2026, 3, 3, 5, tzinfo=UTC)),
        (datetime(2026, 3, 2, 15, tzinfo=UTC), Deadline.NEXT_BUSINESS_DAY, datetime(2026, 3, 4, 5, tzinfo=UTC)),
        # A Friday before the clocks change: Saturday and Sunday are skipped, and Monday is four hours behind UTC.
        (datetime(2026, 3, 6, 15, tzinfo=UTC), Deadline.NEXT_BUSINESS_DAY, datetime(2026, 3, 10, 4, tzinfo=UTC)),
        (datetime(2026, 3, 7, 15, tzinfo=UTC), Deadline.NEXT_BUSINESS_DAY, datetime(2026, 3, 10, 4, tzinfo=UTC)),
        (datetime(2026, 3, 8, 15, tzinfo=UTC), Deadline.NEXT_BUSINESS_DAY, datetime(2026, 3, 10, 4, tzinfo=UTC)),
    ],
)
def test_a_remainder_waits_for_its_witness_until_the_day_ends_that_the_profile_names(
    at: datetime, deadline: Deadline, due: datetime
) -> None:
    assert due_at(at, zone=NEW_YORK, deadline=deadline) == due
