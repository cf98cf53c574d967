"""Who may be what and do what, and what makes a sign-in strong."""

import unicodedata
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_api.accounts.rules.proving import (
    FullSignInNeeded,
    NotALogin,
    NotAPin,
    PinNeeded,
    SamePerson,
    TryLater,
    WeakPassword,
    WrongPin,
    canonical_login,
    check_login,
    check_password,
    check_pin_choice,
    check_pin_usable,
    check_two_people,
    check_waited,
    wait_after,
)
from clinic_api.accounts.rules.roles import Role, held

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADA, BEN = UUID(int=1), UUID(int=2)
HOURS, ALLOWED = 12, 5


# ---------------------------------------------------------------------------------------------------------- secrets


@pytest.mark.parametrize("password", ["fifteen letters", "a" * 127 + "b", "correct horse battery", "пароль из букв ё"])
def test_a_long_password_of_any_characters_is_taken(password: str) -> None:
    check_password(password)


@pytest.mark.parametrize("password", ["", "fourteen chars", "a" * 15, "ab" * 64 + "c"])
def test_a_short_an_endless_and_a_repeated_password_are_refused(password: str) -> None:
    with pytest.raises(WeakPassword, match="15 to 128"):
        check_password(password)


@pytest.mark.parametrize("pin", ["135790", "000001", "121212", "987653"])
def test_six_digits_that_nobody_tries_first_are_a_pin(pin: str) -> None:
    check_pin_choice(pin)


@pytest.mark.parametrize(
    "pin", ["", "13579", "1357900", "13579o", "١٣٥٧٩٠", "111111", "123456", "456789", "987654", "135790\n", " 135790"]
)
def test_what_anybody_tries_first_and_what_is_not_six_digits_is_no_pin(pin: str) -> None:
    with pytest.raises(NotAPin, match="six digits"):
        check_pin_choice(pin)


@given(st.text(max_size=60))
def test_the_one_spelling_of_a_login_is_its_own_spelling(login: str) -> None:
    assert canonical_login(canonical_login(login)) == canonical_login(login)


def test_every_character_has_one_spelling() -> None:
    everything = (chr(point) for point in range(0x30000) if not 0xD800 <= point < 0xE000)
    assert [each for each in everything if canonical_login(canonical_login(each)) != canonical_login(each)] == []


@given(st.text(alphabet="AdaÀéß\u017fΣς1 ", max_size=12))
def test_case_width_and_composition_make_no_second_login(login: str) -> None:
    for twin in (login.lower(), unicodedata.normalize("NFD", login), f" {login} "):
        assert canonical_login(twin) == canonical_login(login)


@pytest.mark.parametrize("login", ["ada", "ada lovelace", "ä", "a" * 100])
def test_visible_characters_are_a_login(login: str) -> None:
    check_login(canonical_login(login))


@pytest.mark.parametrize("login", ["", "   ", "a" * 101, "ﷺ" * 20, "ada\u200b", "a\tb"])
def test_a_login_that_is_empty_endless_or_invisible_is_refused(login: str) -> None:
    with pytest.raises(NotALogin):
        check_login(canonical_login(login))


# ---------------------------------------------------------------------------------------------------------- waiting


def test_each_wrong_sign_in_doubles_the_wait_up_to_a_minute() -> None:
    waits = [wait_after(failures) // timedelta(seconds=1) for failures in range(10)]
    assert waits == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert all(before <= after for before, after in pairwise(waits))


def test_nobody_waits_who_was_never_wrong() -> None:
    check_waited(failures=0, last=None, at=NINE)


@pytest.mark.parametrize("failures", [1, 2, 3, 7, 1000])
def test_the_next_try_counts_from_the_second_the_wait_is_over(failures: int) -> None:
    over = NINE + wait_after(failures)
    check_waited(failures=failures, last=NINE, at=over)
    with pytest.raises(TryLater) as refusal:
        check_waited(failures=failures, last=NINE, at=over - timedelta(microseconds=1))
    assert refusal.value.retry_after_seconds == 1


def test_who_comes_too_soon_is_told_how_long_to_wait() -> None:
    with pytest.raises(TryLater, match="Wait 8 s"):
        check_waited(failures=4, last=NINE, at=NINE + timedelta(milliseconds=1))


# -------------------------------------------------------------------------------------------------------------- pin


def test_a_pin_counts_until_the_sign_in_is_as_old_as_it_may_be() -> None:
    at = NINE + timedelta(hours=HOURS)
    check_pin_usable(signed_in_at=NINE, at=at, hours=HOURS, misses=ALLOWED - 1, allowed=ALLOWED)
    with pytest.raises(FullSignInNeeded):
        check_pin_usable(signed_in_at=NINE, at=at + timedelta(microseconds=1), hours=HOURS, misses=0, allowed=ALLOWED)


def test_the_fifth_miss_ends_the_use_of_a_pin() -> None:
    with pytest.raises(FullSignInNeeded, match="password and code"):
        check_pin_usable(signed_in_at=NINE, at=NINE, hours=HOURS, misses=ALLOWED, allowed=ALLOWED)


def test_who_never_signed_in_fully_has_no_use_of_a_pin() -> None:
    with pytest.raises(FullSignInNeeded):
        check_pin_usable(signed_in_at=None, at=NINE, hours=HOURS, misses=0, allowed=ALLOWED)


def test_a_wrong_pin_says_how_many_tries_are_left_and_not_whose_it_was() -> None:
    refusal = WrongPin(misses_left=4, login="ada")
    assert refusal.facts == {"misses_left": 4}
    assert str(refusal) == "4 more tries before a full sign-in is needed."
    assert "enrolled tablet" in str(PinNeeded())


# ------------------------------------------------------------------------------------------------------------ roles


def test_one_person_is_not_two() -> None:
    check_two_people(ADA, BEN)
    with pytest.raises(SamePerson, match="second person"):
        check_two_people(ADA, ADA)


def test_a_role_is_held_from_its_grant_until_it_is_taken() -> None:
    nurse, custodian = Role.NURSE, Role.CUSTODIAN
    assert held([]) == frozenset()
    assert held([(nurse, True), (custodian, True), (nurse, False)]) == {custodian}
    assert held([(nurse, False), (nurse, True)]) == {nurse}
