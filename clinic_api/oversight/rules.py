"""What a verification says, and how a row is judged against the log."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from clinic_api.audit.rules import Fault, Finding
from clinic_api.sessions.rules.life import FIRST


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A regulated row as it stands: the digest in it, and the one its columns give now."""

    table: str
    id: str
    stored: str
    computed: str


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


def judge_rows(rows: Iterable[StoredRow], named: Mapping[tuple[str, str], str]) -> tuple[int, list[Fault]]:
    """Compare every regulated row with what the log says of it; how many, and the faults.

    A changed column, a row nobody wrote down, and a row that is gone are three different findings.
    """
    faults, seen = [], set()
    for row in rows:
        key = (row.table, row.id)
        seen.add(key)
        where = f"{row.table} {row.id}"
        if key not in named:
            faults.append(Fault(Finding.ROW_UNEXPLAINED, where, "no entry of the log names it"))
        elif not row.stored == row.computed == named[key]:
            faults.append(Fault(Finding.ROW_ALTERED, where, "its columns are not what the log says was written"))
    gone = [Fault(Finding.ROW_MISSING, f"{table} {id}") for table, id in named.keys() - seen]
    return len(seen), [*faults, *sorted(gone, key=lambda fault: fault.where)]


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
