"""Roles come and go by two people; what a person may is asked anew each time."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from clinic_api.accounts.models import RoleApproval, RoleProposal
from clinic_api.database.rows import db, put
from tests.builders import Clinic
from tests.people import Person


@pytest.fixture
def newcomer(clinic: Clinic) -> Person:
    """Somebody who was enrolled and has no role yet."""
    return clinic.person("Nina New", licence=False, here=False)


def proposal(clinic: Clinic, person: Person, role: str = "nurse") -> str:
    made = clinic.administrators[0].does(f"/staff/{person.id}/roles", role=role, give=True)
    return str(made["id"])


def test_a_role_holds_when_a_second_administrator_agreed_and_not_before(clinic: Clinic, newcomer: Person) -> None:
    wish = proposal(clinic, newcomer)
    assert newcomer.get("/me").status == 403
    clinic.administrators[1].does(f"/role-proposals/{wish}/approval")
    assert newcomer.get("/me")["roles"] == ["nurse"]
    assert clinic.trail(wish) == ["role:proposed", "role:approved"]


def test_who_proposed_cannot_agree(clinic: Clinic, newcomer: Person) -> None:
    wish = proposal(clinic, newcomer)
    with clinic.nothing_changes():
        refused = clinic.administrators[0].post(f"/role-proposals/{wish}/approval")
    assert (refused.status, refused["type"]) == (403, "same-person")


def test_the_database_too_refuses_one_person_in_both_places(clinic: Clinic, newcomer: Person) -> None:
    wish = UUID(proposal(clinic, newcomer))
    olga = UUID(clinic.administrators[0].id)
    with (
        clinic.nothing_changes(),
        pytest.raises(sa.exc.IntegrityError, match="two_people"),
        clinic.transaction() as now,
    ):
        put(RoleApproval(organisation=clinic.organisation, id=wish, proposed_by=olga, approved_by=olga, at=now.at))


def test_the_database_refuses_a_consent_that_names_another_proposer(clinic: Clinic, newcomer: Person) -> None:
    wish = UUID(proposal(clinic, newcomer))
    olga, piet = (UUID(each.id) for each in clinic.administrators)
    with clinic.nothing_changes(), pytest.raises(sa.exc.IntegrityError), clinic.transaction() as now:
        put(RoleApproval(organisation=clinic.organisation, id=wish, proposed_by=piet, approved_by=olga, at=now.at))


def test_a_proposal_is_decided_once(clinic: Clinic, newcomer: Person) -> None:
    wish = proposal(clinic, newcomer)
    clinic.administrators[1].does(f"/role-proposals/{wish}/approval")
    with clinic.nothing_changes():
        assert clinic.administrators[1].post(f"/role-proposals/{wish}/approval")["type"] == "already-decided"


def test_a_role_that_was_taken_is_gone_from_the_token_that_is_already_out(clinic: Clinic, newcomer: Person) -> None:
    clinic.grant(newcomer, "nurse")
    assert newcomer.get("/staff").status == 200
    clinic.grant(newcomer, "nurse", give=False)
    assert newcomer.get("/staff").status == 403


def test_who_may_not_is_refused_and_the_try_is_written_down(clinic: Clinic) -> None:
    ada = clinic.nurse("Ada")
    before = clinic.contents()["audit_entries"][0]
    with clinic.nothing_changes():
        refused = ada.post("/sites", name="Her own")
    assert (refused.status, refused["type"]) == (403, "not-yours")
    assert refused["detail"] == "Ask somebody whose role allows it, or two administrators to grant the role."
    assert clinic.contents()["audit_entries"][0] == before + 1


def test_the_answer_to_who_may_not_is_not_kept_for_the_day_they_may(clinic: Clinic, newcomer: Person) -> None:
    key, body = str(UUID(int=7)), {"site": clinic.site}
    assert newcomer.send("POST", "/presences", body, {"Idempotency-Key": key}).status == 403
    clinic.grant(newcomer, "nurse")
    assert newcomer.send("POST", "/presences", body, {"Idempotency-Key": key}).status == 201


def test_the_two_administrators_of_a_new_clinic_were_made_by_two_people(clinic: Clinic) -> None:
    with clinic.reading():
        rows = db.session.execute(
            sa.select(RoleProposal.account, RoleProposal.proposed_by, RoleApproval.approved_by).join(
                RoleApproval, RoleApproval.id == RoleProposal.id
            )
        ).all()
    olga, piet = (UUID(each.id) for each in clinic.administrators)
    assert {tuple(row) for row in rows} == {(olga, piet, olga), (piet, olga, piet)}
