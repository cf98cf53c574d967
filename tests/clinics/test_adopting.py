"""What is adopted can be read: the floors above the clinics say how, and a malformed policy never holds."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from clinic_api.app import READERS
from clinic_api.errors import Refusal
from tests.builders import Clinic
from tests.people import Person
from tests.protocols.shipped import changed, shipped

SHIPPED: Final = {
    "product": "products/ketamine",
    "protocol": "protocols/iv-ketamine",
    "instrument": "instruments/phq-9",
}
JUNK: Final[tuple[Any, ...]] = (None, True, -1, 2**53, "", "x", "0.0001", "-1", [], [7], {}, {"a": "b"})


@pytest.fixture
def olga(clinic: Clinic) -> Person:
    """The first administrator."""
    return clinic.administrators[0]


def paths(content: Any, before: str = "") -> Iterator[str]:
    """Every field of a policy, at any depth."""
    named = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for name, each in named:
        path = f"{before}.{name}" if before else str(name)
        if isinstance(content, dict):
            yield path
        yield from paths(each, path)


@pytest.mark.parametrize("kind", sorted(SHIPPED))
def test_whatever_stands_in_a_policy_it_is_read_or_refused(kind: str) -> None:
    content = shipped(SHIPPED[kind])
    READERS[kind](content)
    refused = 0
    for path in paths(content):
        for junk in JUNK:
            try:
                READERS[kind](changed(content, path, junk))
            except Refusal:
                refused += 1
    assert refused > len(JUNK)


@pytest.mark.parametrize("kind", sorted(SHIPPED))
@pytest.mark.parametrize("content", [{}, {"source": "nowhere", "status": "design"}, {"products": 7}])
def test_what_cannot_be_read_is_not_adopted_and_what_held_before_still_does(
    clinic: Clinic, olga: Person, kind: str, content: dict[str, Any]
) -> None:
    path = f"/policies/{kind}/{SHIPPED[kind].split('/')[1]}"
    with clinic.nothing_changes():
        refused = olga.post(path, content=content)
    assert (refused.status, refused["type"]) == (422, "malformed-content")
    assert olga.get(path)["version"] == 1


def test_a_product_with_a_code_that_cannot_be_one_is_not_adopted(clinic: Clinic, olga: Person) -> None:
    path, content = "/policies/product/ketamine", shipped("products/ketamine")
    for wrong in (changed(content, "products.0.ndc", "12-3"), changed(content, "products.0.volume_ml", "0.00001")):
        with clinic.nothing_changes():
            assert olga.post(path, content=wrong).status == 422
    assert olga.post(path, content=content)["version"] == 2
