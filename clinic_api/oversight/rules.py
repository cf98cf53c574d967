"""What a verification says, and how a row is judged against the log."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from clinic_api.audit.rules import Fault, Finding
from clinic_api.sessions.rules.life import FIRST

ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A regulated row as it stands: the digest in it, and the one its columns give now."""

    table: str
    id: str
    stored: bytes
    computed: bytes

    @property
    def key(self) -> bytes:
        """The id as the log is asked for it; what is no id is asked for as it is, and not found."""
        return key_of(self.id)


def key_of(id: str) -> bytes:
    """An id in sixteen bytes; a text that is none in its own."""
    try:
        return bytes.fromhex(id.replace("-", ""))
    except ValueError:
        return id.encode()


def id_of(key: bytes) -> str:
    """What ``key_of`` was made of."""
    return str(UUID(bytes=key)) if len(key) == ID_BYTES else key.decode()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, and everything that is not as it was written.

    Args:
        entries: entries of the log with their place in the tree.
        rows: regulated rows whose digests were recomputed.
        checkpoint_size: entries below the newest kept checkpoint; None where none is kept.
    """

    entries: int
    rows: int
    checkpoint_size: int | None
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


#: What the log says that was written, as digests by table and id: a dictionary of dictionaries of bytes, because a
#: year names more than a million rows.
Named = dict[str, dict[bytes, bytes]]


def judge_rows(rows: Iterable[StoredRow], named: Named) -> tuple[int, list[Fault]]:
    """Compare every regulated row with what the log says of it; how many, and the faults.

    A changed column, a row nobody wrote down, and a row that is gone are three different findings.

    Args:
        named: what is found in it is taken out of it, so that what is gone is what remains.
    """
    faults, seen = [], 0
    for row in rows:
        seen += 1
        said = named.get(row.table, {}).pop(row.key, None)
        if said is None:
            faults.append(Fault(Finding.ROW_UNEXPLAINED, f"{row.table} {row.id}", "no entry of the log names it"))
        elif not row.stored == row.computed == said:
            what = "its columns are not what the log says was written"
            faults.append(Fault(Finding.ROW_ALTERED, f"{row.table} {row.id}", what))
    gone = [Fault(Finding.ROW_MISSING, f"{table} {id_of(key)}") for table, left in named.items() for key in left]
    return seen, [*faults, *sorted(gone, key=lambda fault: fault.where)]


def judge_states(walks: Mapping[UUID, tuple[str, Sequence[tuple[str, str]]]]) -> list[Fault]:
    """Compare each session's state with where its acts have led.

    Whoever walks leaves each place as often as they came to it, but for the first and the last; so it does not
    matter in which order acts of one moment were written down.

    Args:
        walks: by session, the state kept and the steps its acts took, in any order.
    """
    faults = []
    for session, (kept, steps) in sorted(walks.items()):
        stays: Counter[str] = Counter([FIRST, *(to for _, to in steps)])
        stays.subtract(left for left, _ in steps)
        if {state: count for state, count in stays.items() if count} != {kept: 1}:
            faults.append(Fault(Finding.STATE_DIFFERS, f"session {session}", f"kept {kept}, its acts lead elsewhere"))
    return faults


def judge_balances(balances: Mapping[str, tuple[int, int]]) -> list[Fault]:
    """Compare each container's balance with the sum of its moves.

    Args:
        balances: by container, the balance kept and the one its moves give, in micrograms.
    """
    return [
        Fault(Finding.BALANCE_DIFFERS, f"container {container}", f"kept {kept} µg, moves give {moved} µg")
        for container, (kept, moved) in sorted(balances.items())
        if kept != moved
    ]
