"""What the parts of the day share: the people, the clock, what was made, and the one line per step."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from clinic_api.cli.demo.cast import Cast
from clinic_api.cli.demo.people import Api, Person
from clinic_api.cli.demo.servers import DayClock, Mailbox


@dataclass(eq=False)
class NotAsExpected(Exception):
    """A figure of the day differs from what it must be."""

    what: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.what}: expected {self.expected!r}, found {self.found!r}"


@dataclass(slots=True)
class Stage:
    """The day as it goes."""

    api: Api
    cast: Cast
    clock: DayClock
    mail: Mailbox
    say: Callable[[str], None]
    people: dict[str, Person] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)
    steps: int = 0

    def step(self, line: str) -> None:
        """One line for a person to follow."""
        self.steps += 1
        self.say(f"{self.steps:3d}  {self.clock.now():%H:%M:%S}Z  {line}")

    def expect(self, what: str, found: Any, expected: Any) -> None:
        """Stop the day where something differs.

        Raises:
            NotAsExpected: it does.
        """
        if found != expected:
            raise NotAsExpected(what, expected, found)

    def part(self, name: str) -> Person:
        """Who takes a part today: ``nurse``, ``witness`` …"""
        login: str = getattr(self.cast, name)
        return self.people[login]
