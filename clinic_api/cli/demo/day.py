"""``demo-day``: a whole clinic day against a server of its own, a line per step, non-zero where anything differs."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from clinic_api import clock
from clinic_api.cli.demo.cast import CASTS
from clinic_api.cli.demo.closing import close_day, print_summaries, prove, remind, report
from clinic_api.cli.demo.opening import open_clinic
from clinic_api.cli.demo.patients import register_patients
from clinic_api.cli.demo.people import Api, Unexpected
from clinic_api.cli.demo.plans import PLANS
from clinic_api.cli.demo.run import found, settings_for
from clinic_api.cli.demo.servers import (
    HOST,
    DayClock,
    DidNotStart,
    NoMail,
    command,
    free_port,
    mailbox,
    web_server,
    worker,
)
from clinic_api.cli.demo.stage import NotAsExpected, Stage
from clinic_api.cli.demo.stock import count, receive, take_inventory
from clinic_api.cli.demo.visits import arrive, infuse, order_and_book, prepare, recover, settle

ZONE: Final = ZoneInfo("America/New_York")
OPENS: Final = time(7, 30)
#: What a run leaves behind and the next one must not stumble over.
LEFT_BEHIND: Final = ("clinic.db", "clinic.db-wal", "clinic.db-shm", "clock", "web.log", "worker.log")

#: How a day can fail.
WENT_WRONG: Final = (Unexpected, NotAsExpected, DidNotStart, NoMail)


def run_day(out: Path, *, database: str, profile: str, say: Callable[[str], None]) -> None:
    """Run the day and leave its papers in ``out``.

    Raises:
        Unexpected, NotAsExpected, DidNotStart, NoMail: the first thing that differs.
    """
    out.mkdir(parents=True, exist_ok=True)
    for name in LEFT_BEHIND:
        (out / name).unlink(missing_ok=True)
    with ExitStack() as stack:
        box = stack.enter_context(mailbox())
        environment = settings_for(out, database=database, mail_port=box.port)
        day = DayClock(out / "clock")
        day.set(_opening())
        command(environment, "migrate")
        organisation, codes = found(environment, profile)
        port = free_port()
        address = stack.enter_context(web_server(environment, port=port, log=out / "web.log"))
        stack.enter_context(worker(environment, log=out / "worker.log"))
        api = Api(address, organisation, day.now)
        stage = Stage(api=api, cast=CASTS[profile], clock=day, mail=box, say=say, codes=codes)
        stage.step(
            f"`flask found`: organisation {organisation}, two administrators, profile {profile}, on {HOST}:{port}"
        )
        _play(stage, environment, out)


def _play(stage: Stage, environment: dict[str, str], out: Path) -> None:
    stage.made["opened_at"] = stage.clock.now()
    open_clinic(stage)
    register_patients(stage)
    receive(stage)
    take_inventory(stage)
    count(stage, "opening")
    for plan in PLANS:
        order_and_book(stage, plan)
    for plan in PLANS:
        visit = arrive(stage, plan)
        prepare(stage, plan, visit)
        infuse(stage, plan, visit)
        recover(stage, plan, visit)
        settle(stage, plan, visit)
    print_summaries(stage, out)
    figures = close_day(stage, out)
    remind(stage, out)
    said = report(stage, figures, prove(stage, environment))
    (out / "report.json").write_text(json.dumps(said, indent=1, ensure_ascii=False), encoding="utf-8")
    stage.step("summary.pdf, ledger.csv, ledger.jsonl, audit.jsonl, reminder.eml, report.json")


def _opening() -> datetime:
    """Half past seven in the morning of a weekday to come, so that tokens, licences and stock are of one day."""
    today = clock.system().astimezone(ZONE).date()
    day = today + timedelta(days=1)
    while day.weekday() > 3:  # noqa: PLR2004  (Monday to Thursday: the next day is a working day too)
        day += timedelta(days=1)
    return datetime.combine(day, OPENS, ZONE).astimezone(UTC)
