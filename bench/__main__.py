"""Measure the hot paths against bare floors: ``python -m bench [--rounds N] [--seconds S]``.

All servers are up at once and are called in turn, in short windows, so that whatever else the machine does hits all
alike. Everything stays on loopback and ends by itself.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from bench import floor
from bench.cluster import durable, pid_of
from bench.day import Day, a_day
from bench.figures import Window, lines, table
from bench.servers import Server, serve
from clinic_api.database.migrate import upgrade
from tests.builders import installed
from tests.postgres import OWNER, Urls

#: gunicorn's workers and threads, as each database wants them: SQLite has one process.
SHAPES: Final = {"postgresql": (2, 8), "sqlite": (1, 16)}
WARM_SECONDS: Final = 1.0
FLOOR_BODY: Final = json.dumps(
    {"at": "2026-03-02T15:20:00+00:00", "sbp": 124, "dbp": 76, "hr": 72, "spo2": 98, "rr": 15, "moaas": 5}
)


@dataclass(frozen=True)
class Target:
    """A server and what is asked of it."""

    what: str
    floor: bool
    server: Server
    method: str
    token: str
    requests: list[tuple[str, str]]

    def called(self, *, callers: int, seconds: float) -> dict[str, Any]:
        """One window."""
        plan = {
            "port": self.server.port,
            "method": self.method,
            "token": self.token,
            "requests": self.requests,
            "callers": callers,
            "seconds": seconds,
        }
        done = subprocess.run(
            [sys.executable, "-m", "bench.load"],
            input=json.dumps(plan) + "\n",
            capture_output=True,
            text=True,
            timeout=seconds + 60,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


def main() -> None:
    """Measure and print one table and one line of JSON."""
    asked = _asked()
    callers = [int(each) for each in asked.callers.split(",")]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clinic-bench-")))
        found = [target for kind in asked.databases.split(",") for target in _targets(kind, folder, stack)]
        targets = [target for target in found if asked.only in target.what]
        for each in (1, max(callers)):  # one first: what is made at the first request is then made once
            for target in targets:
                target.called(callers=each, seconds=WARM_SECONDS)
        windows = [
            _window(target, number, each, asked.seconds)
            for number in range(asked.rounds)
            for each in callers
            for target in targets
        ]
    measured = lines(windows)
    print(table(measured))
    print(json.dumps([asdict(each) for each in measured]))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each pair is measured")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long one window lasts")
    parser.add_argument("--callers", default="1,8,32", help="how many ask at once")
    parser.add_argument("--databases", default="postgresql,sqlite")
    parser.add_argument("--only", default="", help="a part of the names of what is measured")
    return parser.parse_args()


def _window(target: Target, number: int, callers: int, seconds: float) -> Window:
    before = target.server.cpu_seconds()
    answer = target.called(callers=callers, seconds=seconds)
    after = target.server.cpu_seconds()
    used = None if before is None or after is None else (after - before) * 1000 / max(answer["requests"], 1)
    return Window(
        what=target.what,
        floor=target.floor,
        round=number,
        callers=callers,
        rps=answer["rps"],
        cpu_ms=used,
        p50_ms=answer["p50_ms"],
        p99_ms=answer["p99_ms"],
        errors=answer["errors"],
    )


def _targets(kind: str, folder: Path, stack: contextlib.ExitStack) -> Iterator[Target]:
    """The floor and ours on one kind of database, both up."""
    home = folder / kind
    home.mkdir()
    urls, bare, database = _databases(kind, home, stack)
    floor.build(floor.opened(bare), kind)
    upgrade(urls.migrate)
    with installed(urls, home) as installation:
        day = a_day(installation)
    theirs = {"BENCH_FLOOR": bare}
    env = {
        "CLINIC_MODE": "test",
        "CLINIC_DATABASE_URL": urls.app,
        "CLINIC_VAULT": str(home / "vault"),
        "CLINIC_CLOCK": "system",
    }
    shape, log = SHAPES[kind], home / "server.log"
    base = stack.enter_context(serve("bench.floor:app", shape=shape, env=theirs, log=log, database=database))
    ours = stack.enter_context(serve("wsgi:app", shape=shape, env=env, log=log, database=database))
    yield from _pairs(kind, base, ours, day)


def _databases(kind: str, home: Path, stack: contextlib.ExitStack) -> tuple[Urls, str, int | None]:
    """Addresses of our database and of the floor's, and the process that serves both."""
    if kind == "sqlite":
        url = f"sqlite:///{home}/clinic.sqlite"
        return Urls(url, url), f"{home}/floor.sqlite", None
    cluster = stack.enter_context(durable())
    cluster.create_database("floor")
    return cluster.create_database("clinic"), f"host={cluster.home} dbname=floor user={OWNER}", pid_of(cluster)


def _pairs(kind: str, base: Server, ours: Server, day: Day) -> Iterator[Target]:
    sessions = range(1, floor.SESSIONS + 1)
    vitals = [(f"/sessions/{session}/vitals", "") for session in sessions]
    entries = [(path, FLOOR_BODY) for path, _ in vitals]
    for what, method, bare, real in (
        ("reading", "POST", entries, day.posts),
        ("session of 100 readings", "GET", vitals, day.gets),
    ):
        name = f"{kind}: {method} {what}"
        yield Target(name, floor=True, server=base, method=method, token=floor.TOKEN, requests=bare)
        yield Target(name, floor=False, server=ours, method=method, token=day.token, requests=real)


if __name__ == "__main__":
    main()
