"""Where one person counts alone, a second one counts along every week, or a task says that nobody did."""

from datetime import datetime, timedelta

import pytest

from clinic_api import clock
from clinic_api.inventory.service.weekly import SECOND_PERSON
from clinic_api.tasks import queries as tasks
from tests.builders import Installation
from tests.inventory.stock import Stock, counted


@pytest.fixture
def stock(installation: Installation) -> Stock:
    """The safe of a practice of one."""
    return Stock(installation.found("Solo Clinic", profile="solo"))


def alone(stock: Stock, kind: str = "opening") -> None:
    """One person counts the safe and signs."""
    count = stock.nurse.does("/counts", location=stock.location, kind=kind)["id"]
    stock.enter(count).done()
    stock.nurse.does(f"/counts/{count}/signature")


def asked(stock: Stock) -> list[datetime]:
    """When the open tasks for a count by a second person are due."""
    with stock.clinic.reading():
        return [task.due_at for task in tasks.open_tasks() if task.kind == SECOND_PERSON]


def test_a_week_without_a_second_person_is_a_task_that_comes_due_even_if_nobody_counts(stock: Stock) -> None:
    assert asked(stock) == []
    alone(stock)
    [due] = asked(stock)
    assert timedelta(days=7) <= due - clock.now() < timedelta(days=8)
    alone(stock, "closing")
    assert asked(stock) == [due]


def test_a_count_by_two_answers_the_week_and_the_next_week_begins(stock: Stock) -> None:
    alone(stock)
    [before] = asked(stock)
    stock.clinic.tomorrow(stock.nurse, stock.witness)
    for person in (stock.nurse, stock.witness):
        person.does("/presences", site=stock.clinic.site)
    count = stock.nurse.does("/counts", location=stock.location, kind="closing", persons=2)
    assert count["persons"] == 2
    stock.enter_both(count["id"]).done()
    signed = stock.nurse.does(f"/counts/{count['id']}/signature")
    assert asked(stock) == [before]
    stock.nurse.post(f"/counts/{count['id']}/second", **stock.witness.proof_for(signed["challenge"])).done()
    assert asked(stock) == [before + timedelta(days=1)]


def test_a_count_of_a_part_by_two_answers_nothing(stock: Stock) -> None:
    vial = stock.a_vial()
    count = stock.nurse.does("/counts", location=stock.location, kind="cycle", persons=2, containers=[str(vial)])
    stock.enter_both(count["id"], counted(vial)).done()
    stock.sign_both(count["id"])
    assert asked(stock) == []


def test_where_two_count_every_day_nobody_is_asked(installation: Installation) -> None:
    stock = Stock(installation.found("Team Clinic"))
    stock.count()
    assert asked(stock) == []
