"""What the signs on the vitals figure mean."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from reportlab.graphics.shapes import Shape

from clinic_api.reports.flowables import marks

SAMPLE: Final = 12.0


def legend(*, left: float, y: float) -> Iterator[Shape]:
    """A row of samples, each with its words."""
    x = left
    for words, room, sample in _ENTRIES:
        yield from sample(x, y)
        yield marks.label(x + SAMPLE + 3, y, words)
        x += room


def _pressure(x: float, y: float) -> Iterable[Shape]:
    middle = x + SAMPLE / 2
    yield marks.box(x, y - 1, SAMPLE, height=6.5, fill=marks.BAND)
    yield marks.signs([(middle, y + 4.6)], marks.UPWARD, marks.PRESSURE)
    yield marks.signs([(middle, y - 0.2)], marks.DOWNWARD, marks.PRESSURE)


def _pulse(x: float, y: float) -> Iterable[Shape]:
    yield marks.trace([(x, y + 2), (x + SAMPLE, y + 2)], marks.PULSE, dash=(3, 2))
    yield marks.signs([(x + SAMPLE / 2, y + 2)], marks.ROUND, marks.PULSE)


def _oxygen(x: float, y: float) -> Iterable[Shape]:
    yield marks.trace([(x, y + 2), (x + SAMPLE, y + 2)], marks.OXYGEN)
    yield marks.signs([(x + SAMPLE / 2, y + 2)], marks.SQUARE, marks.OXYGEN)


def _running(x: float, y: float) -> Iterable[Shape]:
    yield marks.box(x, y - 1, SAMPLE, height=6, fill=marks.RUNNING, edge=marks.FAINT)


def _paused(x: float, y: float) -> Iterable[Shape]:
    yield marks.hatch(x, x + SAMPLE, bottom=y - 1, top=y + 5)


def _missed(x: float, y: float) -> Iterable[Shape]:
    yield marks.cross(x + SAMPLE / 2, y + 2)


def _late(x: float, y: float) -> Iterable[Shape]:
    yield marks.signs([(x + SAMPLE / 2, y + 2)], marks.ROUND, marks.PULSE, hollow=True)


#: Words, room in points, sample.
_ENTRIES: Final[tuple[tuple[str, float, Callable[[float, float], Iterable[Shape]]], ...]] = (
    ("BP, mmHg: systolic, diastolic", 112, _pressure),
    ("heart rate, per min", 82, _pulse),
    ("SpO2, %", 54, _oxygen),
    ("infusing", 52, _running),
    ("paused", 48, _paused),
    ("set missed", 58, _missed),
    ("late entry", 40, _late),
)
