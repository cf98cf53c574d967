"""Two at once: a set that arrives while the record is being frozen is either in it or refused."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep
from uuid import UUID, uuid4

import pytest

from clinic_api.accounts import queries as accounts
from clinic_api.database.transactions import transaction
from clinic_api.sessions.service import closing
from tests.builders import Clinic
from tests.people import Answer
from tests.sessions.ward import CALM, Ward, discharged


@pytest.mark.begins(at=discharged)
def test_a_set_that_arrives_while_the_session_is_being_signed_waits_and_is_refused(clinic: Clinic, ward: Ward) -> None:
    ward.settle()
    before, signing = len(ward.see()["readings"]), Event()

    def second() -> Answer:
        signing.wait()
        return ward.tries("readings", ward.ben, **CALM)

    scope = ward.ada.scope(device=UUID(clinic.tablet["id"]), operation_id=uuid4(), auth_event=_sign_in(ward))
    with ThreadPoolExecutor() as pool:
        late = pool.submit(second)
        with clinic.app.app_context(), transaction(scope):
            closing.sign(UUID(ward.visit), scope=scope)
            signing.set()
            sleep(0.3)
        assert late.result()["type"] == "session-signed"
    assert len(ward.see()["readings"]) == before


def _sign_in(ward: Ward) -> UUID:
    """The strong sign-in that the nurse's acts rest on."""
    with ward.clinic.reading():
        found = accounts.last_sign_in(UUID(ward.ada.id))
        assert found is not None
        return found.id
