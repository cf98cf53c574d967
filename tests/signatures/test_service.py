"""A second person signs exactly what they were shown, once, in time, as themselves."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from clinic_api.accounts.rules.proving import FullSignInNeeded, WrongPin, WrongProof
from clinic_api.clinics import queries as places
from clinic_api.database.rows import put
from clinic_api.database.scope import Scope
from clinic_api.database.transactions import transaction
from clinic_api.errors import Refusal
from clinic_api.identifiers import new_id
from clinic_api.signatures import queries, service
from clinic_api.signatures.models import Attestation
from clinic_api.signatures.rules import (
    ChallengeExpired,
    ChallengeUsed,
    Meaning,
    NotAsAttested,
    OwnWitness,
    Proof,
)
from tests.builders import Clinic
from tests.people import PIN, Person
from tests.signatures.acts import acting, answer, asked, sign_in_of


def refused(clinic: Clinic, author: Person, proof: Proof, by: type[Refusal]) -> None:
    """The answer is refused and nothing was changed."""
    with clinic.nothing_changes(), pytest.raises(by):
        answer(clinic, author, proof)


def test_a_second_person_signs_on_the_authors_tablet_with_their_own_pin(clinic: Clinic) -> None:
    ada, ben = clinic.nurse("Ada"), clinic.nurse("Ben Witness")
    given = answer(clinic, ada, Proof(asked(clinic, ada), ben.login.upper(), PIN))
    with clinic.reading():
        (signature,) = [each for each in all_signatures(clinic) if each.id == given]
        assert (signature.signer, signature.asked_by) == (UUID(ben.id), UUID(ada.id))
        assert (signature.printed_name, signature.roles) == ("Ben Witness", ["nurse"])
        assert (signature.meaning, signature.device) == (Meaning.WITNESSED, UUID(clinic.tablet["id"]))
        auth_event = signature.auth_event
    assert auth_event == sign_in_of(clinic, ben)
    assert clinic.trail(given) == ["record:attested"]
    assert clinic.verify() == []


def all_signatures(clinic: Clinic) -> list[Any]:
    """Every signature on a chair of the clinic."""
    return [each for chair in places.chairs(UUID(clinic.site)) for each in queries.attestations_of(chair.id)]


def test_the_author_cannot_be_their_own_witness(clinic: Clinic) -> None:
    ada = clinic.nurse("Ada")
    refused(clinic, ada, Proof(asked(clinic, ada), ada.login, PIN), OwnWitness)


def test_a_wrong_pin_signs_nothing(clinic: Clinic) -> None:
    ada, ben = clinic.nurse("Ada"), clinic.nurse("Ben")
    refused(clinic, ada, Proof(asked(clinic, ada), ben.login, "864209"), WrongPin)


def test_a_login_that_does_not_exist_signs_nothing(clinic: Clinic) -> None:
    ada = clinic.nurse("Ada")
    refused(clinic, ada, Proof(asked(clinic, ada), "nobody", PIN), WrongProof)


def test_a_witness_who_did_not_sign_in_today_must_do_so_first(clinic: Clinic) -> None:
    ada, ben, chair = clinic.nurse("Ada"), clinic.nurse("Ben"), clinic.a_chair()
    clinic.later(hours=12, seconds=1)
    clinic.sign_in(ada)
    refused(clinic, ada, Proof(asked(clinic, ada, chair), ben.login, PIN), FullSignInNeeded)


def test_a_pin_counts_on_an_enrolled_tablet_only(clinic: Clinic) -> None:
    ada, ben = clinic.nurse("Ada"), clinic.nurse("Ben")
    proof = Proof(asked(clinic, ada), ben.login, PIN)
    elsewhere = ada.scope()
    with clinic.nothing_changes(), pytest.raises(FullSignInNeeded), clinic.app.app_context(), transaction(elsewhere):
        service.attest(proof, scope=elsewhere)


def test_a_request_lives_120_seconds_and_not_a_microsecond_more(clinic: Clinic) -> None:
    ada, ben = clinic.nurse("Ada"), clinic.nurse("Ben")
    request = asked(clinic, ada)
    with clinic.reading():
        issued, last = queries.challenge(request).issued_at, queries.challenge(request).expires_at
    assert last - issued == timedelta(seconds=120)
    device = UUID(clinic.tablet["id"])
    late = Scope(
        organisation=clinic.organisation, at=last + timedelta(microseconds=1), actor=UUID(ada.id), device=device
    )
    with clinic.nothing_changes(), pytest.raises(ChallengeExpired), clinic.app.app_context(), transaction(late):
        service.attest(Proof(request, ben.login, PIN), scope=late)
    in_time = Scope(organisation=clinic.organisation, at=last, actor=UUID(ada.id), device=device)
    with clinic.app.app_context(), transaction(in_time):
        assert service.attest(Proof(request, ben.login, PIN), scope=in_time).at == last


def test_a_request_is_answered_once(clinic: Clinic) -> None:
    ada, ben, cy = clinic.nurse("Ada"), clinic.nurse("Ben"), clinic.nurse("Cy")
    request = asked(clinic, ada)
    answer(clinic, ada, Proof(request, ben.login, PIN))
    for witness in (ben, cy):
        refused(clinic, ada, Proof(request, witness.login, PIN), ChallengeUsed)


def test_a_signature_on_one_thing_does_not_serve_another(clinic: Clinic) -> None:
    ada, ben = clinic.nurse("Ada"), clinic.nurse("Ben")
    one, other = clinic.a_chair(), clinic.a_chair()
    request = asked(clinic, ada, one)
    with acting(clinic, ada) as scope:
        given = service.attest(Proof(request, ben.login, PIN), scope=scope)
        service.check_attests(given, places.chair(UUID(one)), Meaning.WITNESSED)
        with pytest.raises(NotAsAttested):
            service.check_attests(given, places.chair(UUID(other)), Meaning.WITNESSED)
        with pytest.raises(NotAsAttested):
            service.check_attests(given, places.chair(UUID(one)), Meaning.COUNTED)


def test_one_tap_renews_an_expired_request_and_the_author_stays_the_author(clinic: Clinic) -> None:
    ada, ben = clinic.nurse("Ada"), clinic.nurse("Ben")
    request = asked(clinic, ada)
    clinic.later(seconds=130)
    renewed = ben.does(f"/challenges/{request}/renewal")
    assert renewed["asked_by"] == ada.id
    assert clinic.trail(renewed["id"]) == ["challenge:renewed"]
    refused(clinic, ben, Proof(UUID(renewed["id"]), ada.login, PIN), OwnWitness)
    answer(clinic, ada, Proof(UUID(renewed["id"]), ben.login, PIN))
    assert clinic.verify() == []


def test_an_answered_request_is_not_renewed(clinic: Clinic) -> None:
    ada, ben = clinic.nurse("Ada"), clinic.nurse("Ben")
    request = asked(clinic, ada)
    answer(clinic, ada, Proof(request, ben.login, PIN))
    with clinic.nothing_changes():
        assert ada.post(f"/challenges/{request}/renewal")["type"].endswith("challenge-used")


def test_a_request_of_another_clinic_does_not_exist_here(clinic: Clinic) -> None:
    other = clinic.installation.found("South Clinic")
    request = asked(other, other.nurse("Zoe"))
    ada, ben = clinic.nurse("Ada"), clinic.nurse("Ben")
    assert ada.post(f"/challenges/{request}/renewal").status == 404
    refused(clinic, ada, Proof(request, ben.login, PIN), queries.NoSuchChallenge)


def test_the_acting_person_signs_with_the_name_they_have_today(clinic: Clinic) -> None:
    dora = clinic.prescriber("Dora Prescriber")
    chair = UUID(clinic.a_chair())
    with acting(clinic, dora) as scope:
        given = service.sign(places.chair(chair), Meaning.SIGNED, scope=scope)
    assert (given.signer, given.printed_name, given.challenge) == (UUID(dora.id), "Dora Prescriber", None)
    with clinic.reading():
        assert [each.id for each in queries.attestations_of(chair)] == [given.id]
    assert clinic.verify() == []


def test_nobody_signs_without_a_strong_sign_in(clinic: Clinic) -> None:
    ada = clinic.nurse("Ada")
    chair = UUID(clinic.a_chair())
    with clinic.nothing_changes(), pytest.raises(FullSignInNeeded), clinic.transaction(ada) as scope:
        service.sign(places.chair(chair), Meaning.SIGNED, scope=scope)


def test_the_database_itself_refuses_the_author_as_witness(clinic: Clinic) -> None:
    ada = clinic.nurse("Ada")
    request = asked(clinic, ada)
    with clinic.nothing_changes(), pytest.raises(sa.exc.IntegrityError), acting(clinic, ada) as scope:
        put(own_answer(request, scope))


def own_answer(request: UUID, scope: Scope) -> Attestation:
    """What a program that forgot the rule would write."""
    assert scope.auth_event is not None
    asking = queries.challenge(request)
    return Attestation(
        organisation=scope.organisation,
        id=new_id(scope.at),
        challenge=request,
        asked_by=asking.asked_by,
        subject_table=asking.subject_table,
        subject=asking.subject,
        subject_digest=asking.subject_digest,
        meaning=asking.meaning,
        signer=scope.by,
        printed_name="Ada",
        roles=[],
        auth_event=scope.auth_event,
        at=scope.at,
    )


def test_a_frozen_record_reads_back_as_it_was_and_counts_its_versions(clinic: Clinic) -> None:
    ada = clinic.nurse("Ada")
    visit = UUID(int=5)
    with acting(clinic, ada) as scope:
        first = service.freeze("session", visit, {"note": "Zoë", "at": scope.at, "mg": None}, scope=scope)
        service.sign(first, Meaning.SIGNED, scope=scope)
        second = service.freeze("session", visit, {"note": "Zoë, amended"}, scope=scope)
    assert (first.version, second.version) == (1, 2)
    with clinic.reading():
        assert service.read_frozen("session", visit) == {"note": "Zoë, amended"}
        assert service.read_frozen("session", visit, version=1)["note"] == "Zoë"
        assert b"Zo" not in first.sealed
        with pytest.raises(queries.NoSuchSignedRecord):
            service.read_frozen("session", UUID(int=6))
        with pytest.raises(queries.NoSuchSignedRecord):
            service.read_frozen("session", visit, version=3)
    assert clinic.verify() == []


def test_a_float_is_not_frozen(clinic: Clinic) -> None:
    ada = clinic.nurse("Ada")
    with clinic.nothing_changes(), pytest.raises(TypeError), acting(clinic, ada) as scope:
        service.freeze("session", UUID(int=5), {"mg": 37.5}, scope=scope)
