"""Headings, and things side by side."""

from collections.abc import Sequence
from typing import Final

from reportlab.platypus import CondPageBreak, Flowable, Spacer

from clinic_api.reports.flowables.ink import DEEP, HEADING, QUIET, WIDTH
from clinic_api.reports.flowables.text import cut_to, legible, para, put, width_of

#: What must fit under a heading, in points, or it moves to the next page with its text.
COMPANY: Final = 48.0
#: Taller than this, in points, two columns are set one under the other, where they can break.
TALLEST_PAIR: Final = 420.0
BETWEEN: Final = 14.0
#: What stands where a number is not known or does not apply.
NONE: Final = "--"
HALF: Final = (WIDTH - BETWEEN) / 2


class Heading(Flowable):
    """A title over a rule, with a remark set small at the right."""

    def __init__(self, title: str, *, width: float = WIDTH, remark: str = "") -> None:
        super().__init__()
        self.width = width
        self.height = HEADING.leading + 5.0
        self._title = title
        self._remark = remark

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803 (ReportLab's names)
        """As wide as its column."""
        return self.width, self.height

    def draw(self) -> None:
        """Title, remark, rule."""
        canvas = self.canv
        put(canvas, (0, 5.0), cut_to(self._title, self.width, HEADING), ink=HEADING)
        put(canvas, (self.width, 5.0), self._remark, ink=QUIET, right=True)
        canvas.setStrokeColor(DEEP)
        canvas.setLineWidth(0.9)
        canvas.line(0, 2.0, self.width, 2.0)


class Rule(Flowable):
    """A strong line across the page."""

    def __init__(self) -> None:
        super().__init__()
        self.width, self.height = WIDTH, 4.0

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803
        """As wide as the page."""
        return self.width, self.height

    def draw(self) -> None:
        """The line."""
        self.canv.setStrokeColor(DEEP)
        self.canv.setLineWidth(1.6)
        self.canv.line(0, 1.4, self.width, 1.4)


class Pair(Flowable):
    """Two short columns beside each other; it is never broken over pages."""

    def __init__(self, left: Sequence[Flowable], right: Sequence[Flowable]) -> None:
        super().__init__()
        self._sides = (left, right)

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803
        """As tall as the taller side."""
        self.width = WIDTH
        self.height = max(stacked_height(side) for side in self._sides)
        return self.width, self.height

    def draw(self) -> None:
        """Both sides from the top."""
        for side, left in zip(self._sides, (0.0, HALF + BETWEEN), strict=True):
            top = self.height
            for piece in side:
                top -= piece.getSpaceBefore() + piece.wrap(HALF, self.height)[1]
                piece.drawOn(self.canv, left, top)


def stacked_height(pieces: Sequence[Flowable]) -> float:
    """How tall pieces are when they stand on each other."""
    return sum(piece.getSpaceBefore() + piece.wrap(HALF, TALLEST_PAIR)[1] for piece in pieces)


def beside(left: Sequence[Flowable], right: Sequence[Flowable]) -> list[Flowable]:
    """Two columns of half width, or one after the other where a long text would not fit a page."""
    pair = Pair(left, right)
    _, height = pair.wrap(WIDTH, 0)
    return [CondPageBreak(height), pair] if height <= TALLEST_PAIR else [*left, gap(), *right]


def section(title: str, *pieces: Flowable, remark: str = "") -> list[Flowable]:
    """A full-width section that does not leave its heading alone at the foot of a page."""
    return [CondPageBreak(COMPANY), *headed(title, remark, width=WIDTH), *pieces, gap()]


def half(title: str, *pieces: Flowable, remark: str = "") -> list[Flowable]:
    """A section for one side of a pair."""
    return [*headed(title, remark, width=HALF), *pieces]


def headed(title: str, aside: str, *, width: float) -> list[Flowable]:
    """A heading with its remark beside it, or under it where it is too long to stand beside."""
    plain = legible(f"{title}     {aside}")
    if width_of(plain, HEADING.suited(plain)) <= width:
        return [Heading(title, width=width, remark=aside)]
    return [Heading(title, width=width), remark(aside, width=width)]


def gap(points: float = 7.0) -> Spacer:
    """Air."""
    return Spacer(1, points)


def remark(text: str, *, width: float = WIDTH) -> Flowable:
    """A line of explanation under a table or figure."""
    line = para(text, width=width, ink=QUIET)
    line.spaceBefore = 2
    return line
