"""The only reader of clocks. Everything else is told the time as ``at``."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

Source = Callable[[], datetime]


class ClockNotAllowed(ValueError):
    """A clock file was asked for outside a demonstration or a test."""


def system() -> datetime:
    """The machine's time, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FileClock:
    """The machine's time plus the seconds that a file names; the file is read anew each time.

    A day and its reminder then take seconds, for the server and the worker alike. A file that says ``=`` and a
    moment makes the clock stand there, for what must not depend on how fast the machine is; each look at it
    still comes a microsecond after the one before, so that what happens later is later.
    """

    path: Path
    looks: "count[int]" = field(default_factory=count, compare=False)

    def __call__(self) -> datetime:
        """The shifted time, UTC; a file that is missing shifts nothing."""
        try:
            text = self.path.read_text(encoding="ascii").strip() or "0"
        except FileNotFoundError:
            text = "0"
        if text.startswith("="):
            return datetime.fromisoformat(text[1:]).astimezone(UTC) + timedelta(microseconds=next(self.looks))
        return system() + timedelta(seconds=float(text))


class _Face:
    """What the process currently takes for the time."""

    source: Source = staticmethod(system)


def use(setting: str, *, mode: str) -> None:
    """Choose the source: ``system`` or ``file:PATH``.

    Raises:
        ClockNotAllowed: a file outside modes ``demo`` and ``test``, or a source that does not exist.
    """
    if setting == "system":
        _Face.source = staticmethod(system)
        return
    kind, _, path = setting.partition(":")
    if kind != "file" or not path or mode not in {"demo", "test"}:
        message = f"clock {setting!r} is not allowed in mode {mode!r}; use 'system'"
        raise ClockNotAllowed(message)
    _Face.source = FileClock(Path(path))


def now() -> datetime:
    """The time, UTC, to the microsecond."""
    return _Face.source()


def ticks() -> float:
    """Seconds on a clock that never goes back; only differences mean anything."""
    return time.monotonic()
