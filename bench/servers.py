"""Servers of the bench: started on loopback, asked what they cost, and ended; nothing else is touched."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Final

from bench.load import HOST

TICKS: Final = os.sysconf("SC_CLK_TCK")
START_SECONDS: Final = 60
STOP_SECONDS: Final = 10


@dataclass(frozen=True)
class Server:
    """One application behind gunicorn, with the database server that works for it, if there is one."""

    port: int
    process: int
    database: int | None

    def cpu_seconds(self) -> float | None:
        """What the server, its workers and its database have used so far; None where the system does not say."""
        if not Path("/proc/self/stat").exists():
            return None
        roots = {self.process} | ({self.database} if self.database else set())
        return sum(used for process, (parent, used) in _processes().items() if process in roots or parent in roots)


@contextlib.contextmanager
def serve(
    application: str, *, shape: tuple[int, int], env: Mapping[str, str], log: Path, database: int | None = None
) -> Iterator[Server]:
    """An application under gunicorn with (workers, threads), until the block ends."""
    port = free_port()
    workers, threads = shape
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"{HOST}:{port}", "--log-level", "error"]
    command += ["--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads), "--keep-alive", "30"]
    with log.open("ab") as out:
        process = subprocess.Popen(command, env={**os.environ, **env}, stdout=out, stderr=out, start_new_session=True)
    try:
        _wait_for(port, process, log)
        yield Server(port, process.pid, database)
    finally:
        _end(process)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(START_SECONDS * 10):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError):
            socket.create_connection((HOST, port), 0.5).close()
            return
        sleep(0.1)
    message = f"a server did not start:\n{log.read_text(errors='replace')[-2000:]}"
    raise RuntimeError(message)


def _end(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _processes() -> dict[int, tuple[int, float]]:
    """Every process with its parent and the CPU seconds that it and its ended children used."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            used = sum(int(ticks) for ticks in fields[11:15]) / TICKS
            found[int(path.parent.name)] = (int(fields[1]), used)
    return found
