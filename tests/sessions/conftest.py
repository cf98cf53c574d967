"""Where tests of the visit begin: at a ward with one patient, or as far into a visit as their marker says."""

from typing import Any

import pytest

from tests.sessions.ward import Ward


@pytest.fixture
def begins_as(begins_as: Any, request: pytest.FixtureRequest) -> Any:
    """A ward for whoever asks for one; a marker of the test says more."""
    return begins_as or (Ward if "ward" in request.fixturenames else None)


@pytest.fixture
def ward(world: Ward) -> Ward:
    """The ward, as the test begins."""
    return world
