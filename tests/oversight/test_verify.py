"""The verification names what was changed behind the product's back, and does not fall over it."""

from dataclasses import replace
from uuid import UUID

import pytest
import sqlalchemy as sa

from clinic_api.audit.models import AuditEntry
from clinic_api.audit.rules import Fault, Finding
from clinic_api.database.rows import db
from clinic_api.oversight import queries, service
from clinic_api.oversight.rules import Named, StoredRow, Verdict, judge_balances, judge_rows, judge_states
from clinic_api.sessions.rules.life import State
from tests.builders import Clinic
from tests.sessions.ward import Ward, infusing
from tests.tampering import unguarded

SESSION, OTHER = UUID(int=1), UUID(int=2)
FIRST, SECOND = str(SESSION), str(OTHER)


def named() -> Named:
    """The log names one move."""
    return {"moves": {SESSION.bytes: b"a"}}


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        ([StoredRow("moves", FIRST, b"a", b"b")], Finding.ROW_ALTERED),
        ([StoredRow("moves", FIRST, b"b", b"b")], Finding.ROW_ALTERED),
        ([StoredRow("moves", FIRST, b"a", b"a"), StoredRow("moves", SECOND, b"c", b"c")], Finding.ROW_UNEXPLAINED),
        ([], Finding.ROW_MISSING),
    ],
)
def test_altered_unexplained_and_gone_are_three_findings(rows: list[StoredRow], finding: Finding) -> None:
    assert [fault.finding for fault in judge_rows(rows, named())[1]] == [finding]


def test_a_row_as_it_was_written_is_no_finding() -> None:
    assert judge_rows([StoredRow("moves", FIRST, b"a", b"a")], named()) == (1, [])


def test_a_verdict_is_sound_while_nothing_is_found() -> None:
    nothing = Verdict(entries=1, rows=1, checkpoint_size=None, faults=())
    assert nothing.sound
    assert not replace(nothing, faults=(Fault(Finding.ROW_MISSING, "moves 1"),)).sound


def test_a_balance_that_its_moves_do_not_give_is_named() -> None:
    assert [fault.finding for fault in judge_balances({"K-001": (10, 9), "K-002": (5, 5)})] == [Finding.BALANCE_DIFFERS]


def test_a_state_to_which_no_act_led_is_named() -> None:
    step = (State.CHECKED_IN, State.SCREENING)
    assert judge_states({SESSION: (State.SCREENING, [step]), OTHER: (State.CHECKED_IN, [])}) == []
    wrong = {SESSION: (State.SIGNED, [step]), OTHER: (State.SCREENING, [])}
    assert [fault.finding for fault in judge_states(wrong)] == [Finding.STATE_DIFFERS] * 2


@pytest.mark.begins(at=infusing)
def test_a_session_that_was_put_into_another_state_is_found(clinic: Clinic, world: Ward) -> None:
    clinic.seal()
    with clinic.reading():
        assert service.verify().faults == ()
    with unguarded(clinic, "infusion_sessions") as run:
        run("UPDATE infusion_sessions SET state = 'recovering'")
    with clinic.reading():
        assert [(it.finding, it.where) for it in service.verify().faults] == [
            (Finding.STATE_DIFFERS, f"session {world.visit}")
        ]


def test_a_row_that_cannot_be_read_is_named_and_hides_none_of_the_others(clinic: Clinic) -> None:
    Ward(clinic).infusing()
    clinic.seal()
    with unguarded(clinic, "session_answers") as run:
        first = "(SELECT id FROM session_answers ORDER BY id LIMIT 1)"
        run(f"UPDATE session_answers SET fact = 'tampered' WHERE id = {first}")
    with clinic.reading():
        faults = service.verify().faults
    assert [(it.finding, it.where.split()[0]) for it in faults] == [(Finding.ROW_ALTERED, "session_answers")]


@pytest.mark.begins(at=infusing)
def test_a_session_in_a_state_that_does_not_exist_is_named(clinic: Clinic, world: Ward) -> None:
    clinic.seal()
    with unguarded(clinic, "infusion_sessions") as run:
        run("UPDATE infusion_sessions SET state = 'tampered'")
    with clinic.reading():
        faults = service.verify().faults
    assert [(it.finding, it.where) for it in faults] == [
        (Finding.ROW_ALTERED, f"infusion_sessions {world.visit}"),
        (Finding.STATE_DIFFERS, f"session {world.visit}"),
    ]


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
