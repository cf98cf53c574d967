"""Many clients draw from the same vials while their workers are killed: ``make race``, or ``python -m tests.race``.

``--full`` is the long form: five times the draws, backends of the database ended as well, and one hot vial.

Each client keeps the key of its draw and sends it again until it hears what became of it. Afterwards the
ledger must show every accepted draw once, no refused one, no vial below zero at any moment, and every
microgram. The same race is then run with a worker that reads, checks and writes: it has to be found out.
"""

import argparse
import json
import random
import socket
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import sleep
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa

from clinic_api import clock
from clinic_api.database.migrate import upgrade
from clinic_api.database.rows import db
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.stock import Container
from tests import postgres
from tests.builders import Clinic, installed
from tests.inventory.racer import ACCEPTED, AGAIN, REFUSED, Course, Draw
from tests.inventory.stock import Stock, line
from tests.postgres import Urls
from tests.stable import Stable

SEED: Final = 20260302
MOST_VIALS: Final = 500
STEP_UL: Final = 10
#: How often a backend at work is looked for.
TRIES: Final = 200
#: A vial of 10 mL holds a thousand steps.
STEPS_OF_A_VIAL: Final = 1000
_AMOUNTS: Final = (Container.id, Container.content, Container.balance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How hard the race is.

    Args:
        kills, cuts: how many workers, and how many backends of the database, are ended while it runs.
        most_steps: the largest draw, in steps of 10 µL.
        each_steps: the size of every draw, where all are alike.
    """

    engine: str
    clients: int = 32
    vials: int = 100
    draws: int = 2000
    kills: int = 10
    cuts: int = 0
    workers: int = 4
    most_steps: int = 150
    each_steps: int | None = None
    naive: bool = False

    @property
    def allows(self) -> int | None:
        """How many draws the vials hold together; None where draws differ."""
        return None if self.each_steps is None else self.vials * STEPS_OF_A_VIAL // self.each_steps


@dataclass(slots=True)
class Outcome:
    """What the ledger shows after a race; ``differing`` counts balances that are not what their moves give."""

    plan: Plan
    accepted: int = 0
    refused: int = 0
    kills: int = 0
    cuts: int = 0
    negative: int = 0
    lost: int = 0
    duplicates: int = 0
    differing: int = 0
    resent: int = 0
    seconds: float = 0.0

    @property
    def broken(self) -> bool:
        """Whether the ledger contradicts itself or what the clients were told."""
        return bool(self.negative or self.lost or self.duplicates or self.differing)

    @property
    def sound(self) -> bool:
        """Whether it is not broken although everything was decided, something was drawn, and no less than there was."""
        decided = self.accepted > 0 and self.undecided == 0
        return not self.broken and decided and self.plan.allows in {None, self.accepted}

    @property
    def undecided(self) -> int:
        """Draws that were neither done nor refused."""
        return self.plan.draws - self.accepted - self.refused

    def __str__(self) -> str:
        kind = "negative control: " if self.plan.naive else ""
        kind += "" if self.plan.allows is None else f"hot vial: allows={self.plan.allows} "
        return (
            f"{kind}engine={self.plan.engine} clients={self.plan.clients} draws={self.plan.draws} "
            f"accepted={self.accepted} refused={self.refused} errors={self.undecided} "
            f"kills={self.kills} cuts={self.cuts} negative={self.negative} lost={self.lost} "
            f"duplicates={self.duplicates} seconds={self.seconds:.1f} resent={self.resent} differing={self.differing} "
            f"{'sound' if self.sound else 'BROKEN'}"
        )


@dataclass
class Field:
    """What the clients share: what was decided, and how much of it there is."""

    fates: dict[str, str] = field(default_factory=dict)
    resent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: threading.Event = field(default_factory=threading.Event)

    def decide(self, draw: Draw, fate: str, *, sent: int) -> None:
        """Remember what a client was told, and how often it had to ask."""
        with self.lock:
            self.fates[draw.operation] = fate
            self.resent += sent - 1


def client(address: str, draws: list[Draw], shared: Field) -> None:
    """Send each draw until it is decided; whoever does not hear sends the same again."""
    for draw in draws:
        fate, sent = AGAIN, 0
        while fate == AGAIN and not shared.stopped.is_set():
            with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(60)
                connection.connect(address)
                sent += 1
                connection.sendall(json.dumps(asdict(draw)).encode() + b"\n")
                fate = connection.makefile().readline().strip() or AGAIN
            if fate == AGAIN:
                sleep(0.02)
        shared.decide(draw, fate, sent=sent)


def run(plan: Plan, urls: Urls, folder: Path) -> Outcome:
    """One race on one migrated database."""
    with installed(urls, folder) as installation, tempfile.TemporaryDirectory(prefix="race-") as sockets:
        clinic = installation.found()
        stock = Stock(clinic)
        vials, visit = vials_for(stock, plan), stock.a_visit()
        with clinic.app.app_context():
            db.engine.dispose()
        course = course_of(stock, visit, urls=urls, folder=folder, socket=f"{sockets}/s")
        outcome = Outcome(plan)
        started = clock.ticks()
        fates = raced(plan, replace(course, naive=plan.naive), vials, outcome)
        outcome.seconds = clock.ticks() - started
        judge(outcome, clinic, vials, fates)
        return outcome


def course_of(stock: Stock, visit: UUID, *, urls: Urls, folder: Path, socket: str) -> Course:
    """Where the workers run; a socket's path must be short, as a temporary folder's is."""
    return Course(
        database=urls.app,
        vault=str(folder / "vault"),
        clock=f"file:{folder / 'clock'}",
        socket=socket,
        organisation=str(stock.clinic.organisation),
        nurse=stock.nurse.id,
        tablet=str(stock.clinic.tablet["id"]),
        visit=str(visit),
    )


def vials_for(stock: Stock, plan: Plan) -> list[str]:
    """So many vials, received from one invoice."""
    assert plan.vials <= MOST_VIALS
    received = stock.receive(line(vials_invoiced=plan.vials, vials_received=plan.vials))
    return [vial["id"] for vial in received]


def raced(plan: Plan, course: Course, vials: list[str], outcome: Outcome) -> dict[str, str]:
    """Everybody draws while workers die; what each client was told, by key."""
    dice = random.Random(SEED)
    steps = [plan.each_steps or dice.randint(1, plan.most_steps) for _ in range(plan.draws)]
    draws = [Draw(str(uuid4()), dice.choice(vials), STEP_UL * each) for each in steps]
    stable, shared = Stable(course, plan.workers), Field()
    threads = [
        threading.Thread(target=client, args=(f"{course.socket}.{number % plan.workers}", mine, shared), daemon=True)
        for number, mine in enumerate(draws[number :: plan.clients] for number in range(plan.clients))
    ]
    blows = [True] * plan.kills + [False] * plan.cuts
    dice.shuffle(blows)
    try:
        for thread in threads:
            thread.start()
        for number, at_worker in enumerate(blows, start=1):
            while len(shared.fates) < number * plan.draws // (len(blows) + 1) and any(map(_running, threads)):
                sleep(0.005)
            strike(stable, outcome, dice, at_worker=at_worker)
        for thread in threads:
            thread.join()
    finally:
        shared.stopped.set()
        stable.close()
    outcome.resent = shared.resent
    return shared.fates


def strike(stable: Stable, outcome: Outcome, dice: random.Random, *, at_worker: bool) -> None:
    """End a worker, or a backend that is at work; of these there may be none for a moment."""
    if at_worker:
        outcome.kills += stable.kill(dice)
        return
    for _ in range(TRIES):
        if stable.cut():
            outcome.cuts += 1
            return
        sleep(0.01)


def _running(thread: threading.Thread) -> bool:
    return thread.is_alive()


def judge(outcome: Outcome, clinic: Clinic, vials: list[str], fates: dict[str, str]) -> None:
    """Hold what the clients were told against the ledger."""
    told = Counter(fates.values())
    outcome.accepted, outcome.refused = told[ACCEPTED], told[REFUSED]
    with clinic.reading():
        drawn = db.session.execute(
            sa.select(Move.operation_id, Move.from_container, Move.mass).where(Move.syringe.is_not(None))
        ).all()
        held = {str(row.id): row for row in db.session.execute(sa.select(*_AMOUNTS))}
    booked = Counter(str(move.operation_id) for move in drawn)
    accepted = {key for key, fate in fates.items() if fate == ACCEPTED}
    outcome.lost = len(accepted - booked.keys())
    outcome.duplicates = sum(times - 1 for times in booked.values()) + len(booked.keys() - accepted)
    for vial in vials:
        out = sum(move.mass.ug for move in drawn if str(move.from_container) == vial)
        outcome.negative += out > held[vial].content.ug
        outcome.differing += held[vial].balance.ug != held[vial].content.ug - out
    whole = sum(held[vial].content.ug for vial in vials)
    outcome.differing += whole != sum(row.balance.ug for row in held.values())


@contextmanager
def database(engine: str, name: str, folder: Path) -> Iterator[Urls]:
    """A migrated database of one engine."""
    urls = Urls(*[f"sqlite:///{folder / name}.db"] * 2)
    if engine == "postgresql":
        urls = postgres.mine().create_database(name)
    upgrade(urls.migrate)
    yield urls


def plans(engine: str, *, full: bool) -> list[Plan]:
    """The races of one engine; the last of them must be found broken."""
    workers = 4 if engine == "postgresql" else 2
    hard = Plan(engine=engine, workers=workers)
    naive = replace(hard, vials=4, draws=200, kills=0, naive=True)
    if not full:
        return [hard, naive]
    long = replace(hard, draws=10_000, vials=MOST_VIALS, kills=50, cuts=20 if engine == "postgresql" else 0)
    hot = replace(hard, clients=64, vials=1, draws=1280, kills=0, each_steps=1)
    return [long, hot, naive]


def main() -> int:
    """Both engines, and on each the control that must be found broken; how many races went otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tests.race", description=__doc__.partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="the long form")
    parser.add_argument("--engines", default="postgresql,sqlite")
    asked = parser.parse_args()
    wrong = 0
    for engine in asked.engines.split(","):
        for plan in plans(engine, full=asked.full):
            with tempfile.TemporaryDirectory() as folder, database(engine, f"race_{plan.draws}", Path(folder)) as urls:
                outcome = run(plan, urls, Path(folder))
            sys.stdout.write(f"{outcome}\n")
            sys.stdout.flush()
            wrong += not (outcome.broken if plan.naive else outcome.sound)
    postgres.stop_mine()
    return wrong


if __name__ == "__main__":
    sys.exit(main())
