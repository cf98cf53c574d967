"""The fast spelling is the one of RFC 8785, byte for byte, or it is left to who knows it."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from clinic_api.database.canonical import canonical

wholes = st.integers(-(2**53) + 1, 2**53 - 1)
said = st.recursive(
    st.none() | st.booleans() | wholes | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


@given(said)
def test_whatever_is_said_is_spelled_as_the_standard_spells_it(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("number", [2**53, -(2**53), 2**63, 10**30])
def test_a_number_that_a_reader_could_round_is_refused(number: int) -> None:
    with pytest.raises(rfc8785.IntegerDomainError):
        canonical({"n": [number]})


def test_half_a_character_is_refused() -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical({"name": "\ud800"})
