"""Serial numbers by themselves: one for each vial or one for each package, in their order, and each once."""

import pytest

from clinic_api.inventory.rules.elements import UnreadableScan
from clinic_api.inventory.rules.serials import Numbered, SerialsDoNotFit, SerialTwice, check_fit, numbered


def test_as_many_numbers_as_vials_are_one_for_each() -> None:
    assert numbered(["A", "B"], vials=2, units=10) == (Numbered("A", 1), Numbered("B", 1))


def test_as_many_numbers_as_packages_are_shared_by_the_vials_in_each() -> None:
    assert numbered(["A", "B"], vials=5, units=3) == (
        *(Numbered("A", 1), Numbered("A", 2), Numbered("A", 3)),
        *(Numbered("B", 1), Numbered("B", 2)),
    )


def test_no_number_is_no_number() -> None:
    assert numbered([], vials=2, units=10) == ()
    check_fit([], ndc="0409-2053-10", lot="L1", vials=0, units=10)


@pytest.mark.parametrize(("serials", "vials"), [(["A", "B", "C"], 5), (["A"], 11), (["A", "B"], 1), (["A"], 0)])
def test_any_other_number_of_numbers_is_refused_with_what_would_fit(serials: list[str], vials: int) -> None:
    with pytest.raises(SerialsDoNotFit, match=f"write {vials} serial numbers, one for each vial, or {-(-vials // 10)}"):
        check_fit(serials, ndc="0409-2053-10", lot="L1", vials=vials, units=10)


def test_a_number_that_was_read_twice_is_refused() -> None:
    with pytest.raises(SerialTwice, match="A was read twice"):
        check_fit(["A", "A"], ndc="0409-2053-10", lot="L1", vials=2, units=10)


@pytest.mark.parametrize("serial", ["", "a b", "ä", "x" * 21])
def test_what_no_code_can_hold_is_no_serial_number(serial: str) -> None:
    with pytest.raises(UnreadableScan):
        check_fit([serial], ndc="0409-2053-10", lot="L1", vials=1, units=1)
