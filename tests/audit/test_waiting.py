"""What waits to be sealed: with every entry from its first moment, until it has its place, and no longer."""

import pytest
import sqlalchemy as sa

from clinic_api.audit import queries
from clinic_api.audit import service as audit
from clinic_api.audit.models import AuditWaiting
from clinic_api.audit.rules import Finding
from clinic_api.database.rows import db, put
from tests.builders import Clinic
from tests.tampering import REFUSALS, strongest, unguarded


def test_an_entry_that_was_taken_from_those_that_wait_is_found(clinic: Clinic) -> None:
    clinic.seal()
    clinic.a_site(name="Second")
    with clinic.reading():
        waiting = [row.id for row in queries.unsealed()]
        assert len(waiting) > 0
        assert audit.verify_log() == []
    with unguarded(clinic, "audit_waiting") as run:
        run(f"DELETE FROM audit_waiting WHERE id = '{waiting[0]}'")
    with clinic.transaction():
        assert audit.seal() == len(waiting) - 1
    with clinic.reading():
        assert [(it.finding, it.where) for it in audit.verify_log()] == [(Finding.NEVER_SEALED, f"entry {waiting[0]}")]


def test_what_waits_is_taken_away_by_nobody_before_it_has_its_place(clinic: Clinic) -> None:
    with clinic.reading():
        assert len(queries.unsealed()) > 0
    with clinic.nothing_changes(), strongest(clinic) as run, pytest.raises(REFUSALS, match="records are kept until"):
        run("DELETE FROM audit_waiting")
    clinic.seal()
    with clinic.reading():
        assert db.session.execute(sa.select(AuditWaiting)).all() == []


def test_nothing_waits_for_the_place_that_it_has(clinic: Clinic) -> None:
    clinic.seal()
    with clinic.reading():
        first = next(entry.id for entry, _ in queries.sealed_entries())
        assert db.session.execute(sa.select(AuditWaiting)).all() == []
    with clinic.transaction() as scope:
        put(AuditWaiting(organisation=scope.organisation, id=first))  # as a forger would
        audit.record("test:more")
    assert clinic.verify() == []
