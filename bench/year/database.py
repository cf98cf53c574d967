"""An empty database on the disk for as long as a bench takes, with an application on it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.cluster import durable
from clinic_api.database.migrate import upgrade
from tests.builders import Installation, installed
from tests.postgres import Urls


@contextmanager
def database(kind: str) -> Iterator[tuple[Installation, Urls]]:
    """PostgreSQL or SQLite, migrated, with nothing in it, and its addresses; gone when the block ends."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="clinic-year-")))
        urls = Urls(*[f"sqlite:///{folder}/clinic.sqlite"] * 2)
        if kind == "postgresql":
            urls = stack.enter_context(durable()).create_database("clinic")
        upgrade(urls.migrate)
        yield stack.enter_context(installed(urls, folder)), urls
