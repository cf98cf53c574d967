"""Workers as processes: any number at once, killed at any moment, seal the log and deliver each message once."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import sleep
from uuid import UUID

import pytest

from clinic_api import clock, settings, worker
from clinic_api.app import create_app
from clinic_api.audit import queries as log
from clinic_api.audit import service as audit
from clinic_api.audit.rules import Checkpoint
from clinic_api.messages import service
from clinic_api.messages.jobs import in_one_transaction
from clinic_api.messages.rules import Claimed, DueKind
from clinic_api.tasks import queries as tasks
from tests.builders import Clinic
from tests.worker.mail import LEASE, Pigeon, a_patient, look, posted, seal, states
from tests.worker.postbox import HOST, SILENCE, Postbox, postbox

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 100.0


@contextmanager
def a_worker(clinic: Clinic, box: Postbox, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as a process of its own."""
    clinic.later(seconds=1)  # the clock stands still, and another process starts counting its looks anew
    of_clinic = clinic.app.extensions["clinic"].settings
    environment = {
        "CLINIC_MODE": "test",
        "CLINIC_DATABASE_URL": of_clinic.database_url,
        "CLINIC_VAULT": of_clinic.vault,
        "CLINIC_CLOCK": of_clinic.clock,
        "CLINIC_SMTP_HOST": HOST,
        "CLINIC_SMTP_PORT": str(box.port),
        "CLINIC_TICK_SECONDS": "1",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker", *options]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(box: Postbox, count: int) -> None:
    """Until so many copies have arrived."""
    ends = clock.ticks() + PATIENCE
    while len(box.arrived) < count:
        assert clock.ticks() < ends, f"{len(box.arrived)} of {count} arrived"
        sleep(0.02)


@pytest.mark.timeout(300)
def test_four_workers_at_once_deliver_fifty_messages_once_each(clinic: Clinic) -> None:
    ids = posted(clinic, a_patient(clinic), *(f"number {number}" for number in range(50)))
    with postbox() as box:
        with (
            a_worker(clinic, box, "--once") as one,
            a_worker(clinic, box, "--once") as two,
            a_worker(clinic, box, "--once") as three,
            a_worker(clinic, box, "--once") as four,
        ):
            assert [each.wait(PATIENCE) for each in (one, two, three, four)] == [0, 0, 0, 0]
        assert Counter(box.ids) == Counter({f"<{id}@clinic.example>": 1 for id in ids})
    assert states(clinic) == ["sent"] * 50
    assert clinic.verify() == []


@pytest.mark.timeout(300)
def test_a_worker_killed_while_it_sends_loses_nothing_and_the_next_one_says_the_same(clinic: Clinic) -> None:
    first, second = posted(clinic, a_patient(clinic), "one", "two")
    with postbox(says=[SILENCE]) as box:
        with a_worker(clinic, box) as killed:
            wait_for(box, 1)
            killed.send_signal(signal.SIGKILL)
            killed.wait(PATIENCE)
        assert sorted(states(clinic)) == ["queued", "sending"]
        assert look(clinic, box) == 1, "the other one; the first is still leased"
        clinic.later(seconds=61)
        with a_worker(clinic, box) as next_one:
            wait_for(box, 3)
            next_one.send_signal(signal.SIGTERM)
            assert next_one.wait(PATIENCE) == 0, "told to stop, it finishes what it is at and ends well"
        assert box.ids == [f"<{id}@clinic.example>" for id in (first, second, first)]
    assert states(clinic) == ["sent", "sent"]


def test_founding_arms_the_sealing_and_each_sealing_arms_the_next(clinic: Clinic) -> None:
    clinic.later(seconds=1)
    assert (seal(clinic), seal(clinic)) == (1, 0)
    with clinic.reading():
        size = log.log_size()
        assert size > 0
        assert audit.newest_checkpoint_size() == size
    clinic.a_chair()
    clinic.later(seconds=61)
    assert seal(clinic) == 1
    with clinic.reading():
        assert audit.newest_checkpoint_size() == log.log_size() > size
        assert audit.verify_log() == []


def test_a_log_that_was_cut_is_not_signed_and_compliance_is_told_once(clinic: Clinic) -> None:
    seal(clinic)
    longer = Checkpoint("clinic.example/log/x", 10_000, bytes(32)).note(signer="x", signature=bytes(64))
    notes = Path(clinic.app.extensions["clinic"].settings.vault) / f"checkpoints-{clinic.organisation}.txt"
    with notes.open("a", encoding="utf-8") as kept:
        kept.write(longer + audit.SEPARATOR)
    before = notes.read_bytes()
    for _ in range(2):
        clinic.a_chair()
        clinic.later(seconds=61)
        assert seal(clinic) == 1
    assert notes.read_bytes() == before
    with clinic.reading():
        assert [(task.kind, task.role) for task in tasks.open_tasks()] == [("log-forked", "compliance")]


def test_what_fails_stays_due_and_does_not_stop_the_rest(clinic: Clinic, caplog: pytest.LogCaptureFixture) -> None:
    done = []

    def work(claimed: Claimed) -> None:
        if claimed.subject == UUID(int=1):
            message = "Zoë could not be reached"
            raise RuntimeError(message)
        done.append(claimed.subject.int)

    with clinic.transaction() as scope:
        for number in (1, 2):
            service.arm("call", UUID(int=number), scope.at, scope=scope)
    assert worker.look(clinic.app, {"call": work}, LEASE) == 2
    assert worker.look(clinic.app, {"call": work}, LEASE) == 0
    clinic.later(seconds=61)
    assert worker.look(clinic.app, {"call": work}, LEASE) == 2, "nobody said that either was done"
    assert done == [2, 2]
    assert "failed: RuntimeError" in caplog.text
    assert "Zoë" not in caplog.text


def test_work_and_its_settling_happen_together_or_not_at_all(clinic: Clinic) -> None:
    again = clock.now() + timedelta(minutes=1)
    seen = []

    def work(subject: UUID, _scope: object) -> object:
        seen.append(subject.int)
        if len(seen) == 1:
            raise RuntimeError
        return again if len(seen) == 2 else None

    handlers = {"call": in_one_transaction(work)}  # type: ignore[arg-type]
    with clinic.transaction() as scope:
        service.arm("call", UUID(int=9), scope.at, scope=scope)
    for _ in range(5):
        worker.look(clinic.app, handlers, LEASE)
        clinic.later(seconds=61)
    assert seen == [9, 9, 9]


def test_a_worker_leaves_what_it_does_not_know_to_one_that_does(clinic: Clinic) -> None:
    with clinic.transaction() as scope:
        service.arm("a-kind-of-tomorrow", UUID(int=1), scope.at, scope=scope)
    seal(clinic)
    assert worker.look(clinic.app, {DueKind.MESSAGE: lambda _: None}, LEASE) == 0


def test_a_database_that_is_away_is_asked_again_at_the_next_tick(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    away = settings.load(
        "test", environment={}, database_url=f"sqlite:///{tmp_path}/no/such/clinic.db", vault=str(tmp_path / "vault")
    )
    quick, _ = worker.lanes(away, Pigeon())
    assert worker.look(create_app(away), quick, LEASE) == 0
    assert "the database did not answer: OperationalError" in caplog.text
