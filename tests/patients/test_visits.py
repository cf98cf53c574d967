"""Visits: opened for adults, held by everybody who adds to them, sealed once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep
from uuid import UUID, uuid4

import pytest

from clinic_api.clinics.queries import NoSuchSite
from clinic_api.patients import service
from clinic_api.patients.queries import patients, visits
from clinic_api.patients.queries.patients import NoSuchPatient
from clinic_api.patients.queries.visits import NoSuchVisit
from clinic_api.patients.rules.identity import Details, IdentityChanged, TooYoung
from clinic_api.patients.rules.visits import VisitSealed
from tests.builders import Clinic
from tests.patients.people import typed
from tests.people import Person


@pytest.fixture
def nurse(clinic: Clinic) -> Person:
    """A nurse."""
    return clinic.nurse()


@pytest.fixture
def patient(nurse: Person) -> UUID:
    """A registered patient's id."""
    return UUID(nurse.does("/patients", **typed())["id"])


@pytest.fixture
def visit(clinic: Clinic, nurse: Person, patient: UUID) -> UUID:
    """An open visit's id."""
    with clinic.transaction(nurse) as scope:
        return service.open_visit(patient, UUID(clinic.site), scope=scope).id


def test_a_visit_is_opened_held_and_sealed_once(clinic: Clinic, nurse: Person, patient: UUID, visit: UUID) -> None:
    with clinic.transaction(nurse):
        assert service.hold(visit).patient == patient
        assert visits.visit(visit).sealed_at is None
    with clinic.transaction(nurse) as scope:
        service.seal_visit(visit, scope=scope)
    for again in (service.hold, lambda id: service.seal_visit(id, scope=clinic.system())):
        with clinic.nothing_changes(), pytest.raises(VisitSealed), clinic.transaction(nurse):
            again(visit)
    with clinic.reading():
        assert [one.id for one in visits.visits(patient)] == [visit]
    assert clinic.trail(visit) == ["visit:opened", "visit:sealed"]
    assert clinic.verify() == []


def test_no_visit_is_opened_for_nobody_nowhere_or_a_child(clinic: Clinic, nurse: Person, patient: UUID) -> None:
    child = UUID(nurse.does("/patients", **typed(mrn="MRN-2", date_of_birth="2008-03-03"))["id"])
    tries = ((uuid4(), clinic.site, NoSuchPatient), (patient, uuid4(), NoSuchSite), (child, clinic.site, TooYoung))
    for who, where, refusal in tries:
        with clinic.nothing_changes(), pytest.raises(refusal), clinic.transaction(nurse) as scope:
            service.open_visit(who, UUID(str(where)), scope=scope)
    clinic.later(days=1)
    with clinic.transaction(nurse) as scope:
        service.open_visit(child, UUID(clinic.site), scope=scope)


def test_a_visit_nobody_opened_cannot_be_held(clinic: Clinic, nurse: Person) -> None:
    with pytest.raises(NoSuchVisit), clinic.transaction(nurse):
        service.hold(uuid4())
    with pytest.raises(NoSuchVisit), clinic.reading():
        visits.visit(uuid4())


def test_who_seals_waits_for_whoever_is_adding_and_then_nothing_more_comes_in(
    clinic: Clinic, nurse: Person, visit: UUID
) -> None:
    adding, order = Event(), []

    def seal() -> None:
        adding.wait()
        with clinic.transaction(nurse) as scope:
            service.seal_visit(visit, scope=scope)
            order.append("sealed")

    with ThreadPoolExecutor() as pool:
        sealing = pool.submit(seal)
        with clinic.transaction(nurse):
            service.hold(visit)
            adding.set()
            sleep(0.2)
            order.append("added")
        sealing.result()
    assert order == ["added", "sealed"]
    with pytest.raises(VisitSealed), clinic.transaction(nurse):
        service.hold(visit)


def test_of_eight_at_once_one_changes_the_identity_and_the_others_are_told(
    clinic: Clinic, nurse: Person, patient: UUID
) -> None:
    path, etag = f"/patients/{patient}/identity", f'"{patient}-1"'
    with ThreadPoolExecutor(8) as pool:
        tried = [pool.submit(nurse.put, path, etag, **typed(name=f"Writer {n}")) for n in range(8)]
        answers = [one.result() for one in tried]
    assert sorted(answer.status for answer in answers) == [200] + [412] * 7
    won = next(answer for answer in answers if answer.status == 200)
    assert nurse.get(f"/patients/{patient}")["identity"]["name"] == won["name"]
    assert clinic.verify() == []


def test_who_a_patient_was_stays_readable_by_its_version(clinic: Clinic, nurse: Person, patient: UUID) -> None:
    with clinic.reading():
        first = patients.identity(patient)
    nurse.put(f"/patients/{patient}/identity", f'"{patient}-1"', **typed(name="Zoë Miller")).done()
    with clinic.reading():
        assert patients.identity_version(first.version_id) == first
        assert patients.identity(patient).name == "Zoë Miller"
        for missing in (patients.identity, patients.identity_version):
            with pytest.raises(NoSuchPatient):
                missing(uuid4())


def test_a_stale_change_is_refused_by_the_service_itself(clinic: Clinic, nurse: Person, patient: UUID) -> None:
    with clinic.reading():
        known = patients.identity(patient)
    details = {name: getattr(known, name) for name in ("name", "date_of_birth", "sex", "zone")}
    with clinic.nothing_changes(), pytest.raises(IdentityChanged), clinic.transaction(nurse) as scope:
        service.update_identity(patient, Details(**details), version=2, scope=scope)
