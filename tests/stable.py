"""The workers of a race, and what befalls them: they are killed, and so are the database's backends under them."""

import json
import os
import random
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from typing import Final
from urllib.parse import urlsplit

from clinic_api.settings import ROOT
from tests import postgres
from tests.inventory.racer import Course

#: One backend of the application that is at work now; the server ends it as it does one whose machine has vanished.
_END_ONE: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = %s AND usename = %s AND state <> 'idle' ORDER BY random() LIMIT 1
"""


class Stable:
    """The workers: started, killed, started again."""

    def __init__(self, course: Course, workers: int) -> None:
        self.courses = [replace(course, socket=f"{course.socket}.{number}") for number in range(workers)]
        self.running = [self._started(course) for course in self.courses]

    def kill(self, dice: random.Random) -> bool:
        """Kill one with no warning, and start another in its place."""
        number = dice.randrange(len(self.running))
        os.kill(self.running[number].pid, signal.SIGKILL)
        self.running[number].wait()
        self.running[number] = self._started(self.courses[number])
        return True

    def cut(self) -> bool:
        """End one of the database's backends that is at work for a worker; whether there was one. PostgreSQL only."""
        name = urlsplit(self.courses[0].database).path.removeprefix("/")
        with postgres.mine().superuser() as connection:
            return connection.execute(_END_ONE, (name, postgres.APP)).fetchone() == (True,)

    def close(self) -> None:
        """All of them go home."""
        for process in self.running:
            process.kill()
            process.wait()

    @staticmethod
    def _started(course: Course) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "tests.inventory.racer", json.dumps(asdict(course))]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
