"""Where tests of the stock begin: at a safe with two nurses, or with people beside it who had no part in anything."""

from typing import Any, Final

import pytest

from tests.inventory.dock import Dock
from tests.inventory.doubt import Doubt
from tests.inventory.stock import Stock

BEGINNINGS: Final = {"doubt": Doubt, "stock": Stock}


@pytest.fixture
def begins_as(begins_as: Any, request: pytest.FixtureRequest) -> Any:
    """What the test asks for by name; a marker of its own says otherwise."""
    asked = (BEGINNINGS[name] for name in BEGINNINGS if name in request.fixturenames)
    return begins_as or next(asked, None)


@pytest.fixture
def dock(stock: Stock) -> Dock:
    """A safe, two nurses, and what comes to the door."""
    return Dock(stock)


@pytest.fixture
def doubt(world: Doubt) -> Doubt:
    """A safe, two nurses and a compliance officer."""
    return world


@pytest.fixture
def stock(world: Any) -> Stock:
    """A safe and two nurses, at nine in the morning (14:00 UTC)."""
    found: Stock = getattr(world, "stock", world)
    return found
