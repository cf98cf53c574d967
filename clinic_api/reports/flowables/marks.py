"""Small signs on figures, told apart by shape and line, so that grey paper is enough."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

from reportlab.graphics.shapes import Line, Path, Polygon, PolyLine, Rect, Shape, String
from reportlab.lib.colors import Color, HexColor

from clinic_api.reports.flowables.fonts import BOLD, REGULAR
from clinic_api.reports.flowables.ink import BLACK, SOFT, WHITE

Point = tuple[float, float]
Outline = tuple[Point, ...]
Anchor = Literal["start", "middle", "end"]

PRESSURE: Final = HexColor("#16465a")
BAND: Final = HexColor("#cfdde3")
PULSE: Final = HexColor("#8a4b12")
OXYGEN: Final = HexColor("#3d3a70")
RUNNING: Final = HexColor("#f4f0e2")
FAINT: Final = HexColor("#dfe3e6")
#: The outlines of signs, as points around their place.
UPWARD: Final[Outline] = ((0, 2.4), (-2.2, -1.7), (2.2, -1.7))
DOWNWARD: Final[Outline] = ((0, -2.4), (-2.2, 1.7), (2.2, 1.7))
SQUARE: Final[Outline] = ((-1.6, -1.6), (1.6, -1.6), (1.6, 1.6), (-1.6, 1.6))
ROUND: Final[Outline] = (
    (1.8, 0.75),
    (0.75, 1.8),
    (-0.75, 1.8),
    (-1.8, 0.75),
    (-1.8, -0.75),
    (-0.75, -1.8),
    (0.75, -1.8),
    (1.8, -0.75),
)
#: Points between the lines of a hatch.
HATCH: Final = 4.5


def label(x: float, y: float, text: str, *, anchor: Anchor = "start", colour: Color = SOFT) -> Shape:
    """A few words on a figure."""
    return String(x, y, text, textAnchor=anchor, fontName=REGULAR, fontSize=5.8, fillColor=colour)


def strong_label(x: float, y: float, text: str, *, anchor: Anchor = "middle", colour: Color = BLACK) -> Shape:
    """A few words that must be found."""
    return String(x, y, text, textAnchor=anchor, fontName=BOLD, fontSize=6, fillColor=colour)


def stroke(start: Point, end: Point, *, colour: Color = FAINT, width: float = 0.4) -> Shape:
    """A straight line."""
    return Line(*start, *end, strokeColor=colour, strokeWidth=width)


def dashes(start: Point, end: Point, *, pattern: Sequence[float]) -> Shape:
    """A straight broken line: a level to compare with."""
    return Line(*start, *end, strokeColor=SOFT, strokeWidth=0.6, strokeDashArray=pattern)


def trace(points: Sequence[Point], colour: Color, *, dash: Sequence[float] = ()) -> Shape:
    """A line through points."""
    flat = [number for point in points for number in point]
    look: dict[str, Any] = {"strokeColor": colour, "strokeWidth": 1.1, "strokeLineJoin": 1}
    if dash:
        look["strokeDashArray"] = list(dash)
    return PolyLine(flat, **look)


def box(left: float, bottom: float, width: float, *, height: float, fill: Color, edge: Color | None = None) -> Shape:
    """A filled rectangle."""
    look: dict[str, Any] = {"fillColor": fill, "strokeColor": edge, "strokeWidth": 0.8 if edge else 0}
    return Rect(left, bottom, width, height, **look)


def band(upper: Sequence[Point], lower: Sequence[Point]) -> Shape:
    """The ground between two lines."""
    flat = [number for point in (*upper, *reversed(lower)) for number in point]
    return Polygon(flat, fillColor=BAND, strokeColor=None, strokeWidth=0)


def signs(places: Iterable[Point], outline: Outline, colour: Color, *, hollow: bool = False) -> Shape:
    """The same sign at many places, as one shape, which draws far faster than as many; hollow for late entries."""
    path = Path(fillColor=WHITE if hollow else colour, strokeColor=colour, strokeWidth=0.8)
    for x, y in places:
        first, *others = outline
        path.moveTo(x + first[0], y + first[1])
        for right, up in others:
            path.lineTo(x + right, y + up)
        path.closePath()
    return path


def cross(x: float, y: float) -> Shape:
    """Something that did not happen."""
    arms = [((x - 2.2, y - rise), (x + 2.2, y + rise)) for rise in (-2.2, 2.2)]
    return strokes(arms, colour=BLACK, width=0.9)


def hatch(left: float, right: float, *, bottom: float, top: float) -> Shape:
    """Slanting lines over a stretch in which nothing ran."""
    tall = top - bottom
    feet = [left - tall + HATCH * n for n in range(int((right - left + tall) / HATCH) + 1)]
    ends = [(foot, max(foot, left), min(foot + tall, right)) for foot in feet]
    slants = [((near, bottom + near - foot), (far, bottom + far - foot)) for foot, near, far in ends]
    return strokes(slants, colour=SOFT, width=0.3)


def strokes(lines: Iterable[tuple[Point, Point]], *, colour: Color = FAINT, width: float = 0.4) -> Shape:
    """Many straight lines as one shape, which draws far faster than as many."""
    path = Path(strokeColor=colour, strokeWidth=width, fillColor=None)
    for start, end in lines:
        path.moveTo(*start)
        path.lineTo(*end)
    return path
