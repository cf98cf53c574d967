"""Every answer, good or bad, says what it must and keeps to itself what it may."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from clinic_api.accounts.access.identity import State
from clinic_api.http.headers import HEADERS
from clinic_api.http.limits import limits
from tests.builders import Clinic
from tests.people import Answer, Person


@pytest.fixture
def olga(clinic: Clinic) -> Person:
    """The first administrator."""
    return clinic.administrators[0]


def is_problem(answer: Answer) -> bool:
    return answer.headers["Content-Type"] == "application/problem+json" and (
        {"type", "title", "status", "detail"} <= answer.json.keys() and answer["status"] == answer.status
    )


def some_answers(clinic: Clinic, olga: Person) -> dict[int, Answer]:
    answers = [
        olga.get("/me"),
        olga.post("/sites/00000000-0000-0000-0000-000000000000/chairs", name="X"),
        olga.post("/sites", zone="America/New_York"),
        olga.send("POST", "/sites", b"{", None),
        olga.send("POST", "/sites", b"name=X", {"Content-Type": "application/x-www-form-urlencoded"}),
        olga.send("POST", "/sites", b'"' + b"x" * 300_000 + b'"', None),
        olga.send("DELETE", "/sites", b"", None),
        olga.get("/nowhere"),
        clinic.wire.send("GET", "/me", None, {}),
        clinic.nurse("Ada").post("/sites", name="Her own"),
    ]
    return {answer.status: answer for answer in answers}


def test_every_answer_carries_the_headers_that_keep_it_private(clinic: Clinic, olga: Person) -> None:
    answers = some_answers(clinic, olga)
    assert set(answers) == {200, 400, 401, 403, 404, 405, 413, 415, 422}
    for answer in answers.values():
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_every_refusal_says_its_type_its_title_its_status_and_the_way_out(clinic: Clinic, olga: Person) -> None:
    for status, answer in some_answers(clinic, olga).items():
        if status != 200:
            assert is_problem(answer), (status, answer.json)
            assert answer["detail"]


def test_a_method_that_is_not_there_says_which_are(olga: Person) -> None:
    answer = olga.send("DELETE", "/sites", b"", None)
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST"}


def test_a_body_that_is_too_large_is_not_read(clinic: Clinic, olga: Person) -> None:
    largest = clinic.app.config["MAX_CONTENT_LENGTH"]
    with clinic.nothing_changes():
        assert olga.send("POST", "/sites", b" " * (largest + 1), None).status == 413
        assert olga.send("POST", "/sites", b" " * largest, None).status == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": None},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Encoding": "gzip"},
    ],
)
def test_only_plain_json_in_utf_8_is_read(clinic: Clinic, olga: Person, headers: dict[str, str | None]) -> None:
    with clinic.nothing_changes():
        answer = olga.send("POST", "/sites", b"{}", headers)
    assert (answer.status, answer["type"]) == (415, "wrong-media-type")


def test_a_field_that_nobody_reads_is_refused_by_name(clinic: Clinic, olga: Person) -> None:
    with clinic.nothing_changes():
        answer = olga.post(f"/sites/{clinic.site}/chairs", name="Chair 1", colour="blue")
    assert (answer.status, answer["type"], answer["errors"]) == (422, "malformed", {"colour": ["Unknown field."]})


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"17", b"null", b"true"])
def test_json_that_is_no_object_is_refused_and_does_not_crash(clinic: Clinic, olga: Person, body: bytes) -> None:
    with clinic.nothing_changes():
        assert olga.send("POST", "/sites", body, None).status == 422


def test_a_page_that_cannot_be_is_refused(olga: Person) -> None:
    for query in ("limit=0", "limit=101", "limit=x", "limit=1.5", "cursor=nonsense", "cursor=%F0%9F%92%89", "page=2"):
        assert olga.get(f"/staff?{query}").status == 422, query


def test_a_name_that_stands_twice_in_a_query_is_refused_as_in_a_body(olga: Person) -> None:
    answer = olga.get("/staff?limit=1&limit=2")
    assert (answer.status, answer["type"]) == (422, "key-twice")


def test_whoever_is_not_signed_in_learns_nothing_of_what_a_list_asks_for(clinic: Clinic) -> None:
    assert clinic.wire.send("GET", "/staff?limit=many", None, {}).status == 401


def test_a_list_is_read_page_by_page_without_losing_or_repeating_anybody(olga: Person) -> None:
    for number in range(5):
        olga.does("/staff", login=f"newcomer{number}", name="Somebody New")
    seen, path = [], "/staff?limit=3"
    while True:
        page = olga.get(path).done()
        seen += [each["login"] for each in page["items"]]
        if page["next"] is None:
            break
        path = f"/staff?limit=3&cursor={page['next']}"
    assert seen == ["olga", "piet", *(f"newcomer{number}" for number in range(5))]
    assert len(olga.get("/staff?limit=7")["items"]) == 7
    assert olga.get("/staff?limit=7")["next"] is None


def test_who_asks_more_than_a_person_does_is_told_to_wait(clinic: Clinic, olga: Person) -> None:
    _allow(clinic.app, writes_per_minute=2, reads_per_minute=3)
    path = f"/sites/{clinic.site}/chairs"
    answers = [olga.post(path, name=f"Chair {number}") for number in range(3)]
    assert [answer.status for answer in answers] == [201, 201, 429]
    assert is_problem(answers[2])
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 30
    assert answers[2]["facts"] == {"retry_after_seconds": int(answers[2].headers["Retry-After"])}
    assert [olga.get("/me").status for _ in range(4)] == [200, 200, 200, 429]
    assert clinic.administrators[1].post(path, name="Chair 9").status == 201


def _allow(app: Flask, **settings: Any) -> None:
    running: State = app.extensions["clinic"]
    running.settings = replace(running.settings, **settings)
    limits.forget()
