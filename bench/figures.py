"""Windows into ratios: only what was measured in the same round, at the same concurrency, is compared."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

HEAD: Final = (
    "what",
    "callers",
    "req/s",
    "floor",
    "ratio",
    "CPU ms",
    "floor",
    "ratio",
    "p50 ms",
    "p99 ms",
    "floor p99",
)


@dataclass(frozen=True)
class Window:
    """One target, called for a few seconds by so many at once."""

    what: str
    floor: bool
    round: int
    callers: int
    rps: float
    cpu_ms: float | None
    p50_ms: float
    p99_ms: float
    errors: int


@dataclass(frozen=True)
class Line:
    """One target at one concurrency: medians over the rounds, and medians of the paired ratios."""

    what: str
    callers: int
    rps: float
    floor_rps: float
    rps_ratio: float
    cpu_ms: float | None
    floor_cpu_ms: float | None
    cpu_ratio: float | None
    p50_ms: float
    p99_ms: float
    floor_p99_ms: float
    errors: int


def lines(windows: Iterable[Window]) -> list[Line]:
    """The windows of ours, each paired with the floor's of its round."""
    groups: dict[tuple[str, int], list[tuple[Window, Window]]] = defaultdict(list)
    known = {(each.what, each.round, each.callers, each.floor): each for each in windows}
    for (what, number, callers, floor), ours in known.items():
        base = known.get((what, number, callers, True))
        if not floor and base is not None:
            groups[what, callers].append((ours, base))
    return [_line(what, callers, pairs) for (what, callers), pairs in sorted(groups.items())]


def _line(what: str, callers: int, pairs: Sequence[tuple[Window, Window]]) -> Line:
    def over(name: str, *, place: int) -> float:
        values: list[float] = [getattr(pair[place], name) for pair in pairs]
        return round(median(values), 2)

    timed = [(ours.cpu_ms, base.cpu_ms) for ours, base in pairs if ours.cpu_ms and base.cpu_ms]
    return Line(
        what=what,
        callers=callers,
        rps=over("rps", place=0),
        floor_rps=over("rps", place=1),
        rps_ratio=round(median(ours.rps / base.rps for ours, base in pairs if base.rps), 3),
        cpu_ms=over("cpu_ms", place=0) if timed else None,
        floor_cpu_ms=over("cpu_ms", place=1) if timed else None,
        cpu_ratio=round(median(ours / base for ours, base in timed), 2) if timed else None,
        p50_ms=over("p50_ms", place=0),
        p99_ms=over("p99_ms", place=0),
        floor_p99_ms=over("p99_ms", place=1),
        errors=sum(ours.errors + base.errors for ours, base in pairs),
    )


def table(found: Sequence[Line]) -> str:
    """The lines as people read them; a ratio of req/s is better when higher, one of CPU when lower."""
    rows: list[tuple[Any, ...]] = [HEAD]
    rows += [
        (
            each.what,
            each.callers,
            each.rps,
            each.floor_rps,
            each.rps_ratio,
            *(each.cpu_ms, each.floor_cpu_ms, each.cpu_ratio),
            *(each.p50_ms, each.p99_ms, each.floor_p99_ms),
        )
        for each in found
    ]
    said = [["-" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in said) for place in range(len(HEAD))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in said)
