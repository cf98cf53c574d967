"""Statements that nobody may run; as a command: ``make forbidden``."""

from tests.ledger.desk import Filled
from tests.ledger.forbidden import accepted


def test_every_forbidden_statement_is_refused_and_nothing_changes(house: Filled) -> None:
    taken, asked, changed = accepted(house)
    assert (taken, asked >= 60, changed) == ([], True, False)
