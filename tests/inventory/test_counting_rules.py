"""Counting: what a line says, how far it may be off, and who signs when."""

from dataclasses import replace
from uuid import UUID

import pytest

from clinic_api.accounts.rules import Role
from clinic_api.clinics.rules.profile import read_profile
from clinic_api.inventory.rules.counting import (
    ContainerTwice,
    CountLine,
    DrawnIsCounted,
    Found,
    Kept,
    KeptElsewhere,
    OpenedNotCounted,
    ResolutionTooCoarse,
    VolumeUnclear,
    absent,
    check_each_once,
    check_kept_here,
    judged,
)
from clinic_api.inventory.rules.products import Method
from clinic_api.inventory.rules.sheets import (
    CountKind,
    CountState,
    EntriesAlreadyIn,
    MayNotCount,
    NothingEnteredYet,
    NotSignedYet,
    NotTheCounter,
    SecondIsTheSamePerson,
    SignedBefore,
    check_counter,
    check_enter,
    check_second,
    check_sign,
    persons_for,
    state_of,
)
from clinic_api.quantities import NOTHING, Concentration, Mass, Volume
from tests.protocols.shipped import shipped

VIAL, ADA, BEN = UUID(int=1), UUID(int=2), UUID(int=3)
HALF = Volume.ml("0.5")
SEALED = Kept(
    label="K-014",
    concentration=Concentration.mg_per_ml(50),
    content=Mass.mg(500),
    expected=Mass.mg(500),
    opened=False,
    drawn=False,
    resolutions={Method.WEIGHED: Volume.ml("0.1"), Method.READ: HALF, Method.ESTIMATED: Volume.ml(1)},
)
OPEN = replace(SEALED, opened=True, expected=Mass.mg(465))
SYRINGE = replace(SEALED, label="K-014/1", drawn=True, content=Mass.mg(35), expected=Mass.mg(35))


def read(ml: str | None, resolution: Volume | None = None, method: Method = Method.READ) -> CountLine:
    """A line that was measured."""
    return CountLine(container=VIAL, method=method, volume=None if ml is None else Volume.ml(ml), resolution=resolution)


def counted(volume: Volume | None = None, resolution: Volume | None = None) -> CountLine:
    """A line that was counted."""
    return CountLine(container=VIAL, method=Method.COUNTED, volume=volume, resolution=resolution)


def test_a_sealed_vial_is_counted_as_full_and_exactly() -> None:
    found = judged(counted(), SEALED)
    assert (found.found, found.resolution, found.variance_ug, found.explained) == (Mass.mg(500), NOTHING, 0, True)


def test_a_difference_is_explained_up_to_the_resolution_and_not_a_microgram_beyond() -> None:
    at_its_limit = Found(method=Method.READ, found=Mass(440_000), expected=Mass(465_000), resolution=Mass(25_000))
    assert (at_its_limit.variance_ug, at_its_limit.explained) == (-25_000, True)
    assert not replace(at_its_limit, found=Mass(439_999)).explained
    assert replace(at_its_limit, found=Mass(490_000)).explained
    assert not replace(at_its_limit, found=Mass(490_001)).explained


def test_a_read_volume_is_told_to_half_a_millilitre() -> None:
    found = judged(read("9"), OPEN)
    assert (found.found, found.resolution) == (Mass.mg(450), Mass.mg(25))
    assert found.explained
    assert not judged(read("8.5"), OPEN).explained


def test_a_finer_resolution_counts_and_a_coarser_one_is_refused() -> None:
    assert not judged(read("9", Volume.ml("0.1")), OPEN).explained
    assert judged(read("9", HALF), OPEN).resolution == Mass.mg(25)
    with pytest.raises(ResolutionTooCoarse, match=r"K-014: 0\.501 mL is coarser than the 0\.5 mL of this method"):
        judged(read("9", Volume.ml("0.501")), OPEN)


def test_a_container_that_is_there_and_empty_is_not_one_that_was_not_found() -> None:
    empty, missing = judged(read("0"), OPEN), absent(OPEN)
    assert (empty.found, missing.found) == (NOTHING, None)
    assert (empty.variance_ug, missing.variance_ug) == (-465_000, -465_000)
    assert not missing.explained


def test_a_missing_container_is_never_explained_not_even_an_empty_one() -> None:
    assert not absent(replace(OPEN, expected=NOTHING)).explained


def test_an_opened_vial_is_not_counted_as_full() -> None:
    with pytest.raises(OpenedNotCounted, match="K-014 has been opened"):
        judged(counted(), OPEN)


def test_a_measured_line_has_its_volume_and_a_counted_one_has_none() -> None:
    with pytest.raises(VolumeUnclear, match="K-014: write the volume that was weighed"):
        judged(read(None, method=Method.WEIGHED), OPEN)
    for line in (counted(volume=Volume.ml(10)), counted(resolution=HALF)):
        with pytest.raises(VolumeUnclear, match="K-014 is counted as full"):
            judged(line, SEALED)


def test_a_drawn_syringe_is_counted_by_what_is_written_on_it_because_it_may_be_diluted() -> None:
    assert judged(counted(), SYRINGE).explained
    with pytest.raises(DrawnIsCounted, match="K-014/1 is a drawn syringe"):
        judged(read("0.7"), SYRINGE)


def test_no_refusal_of_a_line_tells_what_the_book_says() -> None:
    secret = replace(OPEN, expected=Mass.mg("123.456"))
    for line in (counted(), read(None), read("9", Volume.ml(3))):
        with pytest.raises((OpenedNotCounted, VolumeUnclear, ResolutionTooCoarse)) as refusal:
            judged(line, secret)
        assert "123" not in f"{refusal.value} {refusal.value.facts}"


def test_a_container_stands_once_on_a_count_and_on_its_own_location() -> None:
    check_each_once(["K-014", "K-015"])
    check_kept_here([])
    with pytest.raises(ContainerTwice, match="K-014 is entered twice"):
        check_each_once(["K-014", "K-015", "K-014"])
    with pytest.raises(KeptElsewhere, match="K-014, K-015: kept in another location"):
        check_kept_here(["K-014", "K-015"])


@pytest.mark.parametrize(("name", "persons"), [("team", (2, 2)), ("duo", (1, 2)), ("solo", (1, 1))])
def test_the_practice_profile_says_how_many_people_count(name: str, persons: tuple[int, int]) -> None:
    control = read_profile(shipped(f"profiles/{name}")).counts
    assert (persons_for(CountKind.OPENING, control), persons_for(CountKind.CLOSING, control)) == persons


@pytest.mark.parametrize(
    ("entered", "signatures", "persons", "state"),
    [
        (False, 0, 2, CountState.OPEN),
        (True, 0, 1, CountState.ENTERED),
        (True, 1, 2, CountState.SIGNED),
        (True, 1, 1, CountState.COMPLETE),
        (True, 2, 2, CountState.COMPLETE),
    ],
)
def test_a_count_is_complete_when_everybody_signed_who_had_to(
    *, entered: bool, signatures: int, persons: int, state: CountState
) -> None:
    assert state_of(entered=entered, signatures=signatures, persons=persons) is state


def test_entries_go_in_once() -> None:
    check_enter(CountState.OPEN)
    for state in (CountState.ENTERED, CountState.SIGNED, CountState.COMPLETE):
        with pytest.raises(EntriesAlreadyIn, match="new count"):
            check_enter(state)


def test_who_counted_signs_first_and_once() -> None:
    check_sign(CountState.ENTERED, counted_by=ADA, by=ADA)
    with pytest.raises(NothingEnteredYet, match="Enter what was found first"):
        check_sign(CountState.OPEN, counted_by=None, by=ADA)
    with pytest.raises(NotTheCounter, match="Who entered the count signs it"):
        check_sign(CountState.ENTERED, counted_by=ADA, by=BEN)
    with pytest.raises(SignedBefore):
        check_sign(CountState.SIGNED, counted_by=ADA, by=ADA)


def test_a_second_person_signs_after_the_first_once_and_is_somebody_else() -> None:
    check_second(CountState.SIGNED, counted_by=ADA, second=BEN)
    for state in (CountState.OPEN, CountState.ENTERED):
        with pytest.raises(NotSignedYet, match="signs first"):
            check_second(state, counted_by=ADA, second=BEN)
    with pytest.raises(SignedBefore):
        check_second(CountState.COMPLETE, counted_by=ADA, second=BEN)
    with pytest.raises(SecondIsTheSamePerson, match="Ask somebody else"):
        check_second(CountState.SIGNED, counted_by=ADA, second=ADA)


def test_the_front_desk_does_not_count_drug() -> None:
    check_counter("Mia Assistant", {Role.MEDICAL_ASSISTANT})
    with pytest.raises(MayNotCount, match="Fay Desk may not count"):
        check_counter("Fay Desk", {Role.FRONT_DESK})
