"""The figures show what the tables say, and nothing that was struck."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from reportlab.graphics import renderSVG
from reportlab.graphics.shapes import Path, PolyLine, String

from clinic_api.reports.flowables.scale import Along, Up, spanning
from clinic_api.reports.flowables.times import LocalTimes
from clinic_api.reports.flowables.vitals import vitals_chart
from clinic_api.reports.records.summary import SessionSummary
from tests.reports.eventful import eventful
from tests.reports.fixtures import summary
from tests.reports.parts import at, reading, segment

NOON = datetime(2026, 1, 12, 12, tzinfo=UTC)


def figure(of: SessionSummary) -> Any:
    """The vitals figure."""
    return vitals_chart(of, LocalTimes.of(of.zone, anchor=of.checked_in_at))


def words(of: SessionSummary) -> list[str]:
    """Everything written on the figure."""
    return [shape.text for shape in figure(of).contents if isinstance(shape, String)]


def shapes(of: SessionSummary, kind: type) -> Iterator[Any]:
    """The shapes of one kind."""
    return (shape for shape in figure(of).contents if isinstance(shape, kind))


def test_the_figure_counts_minutes_from_the_start_and_shows_the_clock_of_the_clinic() -> None:
    said = words(summary())
    assert said[said.index("09:20") + 1] == "0 min"
    assert said[said.index("10:00") + 1] == "40 min"


def test_the_peak_is_written_on_the_figure() -> None:
    assert "141/87" in words(summary())
    assert "186/112" in words(eventful())


def test_alerts_rescue_drugs_and_events_carry_the_numbers_of_their_tables() -> None:
    assert {"A1", "A2", "R1", "E1"} <= set(words(eventful()))


def test_a_struck_reading_is_not_drawn() -> None:
    only = summary(readings=[reading("1", "14:20", "120/80", hr=70, spo2=98, replaced_by="2")])
    assert figure(only) is None


def test_a_sign_not_obtained_breaks_the_line_instead_of_bridging_it() -> None:
    hole = {"systolic_mmhg": None, "diastolic_mmhg": None, "heart_rate_per_min": None, "spo2_percent": None}
    clocks = ("14:20", "14:30", "14:40", "14:50", "15:00")
    whole = [reading(str(n), clock, "120/80", hr=70, spo2=98) for n, clock in enumerate(clocks)]
    broken = [*whole[:2], whole[2] | hole, *whole[3:]]
    assert len(list(shapes(summary(readings=broken), PolyLine))) == 4 + len(
        list(shapes(summary(readings=whole), PolyLine))
    )


def test_a_systolic_value_alone_is_drawn_without_a_band() -> None:
    alone = summary(readings=[reading("1", "14:20", "150/80", hr=70, spo2=98, diastolic_mmhg=None)])
    assert "150/--" in words(alone)


def test_a_visit_without_any_pressure_has_no_peak() -> None:
    none = {"systolic_mmhg": None, "diastolic_mmhg": None}
    assert not [
        said
        for said in words(summary(readings=[reading("1", "14:20", "1/1", hr=70, spo2=98, **none)]))
        if "/" in said and "mL" not in said
    ]


def test_devices_are_marked_as_moments() -> None:
    doses = [segment("dose", clock, clock, mg="28") for clock in ("14:20", "14:25", "14:30")]
    assert figure(summary(segments=doses))


def test_a_running_infusion_is_shaded_to_the_edge() -> None:
    running = segment("infusing", "14:20", "14:20", ml_per_h="75") | {"ended_at": None}
    assert "75 mL/h" in words(summary(segments=[running]))


def test_the_same_figure_can_be_shown_on_a_page() -> None:
    assert "<svg" in renderSVG.drawToString(figure(eventful()))


def test_hollow_signs_are_late_entries() -> None:
    white = [path for path in shapes(eventful(), Path) if path.fillColor and path.fillColor.hexval() == "0xffffff"]
    assert len(white) == 5, "four signs of the late set, and the legend"


@pytest.mark.parametrize(("minutes", "step"), [(30, 5), (110, 10), (120, 15), (600, 60), (5_000, 480), (100_000, 1440)])
def test_ticks_stand_at_distances_a_clock_reader_finds_natural(minutes: int, step: int) -> None:
    along = Along(NOON - timedelta(minutes=step), NOON + timedelta(minutes=minutes - step), NOON, 0, 100)
    ticks = [minute for minute, _ in along.ticks()]
    assert ticks[0] == -step
    assert ticks[1] - ticks[0] == step


def test_what_lies_outside_a_scale_is_drawn_on_its_edge() -> None:
    scale = Up(80, 100, 10, 20)
    assert (scale.y(70), scale.y(90), scale.y(120)) == (10, 20, 30)
    along = Along(NOON, NOON + timedelta(hours=1), NOON, 10, 60)
    assert (along.x(NOON - timedelta(hours=1)), along.x(NOON + timedelta(minutes=30))) == (10, 40)


def test_a_scale_grows_in_tens_to_show_every_value() -> None:
    scale = spanning([43, 171], low=50, high=150, bottom=0, height=1)
    assert (scale.low, scale.high) == (40, 180)


def test_alerts_at_one_moment_stand_on_different_levels() -> None:
    crowd = [
        {"at": at("14:30"), "tier": "warn", "text": "x", "answered_at": None, "answered_by": None, "answer": None}
    ] * 4
    keys = [shape for shape in shapes(summary(alerts=crowd), String) if shape.text in ("A1", "A2", "A3")]
    assert len({shape.y for shape in keys}) == 3
