"""What the database refuses of discrepancies when the application is wrong; on both engines, by hand."""

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from clinic_api.inventory.models.discrepancies import Discrepancy, DiscrepancyEvent, DiscrepancyEvidence
from clinic_api.inventory.models.findings import (
    DiscrepancyAdjustment,
    DiscrepancyApproval,
    DiscrepancyForm,
    DiscrepancyNotice,
)
from clinic_api.quantities import Mass
from tests.builders import Clinic
from tests.inventory.doubt import Doubt
from tests.inventory.test_closing_discrepancies import GAIN, OVER, approved
from tests.inventory.test_last_defence import refused, row_of, written
from tests.inventory.test_losses import NOTICE, decided, on_the_form

FILES = "events containers holds releases evidence determinations notices forms adjustments approvals closings reviews"
TABLES = ("discrepancies", "refused_takes", *(f"discrepancy_{name}" for name in FILES.split()))


def two_files(clinic: Clinic) -> Doubt:
    """Two discrepancies: one reported, released, closed and reviewed, the other with an approved adjustment."""
    doubt = Doubt(clinic)
    id, vial = doubt.investigated()
    doubt.does(id, "release", container=str(vial), reason="needed")
    doubt.does(id, "determinations", **decided("significant_loss"))
    doubt.does(id, "notices", **NOTICE)
    doubt.does(id, "form-106", **on_the_form())
    doubt.does(id, "notices", **NOTICE | {"kind": "form_106"})
    doubt.does(id, "closing", **OVER)
    reviewer = clinic.person("Otis Outside", "outside-reviewer", here=False)
    doubt.does(id, "review", by=reviewer, words="plausible")
    other, more = doubt.investigated()
    proposed = doubt.does(other, "adjustments", by=doubt.nurse, container=str(more), **GAIN)
    approved(doubt, proposed, clinic.custodian()).done()
    doubt.too_much(more)
    return doubt


pytestmark = pytest.mark.begins(at=two_files)


def test_no_row_of_a_file_is_deleted_or_overwritten(doubt: Doubt) -> None:
    with doubt.clinic.nothing_changes():
        for table in TABLES:
            refused(doubt.stock, sa.text(f"DELETE FROM {table}"))
            refused(doubt.stock, sa.text(f"UPDATE {table} SET id = id, digest = digest"))


def test_a_file_says_what_it_must(doubt: Doubt) -> None:
    shown = Discrepancy.subject.is_not(None)
    for wrong in (
        {},  # the same record shows one discrepancy
        {"subject": uuid4(), "subject_table": None},
        {"subject": uuid4(), "sealed": b"seen"},
        {"subject": None, "subject_table": None},
        {"subject": uuid4(), "at": _earlier(doubt)},
        {"subject": uuid4(), "site": uuid4()},
    ):
        written(doubt.stock, Discrepancy, shown, **wrong)
    first = DiscrepancyEvent.number == 1
    for wrong in ({}, {"number": 0}, {"number": 99}, {"number": 99, "from_state": "detected", "owner": uuid4()}):
        written(doubt.stock, DiscrepancyEvent, first, **wrong)
    with doubt.clinic.reading():
        note = row_of(DiscrepancyEvidence, DiscrepancyEvidence.kind == "note")
    for wrong in ({"sha256": "a" * 64}, {"refers_to": uuid4()}, {"kind": "attachment"}, {"kind": "recount"}):
        copy = note | {"id": uuid4()} | wrong
        refused(doubt.stock, sa.insert(DiscrepancyEvidence.__table__).values(copy), IntegrityError)  # type: ignore[arg-type]
    written(doubt.stock, DiscrepancyForm)  # a version is written once
    written(doubt.stock, DiscrepancyForm, version=0)
    written(doubt.stock, DiscrepancyNotice, at=_earlier(doubt))
    written(doubt.stock, DiscrepancyAdjustment, mass=Mass(0))


def test_one_person_never_proposes_and_approves(doubt: Doubt) -> None:
    with doubt.clinic.reading():
        given = row_of(DiscrepancyApproval)
    for wrong in ({"approver": UUID(doubt.nurse.id)}, {"author": given["approver"], "approver": uuid4()}, {}):
        copy: dict[str, Any] = given | wrong
        refused(doubt.stock, sa.insert(DiscrepancyApproval.__table__).values(copy))  # type: ignore[arg-type]


def _earlier(doubt: Doubt) -> Any:
    with doubt.clinic.reading():
        return row_of(Discrepancy)["found_at"].replace(year=2020)
