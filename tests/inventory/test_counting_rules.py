"""Counting: what a line says, how far it may be off, and who signs when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from clinic_api.accounts.rules.roles import Role
from clinic_api.clinics.rules.profile import read_profile
from clinic_api.inventory.rules.counting import (
    ContainerTwice,
    CountLine,
    DrawnIsCounted,
    Found,
    Kept,
    KeptElsewhere,
    OpenedNotCounted,
    OutsideThisCount,
    ResolutionTooCoarse,
    VolumeUnclear,
    absent,
    check_each_once,
    check_kept_here,
    check_on_this_count,
    judged,
)
from clinic_api.inventory.rules.kinds import CountKind, persons_for
from clinic_api.inventory.rules.products import Method
from clinic_api.inventory.rules.sheets import (
    BLIND_FOR,
    CountedBefore,
    CountLapsed,
    CountState,
    EntriesAlreadyIn,
    MayNotCount,
    NothingEnteredYet,
    NothingToRecount,
    NotSignedYet,
    NotTheCounter,
    NotTheSecondCounter,
    SecondIsTheSamePerson,
    SignedBefore,
    check_counter,
    check_enter,
    check_open_still,
    check_recountable,
    check_second,
    check_sign,
    state_of,
)
from clinic_api.quantities import NOTHING, Concentration, Mass, Volume
from tests.protocols.shipped import shipped

VIAL, ADA, BEN, KIM = (UUID(int=n) for n in range(1, 5))
HALF = Volume.ml("0.5")
SEALED = Kept(
    label="K-014",
    product="ketamine-50-mg-ml-10-ml",
    concentration=Concentration.mg_per_ml(50),
    content=Mass.mg(500),
    expected=Mass.mg(500),
    opened=False,
    drawn=False,
    resolutions={Method.WEIGHED: Volume.ml("0.1"), Method.READ: HALF, Method.ESTIMATED: Volume.ml(1)},
    scale=None,
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
    with pytest.raises(VolumeUnclear, match="K-014: write the volume that was estimated"):
        judged(read(None, method=Method.ESTIMATED), OPEN)
    with pytest.raises(VolumeUnclear, match="K-014: write gross_g"):
        judged(read("9", method=Method.WEIGHED), OPEN)
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
    check_on_this_count([])
    with pytest.raises(ContainerTwice, match="K-014 is entered twice"):
        check_each_once(["K-014", "K-015", "K-014"])
    with pytest.raises(KeptElsewhere, match="K-014, K-015: kept in another location"):
        check_kept_here(["K-014", "K-015"])
    with pytest.raises(OutsideThisCount, match="K-014, K-015: not part of this count"):
        check_on_this_count(["K-014", "K-015"])


@pytest.mark.parametrize(("name", "persons"), [("team", (2, 2)), ("duo", (1, 2)), ("solo", (1, 1))])
def test_the_practice_profile_says_how_many_people_count(name: str, persons: tuple[int, int]) -> None:
    control = read_profile(shipped(f"profiles/{name}")).counts
    assert (persons_for(CountKind.OPENING, control), persons_for(CountKind.CLOSING, control)) == persons


@pytest.mark.parametrize(
    ("tallies", "entered", "signatures", "persons", "state"),
    [
        (0, False, 0, 2, CountState.OPEN),
        (1, False, 0, 2, CountState.AWAITS_SECOND),
        (2, False, 0, 2, CountState.DISAGREED),
        (1, True, 0, 1, CountState.ENTERED),
        (2, True, 1, 2, CountState.SIGNED),
        (1, True, 1, 1, CountState.COMPLETE),
        (3, True, 2, 2, CountState.COMPLETE),
    ],
)
def test_a_count_is_complete_when_everybody_signed_who_had_to(
    *, tallies: int, entered: bool, signatures: int, persons: int, state: CountState
) -> None:
    assert state_of(tallies=tallies, entered=entered, signatures=signatures, persons=persons) is state


def enters(state: CountState, by: UUID, *counters: UUID, excluded: tuple[UUID, ...] = (), staff: int = 3) -> None:
    """Somebody enters."""
    check_enter(state, by=by, counters=counters, excluded=excluded, staff=staff)


def test_entries_go_in_once() -> None:
    enters(CountState.OPEN, ADA)
    for state in (CountState.ENTERED, CountState.SIGNED, CountState.COMPLETE):
        with pytest.raises(EntriesAlreadyIn, match="new count"):
            enters(state, BEN, ADA)


def test_the_second_entry_is_another_persons() -> None:
    enters(CountState.AWAITS_SECOND, BEN, ADA)
    with pytest.raises(SecondIsTheSamePerson, match="Ask somebody else"):
        enters(CountState.AWAITS_SECOND, ADA, ADA)


def test_what_two_do_not_agree_on_is_counted_again_by_a_third_and_in_a_practice_of_two_by_the_second() -> None:
    enters(CountState.DISAGREED, KIM, ADA, BEN)
    enters(CountState.DISAGREED, BEN, ADA, BEN, staff=2)
    for by, staff in ((ADA, 3), (BEN, 3), (ADA, 2), (ADA, 1)):
        with pytest.raises(CountedBefore, match="who has not counted"):
            enters(CountState.DISAGREED, by, ADA, BEN, staff=staff)


def test_a_recount_is_made_by_nobody_who_made_the_count() -> None:
    enters(CountState.OPEN, KIM, excluded=(ADA, BEN))
    with pytest.raises(CountedBefore):
        enters(CountState.OPEN, BEN, excluded=(ADA, BEN))


def test_only_what_is_in_and_differs_is_counted_again() -> None:
    check_recountable(CountState.ENTERED, again=(VIAL,))
    with pytest.raises(NothingEnteredYet):
        check_recountable(CountState.DISAGREED, again=(VIAL,))
    with pytest.raises(NothingToRecount, match="within what its method can tell"):
        check_recountable(CountState.COMPLETE, again=())


def test_a_count_that_was_left_open_takes_no_entry_because_the_book_was_shown() -> None:
    opened = datetime(2026, 3, 2, 14, tzinfo=UTC)
    check_open_still(opened_at=opened, at=opened + BLIND_FOR - timedelta(microseconds=1))
    with pytest.raises(CountLapsed, match=r"opened at 2026-03-02 14:00 UTC; open a new count"):
        check_open_still(opened_at=opened, at=opened + BLIND_FOR)


def test_who_counted_signs_first_and_once() -> None:
    check_sign(CountState.ENTERED, counted_by=ADA, by=ADA)
    with pytest.raises(NothingEnteredYet, match="enters what they found first"):
        check_sign(CountState.OPEN, counted_by=None, by=ADA)
    with pytest.raises(NotTheCounter, match="Who entered the count signs it"):
        check_sign(CountState.ENTERED, counted_by=ADA, by=BEN)
    with pytest.raises(SignedBefore):
        check_sign(CountState.SIGNED, counted_by=ADA, by=ADA)


def test_the_second_who_counted_signs_after_the_first_and_once() -> None:
    check_second(CountState.SIGNED, counters=(ADA, BEN), second=BEN)
    for state in (CountState.OPEN, CountState.DISAGREED, CountState.ENTERED):
        with pytest.raises(NotSignedYet, match="signs first"):
            check_second(state, counters=(ADA, BEN), second=BEN)
    with pytest.raises(SignedBefore):
        check_second(CountState.COMPLETE, counters=(ADA, BEN), second=BEN)
    with pytest.raises(SecondIsTheSamePerson, match="Ask somebody else"):
        check_second(CountState.SIGNED, counters=(ADA, BEN), second=ADA)
    with pytest.raises(NotTheSecondCounter, match="second entry"):
        check_second(CountState.SIGNED, counters=(ADA, BEN, KIM), second=KIM)


def test_the_front_desk_does_not_count_drug() -> None:
    check_counter("Mia Assistant", {Role.MEDICAL_ASSISTANT})
    with pytest.raises(MayNotCount, match="Fay Desk may not count"):
        check_counter("Fay Desk", {Role.FRONT_DESK})
