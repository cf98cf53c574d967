"""What happens when the program or the database fails in the middle of an act."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Blueprint
from sqlalchemy.exc import OperationalError

from clinic_api.accounts.access.door import RETRIES, act, look
from clinic_api.accounts.rules.roles import Action
from clinic_api.audit import service as audit
from clinic_api.database.scope import Scope
from clinic_api.http.fields import Body, Empty, WholeNumber
from clinic_api.http.headers import HEADERS
from tests.builders import Clinic, Installation

planted = Blueprint("planted", __name__)
ways: Iterator[BaseException | None] = iter(())


class InTheWay(Exception):
    """Another transaction was in the way, as the driver says it."""

    sqlstate = "40001"


class Out(Body):
    """An answer."""

    tries = WholeNumber(least=0, most=9)


def next_way() -> None:
    if (failure := next(ways, None)) is not None:
        raise failure


@planted.get("/planted")
@look(Action.SEE_SELF, Out())
def look_in_vain(*, scope: Scope) -> dict[str, Any]:
    """A look that fails as it was told to."""
    assert scope.actor
    next_way()
    return {"tries": 1}


@planted.post("/planted")
@act(Action.SEE_SELF, Empty(), Out())
def act_in_vain(_: dict[str, Any], *, scope: Scope) -> dict[str, Any]:
    """An act that writes, and then fails as it was told to."""
    assert scope.actor
    audit.record("test:begun")
    next_way()
    return {"tries": 1}


@pytest.fixture
def clinic(installation: Installation) -> Clinic:
    """A clinic whose application has two routes that fail."""
    installation.app.register_blueprint(planted, url_prefix="/api/v1")
    return installation.found()


def failing(*failures: BaseException | None) -> None:
    globals()["ways"] = iter(failures)


def lost(cause: BaseException) -> OperationalError:
    return OperationalError("", {}, cause)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_fault_of_the_program_tells_nothing_of_its_inside(
    clinic: Clinic, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    failing(RuntimeError("Rosa Quint was here"))
    with clinic.nothing_changes():
        answer = clinic.administrators[0].send(method, "/planted", {})
    assert (answer.status, answer["type"], answer["status"]) == (500, "fault", 500)
    assert b"Rosa" not in answer.data
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "fault: RuntimeError" in caplog.text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_database_that_does_not_answer_is_busy_and_says_when_to_come_back(clinic: Clinic, method: str) -> None:
    failing(lost(ConnectionError()))
    with clinic.nothing_changes():
        answer = clinic.administrators[0].send(method, "/planted", {})
    assert (answer.status, answer["type"], answer.headers["Retry-After"]) == (503, "busy", "1")


def test_what_was_lost_to_a_failure_can_be_sent_again_with_its_key(clinic: Clinic) -> None:
    olga, key = clinic.administrators[0], {"Idempotency-Key": "00000000-0000-0000-0000-000000000007"}
    failing(lost(ConnectionError()))
    assert olga.send("POST", "/planted", {}, key).status == 503
    assert olga.send("POST", "/planted", {}, key).status == 201
    assert "Idempotency-Replayed" in olga.send("POST", "/planted", {}, key).headers


@pytest.mark.parametrize(("times", "status"), [(RETRIES - 1, 201), (RETRIES, 503)])
def test_who_was_only_in_the_way_is_waited_for_so_many_times(clinic: Clinic, times: int, status: int) -> None:
    before = clinic.contents()["audit_entries"][0]
    failing(*(lost(InTheWay()) for _ in range(times)))
    assert clinic.administrators[0].post("/planted").status == status
    assert clinic.contents()["audit_entries"][0] == before + (status == 201)
