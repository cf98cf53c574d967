"""The course of the visit as a figure: pressure band, pulse, oxygen, infusion, pauses and events."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from reportlab.graphics.shapes import Drawing, Shape
from reportlab.lib.colors import Color

from clinic_api.reports.flowables import marks
from clinic_api.reports.flowables.fonts import make_ready
from clinic_api.reports.flowables.ink import BLACK, SOFT, WHITE, WIDTH
from clinic_api.reports.flowables.legend import legend
from clinic_api.reports.flowables.scale import Along, Up, spanning
from clinic_api.reports.flowables.times import LocalTimes
from clinic_api.reports.records.drug import Segment, SegmentKind
from clinic_api.reports.records.summary import SessionSummary
from clinic_api.reports.records.watch import Reading

HEIGHT: Final = 190.0
LEFT: Final = 24.0
RIGHT: Final = 30.0
#: Two event signs nearer than this, in points, stand on different levels, of which there are three.
CROWDED: Final = 14.0
LEVELS: Final = 3
LEVEL: Final = 7.0
#: Room for the legend above, and for oxygen and the clock below the pressure, in points.
LEGEND: Final = 16.0
BELOW_PRESSURE: Final = 64.0
#: How far two names at the ends of lines stand apart, in points.
APART: Final = 6.5
#: Room above the peak for its label, in mmHg.
ABOVE_PEAK: Final = 10
#: A stretch narrower than this, in points, does not carry its rate.
WORTH_NAMING: Final = 40.0

Sign = Callable[[Reading], int | None]


@dataclass(frozen=True)
class _Line:
    """One sign on the figure: its value, scale and look."""

    name: str
    value: Sign
    scale: Up
    colour: Color
    outline: marks.Outline
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class _Field:
    """The axes of the figure: time along, pressure and pulse above, oxygen below."""

    along: Along
    upper: Up
    lower: Up

    def lines(self) -> tuple[_Line, ...]:
        """What is drawn, in drawing order."""
        return (
            _Line("SBP", lambda r: r.systolic_mmhg, self.upper, marks.PRESSURE, marks.UPWARD),
            _Line("DBP", lambda r: r.diastolic_mmhg, self.upper, marks.PRESSURE, marks.DOWNWARD),
            _Line("HR", lambda r: r.heart_rate_per_min, self.upper, marks.PULSE, marks.ROUND, (3, 2)),
            _Line("SpO2", lambda r: r.spo2_percent, self.lower, marks.OXYGEN, marks.SQUARE),
        )


def vitals_chart(summary: SessionSummary, times: LocalTimes) -> Drawing | None:
    """The figure, or nothing where no reading stands. Struck readings are not drawn; the table has them.

    It is a ReportLab drawing, so a page can show the same figure as SVG.
    """
    standing = sorted((r for r in summary.readings if r.replaced_by is None), key=lambda r: r.taken_at)
    if not standing:
        return None
    make_ready()
    drawing = Drawing(WIDTH, HEIGHT)
    for shape in _shapes(summary, standing, _field(summary, standing), times):
        drawing.add(shape)
    return drawing


def _shapes(summary: SessionSummary, standing: Sequence[Reading], field: _Field, times: LocalTimes) -> Iterator[Shape]:
    for segment in summary.segments:
        yield from _ground(segment, field)
    yield from _grid(field, times)
    yield from _pressure(standing, field)
    yield from _pauses(summary.segments, field)
    for line in field.lines():
        yield from _drawn(line, standing, field.along)
    yield from _names(standing, field)
    yield from _peak(standing, field)
    yield from _events(summary, field)
    yield from _missed(summary, field)
    yield from legend(left=LEFT, y=HEIGHT - 7)


def _field(summary: SessionSummary, standing: Sequence[Reading]) -> _Field:
    moments = [r.taken_at for r in standing] + [s.started_at for s in summary.segments]
    moments += [s.ended_at for s in summary.segments if s.ended_at] + [m.due_at for m in summary.missed]
    zero = min((s.started_at for s in summary.segments), default=min(moments))
    margin = max((max(moments) - min(moments)) * 0.025, timedelta(minutes=1))
    along = Along(min(moments) - margin, max(moments) + margin, zero, LEFT, WIDTH - LEFT - RIGHT)
    signs = [number for r in standing for number in r.measured[:3] if number is not None]
    oxygen = [r.spo2_percent for r in standing if r.spo2_percent is not None]
    eventful = summary.alerts or summary.rescues or summary.adverse_events
    tall = HEIGHT - BELOW_PRESSURE - LEGEND - (LEVELS * LEVEL if eventful else 0)
    upper = spanning([*signs, max(signs, default=0) + ABOVE_PEAK], low=50, high=150, bottom=BELOW_PRESSURE, height=tall)
    return _Field(along, upper, spanning(oxygen, low=80, high=100, bottom=24, height=30))


def _ground(segment: Segment, field: _Field) -> Iterator[Shape]:
    along, bottom, top = field.along, field.lower.bottom, field.upper.top
    left, right = along.x(segment.started_at), along.x(segment.ended_at or along.end)
    if segment.kind is SegmentKind.DOSE:
        yield marks.stroke((left, bottom), (left, top), colour=BLACK, width=0.9)
    elif segment.kind is SegmentKind.INFUSING:
        yield marks.box(left, bottom, right - left, height=top - bottom, fill=marks.RUNNING)
        if segment.ml_per_h and right - left > WORTH_NAMING:
            yield marks.label(left + 4, top - 8, f"{segment.ml_per_h} mL/h")


def _pauses(segments: Sequence[Segment], field: _Field) -> Iterator[Shape]:
    """Over the pressure band, not under it."""
    along = field.along
    for segment in segments:
        if segment.kind is SegmentKind.PAUSED:
            left, right = along.x(segment.started_at), along.x(segment.ended_at or along.end)
            yield marks.hatch(left, right, bottom=field.lower.bottom, top=field.upper.top)


def _grid(field: _Field, times: LocalTimes) -> Iterator[Shape]:
    along, bottom, top = field.along, field.lower.bottom, field.upper.top
    levels = [(v, field.upper.y(v)) for v in field.upper.ticks(20)] + [
        (v, field.lower.y(v)) for v in field.lower.ticks(10)
    ]
    moments = [(minute, at, along.x(at)) for minute, at in along.ticks()]
    right = along.left + along.width
    yield marks.strokes(
        [((along.left, y), (right, y)) for _, y in levels] + [((x, bottom), (x, top)) for *_, x in moments]
    )
    for value, y in levels:
        yield marks.label(along.left - 4, y - 2, str(value), anchor="end")
    for minute, at, x in moments:
        yield marks.label(x, bottom - 9, times.clock(at), anchor="middle", colour=BLACK)
        yield marks.label(x, bottom - 16.5, f"{minute} min", anchor="middle")


def _pressure(standing: Sequence[Reading], field: _Field) -> Iterator[Shape]:
    for run in _runs(standing, lambda r: None if r.diastolic_mmhg is None else r.systolic_mmhg):
        places = [field.along.x(taken.taken_at) for taken, _ in run]
        upper = [(x, field.upper.y(value)) for x, (_, value) in zip(places, run, strict=True)]
        lower = [(x, field.upper.y(taken.diastolic_mmhg or 0)) for x, (taken, _) in zip(places, run, strict=True)]
        if len(run) > 1:
            yield marks.band(upper, lower)


def _drawn(line: _Line, standing: Sequence[Reading], along: Along) -> Iterator[Shape]:
    places: dict[bool, list[marks.Point]] = {False: [], True: []}
    for run in _runs(standing, line.value):
        points = [(along.x(taken.taken_at), line.scale.y(value)) for taken, value in run]
        if len(points) > 1:
            yield marks.trace(points, line.colour, dash=line.dash)
        for point, (taken, _) in zip(points, run, strict=True):
            places[taken.late].append(point)
    for late, points in places.items():
        if points:
            yield marks.signs(points, line.outline, line.colour, hollow=late)


def _names(standing: Sequence[Reading], field: _Field) -> Iterator[Shape]:
    """Each line's name at its end, pushed up where two would lie on each other."""
    lowest = 0.0
    ends = [(line, run[-1]) for line in field.lines() for run in list(_runs(standing, line.value))[-1:]]
    for line, (taken, value) in sorted(ends, key=lambda end: end[0].scale.y(end[1][1])):
        y = max(line.scale.y(value) - 2, lowest)
        lowest = y + APART
        yield marks.strong_label(field.along.x(taken.taken_at) + 5, y, line.name, anchor="start", colour=line.colour)


def _runs(standing: Sequence[Reading], value: Sign) -> Iterator[list[tuple[Reading, int]]]:
    """Stretches of readings without a hole: a sign not obtained breaks the line."""
    run: list[tuple[Reading, int]] = []
    for taken in standing:
        number = value(taken)
        if number is not None:
            run.append((taken, number))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _peak(standing: Sequence[Reading], field: _Field) -> Iterator[Shape]:
    measured = [(r.systolic_mmhg, r) for r in standing if r.systolic_mmhg is not None]
    if measured:
        systolic, peak = max(measured, key=lambda pair: pair[0])
        low = "--" if peak.diastolic_mmhg is None else peak.diastolic_mmhg
        x, y = field.along.x(peak.taken_at), field.upper.y(systolic) + 4
        early = x < field.along.left + WORTH_NAMING
        yield marks.strong_label(x + 4 if early else x - 4, y, f"{systolic}/{low}", anchor="start" if early else "end")


def _events(summary: SessionSummary, field: _Field) -> Iterator[Shape]:
    moments: list[tuple[datetime, str]] = [(alert.at, f"A{n}") for n, alert in enumerate(summary.alerts, 1)]
    moments += [(rescue.at, f"R{n}") for n, rescue in enumerate(summary.rescues, 1)]
    moments += [(event.onset_at, f"E{n}") for n, event in enumerate(summary.adverse_events, 1)]
    keys: list[tuple[float, float, str]] = []
    last = [-CROWDED] * LEVELS
    for at, key in sorted(moments):
        x = field.along.x(at)
        level = next((n for n, other in enumerate(last) if x - other >= CROWDED), last.index(min(last)))
        last[level] = x
        foot = field.upper.top + 2 + LEVEL * level
        keys.append((x, foot + 2, key))
        yield marks.stroke((x, field.lower.bottom), (x, foot), colour=SOFT, width=0.6)
    for x, y, key in keys:
        yield marks.box(x - 5, y - 1, 10, height=6, fill=WHITE)
        yield marks.strong_label(x, y, key)


def _missed(summary: SessionSummary, field: _Field) -> Iterator[Shape]:
    for missed in summary.missed:
        yield marks.cross(field.along.x(missed.due_at), (field.upper.bottom + field.lower.top) / 2)
