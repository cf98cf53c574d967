"""The command that draws documents from the tables they describe."""

from pathlib import Path
from typing import Final

import click

from clinic_api.sessions.rules.life import draw_life
from clinic_api.settings import ROOT

#: Where the life of a session is drawn.
STATES: Final = ROOT / "docs" / "session-states.md"


def session_states() -> str:
    """The page: every state of a session and every act that leads on from it."""
    return (
        "# The life of an infusion session\n\n"
        "Drawn from `LIFE` in `clinic_api/sessions/rules/life.py` by `flask --app wsgi docs`; do not edit.\n"
        "Scheduled, cancelled and missed visits are appointments, not sessions.\n\n"
        f"```mermaid\n{draw_life()}```\n"
    )


@click.command()
@click.option("--states", type=click.Path(path_type=Path), default=STATES, show_default="docs/session-states.md")
def docs(states: Path) -> None:
    """Draw the documents anew."""
    states.write_text(session_states(), encoding="utf-8")
    click.echo("docs/session-states.md is fresh")
