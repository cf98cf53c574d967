"""The trace: an act and what is written of it are one, and a look is written down too."""

import json
from uuid import UUID

import pytest
import sqlalchemy as sa

from clinic_api.audit import queries
from clinic_api.audit import service as audit
from clinic_api.audit.models import AuditAccess
from clinic_api.database.rows import db
from tests.builders import Clinic


def test_an_act_names_who_did_it_when_on_what_and_under_which_key(clinic: Clinic) -> None:
    olga = clinic.administrators[0]
    chair = clinic.a_chair("Chair 7")
    with clinic.reading():
        [entry] = queries.entries_about(UUID(chair))
        said = json.loads(entry.canonical)
    assert (said["event"], said["actor"], said["device"]) == ("chair:placed", olga.id, clinic.tablet["id"])
    assert [(row["table"], row["id"]) for row in said["rows"]] == [("chairs", chair)]
    assert said["operation"] is not None
    assert said["auth_event"] is not None


def test_no_name_stands_in_the_log(clinic: Clinic) -> None:
    clinic.nurse("Ada Lovelace")
    with clinic.reading():
        assert [entry for entry in queries.canonical_bytes() if b"Lovelace" in entry or b"Ortiz" in entry] == []


def test_an_act_that_is_undone_leaves_no_trace(clinic: Clinic) -> None:
    before = clinic.contents()["audit_entries"]
    with pytest.raises(RuntimeError), clinic.transaction():
        _record_and_fail()
    assert clinic.contents()["audit_entries"] == before


def _record_and_fail() -> None:
    audit.record("test:happened")
    raise RuntimeError


def test_a_fact_that_has_no_exact_form_is_refused(clinic: Clinic) -> None:
    with clinic.nothing_changes(), pytest.raises(TypeError, match="no exact form"), clinic.transaction():
        audit.record("test:happened", mass=0.1)


def test_a_look_is_written_down_with_who_looked_and_how_much_they_saw(clinic: Clinic) -> None:
    olga = clinic.administrators[0]
    olga.get("/staff").done()
    with clinic.reading():
        look = db.session.execute(sa.select(AuditAccess).order_by(AuditAccess.id.desc()).limit(1)).scalar_one()
        assert (str(look.actor), look.action, look.route) == (olga.id, "see-staff", "/api/v1/staff")
        assert (look.rows, look.patients, str(look.device)) == (2, [], clinic.tablet["id"])


def test_a_look_names_every_patient_whose_record_was_shown_once(clinic: Clinic) -> None:
    first, second = UUID(int=7), UUID(int=8)
    with clinic.transaction() as scope:
        audit.start_looking()
        audit.shows(second, first)
        audit.shows(first)
        audit.record_access(action="read-patient", route="/patients", object_id=first, rows=1, scope=scope)
    with clinic.reading():
        look = db.session.execute(sa.select(AuditAccess).order_by(AuditAccess.id.desc()).limit(1)).scalar_one()
        assert look.patients == [str(first), str(second)]
