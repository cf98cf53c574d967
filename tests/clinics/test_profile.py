"""The three shipped practice profiles, and what a profile may not leave unsaid."""

from datetime import timedelta
from typing import Any

import pytest

from clinic_api.clinics.rules.content import MalformedContent
from clinic_api.clinics.rules.profile import (
    CaseCloser,
    Checker,
    CheckMoment,
    Control,
    Deadline,
    Profile,
    WitnessRule,
    read_profile,
)
from tests.protocols.shipped import changed, shipped


def profile(name: str) -> Profile:
    """A shipped profile."""
    return read_profile(shipped(f"profiles/{name}"))


def test_a_team_keeps_every_control_and_so_prints_none_as_replaced() -> None:
    team = profile("team")
    assert team.clinical_persons == 3
    assert team.waste.witness is WitnessRule.SECOND_PERSON
    assert (team.counts.opening_persons, team.counts.closing_persons) == (2, 2)
    assert team.release_and_cosign_persons == 2
    assert team.cases.closer is CaseCloser.OUTSIDE_CUSTODY_CHAIN
    assert (team.grants.persons, team.grants.alone_after) == (2, None)
    assert team.replaced == {}
    assert not team.same_person_may_cosign


def test_a_duo_counts_alone_in_the_morning_and_together_at_closing() -> None:
    duo = profile("duo")
    assert duo.waste.witness is WitnessRule.EACH_OTHER
    assert duo.waste.deadline is Deadline.SAME_DAY
    assert (duo.counts.opening_persons, duo.counts.closing_persons) == (1, 2)
    assert duo.dose_check.prescriber_may_check
    assert duo.grants.alone_after == timedelta(hours=24)
    assert set(duo.replaced) == {Control.OPENING_COUNT, Control.CASE_CLOSING, Control.ROLE_GRANT}


def test_a_solo_practice_prints_every_control_it_replaces() -> None:
    solo = profile("solo")
    assert solo.waste.witness is WitnessRule.NAMED_EMPLOYEE
    assert solo.waste.witness_only_grant
    assert solo.waste.deadline is Deadline.NEXT_BUSINESS_DAY
    assert (solo.counts.opening_persons, solo.counts.closing_persons) == (1, 1)
    assert solo.counts.second_person_weekly
    assert solo.dose_check.checker is Checker.SAME_PERSON_WITH_SCAN
    assert solo.same_person_may_cosign
    assert solo.cases.outside_review == timedelta(days=30)
    assert (solo.grants.persons, solo.grants.recovery_codes) == (1, True)
    assert set(solo.replaced) == set(Control)
    assert solo.replaced[Control.RELEASE_AND_COSIGN].endswith("ordered, given and reviewed by the same practitioner")


@pytest.mark.parametrize("name", ["team", "duo", "solo"])
def test_every_practice_counts_blind_holds_remainders_sealed_and_checks_the_same_doses(name: str) -> None:
    it = profile(name)
    assert it.counts.blind
    assert it.waste.held_sealed
    assert set(it.dose_check.moments) == set(CheckMoment)
    assert it.dose_check.dose_change_percent == 25
    assert it.custody_persons == 1
    assert it.order_attached_within == timedelta(hours=24)


@pytest.mark.parametrize("control", list(Control))
def test_a_control_that_is_replaced_in_silence_is_refused(control: Control) -> None:
    content = shipped("profiles/solo")
    rows = [row for row in content["replaced"] if row["control"] != control]
    with pytest.raises(MalformedContent) as refusal:
        read_profile(changed(content, "replaced", rows))
    assert refusal.value.why == f"has no sentence to print for {control}"


def test_a_control_that_is_kept_is_not_printed_as_replaced() -> None:
    rows = [{"control": "dose_check", "printed": "replaced by nothing"}]
    with pytest.raises(MalformedContent) as refusal:
        read_profile(changed(shipped("profiles/team"), "replaced", rows))
    assert refusal.value.why == "prints a sentence for dose_check, which this profile keeps"


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("waste.witness", "nobody", "waste.witness"),
        ("waste.witness_only_grant", "yes", "waste.witness_only_grant"),
        ("waste.source", ..., "waste.source"),
        ("counts.opening_persons", 0, "counts.opening_persons"),
        ("counts.closing_persons", 3, "counts.closing_persons"),
        ("dose_check.moments", ["sometimes"], "dose_check.moments"),
        ("release_and_cosign.persons", 0, "release_and_cosign.persons"),
        ("cases.outside_review_days", ..., "cases.outside_review_days"),
        ("cases.outside_review_days", 0, "cases.outside_review_days"),
        ("grants.persons", 0, "grants.persons"),
        ("self_witness", True, "self_witness"),
        ("waste.self_witness", True, "waste.self_witness"),
        ("version", 0, "version"),
        ("incidents.order_attached_hours", 1.5, "incidents.order_attached_hours"),
    ],
)
def test_a_profile_is_refused_by_the_field_that_is_wrong(path: str, value: Any, field: str) -> None:
    with pytest.raises(MalformedContent) as refusal:
        read_profile(changed(shipped("profiles/solo"), path, value))
    assert refusal.value.field == field
