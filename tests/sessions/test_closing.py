"""What must be settled before the signature, and who may co-sign."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from clinic_api.clinics.rules.profile import read_profile
from clinic_api.quantities import Mass
from clinic_api.sessions.rules.closing import (
    AmountAt,
    BlockerKind,
    CloseFacts,
    CosignNeedsAnotherPerson,
    NotSettled,
    check_close,
    check_cosign,
    close_blockers,
)
from tests.protocols.shipped import shipped

ADA, BEN = UUID(int=1), UUID(int=2)
SETTLED = CloseFacts(
    open_wastes=(),
    unbalanced=(),
    open_alerts=(),
    unexplained_minutes=(),
    safety_answered=True,
    next_visit_answered=True,
)


def refused(**facts: Any) -> NotSettled:
    """The refusal to close with some facts changed."""
    with pytest.raises(NotSettled) as refusal:
        check_close(replace(SETTLED, **facts))
    return refusal.value


def test_a_settled_session_may_be_signed() -> None:
    check_close(SETTLED)
    assert close_blockers(SETTLED) == ()


def test_an_open_waste_names_its_container_and_its_amount() -> None:
    refusal = refused(open_wastes=[AmountAt("vial K-014", Mass.mg("24.5"))])
    assert str(refusal) == "vial K-014: 24.5 mg wait for a witness (have a second person witness it)"
    assert refusal.facts == {
        "blockers": [
            {
                "kind": BlockerKind.OPEN_WASTE,
                "sentence": "vial K-014: 24.5 mg wait for a witness",
                "way_out": "have a second person witness it",
            }
        ]
    }


def test_one_microgram_unaccounted_for_is_named() -> None:
    refusal = refused(unbalanced=[AmountAt("syringe 2", Mass(1))])
    assert "syringe 2: 0.001 mg are neither given, wasted nor returned" in str(refusal)


def test_an_unanswered_alert_and_an_unexplained_set_are_named() -> None:
    refusal = refused(open_alerts=["systolic 186 at 10:25"], unexplained_minutes=[20, -5])
    assert [it.sentence for it in refusal.blockers] == [
        "alert not answered: systolic 186 at 10:25",
        "the set at 20 min was missed without a reason",
        "the set at -5 min was missed without a reason",
    ]


@pytest.mark.parametrize("known", [None, False])
@pytest.mark.parametrize(
    ("fact", "kind"),
    [("safety_answered", BlockerKind.SUICIDE_ITEM), ("next_visit_answered", BlockerKind.NEXT_VISIT)],
)
def test_what_is_not_known_to_be_answered_blocks(fact: str, kind: BlockerKind, known: bool | None) -> None:
    assert [it.kind for it in refused(**{fact: known}).blockers] == [kind]


def test_all_blockers_are_listed_at_once_drug_first() -> None:
    refusal = refused(
        open_wastes=[AmountAt("vial K-014", Mass.mg(1))],
        unbalanced=[AmountAt("vial K-015", Mass.mg(2))],
        open_alerts=["spo2 91"],
        unexplained_minutes=[10],
        safety_answered=None,
        next_visit_answered=None,
    )
    assert [it.kind for it in refusal.blockers] == list(BlockerKind)


@pytest.mark.parametrize("name", ["team", "duo"])
def test_whoever_signed_does_not_co_sign_where_there_are_two_people(name: str) -> None:
    profile = read_profile(shipped(f"profiles/{name}"))
    check_cosign(by=BEN, signed_by=ADA, profile=profile)
    with pytest.raises(CosignNeedsAnotherPerson) as refusal:
        check_cosign(by=ADA, signed_by=ADA, profile=profile)
    assert refusal.value.status == 403
    assert str(refusal.value) == "whoever signed the session cannot also co-sign it here; ask a second person"


def test_a_single_practitioner_reviews_their_own_session_and_the_packet_says_so() -> None:
    check_cosign(by=ADA, signed_by=ADA, profile=read_profile(shipped("profiles/solo")))
