"""Two entries of two people: when they agree, what is counted again, and which one counts."""

from dataclasses import replace
from uuid import UUID

from clinic_api.inventory.rules.agreeing import agree, to_recount, which_counts
from clinic_api.inventory.rules.counting import Found
from clinic_api.inventory.rules.products import Method
from clinic_api.quantities import NOTHING, Mass

READ = Found(method=Method.READ, found=Mass.mg(450), expected=Mass.mg(450), resolution=Mass.mg(25))
WEIGHED = replace(READ, method=Method.WEIGHED, resolution=Mass.mg(5))
MISSING = Found(method=None, found=None, expected=Mass.mg(450), resolution=NOTHING)
FIRST, SECOND, THIRD = (UUID(int=n) for n in range(1, 4))


def test_two_agree_up_to_the_coarser_resolution_and_not_a_microgram_beyond() -> None:
    assert agree(READ, replace(WEIGHED, found=Mass.mg(425)))
    assert agree(replace(WEIGHED, found=Mass.mg(475)), READ)
    assert not agree(READ, replace(WEIGHED, found=Mass(424_999)))
    assert not agree(WEIGHED, replace(WEIGHED, found=Mass(455_001)))


def test_drug_that_was_drawn_between_two_entries_is_no_disagreement() -> None:
    assert agree(READ, replace(WEIGHED, found=Mass.mg(415), expected=Mass.mg(415)))
    assert not agree(READ, replace(WEIGHED, found=Mass.mg(450), expected=Mass.mg(415)))


def test_one_who_found_a_container_and_one_who_did_not_do_not_agree_even_where_it_was_empty() -> None:
    assert not agree(READ, MISSING)
    assert not agree(replace(READ, found=NOTHING), MISSING)
    assert agree(MISSING, MISSING)
    nothing = replace(MISSING, expected=NOTHING)
    assert agree(replace(READ, found=NOTHING, expected=NOTHING), nothing)
    assert not agree(nothing, replace(READ, found=Mass(1), expected=NOTHING))


def test_what_is_counted_again_is_what_they_do_not_agree_on_and_nothing_else() -> None:
    first, second = {FIRST: READ, SECOND: READ}, {FIRST: READ, SECOND: MISSING}
    assert to_recount(first, second) == (SECOND,)
    assert to_recount(first, first) == ()


def test_what_came_between_two_entries_is_counted_again_only_where_the_book_has_it_otherwise() -> None:
    for one, other in (({FIRST: READ}, {FIRST: READ, THIRD: READ}), ({FIRST: READ, THIRD: READ}, {FIRST: READ})):
        assert to_recount(one, other) == ()
    assert to_recount({FIRST: READ}, {FIRST: READ, THIRD: MISSING}) == (THIRD,)
    assert to_recount({FIRST: READ}, {FIRST: READ, THIRD: replace(READ, found=Mass.mg(400))}) == (THIRD,)


def test_the_recount_counts_then_the_finer_measurement_then_the_first() -> None:
    assert which_counts([READ]) == 0
    assert which_counts([READ, READ]) == 0
    assert which_counts([READ, WEIGHED]) == 1
    assert which_counts([WEIGHED, READ]) == 0
    assert which_counts([MISSING, replace(READ, found=NOTHING, expected=NOTHING)]) == 1
    assert which_counts([WEIGHED, MISSING, READ]) == 2
