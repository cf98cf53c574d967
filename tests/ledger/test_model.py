"""The ledger and its oracle for a few days, and three planted faults; at length: ``make model``, ``make bugs``."""

from collections.abc import Callable

import pytest

from tests.ledger import bugs
from tests.ledger.bugs import BUGS, found
from tests.ledger.kept import Ward
from tests.ledger.model import play
from tests.worlds import AtRest


def test_whatever_people_do_the_ledger_says_what_the_oracle_says(ward_kept: AtRest[Ward]) -> None:
    seen = play(ward_kept, runs=3, steps=15)
    assert (seen["done"] > 0, seen["faults"]) == (True, 0)


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "bug", [bugs.all_that_is_left_is_refused, bugs.a_balance_is_not_taken, bugs.a_volume_holds_ten_times_as_much]
)
def test_a_planted_fault_is_noticed_and_taken_out_again(ward_kept: AtRest[Ward], bug: Callable[..., None]) -> None:
    assert found(bug, ward_kept, runs=20, steps=15) is not None
    assert play(ward_kept, runs=1, steps=5)["faults"] == 0


def test_there_are_twenty_faults_with_names_of_their_own() -> None:
    assert len({bug.__name__ for bug in BUGS}) == 20
