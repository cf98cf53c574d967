"""The log's tree: roots as RFC 6962 says, growth that every kept checkpoint can confirm, notes that can be read."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_api.audit.rules import (
    Checkpoint,
    Finding,
    NotACheckpoint,
    Tree,
    check_growth,
    leaf,
    read_note,
    root,
)

LEAVES = st.lists(st.binary(min_size=32, max_size=32), max_size=70)
#: The leaves and roots that Certificate Transparency's own implementations are tested with.
KNOWN = tuple(
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
)


def naive(leaves: Sequence[bytes]) -> bytes:
    """The definition of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + naive(leaves[:half]) + naive(leaves[half:])).digest()


def some(count: int) -> list[bytes]:
    return [leaf(b"salt", bytes([number])) for number in range(count)]


def kept(leaves: Sequence[bytes], *sizes: int) -> list[Checkpoint]:
    return [Checkpoint("log", size, naive(leaves[:size])) for size in sizes]


@given(LEAVES)
def test_the_root_is_the_one_that_the_definition_gives(leaves: list[bytes]) -> None:
    assert root(leaves) == naive(leaves)


@given(LEAVES)
def test_a_tree_that_grows_has_at_each_size_the_root_of_what_is_in_it(leaves: list[bytes]) -> None:
    tree = Tree()
    assert tree.root() == naive([])
    for size, each in enumerate(leaves, start=1):
        tree.add(each)
        assert (tree.size, tree.root()) == (size, naive(leaves[:size]))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_the_root_is_the_one_that_others_publish(size: int, expected: str) -> None:
    assert root([leaf(b"", entry) for entry in KNOWN[:size]]).hex() == expected


def test_a_leaf_cannot_pass_for_two_neighbours() -> None:
    left, right = some(2)
    assert leaf(b"", left + right) != naive([left, right])


@given(LEAVES, st.data())
def test_a_log_that_only_grew_contains_every_checkpoint_that_was_kept(leaves: list[bytes], data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(0, len(leaves)), max_size=5))
    assert check_growth(leaves, kept(leaves, *sizes)) == []


@given(LEAVES.filter(bool), st.data())
def test_a_changed_leaf_contradicts_every_checkpoint_that_covers_it(leaves: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    notes = kept(leaves, place, place + 1, len(leaves))
    changed = [*leaves[:place], leaf(b"", leaves[place]), *leaves[place + 1 :]]
    faults = check_growth(changed, notes)
    assert [fault.finding for fault in faults] == [Finding.ROOT_DIFFERS] * 2


def test_a_cut_tail_is_found_by_the_checkpoints_beyond_it_and_by_no_other() -> None:
    leaves = some(9)
    faults = check_growth(leaves[:6], kept(leaves, 4, 6, 7, 9))
    assert [(fault.finding, fault.where) for fault in faults] == [
        (Finding.LOG_CUT, "checkpoint 7"),
        (Finding.LOG_CUT, "checkpoint 9"),
    ]


def test_a_rewritten_end_of_the_same_length_is_found() -> None:
    leaves = some(9)
    rewritten = [*leaves[:7], *some(20)[12:14]]
    assert [fault.where for fault in check_growth(rewritten, kept(leaves, 5, 9))] == ["checkpoint 9"]


def test_checkpoints_may_be_kept_in_any_order_and_twice() -> None:
    leaves = some(6)
    assert check_growth(leaves, kept(leaves, 5, 2, 5, 0)) == []


@given(st.integers(0, 2**40), st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64))
def test_a_note_is_read_as_it_was_written(size: int, top: bytes, signature: bytes) -> None:
    made = Checkpoint("clinic.example/log/1", size, top)
    assert read_note(made.note(signer="clinic.example/log/1", signature=signature)) == (made, signature)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "log\n3\n",
        "log\nthree\nAAAA\n\n— log AAAA\n",
        "log\n3\nnot base64!\n\n— log AAAA\n",
        "log\n3\nAAAA\n\n— log ???\n",
        "log\n3\nAAAA\nmore\n\n— log AAAA\n",
        "log\n3\nAAAA\n\nunsigned\n",
    ],
)
def test_what_is_no_note_is_not_taken_for_one(note: str) -> None:
    with pytest.raises(NotACheckpoint):
        read_note(note)
