"""Adjustment and closing: what must be there first, and who may, whatever they are called."""

from dataclasses import replace
from typing import Any

import pytest

from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics.rules.profile import CaseCloser
from clinic_api.inventory.rules.adjusting import (
    ApprovedBefore,
    Direction,
    NewAdjustment,
    NothingLookedInto,
    NothingToAdjust,
    NotInTheFile,
    check_not_approved,
    check_proposal,
)
from clinic_api.inventory.rules.closing import (
    InTheChain,
    NotACloser,
    NotReadyToClose,
    ReviewedBefore,
    ReviewsOwnClosing,
    Standing,
    check_closer,
    check_ready,
    check_review,
)
from clinic_api.inventory.rules.discrepancies import State
from clinic_api.inventory.rules.losses import (
    Finding,
    NoticeKind,
)
from clinic_api.inventory.rules.moves import NotEnoughLeft
from clinic_api.quantities import Mass
from tests.inventory.test_discrepancy_rules import ONE, TWO
from tests.inventory.test_drawing_rules import FULL

# ------------------------------------------------------------------------------------------------------ adjustments

TAKE_AWAY = NewAdjustment(ONE, Direction.OUT_OF, Mass(1000), "spilled")


def proposed(new: NewAdjustment = TAKE_AWAY, **different: Any) -> None:
    held = replace(FULL, left=different.pop("balance", Mass(1000)))
    check_proposal("K-001", new, **{"linked": [ONE], "evidence": 1, "held": held, **different})


def test_an_adjustment_is_of_something_in_the_file_with_evidence_and_never_below_zero() -> None:
    proposed()
    with pytest.raises(NothingToAdjust, match="how it was explained"):
        proposed(NewAdjustment(ONE, Direction.INTO, Mass(0), "nothing"))
    with pytest.raises(NotInTheFile, match="Link K-001"):
        proposed(linked=[TWO])
    with pytest.raises(NothingLookedInto, match="what was found out"):
        proposed(evidence=0)
    with pytest.raises(NotEnoughLeft):
        proposed(balance=Mass(999))
    proposed(NewAdjustment(ONE, Direction.INTO, Mass(1000), "found behind the shelf"), balance=Mass(0))
    check_not_approved(approved=False)
    with pytest.raises(ApprovedBefore, match="approved and in the book"):
        check_not_approved(approved=True)


# ---------------------------------------------------------------------------------------------------------- closing


@pytest.mark.parametrize(
    ("closer", "roles", "parts", "refused"),
    [
        (CaseCloser.OUTSIDE_CUSTODY_CHAIN, [Role.COMPLIANCE], [], None),
        (CaseCloser.OUTSIDE_CUSTODY_CHAIN, [Role.CUSTODIAN], ["received"], InTheChain),
        (CaseCloser.OUTSIDE_CUSTODY_CHAIN, [Role.PRESCRIBER], ["drawn"], InTheChain),
        (CaseCloser.OUTSIDE_CUSTODY_CHAIN, [Role.NURSE], [], NotACloser),
        (CaseCloser.REGISTRANT_NOT_COUNTER, [Role.PRESCRIBER], ["drawn", "witnessed"], None),
        (CaseCloser.REGISTRANT_NOT_COUNTER, [Role.PRESCRIBER], ["counted"], InTheChain),
        (CaseCloser.REGISTRANT_NOT_COUNTER, [Role.COMPLIANCE], [], NotACloser),
        (CaseCloser.REGISTRANT_WITH_OUTSIDE_REVIEW, [Role.PRESCRIBER], ["counted", "drawn"], None),
        (CaseCloser.REGISTRANT_WITH_OUTSIDE_REVIEW, [Role.CUSTODIAN], [], NotACloser),
    ],
)
def test_who_closes_depends_on_the_profile_and_on_what_they_did(
    closer: CaseCloser, roles: list[Role], parts: list[str], refused: type[Exception] | None
) -> None:
    def check() -> None:
        check_closer("Ada", roles=roles, parts=parts, closer=closer, counted="counted" in parts)

    if refused is None:
        check()
    else:
        with pytest.raises(refused, match="Ada"):
            check()


def standing(state: State, **different: Any) -> Standing:
    usual: dict[str, Any] = {"evidence": 1, "finding": None, "notices": (), "missing": ()}
    return Standing(state=state, **usual | different)


def unmet(state: State, **different: Any) -> tuple[str, ...]:
    try:
        check_ready(standing(state, **different))
    except NotReadyToClose as refusal:
        return refusal.unmet
    return ()


def test_nothing_closes_without_evidence() -> None:
    assert unmet(State.EXPLAINED) == ()
    with pytest.raises(NotReadyToClose, match="still open: evidence"):
        check_ready(standing(State.EXPLAINED, evidence=0))


def test_a_loss_closes_reported_and_complete_or_on_a_signed_word_that_it_is_not_significant() -> None:
    both = (NoticeKind.DEA_NOTICE, NoticeKind.FORM_106)
    assert unmet(State.ESCALATED_LOSS, finding=Finding.NOT_SIGNIFICANT, missing=("6 County",)) == ()
    assert unmet(State.REPORTED, finding=Finding.SIGNIFICANT_LOSS, notices=both) == ()
    assert unmet(State.REPORTED, finding=Finding.THEFT, notices=both, missing=("6 County",)) == ("Form 106, 6 County",)
    assert unmet(State.ESCALATED_LOSS, finding=Finding.SIGNIFICANT_LOSS) == (
        "the reference of the written notice to the DEA, or a signed word that it is not significant",
        "the reference of Form 106",
    )
    assert unmet(State.REPORTED, finding=Finding.THEFT) == (
        "the reference of the written notice to the DEA",
        "the reference of Form 106",
    )


def test_a_closing_is_reviewed_once_by_somebody_else() -> None:
    check_review(closed_by=ONE, by=TWO, reviewed=False)
    with pytest.raises(ReviewedBefore, match="stands in the file"):
        check_review(closed_by=ONE, by=TWO, reviewed=True)
    with pytest.raises(ReviewsOwnClosing, match="outside reviewer"):
        check_review(closed_by=ONE, by=ONE, reviewed=False)
