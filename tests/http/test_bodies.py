"""What the server hands over is not always whole, and a sender may fall silent."""

import logging
import runpy
import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from clinic_api.http.intake import BodyBroken, json_body
from clinic_api.settings import ROOT

LIMIT = 1000


class BadChunk(Exception):
    """As a server has it: of no kind that is known here."""


class Broken:
    """A body that breaks off."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    def read(self, *_: Any) -> bytes:
        raise self.failure


@pytest.mark.parametrize("failure", [BadChunk("zz"), BlockingIOError(11, "silent")])
@pytest.mark.parametrize("bare", [False, True])
def test_a_body_that_breaks_off_is_a_bad_request_and_no_fault_of_the_program(failure: Exception, *, bare: bool) -> None:
    sent = {"wsgi.input": Broken(failure), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    with (
        Flask(__name__).test_request_context(
            "/", method="POST", headers={"Content-Type": "application/json"}, environ_overrides=sent
        ),
        pytest.raises(BodyBroken) as refused,
    ):
        json_body(LIMIT, bare=bare)
    assert refused.value.status == 400


@pytest.fixture
def served() -> Iterator[dict[str, Any]]:
    """What gunicorn reads when it starts; its log is given back as it was."""
    log = logging.getLogger("gunicorn.error")
    before = list(log.filters)
    yield runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    log.filters[:] = before


def test_a_connection_that_falls_silent_gives_its_thread_back(served: dict[str, Any]) -> None:
    ready = served["when_ready"]
    ready.__globals__["SILENCE"] = 1
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ready(SimpleNamespace(LISTENERS=[SimpleNamespace(sock=listening)]))
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as silent:
            silent.setblocking(True)  # as the server's threads do
            with pytest.raises(BlockingIOError):
                silent.recv(1)


@pytest.mark.parametrize("sent", ["'Clinic-Pin; 135791'", '"it\'s 135791"', "b'135791'"])
def test_a_request_that_cannot_be_read_leaves_nothing_of_itself_in_the_log(
    served: dict[str, Any], caplog: pytest.LogCaptureFixture, sent: str
) -> None:
    served["when_ready"](SimpleNamespace(LISTENERS=[]))
    repeated = f"Invalid request from ip=10.0.0.1: Invalid HTTP Header: {sent}"
    logging.getLogger("gunicorn.error").warning(repeated)
    assert caplog.messages == ["Invalid request from ip=10.0.0.1: Invalid HTTP Header"]


def test_other_lines_of_the_log_stay_as_they_are(served: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    served["when_ready"](SimpleNamespace(LISTENERS=[]))
    logging.getLogger("gunicorn.error").warning("Worker %s 'timed out'", 7)
    assert caplog.messages == ["Worker 7 'timed out'"]
