"""A refusal says its name, its title, its facts and its family's status."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

import clinic_api.app  # noqa: F401  (every floor, so that every refusal is known)
from clinic_api.errors import Conflict, NotFound, NotPermitted, Refusal, Unacceptable


@dataclass(eq=False)
class NotEnoughLeft(Conflict):
    """More was asked than there is.

    A second paragraph that nobody reads aloud.
    """

    asked: int
    left: int


class Undocumented(Refusal):
    __doc__ = None


def test_a_refusal_is_named_on_the_wire_as_in_the_code() -> None:
    refusal = NotEnoughLeft(asked=2, left=1)
    assert (refusal.code, refusal.title) == ("not-enough-left", "More was asked than there is.")
    assert (refusal.facts, str(refusal)) == ({"asked": 2, "left": 1}, "More was asked than there is.")


def test_a_refusal_without_a_word_says_its_name() -> None:
    assert (Undocumented().title, Undocumented().facts) == ("Undocumented", {})


@pytest.mark.parametrize(
    ("family", "status"), [(NotFound, 404), (NotPermitted, 403), (Conflict, 409), (Unacceptable, 422), (Refusal, 409)]
)
def test_each_family_has_its_status(family: type[Refusal], status: int) -> None:
    assert family.status == status


def every(family: type[Refusal]) -> Iterator[type[Refusal]]:
    for kind in family.__subclasses__():
        yield kind
        yield from every(kind)


def bare(kind: type[Refusal]) -> bool:
    """Whether a refusal has no facts, so that its sentence is always the same."""
    return not getattr(kind, "__dataclass_fields__", None)


#: Where nothing is there, the title says all that may be said.
RULES = sorted(
    {kind for kind in every(Refusal) if ".rules" in kind.__module__ and bare(kind)}, key=lambda it: it.__name__
)
WITH_A_WAY_OUT = [kind for kind in RULES if not issubclass(kind, NotFound)]


@pytest.mark.parametrize("kind", WITH_A_WAY_OUT, ids=lambda kind: kind.__name__)
def test_a_refusal_of_the_rules_says_what_would_fix_it(kind: type[Refusal]) -> None:
    refusal = kind()
    assert str(refusal).isprintable()
    assert str(refusal) != refusal.title or ":" in refusal.title, "only what is wrong, and no way out"


def test_there_are_refusals_to_ask() -> None:
    assert len(WITH_A_WAY_OUT) > 50
