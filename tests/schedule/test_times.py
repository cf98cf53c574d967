"""Wall clocks, across the two days a year on which they jump."""

from datetime import UTC, datetime

import pytest

from clinic_api.schedule.rules.times import (
    NotLocalTime,
    day_of,
    local_text,
    read_local,
    resolve,
    said_day,
    said_time,
)

NEW_YORK = "America/New_York"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "moment"),
    [
        ("2026-03-10T09:00", "2026-03-10T13:00"),
        ("2026-03-08T01:59", "2026-03-08T06:59"),
        ("2026-03-08T03:00", "2026-03-08T07:00"),
        ("2026-11-01T00:59", "2026-11-01T04:59"),
        ("2026-11-01T02:00", "2026-11-01T07:00"),
    ],
)
def test_a_local_time_that_exists_once_is_that_moment(local: str, moment: str) -> None:
    assert resolve(read_local(local), NEW_YORK) == utc(moment)
    assert local_text(utc(moment), NEW_YORK) == local


@pytest.mark.parametrize("local", ["2026-03-08T02:00", "2026-03-08T02:30", "2026-03-08T02:59"])
def test_a_time_that_the_clocks_skip_is_the_next_minute_that_exists(local: str) -> None:
    moment = resolve(read_local(local), NEW_YORK)
    assert moment == utc("2026-03-08T07:00")
    assert local_text(moment, NEW_YORK) == "2026-03-08T03:00"


@pytest.mark.parametrize(
    ("local", "moment"), [("2026-11-01T01:00", "2026-11-01T05:00"), ("2026-11-01T01:30", "2026-11-01T05:30")]
)
def test_a_time_that_the_clocks_show_twice_is_the_first(local: str, moment: str) -> None:
    assert resolve(read_local(local), NEW_YORK) == utc(moment)


def test_a_day_that_a_country_left_out_becomes_the_next() -> None:
    assert local_text(resolve(read_local("2011-12-30T12:00"), "Pacific/Apia"), "Pacific/Apia") == "2011-12-31T00:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-10",
        "2026-03-10 09:00",
        "2026-03-10T09:00:00",
        "2026-03-10T09:00Z",
        "2026-03-10T24:00",
        "2026-02-29T09:00",
        "20260310T0900",
        "1899-12-31T09:00",
        "9999-12-31T23:59",
        "\uff12026-03-10T09:00",
    ],
)
def test_what_no_wall_clock_shows_is_refused(text: str) -> None:
    with pytest.raises(NotLocalTime, match="2026-03-10T09:00"):
        read_local(text)


def test_a_time_is_read_with_the_letters_of_its_season() -> None:
    assert said_day(utc("2026-03-10T13:00"), NEW_YORK) == "Tuesday, March 10, 2026"
    assert said_time(utc("2026-03-10T13:00"), NEW_YORK) == "9:00 AM EDT"
    assert said_time(utc("2026-03-03T17:05"), NEW_YORK) == "12:05 PM EST"
    assert said_time(utc("2026-03-03T05:05"), NEW_YORK) == "12:05 AM EST"


@pytest.mark.parametrize(("day", "hours"), [("2026-03-07", 24), ("2026-03-08", 23), ("2026-11-01", 25)])
def test_a_day_has_as_many_hours_as_its_clocks_give_it(day: str, hours: int) -> None:
    begins, ends = day_of(read_local(f"{day}T00:00"), NEW_YORK)
    assert (ends - begins).total_seconds() == hours * 3600
