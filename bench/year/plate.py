"""What a walked course wrote, as a plate to print copies from: everything that differs in a copy is a numbered slot.

Rows are cut at ids, moments, names, numbers and digests. A copy fills the slots, makes what was sealed and digested
anew in the order in which it was written, and joins the pieces: nothing of a row is worked out by hand.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from bench.year.taken import Taken
from clinic_api.database.canonical import canonical
from clinic_api.database.keys import Place, unseal
from clinic_api.database.rows import plain
from clinic_api.database.types import moment_text

Getter = Callable[[Sequence[Any]], tuple[Any, ...]]

_CUT: Final = (
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z|\d{4}-\d\d-\d\dT\d\d:\d\d(?![:\d])|K-\d{3,}|[0-9a-f]{56,}"
)
#: Secrets that nobody can make again from what is kept; a copy has others of the same length.
RANDOM: Final = frozenset({("tokens", "hash"), ("operations", "fingerprint")})
DIGESTS: Final = frozenset({"digest", "subject_digest"})


class Kind(Enum):
    """What a slot holds that is filled before anything is joined."""

    ID = "id"
    MOMENT = "moment"
    LOCAL = "local"
    LABEL = "label"
    WORD = "word"
    STEP = "step"


class Act(Enum):
    """What is made in a copy, in this order of writing."""

    JOIN = "join"
    SEAL = "seal"
    DIGEST = "digest"
    FREEZE = "freeze"
    ENTRY = "entry"
    RANDOM = "random"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to make: from these slots, into this one, with what else it needs."""

    act: Act
    pieces: Getter
    into: int
    more: Any = None


@dataclass
class Plate:
    """Slots, the steps that fill them, and the cells of each row, table by table in the order of references."""

    fresh: list[tuple[Kind, Any, int]]
    values: list[Any]
    steps: list[Step]
    rows: list[tuple[sa.Table, tuple[str, ...], list[Getter]]]
    entries: int


@dataclass
class Engraver:
    """Makes the plate.

    Args:
        taken: what was written.
        words: the names and numbers that a copy replaces, as they stand in the course.
        searched: by what they belong to, the search tokens of the course, and which word of which patient each is.
    """

    taken: Taken
    dialect: sa.Dialect
    words: Sequence[str]
    searched: Mapping[tuple[UUID, bytes], tuple[UUID, int]]
    fresh: dict[tuple[Kind, Any], int] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    cells: dict[Any, int] = field(default_factory=dict)
    joined: dict[tuple[int, ...], int] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def plate(self) -> Plate:
        """Cut every row, those that the log names in its order, then the others."""
        known = sorted(self.words, key=len, reverse=True)
        self._cut = re.compile(rf"({_CUT}|(?<!\w)(?:{'|'.join(map(re.escape, known))})(?!\w))")
        self._known = frozenset(known)
        cut = {key: self._row(*key) for key in self.taken.in_order()}
        rows = []
        for table, keys in self.taken.by_table():
            columns = tuple(column.name for column in table.columns if column.server_default is None)
            rows.append((table, columns, [_getter(cut[key]) for key in keys]))
        fresh = [(kind, token, slot) for (kind, token), slot in self.fresh.items()]
        return Plate(fresh, self.values, self.steps, rows, len(self.taken.rows["audit_entries"]))

    # ------------------------------------------------------------------------------------------------------- slots

    def _slot(self, value: Any = None) -> int:
        self.values.append(value)
        return len(self.values) - 1

    def _constant(self, value: Any) -> int:
        key = (type(value), value)
        if key not in self.cells:
            self.cells[key] = self._slot(value)
        return self.cells[key]

    def _filled(self, kind: Kind, token: Any) -> int:
        if (kind, token) not in self.fresh:
            self.fresh[kind, token] = self._slot()
        return self.fresh[kind, token]

    def _piece(self, token: str) -> int | None:
        """The slot of a token; None where a copy says the same."""
        if token in self.made:
            return self.made[token]
        found: tuple[Kind, Any] | None = None
        if token in self._known:
            found = Kind.WORD, token
        elif token.startswith("K-"):
            found = (Kind.LABEL, token) if token in self.taken.labels else None
        elif len(token) == _ID_LENGTH and token[8] == "-":
            found = None if UUID(token) in self.taken.stays else (Kind.ID, UUID(token))
        elif "T" in token:
            found = Kind.MOMENT if token.endswith("Z") else Kind.LOCAL, datetime.fromisoformat(token)
        return None if found is None else self._filled(*found)

    def _pieces(self, text: str, said: Callable[[str], Any] = str) -> tuple[int, ...]:
        """A text, cut: slots in their order, what stays as one piece between them."""
        found, rest = list[int](), ""
        for number, part in enumerate(self._cut.split(text)):
            slot = self._piece(part) if number % 2 else None
            if slot is None:
                rest += part
                continue
            if rest:
                found.append(self._constant(said(rest)))
            found.append(slot)
            rest = ""
        if rest or not found:
            found.append(self._constant(said(rest)))
        return tuple(found)

    def _text(self, text: str, said: Callable[[str], Any] = str) -> int:
        """The slot of a whole text; joined from its pieces where it has more than one."""
        pieces = self._pieces(text, said)
        if len(pieces) == 1:
            return pieces[0]
        if pieces not in self.joined:
            self.joined[pieces] = self._slot()
            self.steps.append(Step(Act.JOIN, _getter(pieces), self.joined[pieces]))
        return self.joined[pieces]

    def _blob(self, value: bytes, act: Act, pieces: tuple[int, ...], more: Any = None) -> int:
        """A value of bytes that is made anew: its cell; texts that say it in hexadecimal find it again."""
        cell, said = self._slot(), self._slot()
        self.steps.append(Step(act, _getter(pieces), cell, (said, more)))
        self.made[value.hex()] = said
        self.cells[bytes, value] = cell
        return cell

    # -------------------------------------------------------------------------------------------------------- rows

    def _row(self, name: str, id: UUID) -> tuple[int, ...]:
        table, row = self.taken.tables[name], self.taken.rows[name][id]
        cells = {}
        for column in table.columns:
            if column.server_default is None and column.name != "digest":
                cells[column.name] = self._cell(table, column, row)
        if "digest" in row:
            said = {
                it.key: plain(row[it.key])
                for it in table.columns
                if it.key != "digest" and not it.info.get("changes") and row[it.key] is not None
            }
            pieces = self._pieces(canonical(said).decode())
            cells["digest"] = self._blob(row["digest"], Act.DIGEST, pieces)
        return tuple(cells[column.name] for column in table.columns if column.server_default is None)

    def _cell(self, table: sa.Table, column: sa.Column[Any], row: Mapping[str, Any]) -> int:
        value, where = row[column.key], (table.name, column.name)
        if isinstance(value, bytes):
            return self._bytes(table, column, row)
        if where == ("used_codes", "step"):
            return self._filled(Kind.STEP, value)
        if isinstance(value, datetime):
            return self._text(moment_text(value))
        stored = self._stored(column, value)
        return self._text(stored, self._escaped) if isinstance(stored, str) else self._constant(stored)

    def _stored(self, column: sa.Column[Any], value: Any) -> Any:
        """A value as the database is given it: text for PostgreSQL's COPY, the driver's own for SQLite."""
        bind = column.type.dialect_impl(self.dialect).bind_processor(self.dialect)
        stored = bind(value) if bind is not None and value is not None else value
        if self.dialect.name == "sqlite":
            return stored
        if stored is None:
            return NULL
        if isinstance(stored, bool):
            return "t" if stored else "f"
        return stored.isoformat() if isinstance(stored, date) else str(stored)

    def _escaped(self, text: str) -> str:
        if self.dialect.name == "sqlite" or text == NULL:
            return text
        return text.translate(_COPY)

    def _bytes(self, table: sa.Table, column: sa.Column[Any], row: Mapping[str, Any]) -> int:
        value, where = row[column.key], (table.name, column.name)
        if where == ("audit_entries", "canonical"):
            return self._blob(value, Act.ENTRY, self._pieces(value.decode()))
        if where == ("audit_entries", "salt") or where in RANDOM:
            return self._blob(value, Act.RANDOM, (), len(value))
        if where == ("signed_records", "content_digest"):
            subject = self._piece(str(row["subject"]))
            text = unseal(row["sealed"], Place("signed_records", "sealed", row["id"])).decode()
            return self._blob(value, Act.FREEZE, (subject or 0, *self._pieces(text)), row["version"])
        searched = (row.get("identity_version", row["id"]), value)
        if searched in self.searched:
            return self._blob(value, Act.BLIND, (), self.searched[searched])
        if column.name in DIGESTS:
            return self.cells[bytes, value]
        text = unseal(value, Place(table.name, column.name, row["id"])).decode()
        id = self._piece(str(row["id"]))
        return self._blob(value, Act.SEAL, (id or 0, *self._pieces(text)), (table.name, column.name))


_ID_LENGTH: Final = 36
NULL: Final = r"\N"
_COPY: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def _nothing(_values: Sequence[Any]) -> tuple[Any, ...]:
    return ()


def _getter(slots: Sequence[int]) -> Getter:
    """Picks the slots, always as a tuple."""
    if len(slots) == 1:
        only = slots[0]
        return lambda values: (values[only],)
    return itemgetter(*slots) if slots else (_nothing)
