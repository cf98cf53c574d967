"""One clock, in two kinds: the machine's, and in a demonstration or a test one that a file moves."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clinic_api import clock

SLACK = timedelta(seconds=5)


@pytest.fixture(autouse=True)
def machine() -> Iterator[None]:
    """Whatever a test does to the clock, the next one finds the machine's."""
    yield
    clock.use("system", mode="test")


def ahead() -> timedelta:
    return clock.now() - clock.system()


def test_the_time_is_aware_and_utc() -> None:
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize("mode", ["demo", "test"])
def test_a_file_moves_the_clock_and_is_read_anew_each_time(tmp_path: Path, mode: str) -> None:
    file = tmp_path / "clock"
    clock.use(f"file:{file}", mode=mode)
    assert abs(ahead()) < SLACK
    for seconds in ("86400", "-3600.5", "", " 60\n"):
        file.write_text(seconds, encoding="ascii")
        assert abs(ahead() - timedelta(seconds=float(seconds.strip() or "0"))) < SLACK


def test_a_clock_can_be_told_to_stand_and_still_tells_before_from_after(tmp_path: Path) -> None:
    file, nine = tmp_path / "clock", datetime(2026, 3, 2, 9, tzinfo=UTC)
    clock.use(f"file:{file}", mode="test")
    file.write_text("=2026-03-02T04:00:00-05:00", encoding="ascii")
    looks = [clock.now() for _ in range(5)]
    assert looks == [nine + timedelta(microseconds=step) for step in range(5)]
    assert looks[0].tzinfo is UTC


@pytest.mark.parametrize(
    ("setting", "mode"),
    [("file:/clock", "production"), ("file:", "test"), ("sundial", "test"), ("", "test"), ("/clock", "demo")],
)
def test_any_other_clock_is_refused_and_the_one_in_use_stays(setting: str, mode: str) -> None:
    before = clock.now()
    with pytest.raises(clock.ClockNotAllowed, match="use 'system'"):
        clock.use(setting, mode=mode)
    assert clock.now() - before < SLACK


def test_ticks_never_go_back() -> None:
    ticks = [clock.ticks() for _ in range(100)]
    assert ticks == sorted(ticks)


def test_the_machines_time_is_now() -> None:
    assert clock.system() > datetime(2026, 1, 1, tzinfo=UTC)
