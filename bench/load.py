"""The caller: a process of its own that sends prepared requests over kept connections and times each answer.

One thread, plain sockets, no library: what it costs the machine is small and the same for everybody. Reads its plan
as one line of JSON from standard input and answers with one line of JSON.
"""

import json
import random
import selectors
import socket
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle
from time import perf_counter
from typing import Any, Final

HOST: Final = "127.0.0.1"
END: Final = b"\r\n\r\n"
PATIENCE: Final = 30.0


@dataclass
class Line:
    """One connection with the answer that is coming in on it."""

    socket: socket.socket
    sent_at: float = 0.0
    got: bytearray = field(default_factory=bytearray)
    needs: int = 0

    def answered(self) -> bool:
        """Whether the whole answer is there."""
        if not self.needs and (end := self.got.find(END)) >= 0:
            head = bytes(self.got[:end]).lower()
            said = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            self.needs = end + len(END) + int(said or b"0")
        return bool(self.needs) and len(self.got) >= self.needs


@dataclass
class Tally:
    """What came back within the window."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0


def requests(plan: dict[str, Any]) -> Iterator[bytes]:
    """Request after request, each with a key of its own where the plan asks for one."""
    numbers = count(random.getrandbits(40))
    for path, body in cycle(shuffled(plan["requests"])):
        head = [f"{plan['method']} {path} HTTP/1.1", f"Host: {HOST}", f"Authorization: Bearer {plan['token']}"]
        if plan["method"] == "POST":
            key = f"{random.getrandbits(48):012x}"
            head += [
                "Content-Type: application/json",
                f"Content-Length: {len(body)}",
                f"Idempotency-Key: {key[:8]}-{key[8:]}-4000-8000-{next(numbers):012x}",
            ]
        yield ("\r\n".join(head) + "\r\n\r\n" + body).encode()


def shuffled(given: Sequence[Any]) -> list[Any]:
    """The same in another order, so that callers do not walk in step."""
    return random.sample(list(given), len(given))


def call(plan: dict[str, Any]) -> Tally:
    """Keep as many requests under way as the plan says, until its seconds are over."""
    waiting, tally = requests(plan), Tally()
    with selectors.DefaultSelector() as selector:
        lines = [Line(socket.create_connection((HOST, plan["port"]), PATIENCE)) for _ in range(plan["callers"])]
        over = perf_counter() + plan["seconds"]
        for line in lines:
            line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(line.socket, selectors.EVENT_READ, line)
            ask(line, next(waiting))
        while (left := over - perf_counter()) > 0:
            for key, _ in selector.select(left):
                hear(key.data, waiting, tally)
        for line in lines:
            line.socket.close()
    return tally


def ask(line: Line, request: bytes) -> None:
    """Send a request and start its clock."""
    line.got.clear()
    line.needs = 0
    line.sent_at = perf_counter()
    line.socket.sendall(request)


def hear(line: Line, waiting: Iterator[bytes], tally: Tally) -> None:
    """Take in what has come; when the answer is whole, count it and ask again."""
    piece = line.socket.recv(262_144)
    line.got += piece
    if not piece:
        raise ConnectionError("the server hung up")
    if line.answered():
        tally.seconds.append(perf_counter() - line.sent_at)
        tally.errors += line.got[9:10] != b"2"
        ask(line, next(waiting))


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the sorted values lies, in milliseconds."""
    return round(values[min(len(values) - 1, int(share * len(values)))] * 1000, 2) if values else 0.0


if __name__ == "__main__":
    asked = json.loads(sys.stdin.readline())
    found = call(asked)
    times = sorted(found.seconds)
    answer = {
        "requests": len(times),
        "errors": found.errors,
        "rps": round(len(times) / asked["seconds"], 1),
        "p50_ms": quantile(times, 0.5),
        "p99_ms": quantile(times, 0.99),
    }
    sys.stdout.write(json.dumps(answer) + "\n")
