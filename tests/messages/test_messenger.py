"""What the mail server says decides: sent, later, or never. Against a real server on loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep

import pytest

from clinic_api import clock
from clinic_api.messages.messenger import NotCarried, Refused, SmtpMessenger
from tests.worker.postbox import HANG_UP, HOST, SILENCE, Postbox, free_port, postbox

ID = "<5@clinic.example>"


def send(port: int, *, to: str = "zoe@example.org", text: str = "You have an appointment.", seconds: float = 5) -> None:
    messenger = SmtpMessenger(HOST, port, "appointments@clinic.example", seconds)
    messenger.send(to=to, subject="Your appointment at Zoë’s", text=text, message_id=ID)


def refusal(box: Postbox, **different: str) -> NotCarried:
    with pytest.raises(NotCarried) as failure:
        send(box.port, **different)  # type: ignore[arg-type]
    return failure.value


def test_a_message_arrives_as_it_was_written() -> None:
    with postbox() as box:
        send(box.port, text="Grüße\n.\nFrom here on")
    (message,) = box.messages
    assert (message["To"], message["From"], message["Message-ID"]) == (
        "zoe@example.org",
        "appointments@clinic.example",
        ID,
    )
    assert message["Auto-Submitted"] == "auto-generated"
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().splitlines() == ["Grüße", ".", "From here on"]
    assert box.recipients == ["zoe@example.org"]


@pytest.mark.parametrize("word", ["451 later", "421 closing", "452 full"])
def test_a_server_that_says_later_is_asked_again(word: str) -> None:
    with postbox(says=[word]) as box:
        failure = refusal(box)
    assert (failure.for_good, failure.outcome) == (False, f"smtp-{word[:3]}")


@pytest.mark.parametrize("word", ["550 no such person zoe@example.org", "554 rejected"])
def test_a_server_that_says_never_is_believed_and_not_quoted(word: str) -> None:
    with postbox(says_to_recipients=[word]) as box:
        failure = refusal(box)
    assert (failure.for_good, failure.outcome) == (True, f"smtp-{word[:3]}")
    assert "zoe" not in str(failure)


def test_a_message_refused_after_its_text_is_refused_for_good() -> None:
    with postbox(says=["550 spam"]) as box:
        assert isinstance(refusal(box), Refused)


def test_a_connection_lost_after_the_text_may_have_been_a_delivery_so_it_is_asked_again() -> None:
    with postbox(says=[HANG_UP]) as box:
        assert refusal(box).outcome == "no-connection"
    assert box.ids == [ID]


def test_nobody_listening_is_asked_again() -> None:
    with pytest.raises(NotCarried) as failure:
        send(free_port())
    assert not failure.value.for_good


def test_a_silent_server_holds_nobody_for_longer_than_a_delivery_may_take() -> None:
    with postbox(says=[SILENCE]) as box:
        began = clock.ticks()
        with pytest.raises(NotCarried):
            send(box.port, seconds=0.4)
    assert clock.ticks() - began < 3


def test_a_server_of_two_bytes_a_second_holds_nobody_either() -> None:
    with dripping() as port:
        began = clock.ticks()
        with pytest.raises(NotCarried):
            send(port, seconds=0.5)
    assert clock.ticks() - began < 3


@pytest.mark.parametrize("address", ["zoe@example.org\r\nBcc: eve@example.org", "zoë@example.org", "a@x.org, b@x.org"])
def test_an_address_that_cannot_be_one_recipient_is_refused_for_good_and_nothing_leaves(address: str) -> None:
    with postbox() as box:
        assert refusal(box, to=address).for_good
    assert box.arrived == []


@contextmanager
def dripping() -> Iterator[int]:
    """A server whose greeting never ends; each byte comes before a reader would give up."""
    with socket.create_server((HOST, 0)) as server:
        threading.Thread(target=_drip, args=[server], daemon=True).start()
        yield server.getsockname()[1]


def _drip(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        try:
            while True:
                connection.send(b"2")
                sleep(0.1)
        except OSError:
            return
