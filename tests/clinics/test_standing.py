"""Standing, places and papers: what the rules say of days, zones, schedules, registrations and check-ins."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_api.clinics.rules.places import (
    NewRegistration,
    NewSite,
    ValidBackwards,
    check_registration_paper,
    check_site,
)
from clinic_api.clinics.rules.standing import (
    NotHereToday,
    NotYourPresence,
    NoValidLicence,
    RegistrationNotValid,
    UnknownSchedule,
    UnknownZone,
    check_own,
    check_schedules,
    check_zone,
    covers,
    day_begins,
    day_closes,
    day_ends,
    day_in,
)
from clinic_api.identifiers import InvalidDeaNumber

NEW_YORK = "America/New_York"
ZONES = st.sampled_from(["America/New_York", "America/Phoenix", "Pacific/Kiritimati", "Asia/Kolkata", "Europe/London"])
FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)


def a_registration(**different: object) -> NewRegistration:
    usual = {
        "dea_number": "AB1234563",
        "registrant": "North Clinic",
        "kind": "institutional",
        "address": "1 Road",
        "schedules": ["3N"],
        "valid_from": FIRST,
        "valid_until": LAST,
    }
    return NewRegistration(**{**usual, **different})  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------------------- days


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 3, 2, 4, 59, 59, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2026, 3, 2, 5, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 7, 2, 3, 59, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 2, 4, tzinfo=UTC), date(2026, 7, 2)),
    ],
)
def test_the_day_is_the_one_on_the_sites_own_calendar(at: datetime, day: date) -> None:
    assert day_in(NEW_YORK, at) == day


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 2), 24), (date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 6, 1), 24)]
)
def test_a_day_has_the_hours_that_the_clocks_give_it(day: date, hours: int) -> None:
    noon = datetime(day.year, day.month, day.day, 17, tzinfo=UTC)
    assert day_ends(NEW_YORK, noon) - day_begins(NEW_YORK, noon) == timedelta(hours=hours)


@given(ZONES, st.integers(0, 60 * 365 * 86_400))
def test_every_moment_lies_in_its_own_day(zone: str, seconds: int) -> None:
    at = datetime(1980, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    begins, ends = day_begins(zone, at), day_ends(zone, at)
    assert begins <= at < ends
    assert day_in(zone, begins) == day_in(zone, at) == day_in(zone, ends - timedelta(seconds=1))
    assert day_in(zone, ends) != day_in(zone, at)
    assert day_closes(zone, day_in(zone, at)) == ends


@pytest.mark.parametrize("zone", ["America/Nowhere", "", "EST5EDT4", "../etc/passwd", "america/new_york"])
def test_a_zone_that_no_clock_knows_is_refused(zone: str) -> None:
    check_zone(NEW_YORK)
    with pytest.raises(UnknownZone, match="America/New_York"):
        check_zone(zone)
    with pytest.raises(UnknownZone):
        check_site(NewSite("Main", "1 Road", "1", "NY", zone))


# ------------------------------------------------------------------------------------------------------------ papers


@pytest.mark.parametrize("codes", [["3N"], ["2", "2N", "3", "3N", "4", "5"]])
def test_schedules_are_named_by_their_codes(codes: list[str]) -> None:
    check_schedules(codes)


@pytest.mark.parametrize("codes", [[], ["1"], ["III"], ["3N", "3n"], [""]])
def test_a_schedule_that_does_not_exist_is_refused(codes: list[str]) -> None:
    with pytest.raises(UnknownSchedule, match="3N"):
        check_schedules(codes)


def test_a_registration_is_valid_on_its_first_and_its_last_day() -> None:
    valid = (FIRST, LAST)
    assert covers(["3N"], valid, schedule="3N", on=FIRST)
    assert covers(["3N"], valid, schedule="3N", on=LAST)
    assert not covers(["3N"], valid, schedule="3N", on=FIRST - timedelta(days=1))
    assert not covers(["3N"], valid, schedule="3N", on=LAST + timedelta(days=1))
    assert not covers(["3"], valid, schedule="3N", on=FIRST)


def test_a_registration_of_one_day_is_one_and_one_that_ends_before_it_begins_is_none() -> None:
    assert str(check_registration_paper(a_registration(valid_until=FIRST))) == "AB1234563"
    with pytest.raises(ValidBackwards, match="other way round"):
        check_registration_paper(a_registration(valid_until=FIRST - timedelta(days=1)))


def test_a_registration_needs_a_number_that_checks_and_schedules_that_exist() -> None:
    with pytest.raises(InvalidDeaNumber):
        check_registration_paper(a_registration(dea_number="AB1234564"))
    with pytest.raises(UnknownSchedule):
        check_registration_paper(a_registration(schedules=[]))


# ------------------------------------------------------------------------------------------------------------ people


def test_nobody_checks_out_for_somebody_else() -> None:
    ada, ben = UUID(int=1), UUID(int=2)
    check_own(ada, by=ada)
    with pytest.raises(NotYourPresence, match="for themself"):
        check_own(ada, by=ben)


def test_each_refusal_says_who_or_what_and_the_way_out() -> None:
    assert str(NotHereToday(name="Ada")) == "Ada checks in at the site first (POST /presences)."
    assert str(NoValidLicence(name="Ada")) == "Record Ada's current licence (POST /staff/{id}/licences)."
    refusal = RegistrationNotValid(dea_number="AB1234563", schedule="3N", on=date(2029, 1, 1))
    assert str(refusal) == "AB1234563 does not cover schedule 3N on 2029-01-01; use one that does."
