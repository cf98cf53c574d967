"""A real mail server on loopback that keeps every message and can be told to misbehave."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

HOST: Final = "127.0.0.1"
TAKEN: Final = "250 taken"
#: Takes the message and then says nothing: the connection ends before the answer.
HANG_UP: Final = "hang up"
#: Takes the message and keeps its sender waiting.
SILENCE: Final = "silence"
FOREVER: Final = 60.0


@dataclass
class Postbox:
    """What arrived, and what the server says to the next messages; after the last word it takes everything."""

    port: int
    arrived: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    says: list[str] = field(default_factory=list)
    says_to_recipients: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, _session: object, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Accept a recipient, or say what was asked."""
        if self.says_to_recipients:
            return self.says_to_recipients.pop(0)
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, server: SMTP, _session: object, envelope: Any) -> str:  # noqa: N802
        """Keep the message, then behave as asked."""
        word = self.says.pop(0) if self.says else TAKEN
        if word in {TAKEN, HANG_UP, SILENCE}:
            self.arrived.append(bytes(envelope.content))
            self.recipients += envelope.rcpt_tos
        if word == HANG_UP:
            assert server.transport is not None
            server.transport.close()
            return TAKEN
        if word == SILENCE:
            await asyncio.sleep(FOREVER)
        return word

    @property
    def messages(self) -> list[Message]:
        """What arrived, parsed, in the order it came."""
        return [message_from_bytes(each) for each in self.arrived]

    @property
    def ids(self) -> list[str]:
        """The Message-ID of each copy that arrived."""
        return [str(message["Message-ID"]) for message in self.messages]


@contextmanager
def postbox(**words: Any) -> Iterator[Postbox]:
    """A mail server for the length of the block."""
    box = Postbox(free_port(), **words)
    controller = Controller(box, hostname=HOST, port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
