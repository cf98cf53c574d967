"""Times on paper are the clinic's own."""

from datetime import UTC, datetime

import pytest

from clinic_api.reports.flowables.times import LocalTimes

ANCHOR = datetime(2026, 1, 12, 14, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "said", "clock"),
    [
        ("America/New_York", "America/New_York (UTC-05:00)", "09:20"),
        ("Asia/Kolkata", "Asia/Kolkata (UTC+05:30)", "19:50"),
        ("America/St_Johns", "America/St_Johns (UTC-03:30)", "10:50"),
        ("UTC", "UTC (UTC+00:00)", "14:20"),
    ],
)
def test_a_moment_is_printed_on_the_clock_of_its_zone(zone: str, said: str, clock: str) -> None:
    times = LocalTimes.of(zone, anchor=ANCHOR)
    assert times.said == said
    assert times.clock(ANCHOR) == clock


@pytest.mark.parametrize("zone", ["", "Nowhere/Here", "../../etc/passwd", "America", "\x00"])
def test_a_zone_that_cannot_be_used_falls_back_to_utc(zone: str) -> None:
    assert LocalTimes.of(zone, anchor=ANCHOR).clock(ANCHOR) == "14:20"


def test_another_day_and_another_offset_are_said() -> None:
    times = LocalTimes.of("America/New_York", anchor=ANCHOR)
    assert times.clock(datetime(2026, 1, 13, 14, 20, tzinfo=UTC)) == "2026-01-13 09:20"
    assert times.to_the_second(datetime(2026, 7, 1, 4, 0, 9, tzinfo=UTC)) == "2026-07-01 00:00:09 UTC-04:00"


def test_a_moment_that_is_not_known_prints_nothing() -> None:
    times = LocalTimes.of("UTC", anchor=ANCHOR)
    assert (times.clock(None), times.to_the_second(None), times.full(None)) == ("", "", "")


def test_a_signature_says_day_second_and_offset() -> None:
    assert LocalTimes.of("America/New_York", anchor=ANCHOR).full(ANCHOR) == "2026-01-12 09:20:00 UTC-05:00"
