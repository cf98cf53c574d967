"""Clinics at rest: made once a run for each engine, up to where tests begin, and copied for every test that wants one.

A world is a ``Clinic``, or whatever a builder makes of one and that says ``clinic``: a safe, a ward, a dock.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any, Final, Generic, TypeVar

from flask import Flask

from clinic_api import clock
from clinic_api.app import create_app
from tests import postgres
from tests.builders import Clinic, installed, running, settings_for
from tests.databases import Shelf
from tests.postgres import Urls

World = TypeVar("World")
Further = TypeVar("Further")
Maker = Callable[[Clinic], Any]
#: What the database of every copy is called.
COPY: Final = "copy"


@dataclass(frozen=True)
class AtRest(Generic[World]):
    """A world that nobody is in.

    The application is the same for all of them (making one, and its first statements, take longer than most
    tests); its database, vault, clock and settings are each copy's own.
    """

    app: Flask
    shelf: Shelf
    database: str
    folder: Path
    at: datetime
    world: World

    @contextmanager
    def copied(self) -> Iterator[World]:
        """The world, running on a copy of its database and its vault."""
        urls = self.shelf.copy(self.database, to=COPY)
        try:
            with TemporaryDirectory(dir=postgres.memory()) as folder, self._awake(urls, Path(folder)) as world:
                yield world
        finally:
            self.shelf.drop(urls)

    def further(self, make: Callable[[World], Further], folder: Path) -> "AtRest[Further]":
        """What ``make`` makes of a copy, put to rest in turn; ``folder`` is its own."""
        urls = self.shelf.copy(self.database, to=COPY)
        with ExitStack() as stack:
            stack.callback(self.shelf.drop, urls)
            with self._awake(urls, folder) as world:
                made, at = make(world), clock.now()
            stack.pop_all()
        return AtRest(self.app, self.shelf, self.shelf.keep(urls), folder, at, made)

    @contextmanager
    def _awake(self, urls: Urls, folder: Path) -> Iterator[World]:
        shutil.copytree(self.folder / "vault", folder / "vault")
        with running(self.app, settings_for(urls, folder)) as installation:
            installation.set_clock(self.at)
            before = clinic_of(self.world)
            yield deepcopy(self.world, {id(before.app): self.app, id(before.installation): installation})


def clinic_of(world: Any) -> Clinic:
    """The clinic of a world."""
    clinic: Clinic = world if isinstance(world, Clinic) else world.clinic
    return clinic


def founded(shelf: Shelf, folder: Path) -> AtRest[Clinic]:
    """A clinic that was just founded."""
    urls = shelf.copy(shelf.migrated())
    with installed(urls, folder) as installation:
        clinic, at = installation.found(), clock.now()
    addresses = shelf.copy(shelf.migrated(), to=COPY)
    shelf.drop(addresses)
    app = create_app(settings_for(addresses, folder))
    return AtRest(app, shelf, shelf.name_of(urls), folder, at, clinic)


@dataclass(frozen=True)
class Worlds:
    """Every world that was asked for, by the shelf that holds it and by what makes it of a founded clinic."""

    folder: Path
    made: dict[tuple[Shelf, Maker | None], AtRest[Any]] = field(default_factory=dict)

    def at_rest(self, shelf: Shelf, make: Maker | None) -> AtRest[Any]:
        """What ``make`` makes of a founded clinic, made when first asked for; None for that clinic itself."""
        if (shelf, make) not in self.made:
            self.made[shelf, make] = self._made(shelf, make)
        return self.made[shelf, make]

    def _made(self, shelf: Shelf, make: Maker | None) -> AtRest[Any]:
        if make is None:
            return founded(shelf, Path(mkdtemp(dir=self.folder)))
        return self.at_rest(shelf, None).further(make, Path(mkdtemp(dir=self.folder)))
