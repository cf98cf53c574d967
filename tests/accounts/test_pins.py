"""The PIN: six digits for each controlled act, on an enrolled tablet, on the day of a full sign-in."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Final

import pytest

from tests.builders import Clinic
from tests.people import Answer, Person

GUESSES: Final = 12


@pytest.fixture
def ada(clinic: Clinic) -> Person:
    """Somebody whose roles somebody else may change, that is, a controlled act."""
    return clinic.nurse("Ada")


def controlled(clinic: Clinic, about: Person, pin: str | None) -> Answer:
    """A controlled act of the first administrator, with this PIN."""
    wish = {"role": "custodian", "give": True}
    return clinic.administrators[0].send("POST", f"/staff/{about.id}/roles", wish, {"Clinic-Pin": pin})


def test_a_controlled_act_asks_for_the_pin(clinic: Clinic, ada: Person) -> None:
    with clinic.nothing_changes():
        answer = controlled(clinic, ada, None)
    assert (answer.status, answer["type"]) == (401, "pin-needed")


def test_an_act_that_is_not_controlled_asks_for_none(clinic: Clinic) -> None:
    chair = {"name": "Chair 1"}
    sent = clinic.administrators[0].send("POST", f"/sites/{clinic.site}/chairs", chair, {"Clinic-Pin": None})
    assert sent.status == 201


def test_a_wrong_pin_says_how_many_tries_are_left_and_nothing_happens(clinic: Clinic, ada: Person) -> None:
    with clinic.nothing_changes():
        answer = controlled(clinic, ada, "000000")
    assert (answer.status, answer["type"], answer["facts"]) == (401, "wrong-pin", {"misses_left": 4})
    assert controlled(clinic, ada, clinic.administrators[0].pin).status == 201


def test_five_misses_ask_for_a_full_sign_in_even_with_the_right_pin(clinic: Clinic, ada: Person) -> None:
    left = [controlled(clinic, ada, "000000")["facts"]["misses_left"] for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    with clinic.nothing_changes():
        answer = controlled(clinic, ada, clinic.administrators[0].pin)
    assert (answer.status, answer["type"]) == (401, "full-sign-in-needed")


def test_a_full_sign_in_gives_the_five_tries_back(clinic: Clinic, ada: Person) -> None:
    for _ in range(5):
        controlled(clinic, ada, "000000")
    clinic.later(minutes=1)
    clinic.sign_in(clinic.administrators[0])
    assert controlled(clinic, ada, clinic.administrators[0].pin).status == 201


def test_the_misses_of_one_person_are_not_anothers(clinic: Clinic, ada: Person) -> None:
    for _ in range(5):
        controlled(clinic, ada, "000000")
    piet = clinic.administrators[1]
    assert piet.post(f"/staff/{ada.id}/roles", role="custodian", give=True).status == 201


def test_a_pin_counts_on_no_other_machine_than_an_enrolled_tablet(clinic: Clinic, ada: Person) -> None:
    clinic.later(minutes=1)
    clinic.administrators[0].sign_in()
    with clinic.nothing_changes():
        assert controlled(clinic, ada, clinic.administrators[0].pin)["type"] == "full-sign-in-needed"


def test_a_tablet_that_is_not_known_counts_as_no_tablet(clinic: Clinic, ada: Person) -> None:
    clinic.later(minutes=1)
    signed_in = clinic.administrators[0].sign_in(device_secret=f"{clinic.tablet['secret']}x")
    assert signed_in["device"] is None
    assert controlled(clinic, ada, clinic.administrators[0].pin)["type"] == "full-sign-in-needed"


def test_a_tablet_alone_may_do_nothing_that_can_wait(clinic: Clinic) -> None:
    headers = {"Authorization": f"Bearer {clinic.tablet['secret']}"}
    assert clinic.wire.send("GET", "/me", None, headers).status == 403
    assert clinic.wire.send("GET", "/me", None, {"Authorization": headers["Authorization"] + "x"}).status == 401


def test_a_wrong_pin_is_written_down(clinic: Clinic, ada: Person) -> None:
    misses, entries = clinic.contents()["misses"][0], clinic.contents()["audit_entries"][0]
    controlled(clinic, ada, "000000")
    after = clinic.contents()
    assert (after["misses"][0], after["audit_entries"][0]) == (misses + 1, entries + 1)


def test_of_many_guesses_at_once_no_more_are_judged_than_one_after_another(clinic: Clinic, ada: Person) -> None:
    at_once = Barrier(GUESSES)

    def guess(number: int) -> str:
        at_once.wait()
        return str(controlled(clinic, ada, f"{number:06d}")["type"])

    with ThreadPoolExecutor(GUESSES) as pool:
        told = list(pool.map(guess, range(GUESSES)))
    assert (told.count("wrong-pin"), told.count("full-sign-in-needed")) == (5, GUESSES - 5)
