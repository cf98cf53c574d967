"""The verification names what was changed behind the product's back, and does not fall over it."""

import pytest
import sqlalchemy as sa

from clinic_api.audit.models import AuditEntry
from clinic_api.audit.rules import Finding
from clinic_api.database.rows import db
from clinic_api.oversight import queries, service
from clinic_api.oversight.rules import StoredRow, judge_balances, judge_rows
from tests.builders import Clinic

NAMED = {("moves", "1"): "aa"}


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        ([StoredRow("moves", "1", "aa", "bb")], Finding.ROW_ALTERED),
        ([StoredRow("moves", "1", "bb", "bb")], Finding.ROW_ALTERED),
        ([StoredRow("moves", "1", "aa", "aa"), StoredRow("moves", "2", "cc", "cc")], Finding.ROW_UNEXPLAINED),
        ([], Finding.ROW_MISSING),
    ],
)
def test_altered_unexplained_and_gone_are_three_findings(rows: list[StoredRow], finding: Finding) -> None:
    assert [fault.finding for fault in judge_rows(rows, NAMED)[1]] == [finding]


def test_a_row_as_it_was_written_is_no_finding() -> None:
    assert judge_rows([StoredRow("moves", "1", "aa", "aa")], NAMED) == (1, [])


def test_a_balance_that_its_moves_do_not_give_is_named() -> None:
    assert [fault.finding for fault in judge_balances({"K-001": (10, 9), "K-002": (5, 5)})] == [Finding.BALANCE_DIFFERS]


def test_a_clinic_as_it_was_written_is_sound(clinic: Clinic) -> None:
    clinic.seal()
    with clinic.reading():
        assert service.verify().faults == ()


def test_a_later_entry_cannot_make_an_altered_row_right(clinic: Clinic) -> None:
    with clinic.transaction():
        first = db.session.execute(sa.select(AuditEntry).order_by(AuditEntry.id).limit(1)).scalar_one()
        forged = first.canonical.replace(b'"digest":"', b'"digest":"00', 1)
        values = {column.key: getattr(first, column.key) for column in AuditEntry.__table__.columns}
        newest = db.session.execute(sa.select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1)).scalar_one()
        values |= {"id": type(newest)(int=newest.int + 1), "canonical": forged}
        values.pop("tx")
        db.session.execute(sa.insert(AuditEntry).values(**values))
    with clinic.reading():
        _, contradictions = queries.named_digests()
    assert [fault.finding for fault in contradictions] == [Finding.ROW_ALTERED]


def test_an_entry_that_cannot_be_read_is_named_and_hides_nothing(clinic: Clinic) -> None:
    with clinic.transaction():
        newest = db.session.execute(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).scalar_one()
        values = {column.key: getattr(newest, column.key) for column in AuditEntry.__table__.columns}
        values |= {"id": type(newest.id)(int=newest.id.int + 1), "canonical": b"\xff{}"}
        values.pop("tx")
        db.session.execute(sa.insert(AuditEntry).values(**values))
    clinic.seal()
    with clinic.reading():
        found = {fault.finding for fault in service.verify().faults}
    assert Finding.ENTRY_ALTERED in found
