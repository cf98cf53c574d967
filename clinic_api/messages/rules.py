"""What is due, how a message lives, and how long to wait before trying again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from string import Template as Blanks
from typing import Any, Final
from uuid import UUID

from clinic_api.errors import Unacceptable


class DueKind(StrEnum):
    """The kinds of due rows that every installation has; higher floors add their own words."""

    SEAL = "seal"
    MESSAGE = "message"


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"


class State(StrEnum):
    """The life of a message: queued → sending → sent; back to queued while there is hope; else dead."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What the audit says of messages."""

    QUEUED = "message:queued"
    SENT = "message:sent"
    GIVEN_UP = "message:given-up"
    CANCELLED = "message:cancelled"


#: States in which nothing more is sent.
OVER: Final = frozenset({State.SENT, State.DEAD, State.CANCELLED})
#: The first wait after a failure, and the longest: a server that asks to come back in five minutes is met in time.
FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(minutes=5)
#: About three hours of trying; then a person is asked.
MOST_ATTEMPTS: Final = 40
DOMAIN: Final = re.compile(r"[A-Za-z0-9.-]+")


@dataclass(eq=False)
class UnknownTemplate(Unacceptable):
    """There is no such message text."""

    template: str

    def __str__(self) -> str:
        return f"{self.template} is not in config/messages.toml; add it there or name one that is."


@dataclass(eq=False)
class BlanksDiffer(Unacceptable):
    """The message text has other blanks than what was given for them."""

    template: str
    blanks: tuple[str, ...]
    given: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.template} has {', '.join(self.blanks)}; {', '.join(self.given) or 'nothing'} was given."


@dataclass(frozen=True, slots=True)
class Claimed:
    """A due row that one worker holds for a while; ``attempts`` tells a holder that another came after it."""

    organisation: UUID
    id: UUID
    kind: str
    subject: UUID
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message to send.

    Args:
        kind: what it is for, such as ``appointment-reminder``.
        recipient_kind: whose address it is, ``patient`` or another word the worker can look up at send time.
        params: what fills the blanks of the template; plain text, and nothing that says why somebody is treated.
        dedupe_key: what makes it the same message if it is asked for twice.
        subject: what it is about, such as an appointment.
    """

    kind: str
    recipient_kind: str
    recipient: UUID
    template: str
    dedupe_key: str
    subject: UUID
    params: Mapping[str, str] = field(default_factory=dict)
    channel: Channel = Channel.EMAIL


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to leave: to whom, what it says, and the id that makes a second copy recognisable."""

    to: str
    subject: str
    text: str
    message_id: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A message that will not arrive; somebody must be told."""

    message: UUID
    kind: str
    subject: UUID
    outcome: str


@dataclass(frozen=True, slots=True)
class Template:
    """A message text with its blanks."""

    name: str
    subject: str
    text: str

    def filled(self, params: Mapping[str, str]) -> tuple[str, str]:
        """Subject line and text with the blanks filled.

        Raises:
            BlanksDiffer: something is missing or left over.
        """
        blanks = set(Blanks(self.subject).get_identifiers()) | set(Blanks(self.text).get_identifiers())
        if blanks != set(params):
            raise BlanksDiffer(self.name, tuple(sorted(blanks)), tuple(sorted(params)))
        return Blanks(self.subject).substitute(params), Blanks(self.text).substitute(params)


def read_templates(content: Mapping[str, Any]) -> dict[str, Template]:
    """The message texts, from ``config/messages.toml``."""
    return {name: Template(name, text["subject"], text["text"]) for name, text in content.items()}


def message_id(id: UUID, *, domain: str) -> str:
    """The Message-ID of an outbox row: the same at every attempt, so that a mail system can drop a second copy."""
    return f"<{id}@{domain}>"


def domain_of(sender: str) -> str:
    """The part of a sender's address after the @.

    Raises:
        ValueError: it is no address.
    """
    _, _, domain = sender.partition("@")
    if not DOMAIN.fullmatch(domain):
        message = f"{sender!r} is no sender's address; write one such as appointments@clinic.example"
        raise ValueError(message)
    return domain


def wait_after(attempts: int) -> timedelta:
    """How long to wait after ``attempts`` failed ones: 5, 10, 20 … 300 s."""
    doubled = FIRST_WAIT * (1 << min(attempts - 1, 10))
    return min(doubled, LONGEST_WAIT)
