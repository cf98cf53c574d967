"""What somebody with the database owner's rights changes is noticed by whoever signs, reads or verifies."""

from uuid import UUID

import pytest

from clinic_api.clinics import queries as places
from clinic_api.database.keys import NotOurSeal
from clinic_api.signatures import service
from clinic_api.signatures.rules import Meaning, NotAsAttested, Proof
from tests.builders import Clinic
from tests.people import PIN
from tests.signatures.acts import acting, answer, asked, change_behind_our_back

VISIT = UUID(int=5)


def frozen(clinic: Clinic) -> UUID:
    """A frozen record; its id."""
    with acting(clinic, clinic.nurse("Ada")) as scope:
        return service.freeze("session", VISIT, {"note": "calm"}, scope=scope).id


def test_content_changed_after_it_was_shown_can_be_neither_signed_nor_asked_for_again(clinic: Clinic) -> None:
    ada, ben = clinic.nurse("Ada"), clinic.nurse("Ben")
    chair = clinic.a_chair()
    request = asked(clinic, ada, chair)
    change_behind_our_back(clinic, "chairs", UUID(chair), name="Another")
    with clinic.nothing_changes(), pytest.raises(NotAsAttested):
        answer(clinic, ada, Proof(request, ben.login, PIN))
    with clinic.nothing_changes(), pytest.raises(NotAsAttested), acting(clinic, ada) as scope:
        service.renew(request, scope=scope)


def test_content_changed_after_it_was_signed_is_no_longer_what_was_signed(clinic: Clinic) -> None:
    ada, ben = clinic.nurse("Ada"), clinic.nurse("Ben")
    chair = UUID(clinic.a_chair())
    request = asked(clinic, ada, str(chair))
    with acting(clinic, ada) as scope:
        given = service.attest(Proof(request, ben.login, PIN), scope=scope)
    change_behind_our_back(clinic, "chairs", chair, name="Another")
    with acting(clinic, ada), pytest.raises(NotAsAttested):
        service.check_attests(given, places.chair(chair), Meaning.WITNESSED)
    assert [fault.where for fault in clinic.verify()] == [f"chairs {chair}"]


def test_a_signature_moved_to_another_record_is_named_by_verification(clinic: Clinic) -> None:
    dora = clinic.prescriber("Dora")
    chair = UUID(clinic.a_chair())
    with acting(clinic, dora) as scope:
        given = service.sign(places.chair(chair), Meaning.SIGNED, scope=scope).id
    change_behind_our_back(clinic, "attestations", given, subject=UUID(clinic.a_chair()))
    assert [fault.where for fault in clinic.verify()] == [f"attestations {given}"]


def test_a_frozen_record_with_another_digest_is_not_read(clinic: Clinic) -> None:
    change_behind_our_back(clinic, "signed_records", frozen(clinic), content_digest=bytes(32))
    with clinic.reading(), pytest.raises(service.NotFrozenLikeThis):
        service.read_frozen("session", VISIT)


def test_a_frozen_record_whose_bytes_were_changed_is_not_read(clinic: Clinic) -> None:
    change_behind_our_back(clinic, "signed_records", frozen(clinic), sealed=bytes(64))
    with clinic.reading(), pytest.raises(NotOurSeal):
        service.read_frozen("session", VISIT)
