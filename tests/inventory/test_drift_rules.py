"""Drift: small differences added up, each charged once, and when somebody should look."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import UUID

import pytest

from clinic_api.clinics.rules.content import MalformedContent
from clinic_api.inventory.rules.drift import Drift, Key, Limits, Reason, Sighting, Subject, drift_of, points
from clinic_api.inventory.rules.products import read_drug
from tests.protocols.shipped import changed, shipped

VIAL, OTHER, SAFE, ADA, BEN, KIM = (UUID(int=n) for n in range(1, 7))
MORNING = datetime(2026, 3, 2, 14, tzinfo=UTC)
PRODUCT = "ketamine-50-mg-ml-10-ml"
RESOLUTION = 25_000


def limits() -> Limits:
    """The shipped ones: four counts on one side, or three times the resolution."""
    of = read_drug(shipped("products/ketamine")).drift
    assert of is not None
    return of


def seen(n: int, variance_ug: int, before_ug: int | None = None, *, vial: UUID = VIAL, **different: object) -> Sighting:
    """A vial at the n-th count."""
    usual = Sighting(
        container=vial,
        location=SAFE,
        product=PRODUCT,
        count=UUID(int=100 + n),
        at=MORNING + timedelta(days=n),
        counter=ADA,
        variance_ug=variance_ug,
        resolution_ug=RESOLUTION,
        explained=True,
        before_ug=before_ug,
    )
    return replace(usual, **different)  # type: ignore[arg-type]


def run(*variances: int) -> list[Sighting]:
    """One vial at one count after the other, from when it came."""
    return [seen(n, each, ([0, *variances])[n]) for n, each in enumerate(variances)]


def drifts(*sightings: Sighting) -> dict[Subject, Drift]:
    """The sums, by what they are of."""
    return {key.subject: drift_of(key, each) for key, each in points(sightings).items()}


def test_a_vial_that_is_a_little_short_at_every_count_is_told_after_so_many_counts() -> None:
    short = -20_000
    assert drifts(*run(short, short, short))[Subject.CONTAINER].reason(limits()) is None
    told = drifts(*run(short, short, short, short))[Subject.CONTAINER]
    assert (told.one_sided, told.reason(limits())) == (4, Reason.ONE_SIDED)


def test_differences_to_both_sides_are_no_drift() -> None:
    swinging = drifts(*run(-20_000, 20_000, -20_000, 20_000, -20_000))[Subject.CONTAINER]
    assert (swinging.one_sided, swinging.reason(limits())) == (1, None)
    exact = drifts(*run(-20_000, -20_000, -20_000, 0))[Subject.CONTAINER]
    assert (exact.one_sided, exact.reason(limits())) == (0, None)


def test_a_difference_that_stands_there_at_every_count_is_added_up_once() -> None:
    """No count changes the book, so the same lack is seen again and again; it is one lack."""
    assert drifts(*run(-20_000, -20_000, -20_000))[Subject.PRODUCT].sum_ug == -20_000


def test_many_vials_each_a_little_short_add_up_though_no_single_one_is_a_case() -> None:
    vials = [UUID(int=50 + n) for n in range(4)]
    three = drifts(*(seen(0, -25_000, 0, vial=each) for each in vials[:3]))[Subject.PRODUCT]
    assert (three.sum_ug, three.reason(limits())) == (-75_000, None)
    more = drifts(*(seen(0, -25_000, 0, vial=each) for each in vials[:3]), seen(0, -1, 0, vial=vials[3]))
    assert (more[Subject.PRODUCT].sum_ug, more[Subject.PRODUCT].reason(limits())) == (-75_001, Reason.ADDS_UP)
    assert more[Subject.PRODUCT].counts == 1


def test_who_handled_a_vial_is_charged_what_changed_in_that_time_and_nothing_older() -> None:
    first = seen(0, -20_000, 0, handlers=frozenset({BEN}))
    second = seen(1, -24_000, -20_000, handlers=frozenset({KIM}))
    sums = {key.person: drift_of(key, each).sum_ug for key, each in points([first, second]).items() if key.person}
    assert sums == {ADA: -24_000, BEN: -20_000, KIM: -4_000}


def test_a_person_is_one_sided_by_what_changed_and_not_by_what_stood_there_before() -> None:
    inherited = [seen(n, -20_000, -20_000, handlers=frozenset({BEN})) for n in range(6)]
    by = {key.subject: drift_of(key, each) for key, each in points(inherited).items()}
    assert (by[Subject.HANDLER].one_sided, by[Subject.HANDLER].reason(limits())) == (0, None)
    assert by[Subject.CONTAINER].reason(limits()) is Reason.ONE_SIDED
    creeping = [seen(n, -4_000 * (n + 1), -4_000 * n, handlers=frozenset({BEN})) for n in range(4)]
    assert {key.subject for key, each in points(creeping).items() if drift_of(key, each).reason(limits())} == set(
        Subject
    )


def test_where_the_count_before_is_not_known_nothing_is_charged() -> None:
    assert drifts(seen(0, -20_000, None))[Subject.CONTAINER].sum_ug == 0


def test_an_adjustment_of_the_book_is_no_drug_that_came_back() -> None:
    assert seen(1, 0, -20_000).change_ug == 20_000
    assert seen(1, 0, -20_000, adjusted_ug=-20_000).change_ug == 0


def test_a_difference_above_the_resolution_is_a_case_of_its_own_and_not_added_up() -> None:
    assert points([seen(0, -500_000, 0, explained=False)]) == {}


def test_strengths_and_places_are_never_pooled() -> None:
    ten = seen(0, -1_000, 0, vial=OTHER, product="ketamine-10-mg-ml-20-ml", handlers=frozenset({BEN}))
    keys = list(points([seen(0, -1_000, 0, handlers=frozenset({BEN})), ten]))
    assert sorted(key.subject for key in keys) == sorted([*Subject, *Subject])
    assert Key(subject=Subject.PRODUCT, product=PRODUCT, location=SAFE) in keys
    assert Key(subject=Subject.HANDLER, product="ketamine-10-mg-ml-20-ml", person=BEN) in keys


def test_the_coarsest_resolution_holds_for_a_sum() -> None:
    mixed = drifts(seen(0, -4_000, 0, resolution_ug=5_000), seen(1, -20_000, -4_000))[Subject.CONTAINER]
    assert (mixed.resolution_ug, mixed.since, mixed.until) == (RESOLUTION, MORNING, MORNING + timedelta(days=1))


def test_the_limits_are_data_with_their_source() -> None:
    assert (limits().one_sided_counts, limits().times_resolution, limits().within) == (4, Fraction(3), timedelta(90))
    with pytest.raises(MalformedContent, match="one_sided_counts must be at least 2"):
        read_drug(changed(shipped("products/ketamine"), "drift.one_sided_counts", 1))
