"""The strictest law wins, and says which it was."""

from datetime import date
from typing import Any

import pytest

from clinic_api.clinics.rules.content import MalformedContent, Status
from clinic_api.clinics.rules.jurisdictions import (
    FIELDS,
    NamedOtherwise,
    NobodySays,
    check_named,
    number,
    read_jurisdiction,
)
from clinic_api.clinics.rules.law import (
    TIGHTENS,
    Answer,
    Cadence,
    FloorLeftOut,
    Jurisdiction,
    LaxerThanTheFloor,
    Level,
    Question,
    Strictness,
    Value,
    answer,
    check_not_laxer,
    in_words,
    strictest,
)
from tests.clinics.laws import KEYS, SHIPPED, TODAY, own, said
from tests.protocols.shipped import shipped


def shipped_law(key: str) -> Jurisdiction:
    return read_jurisdiction(shipped(f"jurisdictions/{key}"))


LAWS = [shipped_law(key) for key in KEYS]
FLOOR = LAWS[0]


def asked(question: Question, state: str, on: date = TODAY) -> Answer:
    return answer(question, LAWS, state=state, on=on)


def winners(found: Answer) -> list[str]:
    return [rule.jurisdiction for rule in found.won]


def federal(**tables: dict[str, Any]) -> dict[str, Any]:
    """The federal rules with tables of them altered."""
    content = shipped("jurisdictions/us-federal")
    return content | {name: content[name] | table for name, table in tables.items()}


@pytest.mark.parametrize(
    ("question", "state", "value", "won"),
    [
        (Question.RETENTION_YEARS, "NY", 5, ["us-ny"]),
        (Question.RETENTION_YEARS, "OH", 5, ["us-oh"]),
        (Question.RETENTION_YEARS, "IA", 2, ["us-federal"]),
        (Question.INVENTORY_EVERY, "IA", Cadence(12, 7), ["us-ia"]),
        (Question.INVENTORY_EVERY, "NY", Cadence(24), ["us-federal", "us-ny"]),
        (Question.EXACT_COUNT_REQUIRED, "IA", True, ["us-ia"]),
        (Question.EXACT_COUNT_REQUIRED, "NY", False, ["us-federal"]),
        (Question.UNMARKED_LIQUID_PARTS, "IA", 4, ["us-ia"]),
        (Question.WASTE_WITNESS_REQUIRED, "IA", True, ["us-ia"]),
        (Question.WASTE_WITNESS_REQUIRED, "OH", False, ["us-federal"]),
        (Question.WASTE_WITNESSES, "IA", ("licensed_provider", "technician"), ["us-ia"]),
        (Question.HARDCOPY_ON_PREMISES, "NY", True, ["us-ny"]),
        (Question.POSITIVE_ID_REQUIRED, "OH", True, ["us-oh"]),
        (Question.FACILITY_LICENCES, "OH", ("terminal-distributor",), ["us-oh"]),
        (Question.LOSS_NOTICE_BUSINESS_DAYS, "IA", 1, ["us-federal"]),
        (Question.LOSS_FORM_DAYS, "NY", 45, ["us-federal"]),
        (Question.TRANSFER_SHARE_PERCENT, "OH", 5, ["us-federal"]),
        (Question.DESTRUCTION_EMPLOYEES, "WY", 2, ["us-federal"]),
    ],
)
def test_the_strictest_applicable_rule_wins_and_is_named(
    question: Question, state: str, value: Value, won: list[str]
) -> None:
    found = asked(question, state)
    assert (found.value, winners(found)) == (value, won)


def test_every_rule_that_was_compared_is_shown_with_its_source_and_how_far_it_can_be_trusted() -> None:
    found = asked(Question.RETENTION_YEARS, "NY")
    assert [(rule.jurisdiction, rule.value, rule.field) for rule in found.compared] == [
        ("us-federal", 2, "retention.controlled_substance_years"),
        ("us-ny", 5, "retention.controlled_substance_years"),
    ]
    assert found.won[0].origin.source == "10 NYCRR 80.100, 80.112 (regs.health.ny.gov)"
    assert found.won[0].origin.status is Status.SOURCED


def test_ohio_kept_records_three_years_and_keeps_them_five_from_the_first_day_of_2024() -> None:
    before, after = date(2023, 12, 31), date(2024, 1, 1)
    assert asked(Question.RETENTION_YEARS, "OH", before).value == 3
    found = asked(Question.RETENTION_YEARS, "OH", after)
    assert (found.value, found.won[0].holds_from, found.won[0].field) == (
        5,
        after,
        "amendments[0].retention.controlled_substance_years",
    )


def test_iowas_count_is_annual_from_the_day_its_rule_came_into_force() -> None:
    assert asked(Question.INVENTORY_EVERY, "IA", date(2025, 7, 15)).value == Cadence(24)
    assert asked(Question.INVENTORY_EVERY, "IA", date(2025, 7, 16)).value == Cadence(12, 7)


def test_what_no_jurisdiction_speaks_of_is_unknown_and_neither_no_nor_nothing() -> None:
    found = asked(Question.HARDCOPY_ON_PREMISES, "IA")
    assert (found.value, found.won, found.compared) == (None, (), ())


def test_a_number_that_nobody_says_is_asked_for_by_its_name() -> None:
    assert number(said(Question.STOCK_ORDER_DAYS, "IA", *SHIPPED)) == 60
    with pytest.raises(NobodySays, match=r"with stock_order\.filled_within_days that holds here"):
        number(said(Question.STOCK_ORDER_DAYS, "IA", *SHIPPED[1:]))


def test_all_that_agree_are_printed_under_the_versions_by_which_they_are_found_again() -> None:
    assert asked(Question.INVENTORY_EVERY, "NY").rule == "us-federal version 1 and us-ny version 1"
    assert asked(Question.HARDCOPY_ON_PREMISES, "IA").rule == "no rule"
    again = read_jurisdiction(own(waste={"witness_required": True}), adopted=7)
    assert (again.version, again.rules[0].name) == (7, "house version 7")


def test_a_rule_that_was_repealed_holds_until_the_day_before() -> None:
    house = read_jurisdiction(own(retention={"controlled_substance_years": 9, "effective_until": "2026-03-02"}))
    held = [answer(Question.RETENTION_YEARS, [FLOOR, house], state="WY", on=day).value for day in (date.min, TODAY)]
    assert held == [9, 2]


def test_two_lists_of_who_may_witness_leave_those_who_stand_on_both_and_both_rules_win() -> None:
    house = read_jurisdiction(own(waste={"witnesses": ["employee", "licensed_provider"]}))
    found = answer(Question.WASTE_WITNESSES, [*LAWS, house], state="IA", on=TODAY)
    assert (found.value, winners(found)) == (("licensed_provider",), ["us-ia", "house"])


def test_a_licence_that_either_asks_for_is_needed() -> None:
    house = read_jurisdiction(own(facility={"licences": ["anaesthesia-permit"]}))
    found = answer(Question.FACILITY_LICENCES, [*LAWS, house], state="OH", on=TODAY)
    assert (found.value, winners(found)) == (("anaesthesia-permit", "terminal-distributor"), ["us-oh", "house"])


@pytest.mark.parametrize(
    ("question", "values", "expected"),
    [
        (Question.RETENTION_YEARS, [2, 5, 3], 5),
        (Question.LOSS_FORM_DAYS, [45, 30], 30),
        (Question.EXACT_COUNT_REQUIRED, [False, True], True),
        (Question.EXACT_COUNT_REQUIRED, [False, False], False),
        (Question.INVENTORY_EVERY, [Cadence(12, 7), Cadence(12), Cadence(24)], Cadence(12)),
        (Question.RETENTION_YEARS, [2], 2),
    ],
)
def test_each_question_tightens_its_own_way(question: Question, values: list[Value], expected: Value) -> None:
    assert strictest(question, values) == expected


def test_every_question_has_a_place_in_the_policy_and_a_way_to_tighten() -> None:
    assert set(FIELDS) == set(TIGHTENS) == set(Question)
    assert set(TIGHTENS.values()) == set(Strictness)


@pytest.mark.parametrize(
    ("last", "every", "due"),
    [
        (date(2026, 3, 2), Cadence(24), date(2028, 3, 2)),
        (date(2026, 3, 2), Cadence(12, 7), date(2027, 3, 9)),
        (date(2024, 2, 29), Cadence(12), date(2025, 2, 28)),
        (date(2026, 12, 31), Cadence(2), date(2027, 2, 28)),
        (date(2026, 12, 31), Cadence(12), date(2027, 12, 31)),
        (date(2026, 12, 1), Cadence(1), date(2027, 1, 1)),
    ],
)
def test_the_next_one_is_due_after_whole_months_and_the_days_of_grace(last: date, every: Cadence, due: date) -> None:
    assert every.after(last) == due


def test_values_read_as_a_person_says_them() -> None:
    words = [in_words(value) for value in (True, False, 5, ("a", "b"), Cadence(12, 7), Cadence(24))]
    assert words == ["yes", "no", "5", "a, b", "12 months and 7 days", "24 months"]


# ------------------------------------------------------------------------------------------------------- the floor


@pytest.mark.parametrize("key", KEYS)
def test_what_is_shipped_is_nowhere_laxer_than_the_floor_and_named_as_its_file(key: str) -> None:
    check_named(key, shipped_law(key))
    check_not_laxer(shipped_law(key), FLOOR, on=TODAY)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (own(retention={"controlled_substance_years": 1}), "1 is laxer than the federal floor of 2"),
        (own(loss={"form_106_days": 46}), "loss.form_106_days: 46 is laxer than the federal floor of 45"),
        (own(inventory={"every_months": 24, "grace_days": 1}), "24 months and 1 days is laxer than .* 24 months"),
        (own(inventory={"initial_required": False}), "initial_required: no is laxer than the federal floor of yes"),
        (federal(transfer={"yearly_share_percent": 6}), "yearly_share_percent: 6 is laxer"),
        (own(retention={"controlled_substance_years": 1, "effective_until": "2020-01-01"}), "1 is laxer"),
    ],
)
def test_a_laxer_rule_is_refused_and_the_number_is_named(content: dict[str, Any], words: str) -> None:
    with pytest.raises(LaxerThanTheFloor, match=words):
        check_not_laxer(read_jurisdiction(content), FLOOR, on=TODAY)


def test_a_stricter_rule_is_taken() -> None:
    for content in (
        own(retention={"controlled_substance_years": 3}, waste={"witness_required": True}),
        federal(inventory={"every_months": 12}),
    ):
        check_not_laxer(read_jurisdiction(content), FLOOR, on=TODAY)


@pytest.mark.parametrize(
    "content",
    [
        {name: table for name, table in shipped("jurisdictions/us-federal").items() if name != "loss"},
        federal(loss={"effective_until": "2030-01-01"}),
        federal(loss={"effective_from": "2026-03-03"}),
        shipped("jurisdictions/us-federal") | {"state": "NY"},
    ],
)
def test_the_floor_itself_is_not_left_out_not_ended_and_not_moved_to_one_state(content: dict[str, Any]) -> None:
    with pytest.raises(FloorLeftOut, match="hold everywhere and on every day"):
        check_not_laxer(read_jurisdiction(content), FLOOR, on=TODAY)


# ------------------------------------------------------------------------------------------------------ reading it


def test_a_jurisdiction_knows_whom_it_binds() -> None:
    house = read_jurisdiction(own())
    assert [law.level for law in (*LAWS[:2], house)] == [Level.FEDERAL, Level.STATE, Level.CLINIC]
    assert [law.binds("IA") for law in (*LAWS, house)] == [True, True, False, False, True]
    assert read_jurisdiction(own() | {"own": False}).level is Level.FEDERAL


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (own(retention={"controlled_substance_year": 3}), "retention.controlled_substance_year"),
        (own(retention={"controlled_substance_years": 0}), "retention.controlled_substance_years"),
        (own(retention={"controlled_substance_years": 3, "effective_from": "1 May"}), "retention.effective_from"),
        (own(waste={"witnesses": ["anybody"]}), "waste.witnesses"),
        (own(inventory={"every_months": 12, "grace_days": 29}), "inventory.grace_days"),
        (own() | {"loss": {"form_106_days": 30}}, "loss.source"),
        (own() | {"amendments": [{"rems": {"form_calendar_days": "7"}}]}, "amendments[0].rems.source"),
        (own() | {"product_defaults": {}}, "product_defaults.source"),
        (own() | {"taxes": {}}, "taxes"),
    ],
)
def test_what_cannot_be_read_is_refused_by_the_name_of_its_field(content: dict[str, Any], field: str) -> None:
    with pytest.raises(MalformedContent) as refused:
        read_jurisdiction(content)
    assert refused.value.field == field


def test_a_law_under_another_name_than_its_own_is_refused() -> None:
    with pytest.raises(NamedOtherwise, match="/policies/jurisdiction/us-ny, or write us-federal"):
        check_named("us-federal", shipped_law("us-ny"))
