"""What was seen: readings with everything that is odd about them, missed sets, alerts, scales."""

from collections.abc import Iterator, Sequence
from typing import Final

from reportlab.platypus import CondPageBreak, Flowable

from clinic_api.reports.flowables.grid import Cell, Column, grid
from clinic_api.reports.flowables.ink import BODY, STRONG, WIDTH
from clinic_api.reports.flowables.layout import NONE, gap, remark, section
from clinic_api.reports.flowables.text import para
from clinic_api.reports.flowables.times import LocalTimes
from clinic_api.reports.records.people import Person, unless_named, usual_person
from clinic_api.reports.records.summary import SessionSummary
from clinic_api.reports.records.watch import Alert, Reading, Score, identical_neighbours

#: Less room than this, in points, and the readings begin on the next page.
TOGETHER: Final = 160.0
#: Titles and widths in points; the last column takes the rest.
_READING: Final = (
    ("No.", 22.0, False),
    ("Taken", 44.0, False),
    ("BP mmHg", 46.0, True),
    ("HR", 28.0, True),
    ("SpO2 %", 36.0, True),
    ("oxygen", 46.0, False),
    ("RR", 24.0, True),
    ("sedation", 40.0, True),
    ("dissoc.", 36.0, True),
    ("By", 78.0, False),
)


def readings(summary: SessionSummary, times: LocalTimes) -> list[Flowable]:
    """Every set that was taken, in the order taken, struck ones too, and every set that was not."""
    taken = sorted(summary.readings, key=lambda r: (r.taken_at, r.label))
    columns = [Column(title, width, right=right) for title, width, right in _READING]
    columns.append(Column("Remarks", WIDTH - sum(column.width for column in columns)))
    usual = usual_person(reading.by for reading in taken)
    struck = [place for place, reading in enumerate(taken) if reading.replaced_by is not None]
    body = grid(columns, [_reading(reading, usual, times) for reading in taken], struck=struck)
    together = CondPageBreak(TOGETHER)
    return [
        together,
        *section("Readings", body, *_oddities(summary, taken, times), remark=_said_once(usual, times)),
    ]


def _said_once(usual: Person | None, times: LocalTimes) -> str:
    return "; ".join(filter(None, (unless_named(usual), f"times {times.said}")))


def _reading(reading: Reading, usual: Person | None, times: LocalTimes) -> list[str | Cell]:
    numbers = ("" if n is None else str(n) for n in (reading.heart_rate_per_min, reading.spo2_percent))
    pulse, oxygen = numbers
    breaths = reading.respirations_per_min
    return [
        reading.label,
        Cell(times.clock(reading.taken_at), STRONG),
        _pressure(reading),
        pulse or NONE,
        oxygen or NONE,
        reading.oxygen or NONE,
        NONE if breaths is None else str(breaths),
        reading.sedation or NONE,
        reading.dissociation or NONE,
        "" if reading.by == usual else str(reading.by),
        "\n".join(_remarks(reading, times)),
    ]


def _pressure(reading: Reading) -> str:
    if reading.systolic_mmhg is None and reading.diastolic_mmhg is None:
        return NONE
    return "/".join(NONE if n is None else str(n) for n in (reading.systolic_mmhg, reading.diastolic_mmhg))


def _remarks(reading: Reading, times: LocalTimes) -> Iterator[str]:
    reason = reading.correction_reason
    if reading.late:
        yield f"LATE, entered {times.clock(reading.recorded_at)}: {reading.late_reason or 'NO REASON RECORDED'}"
    for missing in reading.not_obtained:
        yield f"{missing.sign} NOT OBTAINED: {missing.reason}"
    if reading.replaces:
        yield f"corrects {reading.replaces}: {reason or 'NO REASON RECORDED'}"
    if reading.replaced_by:
        yield f"STRUCK, see {reading.replaced_by}" + (f": {reason}" if reason and not reading.replaces else "")


def _oddities(summary: SessionSummary, taken: Sequence[Reading], times: LocalTimes) -> list[Flowable]:
    """Sets that are missing, and sets that look copied."""
    if not summary.missed:
        return [remark(f"Sets due and missed: none. {_sameness(taken)}")]
    columns = (Column("Missed set, due", 66, STRONG), Column("Reason", WIDTH - 196), Column("Said by", 130))
    rows = [(times.clock(m.due_at), f"MISSED: {m.reason}", str(m.by or "")) for m in summary.missed]
    return [grid(columns, rows), remark(_sameness(taken))]


def _sameness(taken: Sequence[Reading]) -> str:
    pairs = "; ".join(f"No. {a.label} and No. {b.label}" for a, b in identical_neighbours(tuple(taken)))
    return f"Consecutive sets with the same five numbers: {pairs or 'none'}."


def alerts(alerts: Sequence[Alert], times: LocalTimes) -> list[Flowable]:
    """Each alert, and who answered it when, numbered as in the figure."""
    if not alerts:
        return []
    columns = (
        Column("", 18, STRONG),
        Column("Raised", 50, STRONG),
        Column("Tier", 40),
        Column("What", 146),
        Column("Answered", 74, STRONG),
        Column("By", 92),
        Column("Answer", WIDTH - 420),
    )
    return section("Alerts", grid(columns, [_alert(f"A{n}", alert, times) for n, alert in enumerate(alerts, 1)]))


def _alert(key: str, alert: Alert, times: LocalTimes) -> tuple[str, ...]:
    raised, answered = times.to_the_second(alert.at), times.to_the_second(alert.answered_at)
    by = str(alert.answered_by or "")
    return key, raised, alert.tier, alert.text, answered or "NOT ANSWERED", by, alert.answer or ""


def uneventful(summary: SessionSummary) -> list[Flowable]:
    """Says what there was none of, so that an absent table is not taken for a lost one."""
    kinds = (("alert", summary.alerts), ("rescue drug", summary.rescues), ("adverse event", summary.adverse_events))
    absent = [f"no {kind}" for kind, found in kinds if not found]
    if not absent:
        return []
    line = ", ".join(absent)
    return [para(f"{line[0].upper()}{line[1:]} was recorded.", width=WIDTH, ink=STRONG), gap()]


def scores(scores: Sequence[Score], times: LocalTimes) -> list[Flowable]:
    """Scales rated during the visit, on one line where they fit."""
    if not scores:
        return []
    words = (
        f"{s.instrument} version {s.version}, {times.clock(s.at)}: {'not scored' if s.total is None else s.total}"
        + (f" ({s.remark})" if s.remark else "")
        for s in scores
    )
    return [para(f"Scales: {'; '.join(words)}.", width=WIDTH, ink=BODY), gap()]
