"""Wards and filled houses, made once a run for each engine."""

import pytest

from tests.databases import Shelf
from tests.ledger.desk import Filled, filled
from tests.ledger.kept import Kept, kept


@pytest.fixture(scope="session")
def keeping() -> dict[str, Kept]:
    """Kept wards by engine."""
    return {}


@pytest.fixture(scope="session")
def houses() -> dict[str, Filled]:
    """Filled houses by engine."""
    return {}


@pytest.fixture
def ward_kept(
    shelf: Shelf, engine_kind: str, keeping: dict[str, Kept], tmp_path_factory: pytest.TempPathFactory
) -> Kept:
    """The kept ward of the test's engine."""
    if engine_kind not in keeping:
        keeping[engine_kind] = kept(shelf, tmp_path_factory.mktemp("ward"))
    return keeping[engine_kind]


@pytest.fixture
def house(ward_kept: Kept, engine_kind: str, houses: dict[str, Filled]) -> Filled:
    """The filled house of the test's engine; whoever sits down at it leaves it as it is."""
    if engine_kind not in houses:
        houses[engine_kind] = filled(ward_kept)
    return houses[engine_kind]
