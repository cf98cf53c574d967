"""The life of a discrepancy as a table, what keeps its containers from use, and what lies in its file."""

import itertools
import tomllib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics.rules.content import MalformedContent
from clinic_api.inventory.rules.containment import (
    Frozen,
    LinkedBefore,
    NotHeld,
    NothingSetApart,
    check_contained,
    check_free,
    check_held,
    check_not_linked,
)
from clinic_api.inventory.rules.discrepancies import (
    EVENTS,
    LIFE,
    OPENED_WITH,
    Act,
    FoundLater,
    NotYetPossible,
    Origin,
    State,
    after,
    check_found,
)
from clinic_api.inventory.rules.investigating import (
    EvidenceIncomplete,
    EvidenceKind,
    MayNotAnswer,
    NewEvidence,
    NotARecount,
    NotByHand,
    RecountedBySamePerson,
    check_evidence,
    check_owner,
    check_recount,
)
from clinic_api.inventory.rules.loss_policy import NoLadder, climbed, read_clocks, read_form
from clinic_api.inventory.rules.waste_overdue import Pending, overdue
from clinic_api.inventory.service.counting import VARIANCE
from clinic_api.inventory.service.storage import DIFFERENCE
from clinic_api.settings import CONFIG

AT = datetime(2026, 3, 6, 22, tzinfo=UTC)  # a Friday, five in the afternoon in New York
NEW_YORK = "America/New_York"
ONE, TWO = UUID(int=1), UUID(int=2)


def shipped(key: str) -> dict[str, Any]:
    return tomllib.loads((CONFIG / "discrepancies" / f"{key}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("state", "act"), list(itertools.product(State, Act)))
def test_each_act_is_in_the_table_or_refused_with_what_must_come_first(state: State, act: Act) -> None:
    if act in LIFE[state]:
        assert after(state, act) is LIFE[state][act]
        return
    with pytest.raises(NotYetPossible) as refusal:
        after(state, act)
    here = state
    for step in refusal.value.unmet:  # whoever does what the refusal names comes to where the act is possible
        here = after(here, step)
    assert (act in LIFE[here]) == bool(refusal.value.unmet)


def test_a_refusal_names_the_way_there_or_says_that_there_is_none() -> None:
    with pytest.raises(NotYetPossible, match="first contain, then investigate, then explain"):
        after(State.DETECTED, Act.CLOSE)
    with pytest.raises(NotYetPossible, match="first notify"):
        after(State.ESCALATED_THEFT, Act.CLOSE)
    with pytest.raises(NotYetPossible, match="never comes to investigate; report a new one"):
        after(State.CLOSED, Act.INVESTIGATE)


def test_a_theft_has_no_way_out_but_the_report() -> None:
    out = {to for to in LIFE[State.ESCALATED_THEFT].values() if to is not State.ESCALATED_THEFT}
    assert out == {State.REPORTED}


def test_every_act_has_its_event_and_every_state_a_way_to_the_end() -> None:
    assert set(EVENTS) == set(Act)
    for state in set(State) - {State.CLOSED}:
        with_end = after(state, Act.CLOSE) if Act.CLOSE in LIFE[state] else None
        if with_end is None:
            with pytest.raises(NotYetPossible) as refusal:
                after(state, Act.CLOSE)
            assert refusal.value.unmet


def test_the_tasks_that_count_as_the_first_rung_are_those_that_the_acts_open() -> None:
    assert OPENED_WITH == {Origin.COUNT: VARIANCE, Origin.RECEIPT: DIFFERENCE}


def test_nothing_was_found_after_now() -> None:
    check_found(found_at=AT, at=AT)
    with pytest.raises(FoundLater, match="not later than now"):
        check_found(found_at=AT + timedelta(microseconds=1), at=AT)


def test_contained_is_what_was_set_apart_or_explained() -> None:
    check_contained(set_apart=1, reason=None)
    check_contained(set_apart=0, reason="the vials never came")
    with pytest.raises(NothingSetApart, match="say why"):
        check_contained(set_apart=0, reason=None)


def test_a_frozen_container_is_not_drawn_from_and_the_refusal_says_the_way_out() -> None:
    check_free("K-001", frozen_by=None)
    with pytest.raises(Frozen, match=f"K-001 is frozen until discrepancy {ONE}.*another container.*release"):
        check_free("K-001", frozen_by=ONE)
    check_held("K-001", held=True)
    with pytest.raises(NotHeld, match="K-001 is free"):
        check_held("K-001", held=False)
    check_not_linked("K-001", linked=False)
    with pytest.raises(LinkedBefore, match="K-001 stands in the file"):
        check_not_linked("K-001", linked=True)


def test_each_kind_of_evidence_says_what_it_needs_and_no_more() -> None:
    for kind, more in (
        (EvidenceKind.NOTE, {}),
        (EvidenceKind.STATEMENT, {}),
        (EvidenceKind.ATTACHMENT, {"sha256": "0" * 64}),
        (EvidenceKind.RECOUNT, {"refers_to": ONE}),
        (EvidenceKind.REFUSED_DRAW, {"refers_to": ONE}),
    ):
        check_evidence(NewEvidence(kind=kind, words="seen", **more))
    for kind, more, said in (
        (EvidenceKind.NOTE, {"sha256": "0" * 64}, "words alone"),
        (EvidenceKind.NOTE, {"refers_to": ONE}, "words alone"),
        (EvidenceKind.ATTACHMENT, {}, "SHA-256"),
        (EvidenceKind.REFUSED_DRAW, {}, "refused draw names its record"),
    ):
        with pytest.raises(EvidenceIncomplete, match=said):
            check_evidence(NewEvidence(kind=kind, words="seen", **more))


def test_what_comes_of_another_act_is_not_put_into_the_file_by_hand() -> None:
    for kind in (EvidenceKind.EXPLANATION, EvidenceKind.COUNTED_AGAIN):
        with pytest.raises(NotByHand, match="Explain the discrepancy, or enter a count"):
            check_evidence(NewEvidence(kind=kind, words="seen"))


def test_a_recount_comes_after_the_first_from_somebody_else_and_is_about_it() -> None:
    right: dict[str, Any] = {"entered_at": AT, "since": AT, "about_it": True, "counted_by": [TWO], "before": [ONE]}
    check_recount(**right)
    check_recount(**right | {"before": []})
    for wrong in ({"entered_at": None}, {"since": AT + timedelta(microseconds=1)}, {"about_it": False}):
        with pytest.raises(NotARecount, match="one of its containers"):
            check_recount(**right | wrong)
    with pytest.raises(RecountedBySamePerson, match="somebody else"):
        check_recount(**right | {"counted_by": [ONE]})


def test_who_could_not_work_on_it_does_not_answer_for_it() -> None:
    check_owner("Carl", [Role.NURSE, Role.CUSTODIAN])
    with pytest.raises(MayNotAnswer, match="Ada cannot work on it"):
        check_owner("Ada", [Role.NURSE])


def test_the_ladder_asks_the_next_person_when_the_time_of_the_one_before_has_passed() -> None:
    rungs = read_clocks(shipped("clocks")).rungs
    midnight = datetime(2026, 3, 7, 5, tzinfo=UTC)
    steps: tuple[tuple[datetime, list[str], datetime | None], ...] = (
        (AT, [], midnight),
        (midnight - timedelta(microseconds=1), [], midnight),
        (midnight, ["discrepancy-manager"], AT + timedelta(hours=24)),
        (AT + timedelta(hours=24), ["discrepancy-manager", "discrepancy-compliance"], None),
    )
    for at, asked, again in steps:
        due, look_again = climbed(rungs, since=AT, at=at, zone=NEW_YORK)
        assert ([rung.task for rung in due], look_again) == (asked, again)
    assert rungs[2].due_at(AT, zone=NEW_YORK) == AT + timedelta(hours=72)


def test_a_ladder_without_rungs_and_a_form_that_hangs_on_nothing_are_refused() -> None:
    with pytest.raises(NoLadder, match="first of"):
        read_clocks(shipped("clocks") | {"rungs": []})
    content = shipped("form-106")
    content["fields"][3] = content["fields"][3] | {"when": "no_such_field", "is": "yes"}
    with pytest.raises(MalformedContent, match="stands before this one"):
        read_form(content)
    with pytest.raises(MalformedContent, match="status"):
        read_clocks({name: value for name, value in shipped("clocks").items() if name != "status"})


def test_a_waste_is_late_from_its_deadline_on() -> None:
    pending = [Pending(ONE, AT), Pending(TWO, AT + timedelta(microseconds=1))]
    assert overdue(pending, at=AT - timedelta(microseconds=1)) == ()
    assert overdue(pending, at=AT) == (ONE,)
