"""One key, one act: however often and by however many it is sent."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from clinic_api.clinics.models import Chair, Site
from clinic_api.database.rows import db
from tests.builders import Clinic
from tests.people import Answer, Person

THREADS = 32


def place(person: Person, site: str, name: str, key: str) -> Answer:
    return person.send("POST", f"/sites/{site}/chairs", {"name": name}, {"Idempotency-Key": key})


def rows(clinic: Clinic, kind: Any) -> int:
    with clinic.reading():
        return db.session.execute(sa.select(sa.func.count()).select_from(kind)).scalar_one()


@pytest.fixture
def olga(clinic: Clinic) -> Person:
    """The first administrator."""
    return clinic.administrators[0]


def test_an_act_that_is_sent_twice_is_done_once_and_answered_twice_alike(clinic: Clinic, olga: Person) -> None:
    key = str(uuid4())
    first = place(olga, clinic.site, "Chair 1", key)
    with clinic.nothing_changes():
        again = place(olga, clinic.site, "Chair 1", key)
    assert (again.status, again.data) == (first.status, first.data) == (201, first.data)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert rows(clinic, Chair) == 1


def test_the_order_of_names_and_spaces_makes_no_other_act(clinic: Clinic, olga: Person) -> None:
    key, path = str(uuid4()), f"/sites/{clinic.site}/chairs"
    first = olga.send("POST", path, b'{"name":"Chair 1"}', {"Idempotency-Key": key})
    again = olga.send("POST", path, b' { "name" : "Chair \\u0031" } ', {"Idempotency-Key": key})
    assert (again.data, again.headers["Idempotency-Replayed"]) == (first.data, "true")


def test_another_content_under_the_same_key_is_refused(clinic: Clinic, olga: Person) -> None:
    key = str(uuid4())
    place(olga, clinic.site, "Chair 1", key).done()
    with clinic.nothing_changes():
        other = place(olga, clinic.site, "Chair 2", key)
    assert (other.status, other["type"]) == (422, "key-reused")


def test_another_address_under_the_same_key_is_refused(clinic: Clinic, olga: Person) -> None:
    key, elsewhere = str(uuid4()), clinic.a_site(name="Elsewhere")
    place(olga, clinic.site, "Chair 1", key).done()
    with clinic.nothing_changes():
        assert place(olga, elsewhere, "Chair 1", key).status == 422


def test_another_person_under_the_same_key_is_refused(clinic: Clinic, olga: Person) -> None:
    key = str(uuid4())
    place(olga, clinic.site, "Chair 1", key).done()
    with clinic.nothing_changes():
        assert place(clinic.administrators[1], clinic.site, "Chair 1", key)["type"] == "key-reused"


def test_the_same_key_in_another_organisation_is_another_act(clinic: Clinic, olga: Person) -> None:
    south, key = clinic.installation.found("South Clinic"), str(uuid4())
    assert place(olga, clinic.site, "Chair 1", key).status == 201
    assert place(south.administrators[0], south.site, "Chair 1", key).status == 201


def test_of_thirty_two_who_send_one_act_at_once_one_does_it_and_all_hear_the_same(clinic: Clinic, olga: Person) -> None:
    key = str(uuid4())
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda _: place(olga, clinic.site, "Chair 1", key), range(THREADS)))
    assert Counter(answer.status for answer in answers) == {201: THREADS}
    assert len({answer.data for answer in answers}) == 1
    assert Counter("Idempotency-Replayed" in answer.headers for answer in answers) == {True: THREADS - 1, False: 1}
    assert rows(clinic, Chair) == 1
    assert clinic.trail(answers[0]["id"]) == ["chair:placed"]


def test_thirty_two_acts_with_a_key_each_are_all_done(clinic: Clinic, olga: Person) -> None:
    def one(number: int) -> int:
        return place(olga, clinic.site, f"Chair {number}", str(uuid4())).status

    with ThreadPoolExecutor(THREADS) as pool:
        assert Counter(pool.map(one, range(THREADS))) == {201: THREADS}
    assert rows(clinic, Chair) == THREADS
    assert clinic.verify() == []


def test_what_was_refused_stays_refused_under_its_key(clinic: Clinic, olga: Person) -> None:
    key, made = str(uuid4()), {"login": "nina", "name": "Nina New"}
    olga.does("/staff", **made)
    with clinic.nothing_changes():
        first = olga.send("POST", "/staff", made, {"Idempotency-Key": key})
        again = olga.send("POST", "/staff", made, {"Idempotency-Key": key})
    assert (first.status, first["type"]) == (409, "login-taken")
    assert (again.status, again.data) == (409, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Content-Type"] == "application/problem+json"


def test_what_could_not_be_read_is_not_kept_under_its_key(clinic: Clinic, olga: Person) -> None:
    key, path = str(uuid4()), f"/sites/{clinic.site}/chairs"
    assert olga.send("POST", path, {"title": "Chair 1"}, {"Idempotency-Key": key}).status == 422
    assert olga.send("POST", path, b"{", {"Idempotency-Key": key}).status == 400
    assert place(olga, clinic.site, "Chair 1", key).status == 201


def test_what_the_database_refuses_is_told_and_changes_nothing(clinic: Clinic, olga: Person) -> None:
    key = str(uuid4())
    place(olga, clinic.site, "Chair 1", str(uuid4())).done()
    with clinic.nothing_changes():
        twice = place(olga, clinic.site, "Chair 1", key)
    assert (twice.status, twice["type"]) == (409, "refused-by-database")


def test_the_fate_of_an_act_can_be_asked_by_who_sent_it_and_by_nobody_else(clinic: Clinic, olga: Person) -> None:
    done, refused = str(uuid4()), str(uuid4())
    place(olga, clinic.site, "Chair 1", done)
    place(olga, str(uuid4()), "Chair 1", refused)
    fates = {key: olga.get(f"/operations/{key}")["fate"] for key in (done, refused, str(uuid4()))}
    assert list(fates.values()) == ["committed", "refused", "unknown"]
    assert clinic.administrators[1].get(f"/operations/{done}")["fate"] == "unknown"


@pytest.mark.parametrize("key", [None, "", "17", "not-a-key"])
def test_an_act_without_a_key_is_not_begun(clinic: Clinic, olga: Person, key: str | None) -> None:
    with clinic.nothing_changes():
        sent = olga.send("POST", "/sites", {}, {"Idempotency-Key": key})
    assert (sent.status, sent["type"]) == (400, "key-needed")


def test_an_act_and_its_answer_are_kept_together_or_not_at_all(clinic: Clinic, olga: Person) -> None:
    before = clinic.contents()
    assert place(olga, str(uuid4()), "Chair 1", str(uuid4())).status == 404
    after = clinic.contents()
    assert after["operations"][0] == before["operations"][0] + 1
    assert after["chairs"] == before["chairs"]
    assert rows(clinic, Site) == 1
