"""Commands: founding, migrating, verifying."""

from pathlib import Path
from uuid import UUID

import click
from flask import Flask

from clinic_api import clock
from clinic_api.accounts.access.identity import State
from clinic_api.app import self_check
from clinic_api.audit import service as audit
from clinic_api.cli.demo import day, run
from clinic_api.cli.docs import docs
from clinic_api.clinics import service as clinics
from clinic_api.database import migrate as migrations
from clinic_api.database.scope import Scope
from clinic_api.database.transactions import reading, transaction
from clinic_api.identifiers import new_id
from clinic_api.oversight import service as oversight
from clinic_api.settings import ROOT
from clinic_api.worker import worker


def install(app: Flask) -> None:
    """Add the commands to the application."""
    for command in (migrate, found, check, docs, worker, run_demo, demo_code, demo_day, verify):
        app.cli.add_command(command)


def _state() -> State:
    state: State = click.get_current_context().obj.load_app().extensions["clinic"]
    return state


@click.command()
def migrate() -> None:
    """Bring the database to this release's schema."""
    migrations.upgrade(_state().settings.owner_url)
    click.echo("the database is at this release")


@click.command()
def check() -> None:
    """Say what, if anything, makes this installation degraded."""
    found = self_check(click.get_current_context().obj.load_app())
    click.echo("\n".join(found) or "all guards are in place")
    if found:
        raise SystemExit(1)


@click.command()
@click.argument("name")
@click.option("--administrator", "administrators", nargs=2, multiple=True, required=True, help="LOGIN NAME, twice.")
@click.option("--profile", type=click.Choice(["team", "duo", "solo"]), default="team", show_default=True)
def found(name: str, administrators: list[tuple[str, str]], profile: str) -> None:
    """Create an organisation and its two administrators; print their one-time codes."""
    two = 2
    if len(administrators) != two:
        message = "name two administrators: --administrator LOGIN NAME --administrator LOGIN NAME"
        raise click.UsageError(message)
    at = clock.now()
    organisation: UUID = new_id(at)
    scope = Scope(organisation=organisation, at=at)
    with click.get_current_context().obj.load_app().app_context(), transaction(scope):
        made = clinics.found(name, administrators=(administrators[0], administrators[1]), profile=profile, scope=scope)
    click.echo(f"organisation {made.organisation}")
    for newcomer in made.administrators:
        click.echo(f"administrator {newcomer.login} code {newcomer.enrolment_code}")


@click.command("run-demo")
@click.option("--port", type=int, default=8000, show_default=True)
@click.option("--profile", type=click.Choice(["team", "duo", "solo"]), default="team", show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), default=ROOT / "var" / "run", show_default="var/run")
def run_demo(port: int, profile: str, folder: Path) -> None:
    """Serve a demonstration clinic on SQLite, worker included, and print the logins."""
    run.serve(folder, port=port, profile=profile, say=click.echo)


@click.command("demo-code")
@click.argument("login")
@click.option("--folder", type=click.Path(path_type=Path), default=ROOT / "var" / "run", show_default="var/run")
def demo_code(login: str, folder: Path) -> None:
    """The one-time code that a person of the demonstration clinic would read off their authenticator now."""
    click.echo(run.one_time_code(folder, login))


@click.command("demo-day")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the day's papers.")
@click.option("--database", default="", help="Where records go; by default a SQLite file in the folder.")
@click.option("--profile", type=click.Choice(["team", "duo", "solo"]), default="team", show_default=True)
def demo_day(out: Path, database: str, profile: str) -> None:
    """Run one whole clinic day over HTTP; exit non-zero the moment anything differs from what it must be."""
    try:
        day.run_day(out, database=database, profile=profile, say=click.echo)
    except day.WENT_WRONG as failure:
        raise click.ClickException(str(failure)) from failure


@click.command()
@click.argument("organisation", type=click.UUID)
def verify(organisation: UUID) -> None:
    """Seal the log, then recompute everything; one line per fault, and exit 1 where there is any."""
    scope = Scope(organisation=organisation, at=clock.now())
    with click.get_current_context().obj.load_app().app_context():
        with transaction(scope):
            audit.seal()
        audit.before_reading(scope)
        with reading(scope):
            verdict = oversight.verify()
    for fault in verdict.faults:
        click.echo(f"{fault.finding}: {fault.where} {fault.detail}")
    click.echo(f"entries={verdict.entries} rows={verdict.rows} faults={len(verdict.faults)}")
    if not verdict.sound:
        raise SystemExit(1)
