"""Exports: who may have which, and cells that no spreadsheet runs."""

from datetime import timedelta
from typing import Any

import pytest

from clinic_api import clock
from clinic_api.reports.exports import guarded
from tests.builders import Clinic


def wanted(kind: str, **different: Any) -> dict[str, Any]:
    """A request for the last day."""
    now = clock.now()
    usual = {"since": (now - timedelta(days=1)).isoformat(), "until": now.isoformat(), "reason": "inspection"}
    return {"kind": kind, **usual, **different}


def test_a_custodian_cannot_have_the_audit_log_by_asking_for_it_as_a_ledger(clinic: Clinic) -> None:
    carl, asked = clinic.custodian(), wanted("audit.jsonl", registration=clinic.a_registration())
    with clinic.nothing_changes():
        assert carl.post("/exports/ledger", **asked).status == 422


def test_a_ledger_is_not_exported_as_an_audit_log(clinic: Clinic) -> None:
    otto, asked = clinic.compliance(), wanted("ledger.csv", registration=clinic.a_registration())
    with clinic.nothing_changes():
        assert otto.post("/exports/audit", **asked).status == 422


def test_the_audit_log_is_the_organisations_and_no_registrations(clinic: Clinic) -> None:
    otto, asked = clinic.compliance(), wanted("audit.jsonl", registration=clinic.a_registration())
    with clinic.nothing_changes():
        assert otto.post("/exports/audit", **asked)["errors"] == {"registration": ["Unknown field."]}


def test_a_custodian_reads_the_file_of_a_ledger_and_not_the_one_of_the_audit_log(clinic: Clinic) -> None:
    otto, carl = clinic.compliance(), clinic.custodian()
    ledger = otto.does("/exports/ledger", **wanted("ledger.csv", registration=clinic.a_registration()))
    log = otto.does("/exports/audit", **wanted("audit.jsonl"))
    paths = [f"/exports/{made['id']}/file" for made in (ledger, log)]
    pin = {"Clinic-Pin": carl.pin}
    assert [carl.send("GET", path, {}, pin).status for path in paths] == [200, 403]
    assert [otto.send("GET", path, {}, pin).status for path in paths] == [200, 200]


@pytest.mark.parametrize(
    "text",
    ["=1+1", " =1+1", "@SUM(A1)", "+1", "-1", "\u00a0=1", "\ufeff=1", "\u200b=1", "\u3000=1", "\u202e=1", "\uff1d1"],
)
def test_what_a_spreadsheet_would_run_is_shown_instead(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "K-001", "Ada =1", "1-2", "'=1", "\u00a0", "李"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text
