"""Wards and filled houses, made once a run for each engine."""

import pytest

from tests.databases import Shelf
from tests.ledger.desk import Filled, filled
from tests.ledger.kept import Ward
from tests.worlds import AtRest, Worlds


@pytest.fixture(scope="session")
def houses() -> dict[Shelf, Filled]:
    """Filled houses by the shelf that holds them."""
    return {}


@pytest.fixture
def ward_kept(shelf: Shelf, worlds: Worlds) -> AtRest[Ward]:
    """The ward of the test's engine, at rest."""
    return worlds.at_rest(shelf, Ward)


@pytest.fixture
def house(ward_kept: AtRest[Ward], shelf: Shelf, houses: dict[Shelf, Filled]) -> Filled:
    """The filled house of the test's engine; whoever sits down at it leaves it as it is."""
    if shelf not in houses:
        houses[shelf] = filled(ward_kept)
    return houses[shelf]
