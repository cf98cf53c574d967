"""Rows and columns of text that never overflow a column, a page, or each other.

ReportLab's table styles every cell by itself, strikes nothing through and fails on a row taller than a page;
this one draws all its text in one go and breaks a long row by its lines.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from reportlab.lib.colors import Color
from reportlab.platypus import Flowable

from clinic_api.reports.flowables.ink import BODY, COLUMN, LABEL, RULE, SOFT, TINT, Ink
from clinic_api.reports.flowables.text import legible, lines_of, width_of

#: Points between a column's edge and its text, and between a row's edge and its first line.
GUTTER: Final = 3.0
WIDE_GUTTER: Final = 10.0
AIR: Final = 1.3
#: How far a coloured ground reaches beyond its text, in points.
OUTSIDE: Final = 5.0
#: A row of more lines than this may be broken over two pages.
UNBROKEN: Final = 12
#: Fewer lines than this are not worth leaving at the foot of a page.
FEWEST: Final = 3


@dataclass(frozen=True)
class Column:
    """A column: its title, its width in points, how its text is set and on which side."""

    title: str
    width: float
    ink: Ink = BODY
    right: bool = False


@dataclass(frozen=True)
class Cell:
    """Text that is set otherwise than the rest of its column."""

    text: str
    ink: Ink


@dataclass(frozen=True)
class Dress:
    """How a grid looks: how its titles are set, the ground under it, the rules between rows."""

    titles: Ink = COLUMN
    ground: Color | None = None
    rules: Color | None = RULE


RULED: Final = Dress()
TINTED: Final = Dress(titles=LABEL, ground=TINT, rules=None)
BARE: Final = Dress(rules=None)


@dataclass(frozen=True)
class Row:
    """A row, cleaned and broken into the lines that are drawn."""

    lines: tuple[Sequence[str], ...]
    inks: tuple[Ink, ...]
    struck: bool = False

    @property
    def height(self) -> float:
        """The room that its tallest cell takes."""
        return max([len(lines) * ink.leading for lines, ink in zip(self.lines, self.inks, strict=True)]) + 2 * AIR

    def cut(self, room: float) -> tuple["Row", "Row"] | None:
        """The part that fits into ``room`` points and the rest, or nothing where cutting is not worth it."""
        fitting = int((room - 2 * AIR) / max(ink.leading for ink in self.inks))
        if fitting < FEWEST or max(map(len, self.lines)) <= UNBROKEN:
            return None
        upper = replace(self, lines=tuple(lines[:fitting] for lines in self.lines))
        return upper, replace(self, lines=tuple(lines[fitting:] for lines in self.lines))


class Grid(Flowable):
    """Wrapped rows under their titles; the titles come again on every page."""

    def __init__(self, columns: Sequence[Column], rows: Sequence[Row], dress: Dress) -> None:
        super().__init__()
        self._columns = columns
        self._rows = rows
        self._dress = dress
        titles = [Cell(column.title, dress.titles) for column in columns]
        self._head = [row_of(columns, titles)] if any(column.title for column in columns) else []
        self.width = sum(column.width for column in columns)

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803 (ReportLab's names)
        """The room that titles and rows take."""
        self.height = sum([row.height for row in (*self._head, *self._rows)])
        return self.width, self.height

    def split(self, availWidth: float, availHeight: float) -> list[Flowable]:  # noqa: N803
        """Whole rows as far as they fit; a very tall one is broken by its lines."""
        room = availHeight - sum(row.height for row in self._head)
        fitting = 0
        while fitting < len(self._rows) and self._rows[fitting].height <= room:
            room -= self._rows[fitting].height
            fitting += 1
        upper, lower = list(self._rows[:fitting]), list(self._rows[fitting:])
        parts = lower[0].cut(room) if lower else None
        if parts:
            upper.append(parts[0])
            lower[0] = parts[1]
        return [Grid(self._columns, rows, self._dress) for rows in (upper, lower) if rows] if upper else []

    def draw(self) -> None:
        """Ground and rules first, then all text, then the lines through what was struck."""
        rows = list(self._placed())
        self._draw_ground([top - row.height for top, row in rows])
        pen = self.canv.beginText()
        held: Ink | None = None
        for top, row in rows:
            held = _write(pen, row, columns=self._columns, top=top, held=held)
        self.canv.drawText(pen)
        self._strike([top for top, row in rows if row.struck])

    def _placed(self) -> Iterator[tuple[float, Row]]:
        top = self.height
        for row in (*self._head, *self._rows):
            yield top, row
            top -= row.height

    def _draw_ground(self, feet: Sequence[float]) -> None:
        if self._dress.ground:
            self.canv.setFillColor(self._dress.ground)
            self.canv.rect(-OUTSIDE, 0, self.width + 2 * OUTSIDE, self.height, stroke=0, fill=1)
        if self._dress.rules:
            self.canv.setStrokeColor(self._dress.rules)
            self.canv.setLineWidth(0.4)
            self.canv.lines([(0, foot, self.width, foot) for foot in feet])

    def _strike(self, tops: Sequence[float]) -> None:
        self.canv.setStrokeColor(SOFT)
        self.canv.setLineWidth(0.7)
        right = self.width - self._columns[-1].width - GUTTER
        for top in tops:
            y = top - AIR - BODY.leading * 0.52
            self.canv.line(0, y, right, y)


def grid(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str | Cell]],
    *,
    struck: Collection[int] = (),
    dress: Dress = RULED,
) -> Grid:
    """A grid of typed text: every cell is cleaned and wrapped to its column.

    Args:
        columns: titles and widths; no title row is drawn where all titles are empty.
        rows: one text per column.
        struck: places of the rows that were corrected; a line runs through all but their last column,
            which says why.
        dress: how it looks.
    """
    return Grid(columns, [row_of(columns, row, struck=place in struck) for place, row in enumerate(rows)], dress)


def row_of(columns: Sequence[Column], row: Sequence[str | Cell], *, struck: bool = False) -> Row:
    """One row, ready to be drawn."""
    cells = [_suited(cell, column) for cell, column in zip(row, columns, strict=True)]
    lines = [
        lines_of(cell.text, width=column.width - left - right, ink=cell.ink)
        for cell, column, (left, right) in zip(cells, columns, paddings(columns), strict=True)
    ]
    return Row(tuple(lines), tuple([cell.ink for cell in cells]), struck)


def paddings(columns: Sequence[Column]) -> list[tuple[float, float]]:
    """Points left and right of each column's text: none at the outer edges, more between figures and words."""
    after_figures = [not here.right and before.right for before, here in pairwise(columns)]
    left = [0.0, *[WIDE_GUTTER if wide else GUTTER for wide in after_figures]]
    right = [GUTTER] * (len(columns) - 1) + [0.0]
    return list(zip(left, right, strict=True))


def _suited(cell: str | Cell, column: Column) -> Cell:
    text, ink = (cell.text, cell.ink) if isinstance(cell, Cell) else (cell, column.ink)
    plain = legible(text)
    return Cell(plain, ink.suited(plain))


def _write(pen: Any, row: Row, *, columns: Sequence[Column], top: float, held: Ink | None) -> Ink | None:
    """Write a row with the pen that still holds the ink of the last one; return the ink it holds then.

    All first lines of a row stand on one line, whatever their size.
    """
    tallest = max(row.inks, key=lambda ink: ink.leading)
    first = top - AIR - tallest.leading / 2 - tallest.size * 0.36
    edge = 0.0
    for column, lines, ink, (left, right) in zip(columns, row.lines, row.inks, paddings(columns), strict=True):
        if ink is not held:
            pen.setFont(ink.face, ink.size)
            pen.setFillColor(ink.colour)
            held = ink
        for number, line in enumerate(lines):
            x = edge + column.width - right - width_of(line, ink) if column.right else edge + left
            pen.setTextOrigin(x, first - number * ink.leading)
            pen.textLine(line)  # textOut would measure the line once more
        edge += column.width
    return held
