"""An outcome scale over the series, as a small figure with every number beside it."""

from collections.abc import Iterator, Sequence
from typing import Final

from reportlab.graphics.shapes import Drawing, Shape
from reportlab.platypus import Flowable

from clinic_api.reports.flowables import marks
from clinic_api.reports.flowables.fonts import make_ready
from clinic_api.reports.flowables.ink import STRONG
from clinic_api.reports.flowables.layout import HALF, half
from clinic_api.reports.flowables.scale import Up
from clinic_api.reports.flowables.text import para
from clinic_api.reports.records.watch import Trend, TrendPoint

HEIGHT: Final = 78.0
LEFT: Final = 18.0
RIGHT: Final = 20.0
#: With more points than this only some are numbered in the figure; the words below have all.
ALL_NUMBERED: Final = 12


def trend_pieces(trends: Sequence[Trend]) -> list[Flowable]:
    """Each scale: figure, verdict, and the same numbers in words."""
    if not trends:
        return half("Outcome", para("No outcome scale was recorded.", width=HALF))
    pieces: list[Flowable] = []
    for trend in trends:
        verdict = para(trend.verdict, width=HALF, ink=STRONG)
        words = para(_in_words(trend), width=HALF)
        pieces += half(f"Outcome: {trend.instrument}", _figure(trend), verdict, words, remark=f"0 to {trend.highest}")
    return pieces


def _in_words(trend: Trend) -> str:
    baseline = "not recorded" if trend.baseline is None else str(trend.baseline)
    totals = "; ".join(_point_in_words(point) for point in trend.points)
    return f"{trend.instrument} version {trend.version}. Baseline {baseline}. {totals}."


def _point_in_words(point: TrendPoint) -> str:
    total = "not scored" if point.total is None else str(point.total)
    nine = "" if point.item_nine is None else f" (item 9: {point.item_nine})"
    visit = "" if point.session is None else f", session {point.session}"
    return f"{point.on}{visit}: {total}{nine}"


def _figure(trend: Trend) -> Drawing:
    make_ready()
    drawing = Drawing(HALF, HEIGHT)
    for shape in _shapes(trend, Up(0, max(trend.highest, 1), 14, HEIGHT - 26)):
        drawing.add(shape)
    return drawing


def _shapes(trend: Trend, scale: Up) -> Iterator[Shape]:
    right = HALF - RIGHT
    for value in (0, trend.highest):
        yield marks.stroke((LEFT, scale.y(value)), (right, scale.y(value)))
        yield marks.label(LEFT - 4, scale.y(value) - 2, str(value), anchor="end")
    if trend.baseline is not None:
        for name, level, pattern in (("base", trend.baseline, (3, 2)), ("half", trend.baseline / 2, (1, 2))):
            yield marks.dashes((LEFT, scale.y(level)), (right, scale.y(level)), pattern=pattern)
            yield marks.label(right + 3, scale.y(level) - 2, name)
    step = (right - LEFT - 24) / max(len(trend.points) - 1, 1)
    yield from _points([(LEFT + 12 + step * n, point) for n, point in enumerate(trend.points)], scale)


def _points(spots: Sequence[tuple[float, TrendPoint]], scale: Up) -> Iterator[Shape]:
    scored = [(x, scale.y(point.total)) for x, point in spots if point.total is not None]
    if len(scored) > 1:
        yield marks.trace(scored, marks.PRESSURE)
    yield marks.signs(scored, marks.ROUND, marks.PRESSURE)
    every = -(-len(spots) // ALL_NUMBERED)
    for n, (x, point) in enumerate(spots):
        numbered = n % every == 0 or n == len(spots) - 1
        if numbered:
            yield marks.label(x, 4, f"{point.on:%m-%d}", anchor="middle")
        if numbered and point.total is not None:
            yield marks.strong_label(x, scale.y(point.total) + 4, str(point.total))
