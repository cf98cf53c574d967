"""Each constraint of the ledger has a statement that it alone refuses; all of them: ``make constraints``."""

from random import Random
from typing import Final

from tests.ledger.constraints import constraints, shown, table
from tests.ledger.desk import Filled, desk

SAMPLE: Final = 12


def test_every_constraint_stands_in_the_table_once(house: Filled) -> None:
    cases, redundant = table()
    with desk(house) as at:
        every = [each.key for each in constraints(at, on_sqlite=house.on_sqlite)]
    assert sorted(every) == sorted([*cases, *redundant])


def test_without_a_constraint_its_statement_is_taken(house: Filled) -> None:
    cases, _ = table()
    assert shown(house, *Random(1).sample(sorted(cases), SAMPLE)) == {}
