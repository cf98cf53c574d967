"""A message leaves once, is tried again while there is hope, and is never forgotten. Both databases, a real server."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from clinic_api import clock
from clinic_api.database.scope import claiming
from clinic_api.database.transactions import transaction
from clinic_api.messages import queries, service
from clinic_api.messages.rules import MOST_ATTEMPTS, BlanksDiffer, Claimed, DueKind, State, UnknownTemplate
from clinic_api.tasks import queries as tasks
from tests.builders import Clinic
from tests.worker.mail import ABOUT, LEASE, Pigeon, a_patient, about, look, posted, reminder, set_wish, states
from tests.worker.postbox import HANG_UP, postbox


def front_desk_tasks(clinic: Clinic) -> list[tuple[str, UUID]]:
    with clinic.reading():
        return [(task.kind, task.subject) for task in tasks.open_tasks(role="front-desk")]


def claim(clinic: Clinic) -> Claimed | None:
    """What a worker does before it does anything."""
    with clinic.app.app_context(), transaction(now := claiming(clock.now())):
        return service.claim({DueKind.MESSAGE}, lease=LEASE, scope=now)


def test_a_message_reaches_its_patient_once_and_leaves_a_trace(clinic: Clinic) -> None:
    (id,) = posted(clinic, a_patient(clinic))
    with postbox() as box:
        assert (look(clinic, box), look(clinic, box)) == (1, 0)
    assert box.recipients == ["zoe@example.org"]
    assert box.ids == [f"<{id}@clinic.example>"]
    (message,) = about(clinic)
    assert (message.state, message.attempts, message.outcome) == (State.SENT, 1, "sent")
    assert clinic.trail(id) == ["message:queued", "message:sent"]
    assert clinic.verify() == []


def test_nothing_leaves_before_its_time(clinic: Clinic) -> None:
    posted(clinic, a_patient(clinic), at=clock.now() + timedelta(hours=1))
    pigeon = Pigeon()
    clinic.later(minutes=59)
    assert look(clinic, pigeon) == 0
    clinic.later(minutes=1, seconds=1)
    assert look(clinic, pigeon) == 1
    assert len(pigeon.letters) == 1


def test_a_server_that_says_later_gets_the_same_message_later(clinic: Clinic) -> None:
    (id,) = posted(clinic, a_patient(clinic))
    with postbox(says=["451 greylisted"]) as box:
        assert look(clinic, box) == 1
        assert (states(clinic), box.arrived) == (["queued"], [])
        assert look(clinic, box) == 0, "not before the first wait is over"
        clinic.later(seconds=6)
        assert look(clinic, box) == 1
    assert (states(clinic), about(clinic)[0].attempts) == (["sent"], 2)
    assert box.ids == [f"<{id}@clinic.example>"]


def test_a_connection_lost_after_the_text_sends_the_same_message_id_again(clinic: Clinic) -> None:
    (id,) = posted(clinic, a_patient(clinic))
    with postbox(says=[HANG_UP]) as box:
        look(clinic, box)
        clinic.later(seconds=6)
        look(clinic, box)
        clinic.later(seconds=600)
        assert look(clinic, box) == 0
    assert box.ids == [f"<{id}@clinic.example>"] * 2
    assert states(clinic) == ["sent"]


def test_a_message_refused_for_good_becomes_a_task_of_the_front_desk(clinic: Clinic) -> None:
    (id,) = posted(clinic, a_patient(clinic))
    with postbox(says_to_recipients=["550 no such person"]) as box:
        look(clinic, box)
        clinic.later(hours=1)
        assert look(clinic, box) == 0
    assert (states(clinic), about(clinic)[0].outcome) == (["dead"], "smtp-550")
    assert front_desk_tasks(clinic) == [("message-undelivered", id)]
    assert clinic.trail(id) == ["message:queued", "message:given-up"]
    assert clinic.verify() == []


def test_a_server_that_never_answers_is_given_up_after_hours_and_somebody_calls(clinic: Clinic) -> None:
    (id,) = posted(clinic, a_patient(clinic))
    tired = Pigeon(tired=True)
    for _ in range(MOST_ATTEMPTS):
        assert states(clinic) == ["queued"]
        assert look(clinic, tired) == 1
        clinic.later(minutes=5, seconds=1)
    assert (states(clinic), about(clinic)[0].outcome) == (["dead"], "tired")
    assert front_desk_tasks(clinic) == [("message-undelivered", id)]


def test_a_patient_who_no_longer_wants_mail_gets_none(clinic: Clinic) -> None:
    patient = a_patient(clinic)
    (id,) = posted(clinic, patient)
    set_wish(clinic, patient, wanted=False)
    pigeon = Pigeon()
    look(clinic, pigeon)
    assert (pigeon.letters, states(clinic), about(clinic)[0].outcome) == ([], ["dead"], "no-address")
    assert front_desk_tasks(clinic) == [("message-undelivered", id)]


def test_a_recipient_of_a_kind_nobody_knows_gets_nothing(clinic: Clinic) -> None:
    with clinic.transaction() as scope:
        service.post(reminder(UUID(int=1), recipient_kind="insurer"), at=scope.at, scope=scope)
    pigeon = Pigeon()
    look(clinic, pigeon)
    assert (pigeon.letters, states(clinic)) == ([], ["dead"])


def test_a_cancelled_message_does_not_leave(clinic: Clinic) -> None:
    (id,) = posted(clinic, a_patient(clinic))
    with clinic.transaction() as scope:
        assert service.cancel_about(ABOUT, scope=scope) == 1
    pigeon = Pigeon()
    assert (look(clinic, pigeon), pigeon.letters, states(clinic)) == (0, [], ["cancelled"])
    assert clinic.trail(id) == ["message:queued", "message:cancelled"]
    with clinic.nothing_changes(), clinic.transaction() as scope:
        assert service.cancel_about(ABOUT, scope=scope) == 0


def test_a_message_that_left_is_not_cancelled(clinic: Clinic) -> None:
    posted(clinic, a_patient(clinic))
    look(clinic, Pigeon())
    with clinic.nothing_changes(), clinic.transaction() as scope:
        assert service.cancel_about(ABOUT, scope=scope) == 0


def test_a_message_asked_for_twice_is_there_once(clinic: Clinic) -> None:
    patient = a_patient(clinic)
    first, other = posted(clinic, patient, "one", "two")
    assert posted(clinic, patient, "one") == [first]
    assert {row.id for row in about(clinic)} == {first, other}


@pytest.mark.parametrize(
    ("different", "refusal"),
    [({"template": "no-such"}, UnknownTemplate), ({"params": {"clinic": "North"}}, BlanksDiffer)],
)
def test_a_message_that_could_never_be_written_is_refused_at_once(
    clinic: Clinic, different: dict[str, Any], refusal: type[Exception]
) -> None:
    with clinic.nothing_changes(), pytest.raises(refusal), clinic.transaction() as scope:
        service.post(reminder(UUID(int=1), **different), at=scope.at, scope=scope)


def test_one_worker_serves_every_clinic_and_each_message_keeps_its_own(clinic: Clinic) -> None:
    other = clinic.installation.found("South Clinic")
    posted(clinic, a_patient(clinic))
    posted(other, a_patient(other))
    assert look(clinic, Pigeon()) == 2
    assert (states(clinic), states(other)) == (["sent"], ["sent"])


def test_whoever_looks_across_clinics_sees_what_is_due_and_nothing_else(clinic: Clinic) -> None:
    posted(clinic, a_patient(clinic))
    settings = clinic.app.extensions["clinic"].settings
    if settings.database_url.startswith("sqlite"):
        pytest.skip("SQLite knows no row-level security; the mapped classes' own fence is tested elsewhere")
    engine = sa.create_engine(settings.database_url)
    with engine.connect() as connection:

        def seen(table: str) -> int:
            return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())

        assert (seen("due"), seen("outbox")) == (0, 0)
        connection.execute(sa.text("SELECT set_config('app.worker', 'on', true)"))
        assert (seen("due"), seen("outbox"), seen("patients")) == (2, 0, 0)
        inserted = "INSERT INTO due SELECT organisation, gen_random_uuid(), 'x', id, at, null, 0, null FROM due"
        with pytest.raises(sa.exc.ProgrammingError, match="row-level security"):
            connection.execute(sa.text(inserted))
    engine.dispose()


def test_a_worker_whose_lease_ran_out_gives_way_to_the_next(clinic: Clinic) -> None:
    posted(clinic, a_patient(clinic))
    first = claim(clinic)
    assert first is not None
    assert claim(clinic) is None, "it is leased"
    clinic.later(seconds=61)
    second = claim(clinic)
    assert second is not None
    assert (second.id, second.attempts) == (first.id, first.attempts + 1)
    with clinic.transaction():
        assert (service.hold(first) is None, service.hold(second) is not None) == (True, True)


def test_a_letter_that_left_counts_even_if_its_lease_ran_out_meanwhile(clinic: Clinic) -> None:
    posted(clinic, a_patient(clinic))
    first = claim(clinic)
    clinic.later(seconds=61)
    second = claim(clinic)
    assert first is not None
    assert second is not None
    with clinic.transaction() as scope:
        service.sent(first, scope=scope)
    with clinic.nothing_changes(), clinic.transaction() as scope:
        assert service.take(second, {}, scope=scope) is None
        assert service.not_sent(second, "smtp-451", for_good=False, scope=scope) is None
        service.sent(second, scope=scope)
    assert states(clinic) == ["sent"]


def test_what_is_moved_while_a_worker_holds_it_is_done_at_its_new_time(clinic: Clinic) -> None:
    (id,) = posted(clinic, a_patient(clinic))
    held = claim(clinic)
    assert held is not None
    with clinic.transaction() as scope:
        service.arm(DueKind.MESSAGE, id, scope.at + timedelta(hours=1), scope=scope)
    with clinic.transaction():
        assert service.hold(held) is None
    pigeon = Pigeon()
    assert look(clinic, pigeon) == 0
    clinic.later(hours=1, seconds=1)
    assert look(clinic, pigeon) == 1


def test_what_is_no_longer_due_stays_done_however_often_that_is_said(clinic: Clinic) -> None:
    (id,) = posted(clinic, a_patient(clinic))
    for _ in range(2):
        with clinic.transaction() as scope:
            service.disarm(DueKind.MESSAGE, id, scope=scope)
            service.disarm("no-such-kind", id, scope=scope)
    assert look(clinic, Pigeon()) == 0


def test_a_message_of_another_clinic_does_not_exist_here(clinic: Clinic) -> None:
    other = clinic.installation.found("South Clinic")
    (id,) = posted(other, UUID(int=1))
    with clinic.reading(), pytest.raises(queries.NoSuchMessage):
        queries.message(id)
