"""The clinic that tests stand in is a real one, and its proof of nothing changed would notice a change."""

import pytest

from tests.builders import Clinic


def test_a_clinic_of_three_people_verifies_from_the_first_day(clinic: Clinic) -> None:
    ada, dora, carl = clinic.nurse("Ada"), clinic.prescriber("Dora"), clinic.custodian("Carl")
    assert [person.get("/me")["roles"] for person in (ada, dora, carl)] == [["nurse"], ["prescriber"], ["custodian"]]
    assert clinic.verify() == []


def test_the_proof_that_nothing_changed_notices_a_new_chair(clinic: Clinic) -> None:
    with pytest.raises(AssertionError, match="chairs"), clinic.nothing_changes():
        clinic.a_chair()


def test_a_refused_nurse_changes_nothing(clinic: Clinic) -> None:
    ada = clinic.nurse("Ada")
    with clinic.nothing_changes():
        assert ada.post("/sites", name="Her own").status == 403
