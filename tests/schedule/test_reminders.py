"""When a patient is reminded, and when no longer."""

import tomllib
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from clinic_api.clinics.rules.content import MalformedContent
from clinic_api.schedule.rules.booking import State
from clinic_api.schedule.rules.reminders import (
    CANCELLED,
    MOVED,
    Facts,
    Fate,
    Planned,
    QuietHours,
    Reminding,
    Rung,
    after_night,
    before_night,
    notice,
    plan,
    read_reminding,
    why_not,
)
from clinic_api.settings import CONFIG

NEW_YORK, LOS_ANGELES = "America/New_York", "America/Los_Angeles"
QUIET = QuietHours(opens=time(8), closes=time(21), evening=time(20))
LADDER = (Rung(kind="7d", days=7), Rung(kind="48h", days=2), Rung(kind="24h", days=1), Rung(kind="2h", hours=2))
RULE = Reminding(ladder=LADDER, quiet=QUIET, alias="the clinic")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def planned(
    starts_at: str, *, zone: str = NEW_YORK, patient: str = NEW_YORK, after: str = "2026-01-01"
) -> dict[str, str]:
    found = plan(utc(starts_at), zone=zone, patient_zone=patient, rule=RULE, after=utc(after))
    return {each.kind: each.at.strftime("%m-%dT%H:%M") for each in found}


def facts(**different: Any) -> Facts:
    usual = {
        "kind": "24h",
        "version": 1,
        "current": 1,
        "state": State.BOOKED,
        "starts_at": utc("2026-03-10T13:00"),
        "later_due": False,
        "reachable": True,
    }
    return Facts(**{**usual, **different})


def test_seven_days_before_nine_is_nine_although_the_clocks_went_forward_between() -> None:
    """09:00 in New York on 10 March 2026: 3 March 09:00 EST is 14:00 UTC; 168 hours before would be 08:00 EST."""
    found = planned("2026-03-10T13:00")
    assert found == {"7d": "03-03T14:00", "48h": "03-08T13:00", "24h": "03-09T13:00", "2h": "03-10T00:00"}
    assert utc("2026-03-10T13:00") - timedelta(hours=168) == utc("2026-03-03T13:00")


def test_what_falls_into_the_night_goes_out_the_evening_before() -> None:
    """07:30: two hours before is 05:30, so 20:00 the evening before, never after the visit."""
    assert planned("2026-03-10T11:30")["2h"] == "03-10T00:00"  # 20:00 EDT on the ninth


def test_a_reminder_across_the_end_of_summer_time_keeps_its_hour() -> None:
    assert planned("2026-11-03T14:00")["7d"] == "10-27T13:00"


def test_a_reminder_whose_hour_the_clocks_skip_goes_out_the_evening_before() -> None:
    assert planned("2026-03-15T06:30")["7d"] == "03-08T01:00"  # 02:30 EDT; 7 days before there is no 02:30


def test_what_should_have_gone_out_before_is_left_out() -> None:
    assert list(planned("2026-03-10T16:00", after="2026-03-09T16:00")) == ["2h"]
    assert list(planned("2026-03-10T16:00", after="2026-03-09T15:59")) == ["24h", "2h"]
    assert planned("2026-03-10T16:00", after="2026-03-10T14:00") == {}


def test_quiet_hours_are_the_patients_own() -> None:
    assert planned("2026-03-10T14:00", patient=LOS_ANGELES)["24h"] == "03-09T03:00"  # 07:00 in Los Angeles
    assert planned("2026-03-10T16:00", patient=LOS_ANGELES)["24h"] == "03-09T16:00"


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-03-10T08:00", "2026-03-10T08:00"),
        ("2026-03-10T07:59", "2026-03-09T20:00"),
        ("2026-03-10T20:59", "2026-03-10T20:59"),
        ("2026-03-10T21:00", "2026-03-10T20:00"),
    ],
)
def test_the_night_is_from_21_to_8_and_is_left_backwards(local: str, expected: str) -> None:
    hours = timedelta(hours=4)
    assert before_night(utc(local) + hours, NEW_YORK, QUIET) == utc(expected) + hours


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-03-10T08:00", "2026-03-10T08:00"),
        ("2026-03-10T07:59", "2026-03-10T08:00"),
        ("2026-03-10T20:59", "2026-03-10T20:59"),
        ("2026-03-10T21:00", "2026-03-11T08:00"),
    ],
)
def test_a_notice_waits_for_the_morning(local: str, expected: str) -> None:
    hours = timedelta(hours=4)
    assert after_night(utc(local) + hours, NEW_YORK, QUIET) == utc(expected) + hours


def test_a_notice_that_would_come_after_the_visit_is_not_sent() -> None:
    night = utc("2026-03-10T02:00")  # 22:00 on the ninth
    late, early = utc("2026-03-10T12:01"), utc("2026-03-10T12:00")
    asked = {"at": night, "patient_zone": NEW_YORK, "rule": RULE}
    assert notice(MOVED, starts_at=late, **asked) == Planned(kind=MOVED, at=early)  # type: ignore[arg-type]
    assert notice(MOVED, starts_at=early, **asked) is None  # type: ignore[arg-type]


def test_a_reminder_of_the_appointment_as_it_stands_is_right() -> None:
    assert why_not(facts(), at=LONG_AGO) is None
    assert why_not(facts(kind=CANCELLED, state=State.CANCELLED), at=LONG_AGO) is None
    assert why_not(facts(kind=MOVED, later_due=True), at=LONG_AGO) is None


@pytest.mark.parametrize(
    ("different", "fate"),
    [
        ({"current": 2}, Fate.REPLACED),
        ({"state": State.CANCELLED}, Fate.OVER),
        ({"state": State.CHECKED_IN}, Fate.OVER),
        ({"state": State.NO_SHOW}, Fate.OVER),
        ({"kind": CANCELLED}, Fate.OVER),
        ({"starts_at": LONG_AGO}, Fate.TOO_LATE),
        ({"reachable": False}, Fate.NOT_WANTED),
        ({"later_due": True}, Fate.OUTRUN),
    ],
)
def test_a_reminder_that_is_no_longer_right_is_not_sent(different: dict[str, Any], fate: Fate) -> None:
    assert why_not(facts(**different), at=LONG_AGO) is fate


def test_a_reminder_is_right_until_the_visit_begins() -> None:
    starts_at = facts().starts_at
    assert why_not(facts(), at=starts_at - TICK) is None
    assert why_not(facts(), at=starts_at) is Fate.TOO_LATE


# ------------------------------------------------------------------------------------------------------------ policy


def shipped() -> dict[str, Any]:
    return tomllib.loads((CONFIG / "schedule" / "reminders.toml").read_text(encoding="utf-8"))


def test_the_shipped_rule_is_the_one_tested_here() -> None:
    assert read_reminding(shipped()) == RULE


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ladder": [{"kind": "7d", "days": 7}, {"kind": "7d", "days": 2}]}, "ladder"),
        ({"ladder": [{"kind": "moved", "days": 7}]}, "ladder"),
        ({"ladder": [{"kind": "now"}]}, "ladder"),
        ({"quiet": shipped()["quiet"] | {"evening_at": "21:00"}}, "quiet.evening_at"),
        ({"quiet": shipped()["quiet"] | {"opens_at": "20:01"}}, "quiet.evening_at"),
        ({"quiet": shipped()["quiet"] | {"opens_at": "8 o'clock"}}, "quiet.opens_at"),
        ({"sender": {"alias": "the clinic"}}, "sender.source"),
        ({"texts": {}}, "texts"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused_by_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(MalformedContent) as refusal:
        read_reminding(shipped() | wrong)
    assert refusal.value.field == field
