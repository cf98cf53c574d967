"""A refusal says its name, its title, its facts and its family's status."""

from dataclasses import dataclass

import pytest

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
