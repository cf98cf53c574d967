"""The log as a Merkle tree: leaves, roots, proofs of growth, and checkpoints (RFC 6962; C2SP tlog-checkpoint).

And what counts as a reason for a look.
"""

import base64
import binascii
import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from clinic_api.errors import Refusal

LEAF: Final = b"\x00"
NODE: Final = b"\x01"
SALT_BYTES: Final = 16
#: Characters of a reason for a look: more than a word, less than a note.
REASON_LENGTH: Final = range(10, 201)


def leaf(salt: bytes, canonical: bytes) -> bytes:
    """The leaf of one entry; the salt keeps a published tree from saying anything about a person."""
    return hashlib.sha256(LEAF + salt + canonical).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours."""
    return hashlib.sha256(NODE + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over ``leaves``, in order; the root of nothing is the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    tree = Tree()
    for each in leaves:
        tree.add(each)
    return tree.root()


class Tree:
    """A root that grows leaf by leaf, holding one hash per level: a million leaves need twenty."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, each: bytes) -> None:
        """Append one leaf."""
        height, top = 0, each
        while self._peaks and self._peaks[-1][0] == height:
            top = node(self._peaks.pop()[1], top)
            height += 1
        self._peaks.append((height, top))
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        top = self._peaks[-1][1]
        for _, peak in reversed(self._peaks[:-1]):
            top = node(peak, top)
        return top


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log's size and root at a moment, to be kept where the database's owner cannot reach."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def note(self, *, signer: str, signature: bytes) -> str:
        """The signed note as it is kept."""
        return f"{self.body()}\n\u2014 {signer} {base64.b64encode(signature).decode()}\n"


class NotACheckpoint(ValueError):
    """A checkpoint file holds something else."""


def read_note(note: str) -> tuple[Checkpoint, bytes]:
    """A checkpoint and its signature, from the text of a signed note.

    Raises:
        NotACheckpoint: the text is not such a note.
    """
    try:
        body, _, signed = note.partition("\n\n")
        origin, size, encoded = body.splitlines()
        signature = base64.b64decode(signed.strip().rsplit(" ", 1)[1], validate=True)
        return Checkpoint(origin, int(size), base64.b64decode(encoded, validate=True)), signature
    except (ValueError, IndexError, binascii.Error):
        raise NotACheckpoint(note[:80]) from None


class Finding(StrEnum):
    """What a verification can find wrong."""

    ENTRY_ALTERED = "entry-altered"
    COLUMNS_DIFFER = "columns-differ"
    LEAF_DIFFERS = "leaf-differs"
    SEAL_MISSING = "seal-missing"
    NEVER_SEALED = "never-sealed"
    ROOT_DIFFERS = "root-differs"
    LOG_CUT = "log-cut"
    SIGNATURE_BAD = "signature-bad"
    ROW_ALTERED = "row-altered"
    ROW_MISSING = "row-missing"
    ROW_UNEXPLAINED = "row-unexplained"
    BALANCE_DIFFERS = "balance-differs"
    STATE_DIFFERS = "state-differs"
    PREFIX_NEGATIVE = "prefix-negative"
    CASE_OPEN = "case-open"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was written."""

    finding: Finding
    where: str
    detail: str = ""


def check_growth(leaves: Iterable[bytes], checkpoints: Sequence[Checkpoint]) -> list[Fault]:
    """Whether each kept checkpoint is a prefix of the log as it stands: see ``grown``."""
    return grown(leaves, checkpoints)[1]


def grown(leaves: Iterable[bytes], checkpoints: Sequence[Checkpoint]) -> tuple[Tree, list[Fault]]:
    """The tree over ``leaves``, read once and in order, and where it is not what a kept checkpoint says.

    A cut tail, a rewritten suffix and a changed leaf each make some checkpoint disagree.
    """
    wanted = sorted(checkpoints, key=lambda checkpoint: checkpoint.size, reverse=True)
    tree, faults = Tree(), list[Fault]()
    faults += _disagree(tree, wanted)
    for each in leaves:
        tree.add(each)
        if wanted and wanted[-1].size == tree.size:
            faults += _disagree(tree, wanted)
    cut = f"the log holds only {tree.size} entries"
    return tree, [*(Fault(Finding.LOG_CUT, f"checkpoint {it.size}", cut) for it in reversed(wanted)), *faults]


def _disagree(tree: Tree, wanted: list[Checkpoint]) -> Iterator[Fault]:
    """Take out the checkpoints of the tree's size; a fault for each with another root."""
    while wanted and wanted[-1].size == tree.size:
        if (each := wanted.pop()).root != tree.root():
            yield Fault(Finding.ROOT_DIFFERS, f"checkpoint {each.size}", "entries below it were changed")


class ReasonNeeded(Refusal):
    """Whoever does not treat this patient says why they look."""

    status: ClassVar[int] = 428

    def __str__(self) -> str:
        return (
            f"Send why as Clinic-Reason, {REASON_LENGTH.start} to {REASON_LENGTH.stop - 1} characters on one line "
            "(percent-encoded UTF-8); it is kept with the look."
        )


def reason_of(said: str | None) -> str:
    """The reason for a look, in one composition and without spaces around it.

    Raises:
        ReasonNeeded: there is none, or it is too short, too long, or more than one visible line.
    """
    reason = unicodedata.normalize("NFC", said or "").strip()
    if len(reason) not in REASON_LENGTH or not reason.isprintable():
        raise ReasonNeeded
    return reason
