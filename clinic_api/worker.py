"""The worker: does what is due, whoever is signed in. Any number of them may run at once.

APScheduler only says when to look. What is due stands in the database, and so does who is at it.
"""

import logging
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import click
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from clinic_api import clock
from clinic_api.accounts.rules.roles import Role
from clinic_api.audit import queries as log_queries
from clinic_api.audit import service as audit
from clinic_api.database.scope import Scope
from clinic_api.database.transactions import reading, transaction
from clinic_api.inventory import jobs as inventory_jobs
from clinic_api.messages import service as messages
from clinic_api.messages.jobs import Handler, PostOffice, system_scope, tick
from clinic_api.messages.messenger import Messenger, SmtpMessenger
from clinic_api.messages.rules import Channel, Claimed, DueKind, GivenUp
from clinic_api.patients.queries import records
from clinic_api.patients.rules.reminders import Channel as PatientChannel
from clinic_api.schedule import jobs as schedule_jobs
from clinic_api.schedule import queries as appointments
from clinic_api.schedule.service.reminding import REMINDER
from clinic_api.settings import Settings
from clinic_api.tasks import service as tasks
from clinic_api.tasks.rules import NewTask

log = logging.getLogger(__name__)
#: A delivery is cut off well before its lease runs out, so that nobody else sends the letter meanwhile.
PART_OF_LEASE: Final = 3
#: Kinds that one thread handles, one row after the other.
Lane = Mapping[str, Handler]


class TaskKind(StrEnum):
    """What the worker asks people to do."""

    MESSAGE_UNDELIVERED = "message-undelivered"
    LOG_FORKED = "log-forked"


def lanes(settings: Settings, messenger: Messenger) -> tuple[Lane, Lane]:
    """Who does what, by kind: what is quick, and what waits for a mail server, which must not hold up the rest."""
    quick: Lane = {
        DueKind.SEAL: Sealer(timedelta(seconds=settings.seal_seconds)),
        **inventory_jobs.HANDLERS,
        **schedule_jobs.HANDLERS,
    }
    slow: Lane = {DueKind.MESSAGE: PostOffice(messenger, ADDRESSES, ask_the_front_desk).deliver}
    return quick, slow


# -------------------------------------------------------------------------------------------------------- messages


def patient_address(patient: UUID, channel: Channel, at: datetime) -> str | None:
    """Where a patient may be written to now: wanted, consented to and verified, or nowhere."""
    reach = records.reach(patient, PatientChannel(channel), at=at)
    return reach.address if reach else None


#: Where addresses come from; a message names its recipient by kind and id only.
ADDRESSES: Final[messages.Addresses] = {"patient": patient_address, REMINDER: appointments.letter_address}


def ask_the_front_desk(given_up: GivenUp, scope: Scope) -> None:
    """A message will not arrive: somebody calls instead."""
    call = NewTask(
        kind=TaskKind.MESSAGE_UNDELIVERED,
        subject_table="outbox",
        subject=given_up.message,
        role=Role.FRONT_DESK,
        due_at=scope.at,
    )
    tasks.open_once(call, scope=scope)


# ------------------------------------------------------------------------------------------------------- audit log


@dataclass(frozen=True, slots=True)
class Sealer:
    """Gives the newest entries their place in the audit log, then signs the log's size and root."""

    every: timedelta

    def __call__(self, claimed: Claimed) -> None:
        """Seal and make the next sealing due in one transaction; sign what was committed, and only that."""
        with transaction(sealing := system_scope(claimed)):
            row = messages.hold(claimed)
            if row is None:
                return
            audit.seal()
            messages.settle(row, sealing.at + self.every, scope=sealing)
        audit.before_reading(signing := system_scope(claimed))
        try:
            with reading(signing):
                if log_queries.log_size() != audit.newest_checkpoint_size():
                    audit.checkpoint()
        except audit.ForkedLog:
            self._tell_compliance(claimed)

    def _tell_compliance(self, claimed: Claimed) -> None:
        log.error("the audit log of %s no longer contains what was signed; nothing is signed", claimed.organisation)
        with transaction(telling := system_scope(claimed)):
            look_into_it = NewTask(
                kind=TaskKind.LOG_FORKED,
                subject_table="organisations",
                subject=claimed.organisation,
                role=Role.COMPLIANCE,
                due_at=telling.at,
            )
            tasks.open_once(look_into_it, scope=telling)


# --------------------------------------------------------------------------------------------------------- process


def look(app: Flask, lane: Lane, lease: timedelta) -> int:
    """Handle what is due now in one lane; how many rows. A database that is away is asked again at the next tick."""
    with app.app_context():
        try:
            return tick(lane, lease=lease)
        except SQLAlchemyError as failure:
            log.error("the database did not answer: %s", type(failure).__name__)
            return 0


def run(app: Flask, both: tuple[Lane, Lane], settings: Settings) -> None:
    """Look every few seconds until told to stop; what is being handled then is finished first."""
    scheduler = BlockingScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    lease = timedelta(seconds=settings.lease_seconds)
    for lane in both:
        scheduler.add_job(
            look,
            "interval",
            args=[app, lane, lease],
            seconds=settings.tick_seconds,
            next_run_time=clock.system(),
        )
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: scheduler.shutdown(wait=False))
    log.info("looking for what is due every %s s", settings.tick_seconds)
    scheduler.start()


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now and end.")
def worker(once: bool) -> None:
    """Send messages, seal the audit log, and do whatever else is due. Start as many as you like."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a look that takes longer than a tick is no news
    app: Flask = click.get_current_context().obj.load_app()
    settings: Settings = app.extensions["clinic"].settings
    messenger = SmtpMessenger(
        settings.smtp_host, settings.smtp_port, settings.smtp_sender, settings.lease_seconds / PART_OF_LEASE
    )
    both = lanes(settings, messenger)
    if once:
        for lane in both:
            look(app, lane, timedelta(seconds=settings.lease_seconds))
        return
    run(app, both, settings)
