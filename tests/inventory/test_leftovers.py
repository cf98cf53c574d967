"""What is left past its use-by: the worker asks once for each container, and nobody is asked for an empty one."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from clinic_api import clock
from clinic_api.inventory.jobs import HANDLERS
from clinic_api.inventory.service.leftovers import LEFTOVER, LOOK_AGAIN
from clinic_api.messages.jobs import tick
from clinic_api.tasks import queries as tasks
from tests.inventory.stock import Stock

LEASE: Final = timedelta(seconds=60)


def asked(stock: Stock) -> list[UUID]:
    """The containers about which somebody is asked, after the worker has looked."""
    with stock.clinic.app.app_context():
        while tick(HANDLERS, lease=LEASE):
            pass
    with stock.clinic.reading():
        return [task.subject for task in tasks.open_tasks() if task.kind == LEFTOVER]


def past(stock: Stock, container: UUID, **by: float) -> None:
    """Time passes until so much after a container's last moment of use; whoever acts next signs in again."""
    use_by = datetime.fromisoformat(stock.nurse.get(f"/containers/{container}")["container"]["use_by"])
    stock.clinic.installation.set_clock(use_by + timedelta(**by))
    for person in (*stock.clinic.administrators, stock.nurse, stock.witness):
        stock.clinic.sign_in(person)
    for person in (stock.nurse, stock.witness):
        person.does("/presences", site=stock.clinic.site)


def test_an_opened_vial_is_asked_about_when_its_last_moment_is_past_and_not_before(stock: Stock) -> None:
    vial, sealed = stock.a_vial(), stock.a_vial()
    stock.draw(vial, "0.7", stock.a_visit())
    past(stock, vial)
    assert asked(stock) == []
    stock.clinic.later(seconds=1)
    assert asked(stock) == [vial]
    assert sealed not in asked(stock)
    with stock.clinic.reading():
        (task,) = [task for task in tasks.open_tasks() if task.kind == LEFTOVER]
        assert (task.role, task.subject_table, task.visit) == ("nurse", "containers", None)
        assert clock.now() < task.due_at <= clock.now() + timedelta(days=1)


def test_it_is_asked_once_however_often_the_worker_looks(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    stock.draw(vial, "0.7", visit)
    stock.draw(vial, "0.7", visit)
    past(stock, vial, days=1)
    assert [asked(stock), asked(stock)] == [[vial], [vial]]


def test_wasting_what_is_left_closes_it_and_wasting_some_of_it_does_not(stock: Stock) -> None:
    vial = stock.a_vial()
    stock.draw(vial, "0.7", stock.a_visit())
    past(stock, vial, seconds=1)
    assert asked(stock) == [vial]
    stock.waste(vial, "400")
    assert asked(stock) == [vial]
    stock.waste(vial, "65")
    assert asked(stock) == []
    assert stock.clinic.verify() == []


def test_nobody_is_asked_about_a_vial_that_was_emptied_in_time(stock: Stock) -> None:
    vial = stock.a_vial()
    stock.draw(vial, "10", stock.a_visit())
    past(stock, vial, seconds=1)
    assert asked(stock) == []


def test_a_bag_and_a_syringe_of_stock_are_asked_about_by_their_own_last_moment(stock: Stock) -> None:
    stock.share()
    vial = stock.a_vial()
    bag = stock.mix((vial, "5"))
    syringe = stock.mix((vial, "1"), kind="syringe", diluent=None, diluent_ml="0")
    past(stock, bag, days=2)
    assert set(asked(stock)) == {bag, syringe}


def test_what_is_set_apart_is_asked_about_as_well(stock: Stock) -> None:
    vial = stock.a_vial()
    stock.draw(vial, "0.7", stock.a_visit())
    stock.nurse.does(f"/containers/{vial}/quarantine", reason="a crack in the glass")
    past(stock, vial, seconds=1)
    assert asked(stock) == [vial]


def test_while_its_location_is_counted_nothing_is_said_and_it_is_asked_about_afterwards(stock: Stock) -> None:
    vial = stock.a_vial()
    stock.draw(vial, "0.7", stock.a_visit())
    past(stock, vial, seconds=1)
    stock.nurse.does("/counts", location=stock.location, kind="closing")
    assert asked(stock) == []
    for _ in range(11):
        stock.clinic.later(seconds=LOOK_AGAIN.total_seconds())
        assert asked(stock) == []
    stock.clinic.later(seconds=LOOK_AGAIN.total_seconds())
    assert asked(stock) == [vial]
