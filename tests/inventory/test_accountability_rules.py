"""The accountability audit, to the microgram: the worked example, its sides, its variance, and faults of our own."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from uuid import UUID

import pytest

from clinic_api.inventory.rules.accountability import (
    ACCOUNTABLE_FOR,
    LINE_OF,
    Account,
    AccountLine,
    CountUnderWay,
    Fault,
    Finding,
    Line,
    Posted,
    Subject,
    check_nobody_counts,
    faults_of,
    lines_of,
)
from clinic_api.inventory.rules.moves import Kind
from clinic_api.inventory.rules.products import Method
from clinic_api.inventory.rules.tallies import Counted, Tally, tally
from clinic_api.quantities import NOTHING, Concentration, Mass, Volume

MORNING = datetime(2026, 1, 2, 13, tzinfo=UTC)
FIFTY = Concentration.mg_per_ml(50)
VIAL = Mass.mg(500)
SUBJECT = Subject(
    registration=UUID(int=1),
    dea_number="AB1234563",
    product="ketamine-50-mg-ml-10-ml",
    product_name="Ketamine 50 mg/mL",
    ndc="0409-2053-10",
    concentration=FIFTY,
)


def full() -> Counted:
    """A sealed vial, counted."""
    return Counted(method=Method.COUNTED, volume=None, found=VIAL, expected=VIAL, resolution=NOTHING)


def opened(ml: str, book_mg: str) -> Counted:
    """An open vial, read to half a millilitre."""
    volume = Volume.ml(ml)
    read, off = FIFTY.mass_in(volume), Mass.mg(25)
    return Counted(method=Method.READ, volume=volume, found=read, expected=Mass.mg(book_mg), resolution=off)


def posted(line: Line, mg: str, *, incoming: bool = False, whole: bool = False, evidence: int = 0) -> Posted:
    """One move across the border."""
    return Posted(line=line, incoming=incoming, mass=Mass.mg(mg), whole=whole, evidence=UUID(int=evidence))


def vials(line: Line, number: int, *, incoming: bool = False, evidence: int = 0) -> list[Posted]:
    """So many whole vials."""
    return [posted(line, "500", incoming=incoming, whole=True, evidence=evidence)] * number


#: The worked example: ketamine 50 mg/mL in vials of 10 mL, from opening to close of business.
OPENING = tally(MORNING, [UUID(int=11)], [*[full()] * 12, opened("6.4", "320")])
CLOSING = tally(MORNING, [UUID(int=12)], [*[full()] * 21, opened("4.8", "440")])
EXAMPLE = [
    *(each for invoice in (1, 2) for each in vials(Line.RECEIVED, 25, incoming=True, evidence=invoice)),
    *vials(Line.RECEIVED, 20, incoming=True, evidence=3),
    *vials(Line.TRANSFERRED_IN, 2, incoming=True, evidence=4),
    posted(Line.ADMINISTERED, "25000", evidence=21),
    posted(Line.ADMINISTERED, "617.5", evidence=22),
    posted(Line.WASTED, "3052.5", evidence=31),
    posted(Line.DESTROYED, "710", evidence=41),
    *vials(Line.REVERSE_DISTRIBUTED, 3, evidence=51),
    *vials(Line.BREAKAGE, 1, evidence=61),
]


def account(
    moves: Iterable[Posted] = tuple(EXAMPLE), opening: Tally | None = OPENING, closing: Tally | None = CLOSING
) -> Account:
    """An audit of these moves between these counts."""
    lines = lines_of(moves, opening=opening, closing=closing, concentration=FIFTY)
    return Account(of=SUBJECT, opening=opening, closing=closing, lines=lines, late=(), faults=())


def line(of: Account, name: Line) -> AccountLine:
    return next(each for each in of.lines if each.line is name)


@pytest.mark.parametrize(
    ("name", "side", "containers", "ml", "ug"),
    [
        (Line.OPENING_COUNT, "A", 13, "126.4", 6_320_000),
        (Line.RECEIVED, "A", 70, "700", 35_000_000),
        (Line.TRANSFERRED_IN, "A", 2, "20", 1_000_000),
        (Line.RETURNED_TO_STOCK, "A", 0, "0", 0),
        (Line.OVERFILL_FOUND, "A", 0, "0", 0),
        (Line.ADMINISTERED, "B", 0, "512.35", 25_617_500),
        (Line.DISPENSED, "B", 0, "0", 0),
        (Line.WASTED, "B", 0, "61.05", 3_052_500),
        (Line.TRANSFERRED_OUT, "B", 0, "0", 0),
        (Line.REVERSE_DISTRIBUTED, "B", 3, "30", 1_500_000),
        (Line.DESTROYED, "B", 0, "14.2", 710_000),
        (Line.BREAKAGE, "B", 1, "10", 500_000),
        (Line.DEAD_SPACE, "B", 0, "0", 0),
        (Line.REPORTED_LOSS, "B", 0, "0", 0),
        (Line.CLOSING_COUNT, "B", 22, "214.8", 10_740_000),
    ],
)
def test_each_line_of_the_worked_example_is_reproduced_to_the_microgram(
    name: Line, side: str, containers: int, ml: str, ug: int
) -> None:
    found = line(account(), name)
    assert (found.side, found.containers, found.mass_ug) == (side, containers, ug)
    assert found.exact_ul == Fraction(ml) * 1000


def test_the_worked_example_is_short_by_two_hundred_milligrams() -> None:
    audit = account()
    assert audit.accountable_for_ug == 42_320_000
    assert audit.accounted_for_ug == 42_120_000
    assert audit.variance_ug == -200_000
    assert audit.variance_percent is not None
    assert round(audit.variance_percent, 2) == Fraction("-0.47")
    assert sum(each.exact_ul for each in audit.lines if each.side == "A") == Fraction("846.40") * 1000
    assert sum(each.exact_ul for each in audit.lines if each.side == "B") == Fraction("842.40") * 1000


def test_the_lines_stand_in_the_order_in_which_they_are_read() -> None:
    assert [each.line for each in account().lines] == list(Line)


def test_each_line_says_what_proves_it_once() -> None:
    audit = account()
    assert line(audit, Line.RECEIVED).evidence == (UUID(int=1), UUID(int=2), UUID(int=3))
    assert line(audit, Line.ADMINISTERED).evidence == (UUID(int=21), UUID(int=22))
    assert line(audit, Line.CLOSING_COUNT).evidence == (UUID(int=12),)


def test_a_count_says_how_it_was_made_and_the_book_stands_beside_it() -> None:
    assert (CLOSING.full, CLOSING.opened, CLOSING.opened_volume, CLOSING.missing) == (21, 1, Volume.ml("4.8"), 0)
    assert (CLOSING.found, CLOSING.book, CLOSING.variance_ug) == (Mass.mg(10_740), Mass.mg(10_940), -200_000)
    assert [(each.method, each.containers, each.resolution) for each in CLOSING.methods] == [
        (Method.COUNTED, 21, NOTHING),
        (Method.READ, 1, Mass.mg(25)),
    ]


def test_a_container_that_was_not_found_lacks_all_it_should_hold() -> None:
    absent = Counted(method=None, volume=None, found=None, expected=VIAL, resolution=NOTHING)
    counted = tally(MORNING, [UUID(int=1)], [full(), absent])
    assert (counted.full, counted.missing, counted.found, counted.book) == (1, 1, VIAL, Mass.mg(1000))


def test_a_count_of_nothing_is_a_count() -> None:
    empty = tally(MORNING, [UUID(int=1)], [])
    audit = account([], opening=empty, closing=empty)
    assert (audit.accountable_for_ug, audit.variance_ug, audit.variance_percent) == (0, 0, None)


def test_without_a_count_at_both_ends_the_variance_is_unknown_and_its_line_is_missing() -> None:
    for audit in (account(opening=None), account(closing=None)):
        assert (audit.variance_ug, audit.variance_percent) == (None, None)
        assert len(audit.lines) == len(Line) - 1
    assert account(opening=None).accountable_for_ug is None
    assert account(closing=None).accounted_for_ug is None


def test_more_found_than_accountable_for_is_printed_as_well() -> None:
    assert account(closing=tally(MORNING, [UUID(int=1)], [*[full()] * 22])).variance_ug == 60_000


def test_what_comes_back_is_taken_off_the_line_it_stood_on() -> None:
    given = posted(Line.ADMINISTERED, "35")
    audit = account([given, replace(given, incoming=True, mass=Mass.mg("24.5"))])
    assert line(audit, Line.ADMINISTERED).mass_ug == 10_500
    received = vials(Line.RECEIVED, 2, incoming=True)
    back = account([*received, *vials(Line.RECEIVED, 1)])
    assert (line(back, Line.RECEIVED).containers, line(back, Line.RECEIVED).mass_ug) == (1, 500_000)


def test_every_kind_of_move_stands_in_the_table() -> None:
    assert set(LINE_OF) == set(Kind)
    assert LINE_OF[Kind.DRAWN] is None
    assert {LINE_OF[Kind.RECEIVED], LINE_OF[Kind.OVERFILL_FOUND]} <= ACCOUNTABLE_FOR


def test_sums_that_agree_are_no_fault() -> None:
    lines = account().lines
    assert faults_of(lines, change_ug=36_000_000 - 31_380_000, balances={"K-001": (500, 500)}) == ()


def test_lines_that_say_other_than_the_moves_are_a_fault_by_one_microgram() -> None:
    [fault] = faults_of(account().lines, change_ug=36_000_000 - 31_380_000 + 1, balances={})
    assert fault == Fault(finding=Finding.LINES_DIFFER, difference_ug=-1)


def test_a_kept_balance_that_its_moves_do_not_give_is_a_fault_that_names_the_container() -> None:
    balances = {"K-002": (10, 7), "K-001": (5, 5), "K-000": (0, 1)}
    [fault] = faults_of([], change_ug=0, balances=balances)
    assert fault == Fault(finding=Finding.BALANCES_DIFFER, difference_ug=2, containers=("K-000", "K-002"))


def test_nobody_reads_an_audit_while_somebody_counts_blind() -> None:
    check_nobody_counts([])
    with pytest.raises(CountUnderWay, match="Enter the count of Safe 1, Safe 2 first"):
        check_nobody_counts(["Safe 2", "Safe 1"])
