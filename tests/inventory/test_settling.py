"""What a document says beside what was counted."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_api.inventory.rules.papers import (
    Group,
    GroupsMixed,
    OrderMissing,
    OrderNotWanted,
    Paper,
    PaperKind,
    WrongPaper,
    check_paper,
    group_of,
    one_group,
)
from clinic_api.inventory.rules.receiving import EmptyLine, Supplier
from clinic_api.inventory.rules.settling import (
    CountedLine,
    DocumentLine,
    HalfALot,
    KitHalfNamed,
    KitNotForScheduleTwo,
    TurnedAwayUnexplained,
    check_counted_line,
    check_document_line,
    settle,
)
from clinic_api.inventory.rules.suppliers import cautions, same_supplier

EXPIRY = date(2027, 6, 30)
ROSA = UUID(int=7)


def charged(vials: int, lot: str | None = None, ndc: str = "A") -> DocumentLine:
    return DocumentLine(ndc=ndc, invoiced=vials, lot=lot, expiry=None if lot is None else EXPIRY)


def came(vials: int, lot: str = "L1", ndc: str = "A", turned_away: int = 0) -> CountedLine:
    reason = "broken" if turned_away else None
    return CountedLine(
        ndc=ndc, lot=lot, expiry=EXPIRY, received=vials, turned_away=turned_away, turned_away_reason=reason
    )


def both(document: list[DocumentLine], counted: list[CountedLine]) -> list[tuple[str, int, int]]:
    """Lot, invoiced and received of each line."""
    return [(line.lot, line.invoiced, line.received) for line in settle(document, counted).lines]


def test_a_counted_lot_goes_with_the_line_that_names_it_in_the_order_of_both() -> None:
    assert both([charged(3, "L1"), charged(2, "L1")], [came(2), came(2)]) == [("L1", 3, 2), ("L1", 2, 2)]
    assert both([charged(2, "L2"), charged(5, "L1")], [came(5, "L1"), came(1, "L2")]) == [("L1", 5, 5), ("L2", 2, 1)]


def test_what_was_charged_without_a_lot_is_shared_out_and_the_last_lot_bears_the_rest() -> None:
    assert both([charged(10)], [came(6, "L1"), came(3, "L2")]) == [("L1", 6, 6), ("L2", 4, 3)]
    assert both([charged(4)], [came(6, "L1"), came(3, "L2")]) == [("L1", 4, 6), ("L2", 0, 3)]
    assert both([charged(10), charged(2, ndc="B")], [came(10), came(2, "M", "B")]) == [("L1", 10, 10), ("M", 2, 2)]


def test_vials_that_were_turned_away_came_and_are_not_received() -> None:
    assert both([charged(10)], [came(6, "L1", turned_away=1), came(3, "L2")]) == [("L1", 7, 6), ("L2", 3, 3)]
    assert both([], [came(0, turned_away=2)]) == []


def test_a_lot_that_was_charged_and_not_found_and_one_that_was_found_and_not_charged_both_stay() -> None:
    assert both([charged(2, "L1")], [came(2, "L9")]) == [("L9", 0, 2), ("L1", 2, 0)]


def test_a_package_of_which_no_lot_came_is_missing_and_has_no_line() -> None:
    settled = settle([charged(2), charged(3, ndc="B")], [came(2)])
    assert [line.ndc for line in settled.lines] == ["A"]
    assert settled.missing == (charged(3, ndc="B"),)
    assert settle([charged(2)], []).missing == (charged(2),)


LINES = st.lists(
    st.builds(charged, st.integers(0, 9), st.sampled_from([None, "L1", "L2"]), st.sampled_from("AB")), max_size=5
)
COUNTED = st.lists(
    st.builds(
        came, st.integers(0, 9), st.sampled_from(["L1", "L2", "L3"]), st.sampled_from("AB"), turned_away=st.just(0)
    ),
    max_size=5,
)


@given(LINES, COUNTED)
def test_no_vial_is_charged_or_received_twice_and_none_is_lost(
    document: list[DocumentLine], counted: list[CountedLine]
) -> None:
    settled = settle(document, counted)
    for ndc in "AB":
        invoiced = sum(line.invoiced for line in settled.lines if line.ndc == ndc)
        missing = sum(line.invoiced for line in settled.missing if line.ndc == ndc)
        assert invoiced + missing == sum(line.invoiced for line in document if line.ndc == ndc)
        received = sum(line.received for line in settled.lines if line.ndc == ndc)
        assert received == sum(line.received for line in counted if line.ndc == ndc)


def test_a_line_says_its_lot_with_its_expiry_or_neither() -> None:
    check_document_line(charged(1))
    check_document_line(charged(1, "L1"))
    for half in (replace(charged(1), lot="L1"), replace(charged(1), expiry=EXPIRY)):
        with pytest.raises(HalfALot, match="A: write both"):
            check_document_line(half)


def test_a_counted_line_says_something_explains_what_is_turned_away_and_names_a_kit_whole() -> None:
    def check(line: CountedLine, group: Group = Group.OTHERS) -> None:
        check_counted_line(line, group=group, charged=[charged(2, "L1"), charged(2)])

    check(came(0))  # that nothing came of a lot that was charged
    check(came(1, turned_away=1))
    check(replace(came(1), patient=ROSA, prescription="RX-1"))
    with pytest.raises(EmptyLine, match="lot L9"):
        check(came(0, "L9"))
    for wrong in (replace(came(1), turned_away=1), replace(came(1), turned_away_reason="broken")):
        with pytest.raises(TurnedAwayUnexplained, match="A, lot L1"):
            check(wrong)
    for half in (replace(came(1), patient=ROSA), replace(came(1), prescription="RX-1")):
        with pytest.raises(KitHalfNamed, match="A, lot L1"):
            check(half)
    with pytest.raises(KitNotForScheduleTwo, match="829a"):
        check(replace(came(1), patient=ROSA, prescription="RX-1"), Group.SCHEDULE_TWO)


# ---------------------------------------------------------------------------------------------------------- papers


def paper(kind: PaperKind, order: UUID | None = None) -> Paper:
    return Paper(kind=kind, number="1", date=EXPIRY, order=order)


def test_schedule_two_is_of_one_group_and_everything_else_of_the_other() -> None:
    assert group_of("CII") is group_of("CI") is Group.SCHEDULE_TWO
    assert {group_of(schedule) for schedule in ("CIII", "CIV", "CV", "CIII-V")} == {Group.OTHERS}
    assert one_group(["CIII", "CIV"]) is Group.OTHERS
    with pytest.raises(GroupsMixed, match="never mix"):
        one_group(["CIII", "CII"])


def test_each_group_comes_under_its_own_papers() -> None:
    order = UUID(int=1)
    for kind in (PaperKind.FORM_222, PaperKind.CSOS):
        check_paper(paper(kind, order), Group.SCHEDULE_TWO)
        with pytest.raises(OrderMissing, match="222"):
            check_paper(paper(kind), Group.SCHEDULE_TWO)
        with pytest.raises(WrongPaper, match="CIII-V is received under invoice or packing-slip, not"):
            check_paper(paper(kind, order), Group.OTHERS)
    for kind in (PaperKind.INVOICE, PaperKind.PACKING_SLIP):
        check_paper(paper(kind), Group.OTHERS)
        with pytest.raises(OrderNotWanted, match="Leave the order out"):
            check_paper(paper(kind, order), Group.OTHERS)
        with pytest.raises(WrongPaper, match="CII is received under csos or form-222, not"):
            check_paper(paper(kind, order), Group.SCHEDULE_TWO)


def test_a_supplier_is_the_same_however_it_is_spaced_and_cased_and_warned_of_until_verified() -> None:
    known = Supplier(name="North Wholesale", address="9 Dock Street", dea_number="BC2749185")
    assert same_supplier(known, Supplier(name="NORTH  wholesale", address="9 dock street ", dea_number="BC2749185"))
    assert not same_supplier(known, replace(known, address="10 Dock Street"))
    assert not same_supplier(known, replace(known, dea_number="AB1234563"))
    assert cautions(known, verified=True) == ()
    (warning,) = cautions(known, verified=False)
    assert (warning.code, "North Wholesale (BC2749185)" in warning.detail) == ("supplier-unverified", True)
