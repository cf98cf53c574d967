"""PostgreSQL for the bench: the binaries of the tests, but on the disk and durable, as a clinic would run it."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests import postgres
from tests.postgres import Cluster

#: What a small clinic's server has, and nothing that gives durability away.
DURABLE: Final = """
fsync = on
synchronous_commit = on
full_page_writes = on
autovacuum = on
shared_buffers = 256MB
jit = off
"""


@contextlib.contextmanager
def durable() -> Iterator[Cluster]:
    """A server of the bench's own, on the disk; it ends with the block, and its data with it."""
    home = Path(tempfile.mkdtemp(prefix="clinic-bench-"))
    try:
        postgres.start(home, DURABLE)
        yield Cluster(home)
    finally:
        postgres.stop(home)
        shutil.rmtree(home, ignore_errors=True)


def pid_of(cluster: Cluster) -> int:
    """The process of the server, whose children work for us."""
    return int((cluster.home / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])
