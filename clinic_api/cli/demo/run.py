"""``make run``: a demonstration clinic on SQLite, with its worker and a mail server that keeps what it gets."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import click
import pyotp

from clinic_api import clock
from clinic_api.cli.demo.cast import CASTS
from clinic_api.cli.demo.opening import open_clinic
from clinic_api.cli.demo.people import PASSWORD, Api
from clinic_api.cli.demo.servers import HOST, DayClock, Mailbox, command, mailbox, web_server, worker
from clinic_api.cli.demo.stage import Stage

#: The clinic is founded a little in the past, so that one-time codes of the future are not needed.
FOUNDED_AGO: Final = timedelta(minutes=5)
LOGINS: Final = "logins.json"
MAIL_LOOK_SECONDS: Final = 1.0


class NoSuchLogin(click.ClickException):
    """Nobody of the demonstration clinic has this login."""


def serve(folder: Path, *, port: int, profile: str, say: Callable[[str], None]) -> None:
    """Serve until interrupted; the first time, found the clinic and open it."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        box = stack.enter_context(mailbox())
        environment = settings_for(folder, database="", mail_port=box.port)
        day = DayClock(folder / "clock")
        fresh = not (folder / LOGINS).exists()
        day.set(clock.system() - FOUNDED_AGO if fresh else clock.system())
        command(environment, "migrate")
        organisation, codes = found(environment, profile) if fresh else ("", {})
        address = stack.enter_context(web_server(environment, port=port, log=folder / "web.log"))
        if fresh:
            say("founding the demonstration clinic …")
            _open(Api(address, organisation, day.now), codes, profile=profile, day=day, box=box, folder=folder)
            day.set(clock.system())
        stack.enter_context(worker(environment, log=folder / "worker.log"))
        _announce(folder, port=port, say=say)
        _keep_mail(box, folder / "mail", say)


def settings_for(folder: Path, *, database: str, mail_port: int) -> dict[str, str]:
    """The environment of a demonstration that lives in ``folder``."""
    return {
        "CLINIC_MODE": "demo",
        "CLINIC_DATABASE_URL": database or f"sqlite:///{(folder / 'clinic.db').resolve()}",
        "CLINIC_VAULT": str((folder / "vault").resolve()),
        "CLINIC_CLOCK": f"file:{(folder / 'clock').resolve()}",
        "CLINIC_SMTP_HOST": HOST,
        "CLINIC_SMTP_PORT": str(mail_port),
    }


def found(environment: dict[str, str], profile: str) -> tuple[str, dict[str, str]]:
    """Run ``flask found`` as a person would; the organisation and the administrators' codes."""
    cast = CASTS[profile]
    named = [word for login in cast.administrators for word in ("--administrator", login, cast.member(login).name)]
    lines = command(environment, "found", "Demonstration Clinic (synthetic)", "--profile", profile, *named).split("\n")
    organisation = next(line.split()[1] for line in lines if line.startswith("organisation "))
    codes = {line.split()[1]: line.split()[3] for line in lines if line.startswith("administrator ")}
    return organisation, codes


def one_time_code(folder: Path, login: str) -> str:
    """The code that a person's authenticator shows now.

    Raises:
        NoSuchLogin: nobody has this login.
    """
    people = json.loads((folder / LOGINS).read_text(encoding="utf-8"))["people"]
    if login not in people:
        raise NoSuchLogin(f"nobody is called {login!r}; there are {', '.join(people)}")
    return pyotp.TOTP(people[login]["totp_secret"]).at(int(clock.system().timestamp()))


def _open(api: Api, codes: dict[str, str], *, profile: str, day: DayClock, box: Mailbox, folder: Path) -> None:
    stage = Stage(api=api, cast=CASTS[profile], clock=day, mail=box, say=lambda _: None, codes=codes)
    open_clinic(stage)
    people = {
        login: {"name": person.name, "pin": person.pin, "totp_secret": person.totp_secret, "account": person.id}
        for login, person in stage.people.items()
    }
    kept: dict[str, Any] = {"organisation": api.organisation, "made": stage.made, "people": people}
    path = folder / LOGINS
    path.touch(mode=0o600)
    path.write_text(json.dumps(kept, indent=1), encoding="utf-8")


def _announce(folder: Path, *, port: int, say: Callable[[str], None]) -> None:
    kept = json.loads((folder / LOGINS).read_text(encoding="utf-8"))
    say(f"http://localhost:{port}/api/v1   (document: http://localhost:{port}/api/openapi.json)")
    say("Synthetic data. A documentation aid; the bedside monitor's alarms are primary.")
    say(f"organisation {kept['organisation']}")
    say(f"password of everybody: {PASSWORD!r}; one-time code: {_flask()} --app wsgi demo-code LOGIN")
    for login, person in kept["people"].items():
        say(f"  {login:8s} PIN {person['pin']}   {person['name']}")
    say(f"tablet secret {kept['made']['tablet_secret']}")
    say(f"mail is kept in {os.path.relpath(folder / 'mail')}; stop with Ctrl-C")


def _flask() -> str:
    """How to call ``flask`` from here: the environment need not be entered."""
    return os.path.relpath(Path(sys.executable).with_name("flask"))


def _keep_mail(box: Mailbox, folder: Path, say: Callable[[str], None]) -> None:
    folder.mkdir(exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    kept = len(list(folder.glob("*.eml")))
    written = 0
    try:
        while True:
            for message in box.messages[written:]:
                kept, written = kept + 1, written + 1
                (folder / f"{kept:04d}.eml").write_bytes(message)
                say(f"mail kept: {kept:04d}.eml")
            time.sleep(MAIL_LOOK_SECONDS)
    except KeyboardInterrupt:
        say("stopped")
