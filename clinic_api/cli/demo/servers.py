"""The processes of a demonstration: web server, worker, a mail server that keeps what it gets, and the day's clock."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.request import urlopen

from aiosmtpd.controller import Controller

from clinic_api import clock
from clinic_api.settings import ROOT

HOST: Final = "127.0.0.1"
STARTS_WITHIN: Final = 30.0
ENDS_WITHIN: Final = 10.0
PAUSE: Final = 0.05


class DidNotStart(RuntimeError):
    """A process of the demonstration did not come up."""


class NoMail(RuntimeError):
    """A message that was due did not arrive."""


@dataclass(slots=True)
class DayClock:
    """The clock file that server and worker read; a day takes seconds."""

    path: Path
    shift: timedelta = timedelta(0)

    def now(self) -> datetime:
        """The demonstration's time, UTC."""
        return clock.system() + self.shift

    def set(self, moment: datetime) -> None:
        """Move to a moment."""
        self.shift = moment - clock.system()
        temporary = self.path.with_suffix(".new")
        temporary.write_text(f"{self.shift.total_seconds():.6f}", encoding="ascii")
        temporary.replace(self.path)

    def later(self, **by: float) -> datetime:
        """Move forward; the keywords are ``timedelta``'s."""
        self.set(self.now() + timedelta(**by))
        return self.now()


@dataclass
class Mailbox:
    """A real SMTP server on loopback that keeps every message.

    Without slots: aiosmtpd asks for every member of what it is given, and in Python 3.11.0 to 3.11.3, which Debian 12
    has, asking a dataclass with slots for all of them fails.
    """

    port: int
    messages: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        """Accept and keep."""
        self.messages.append(bytes(envelope.content))
        return "250 kept"

    def wait_for(self, count: int, *, seconds: float) -> list[Message]:
        """Wait until ``count`` messages have come.

        Raises:
            NoMail: they have not.
        """
        ends = clock.ticks() + seconds
        while len(self.messages) < count:
            if clock.ticks() > ends:
                message = f"{len(self.messages)} of {count} messages arrived within {seconds:.0f} s"
                raise NoMail(message)
            time.sleep(PAUSE)
        return [message_from_bytes(each) for each in self.messages]


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mail server for the length of the block."""
    box = Mailbox(free_port())
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


@contextmanager
def web_server(environment: Mapping[str, str], *, port: int, log: Path) -> Iterator[str]:
    """The application under gunicorn: one process, sixteen threads. Yields its address."""
    command = [
        *(sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"{HOST}:{port}", "--workers", "1"),
        *("--worker-class", "gthread", "--threads", "16", "--no-control-socket", "--log-level", "warning"),
    ]
    address = f"http://{HOST}:{port}"
    with _process(command, environment, log=log) as process:
        _wait_until_up(process, f"{address}/healthz", log)
        yield address


@contextmanager
def worker(environment: Mapping[str, str], *, log: Path) -> Iterator[None]:
    """The worker beside it."""
    with _process([sys.executable, "-m", "flask", "--app", "wsgi", "worker"], environment, log=log):
        yield


def command(environment: Mapping[str, str], *arguments: str) -> str:
    """Run one of our own commands as a person at the shell would; its output.

    Raises:
        DidNotStart: it failed; what it said is in the message.
    """
    done = subprocess.run(  # noqa: S603  (our own command)
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DidNotStart(f"flask {arguments[0]}: {done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def _process(command: list[str], environment: Mapping[str, str], *, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603  (our own command)
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=out, stderr=out, start_new_session=True
        )
        try:
            yield process
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until_up(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    ends = clock.ticks() + STARTS_WITHIN
    while clock.ticks() < ends:
        if process.poll() is not None:
            break
        try:
            with urlopen(address, timeout=1):  # noqa: S310  (our own loopback address)
                return
        except (URLError, OSError):
            time.sleep(PAUSE)
    raise DidNotStart(log.read_text(encoding="utf-8", errors="replace")[-2000:])
