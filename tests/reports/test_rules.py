"""What may be exported: a period in its order, and only sums that close."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic_api.reports.rules import MIMETYPES, BooksDisagree, Export, NoTimeBetween, check_closes, check_period

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def test_a_period_of_a_moment_is_exported_and_one_of_nothing_is_not() -> None:
    check_period(NINE, NINE + TICK)
    for until in (NINE, NINE - TICK):
        with pytest.raises(NoTimeBetween, match="in their order"):
            check_period(NINE, until)


@pytest.mark.parametrize("difference", [-1, 1])
def test_sums_that_are_off_by_one_microgram_are_not_handed_out(difference: int) -> None:
    check_closes("AB1234563", "0409-2053-10", 0)
    with pytest.raises(BooksDisagree) as refusal:
        check_closes("AB1234563", "0409-2053-10", difference)
    assert str(refusal.value) == f"0409-2053-10 under AB1234563 is off by {difference} µg; run the verification"


def test_every_export_has_its_kind_of_file() -> None:
    assert set(MIMETYPES) == set(Export)
