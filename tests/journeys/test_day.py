"""One whole clinic day, as ``flask demo-day`` runs it: over HTTP, everybody with their own login, on both databases."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from clinic_api.settings import ROOT
from tests.postgres import Cluster, Urls

PAPERS = ("summary.pdf", "ledger.csv", "ledger.jsonl", "audit.jsonl", "reminder.eml", "report.json")
#: Each profile once, and the fullest one on the other database too.
DAYS = (("team", "sqlite"), ("team", "postgresql"), ("duo", "postgresql"), ("solo", "sqlite"))


@pytest.fixture
def empty_database(request: pytest.FixtureRequest) -> Urls:
    """An empty PostgreSQL database with the two roles."""
    server: Cluster = request.getfixturevalue("cluster")
    name = f"day_{request.node.callspec.params['profile']}"
    return server.create_database(name)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("profile", "engine"), DAYS)
def test_a_whole_day_goes_as_it_must(profile: str, engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    arguments, environment = [], dict(os.environ)
    if engine == "postgresql":
        urls: Urls = request.getfixturevalue("empty_database")
        arguments = ["--database", urls.app]
        environment["CLINIC_MIGRATE_URL"] = urls.migrate

    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "flask",
            "--app",
            "wsgi",
            "demo-day",
            "--out",
            tmp_path,
            "--profile",
            profile,
            *arguments,
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert all((tmp_path / name).stat().st_size > 0 for name in PAPERS)
    assert {len(PdfReader(paper).pages) for paper in tmp_path.glob("summary*.pdf")} == {2}
    _check_report(json.loads((tmp_path / "report.json").read_text(encoding="utf-8")))


def _check_report(report: dict[str, Any]) -> None:
    assert report["visits"]["whole"]["wasted_mg"] == "0"
    assert report["visits"]["whole"]["witness"] is None
    assert report["visits"]["stopped"]["administered_mg"] == "10.5"
    assert report["visits"]["stopped"]["wasted_mg"] == "24.5"
    assert report["closing"]["difference_ug"] == 0
    assert report["verification"]["sound"] is True
    assert report["verification"]["faults"] == []
