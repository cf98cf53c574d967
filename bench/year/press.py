"""Printing copies of a course: for other people, at another chair, on other days, with ids and digests of their own."""

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from bench.year.course import LOCAL
from bench.year.plate import Act, Kind, Plate, Step
from clinic_api.database.keys import Place, blind_index, seal
from clinic_api.database.types import moment_text
from clinic_api.identifiers import uuid7
from clinic_api.patients.rules.words import Word
from clinic_api.signatures.rules import content_digest

TIMED: Final = 7
TAIL_BITS: Final = 62
#: A copy's ids lie so far above the course's, at random: below the 2 bits that ids of one millisecond leave free.
OFFSET_BITS: Final = 72
_MASK: Final = int("ffffffffffff0fff3fffffffffffffff", 16)
SECONDS_PER_STEP: Final = 30


@dataclass(frozen=True)
class Copy:
    """What is different in one copy.

    Args:
        number: which copy; all chance in it hangs on this and the seed.
        later: by how much everything happens after the course.
        others: people, chair and cabinet of the course, and who and what stands for them.
        words: names and numbers of the course, and what is said instead.
        labels: how many vials come before the copy's first, beyond the course's.
        searched: by patient of the course, the words that the copy's patient is found by.
    """

    number: int
    later: timedelta
    others: Mapping[UUID, UUID]
    words: Mapping[str, str]
    labels: int
    searched: Mapping[UUID, Sequence[Word]]


@dataclass
class Press:
    """Fills a plate's slots for one copy after another."""

    plate: Plate
    organisation: UUID
    on_sqlite: bool
    seed: int
    patients: Mapping[UUID, UUID] = field(default_factory=dict)

    def printed(self, copy: Copy) -> list[Any]:
        """The filled slots of a copy; the plate's rows pick their cells out of them."""
        dice = random.Random(f"{self.seed} {copy.number}")
        values = list(self.plate.values)
        ids = _Ids(dice, copy.later)
        for kind, token, slot in self.plate.fresh:
            values[slot] = self._filled(kind, token, copy, ids)
        for step in self.plate.steps:
            self._make(step, values, copy, dice)
        return values

    def _filled(self, kind: Kind, token: Any, copy: Copy, ids: "_Ids") -> Any:
        if kind is Kind.ID:
            other = copy.others.get(token)
            return ids.of(token) if other is None else str(other)
        if kind is Kind.MOMENT:
            return moment_text(token + copy.later)
        if kind is Kind.WORD:
            return copy.words[token]
        if kind is Kind.LABEL:
            return f"K-{int(token[2:]) + copy.labels:03d}"
        if kind is Kind.LOCAL:
            return f"{(token.replace(tzinfo=LOCAL).astimezone(UTC) + copy.later).astimezone(LOCAL):%Y-%m-%dT%H:%M}"
        step = token + copy.later // timedelta(seconds=SECONDS_PER_STEP)
        return step if self.on_sqlite else str(step)

    def _make(self, step: Step, values: list[Any], copy: Copy, dice: random.Random) -> None:
        if step.act is Act.JOIN:
            values[step.into] = "".join(step.pieces(values))
            return
        said, more = step.more
        made = self._blob(step, more, values, copy, dice)
        values[said] = made.hex()
        values[step.into] = made if self.on_sqlite else f"\\\\x{values[said]}"

    def _blob(self, step: Step, more: Any, values: list[Any], copy: Copy, dice: random.Random) -> bytes:
        if step.act is Act.RANDOM:
            return dice.randbytes(more)
        if step.act is Act.BLIND:
            patient, place = more
            word = copy.searched[patient][place]
            return _token(self.organisation, word)
        pieces = step.pieces(values)
        if step.act is Act.DIGEST:
            return hashlib.sha256("".join(pieces).encode()).digest()
        if step.act is Act.ENTRY:
            return "".join(pieces).encode()
        id, text = UUID(pieces[0]), "".join(pieces[1:]).encode()
        if step.act is Act.SEAL:
            table, column = more
            return seal(text, Place(table, column, id))
        return content_digest(organisation=self.organisation, subject=id, version=more, canonical=text)


class _Ids:
    """The ids of one copy: in the order of the course's, at their own moment, and like no other copy's."""

    def __init__(self, dice: random.Random, later: timedelta) -> None:
        self._later = later // timedelta(milliseconds=1)
        self._above = dice.getrandbits(OFFSET_BITS)
        self._mixed = dice.getrandbits(128) & _MASK

    def of(self, id: UUID) -> str:
        """The copy's id for one of the course's."""
        if id.version != TIMED:
            return str(UUID(int=id.int ^ self._mixed))
        tail = ((id.int >> 64 & 0xFFF) << TAIL_BITS | id.int & (1 << TAIL_BITS) - 1) + self._above
        return str(uuid7((id.int >> 80) + self._later, tail.to_bytes))


@lru_cache(maxsize=65536)
def _token(_organisation: UUID, word: Word) -> bytes:
    return blind_index(word.kind, word.text)
