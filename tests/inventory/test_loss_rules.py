"""Theft, loss, adjustment and closing: who decides, by when it is reported, and what must be there first."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from clinic_api.clinics.rules.law import Question
from clinic_api.inventory.rules.form_106 import NotThisForm, check_answers, still_missing
from clinic_api.inventory.rules.loss_policy import FieldKind, read_factors, read_form
from clinic_api.inventory.rules.losses import (
    Determination,
    Finding,
    LossRule,
    NoLossRule,
    NoticeKind,
    NotWeighed,
    SentLater,
    TheftStays,
    Weighed,
    Weight,
    business_day_ends,
    check_determination,
    check_sent,
    deadlines,
    loss_rule,
)
from tests.clinics.laws import SHIPPED, of_state, own, said
from tests.inventory.test_discrepancy_rules import AT, NEW_YORK, ONE, shipped

FACTORS = read_factors(shipped("loss-factors"))
FORM = read_form(shipped("form-106"))
ALL = tuple(Weighed(factor.key, Weight.NOT_KNOWN, "looked at") for factor in FACTORS.factors)


def determination(finding: Finding = Finding.SIGNIFICANT_LOSS, weighed: tuple[Weighed, ...] = ALL) -> Determination:
    return Determination(finding, "two vials in a month", weighed)


def test_every_factor_is_weighed_once_and_no_other() -> None:
    check_determination(determination(), factors=FACTORS, before=())
    for weighed, missing, unknown in (
        (ALL[1:], ("quantity",), ()),
        ((*ALL, ALL[0]), ("quantity",), ()),
        ((*ALL, Weighed("moon", Weight.DOES_NOT, "full")), (), ("moon",)),
    ):
        with pytest.raises(NotWeighed, match="each once in your own words") as refusal:
            check_determination(determination(weighed=weighed), factors=FACTORS, before=())
        assert (refusal.value.missing, refusal.value.unknown) == (missing, unknown)


def test_a_theft_is_not_taken_back_and_a_loss_may_turn_out_otherwise() -> None:
    for finding in (Finding.SIGNIFICANT_LOSS, Finding.NOT_SIGNIFICANT):
        with pytest.raises(TheftStays, match="amended Form 106"):
            check_determination(determination(finding), factors=FACTORS, before=[Finding.THEFT])
    check_determination(determination(Finding.THEFT), factors=FACTORS, before=[Finding.THEFT])
    check_determination(determination(Finding.NOT_SIGNIFICANT), factors=FACTORS, before=[Finding.SIGNIFICANT_LOSS])


def test_nothing_was_sent_after_now() -> None:
    check_sent(sent_at=AT, at=AT)
    with pytest.raises(SentLater, match="not later than now"):
        check_sent(sent_at=AT + timedelta(microseconds=1), at=AT)


def clocks(state: str, *laws: dict[str, Any]) -> LossRule:
    """Both clocks as some laws set them in a state."""
    notice, form = (said(each, state, *laws) for each in (Question.LOSS_NOTICE_BUSINESS_DAYS, Question.LOSS_FORM_DAYS))
    return loss_rule(notice, form, state=state)


def test_the_strictest_clock_that_holds_in_the_state_wins_and_says_whose_it_is() -> None:
    stricter = of_state("XX", loss={"form_106_days": 10})
    house = own(loss={"written_notice_business_days": 1, "form_106_days": 10})
    assert clocks("NY", *SHIPPED, stricter) == LossRule(1, "us-federal version 1", 45, "us-federal version 1")
    assert clocks("XX", *SHIPPED, stricter) == LossRule(1, "us-federal version 1", 10, "us-xx version 1")
    assert clocks("XX", *SHIPPED, stricter, house) == LossRule(
        1, "us-federal version 1 and house version 1", 10, "us-xx version 1 and house version 1"
    )


def test_a_clock_that_nobody_sets_is_not_made_up() -> None:
    for half in ({"form_106_days": 10}, {"written_notice_business_days": 1}):
        with pytest.raises(NoLossRule, match=r"Adopt a jurisdiction.*in XX"):
            clocks("XX", of_state("XX", loss=half))


def test_both_clocks_are_counted_from_both_dates() -> None:
    rule = clocks("NY", *SHIPPED)
    found = AT - timedelta(days=10)  # Tuesday 24 February
    due = deadlines(rule, found_at=found, determined_at=AT, zone=NEW_YORK)
    assert [(each.what, each.counted_from, each.due_at) for each in due] == [
        (NoticeKind.DEA_NOTICE, "variance_found_at", datetime(2026, 2, 26, 5, tzinfo=UTC)),
        (NoticeKind.FORM_106, "variance_found_at", datetime(2026, 4, 11, 4, tzinfo=UTC)),
        (NoticeKind.DEA_NOTICE, "loss_determined_at", datetime(2026, 3, 10, 4, tzinfo=UTC)),  # Monday's end
        (NoticeKind.FORM_106, "loss_determined_at", datetime(2026, 4, 21, 4, tzinfo=UTC)),
    ]
    assert {each.rule for each in due} == {"us-federal version 1"}


def test_a_weekend_is_no_business_day() -> None:
    thursday = AT - timedelta(days=1)
    assert business_day_ends(thursday, 1, NEW_YORK) == datetime(2026, 3, 7, 5, tzinfo=UTC)
    assert business_day_ends(thursday, 2, NEW_YORK) == datetime(2026, 3, 10, 4, tzinfo=UTC)
    assert business_day_ends(AT + timedelta(days=1), 1, NEW_YORK) == datetime(2026, 3, 10, 4, tzinfo=UTC)


def answers(**different: Any) -> dict[str, Any]:
    """Every field that is always asked, of a plain loss."""
    examples: dict[FieldKind, Any] = {
        FieldKind.TEXT: "as found",
        FieldKind.DATE: date(2026, 3, 2),
        FieldKind.WHOLE: 0,
        FieldKind.YES_NO: False,
        FieldKind.SUBSTANCES: ({"ndc": "0409-2053-10", "quantity": "1 vial"},),
    }
    whole = {
        field.key: examples.get(field.kind, field.choices[0] if field.choices else None)
        for field in FORM.fields
        if field.when is None and field.kind is not FieldKind.REGISTRATION
    }
    return whole | different


def test_the_form_lists_what_is_missing_and_nought_and_no_are_answers() -> None:
    assert still_missing(FORM, answers(), registration=ONE) == ()
    assert still_missing(FORM, answers(), registration=None) == (
        "1 Name of the registrant",
        "1 Address of the registrant",
        "3 DEA registration number",
    )
    without = answers()
    del without["county"], without["losses_in_24_months"]
    assert still_missing(FORM, without, registration=ONE) == (
        "6 County",
        "9 Thefts and losses of this registrant in the past 24 months",
    )


def test_the_form_asks_more_where_an_answer_calls_for_it() -> None:
    asked = still_missing(FORM, answers(reported_to_police=True, type_of_loss="armed_robbery"), registration=ONE)
    assert asked == (
        "8 Police department: name and telephone",
        "8 Number of the police report",
        "11 Armed robbery: how many people were killed",
        "11 Armed robbery: how many people were injured",
    )
    assert still_missing(FORM, answers(type_of_loss="lost_in_transit", received_by_customer=False), registration=ONE)[
        0
    ] == ("14 Lost in transit: name of the carrier")
    empty = still_missing(FORM, {}, registration=ONE)
    assert "8 Number of the police report" not in empty
    assert "7 Was it reported to the police?" in empty


def test_an_answer_has_its_place_and_its_kind() -> None:
    check_answers(FORM, answers())
    for wrong in (
        {"shoe_size": 9},
        {"county": 9},
        {"reported_to_police": "yes"},
        {"losses_in_24_months": True},
        {"type_of_loss": "ghost"},
        {"date_discovered": "2026-03-02"},
        {"registrant_name": "North Clinic"},
    ):
        with pytest.raises(NotThisForm, match=next(iter(wrong))):
            check_answers(FORM, wrong)
