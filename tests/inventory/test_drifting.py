"""Small differences that add up: told once, read by whoever may read the ledger, and never an adjustment."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from clinic_api.database.rows import db
from clinic_api.inventory.models.counts import DriftAlert
from clinic_api.inventory.queries import drift as drifts
from clinic_api.inventory.service.counting import VARIANCE
from clinic_api.inventory.service.drifting import DRIFT
from clinic_api.tasks import queries as asked
from clinic_api.tasks import service as tasks
from tests.builders import Clinic
from tests.inventory.stock import Stock, counted, read

#: As the shipped list has it: so many counts in a row on one side.
ONE_SIDED = 4


def count(stock: Stock, *lines: dict[str, Any]) -> None:
    """A cycle count of the whole safe by one person, some minutes later."""
    stock.clinic.later(minutes=2)
    made = stock.nurse.does("/counts", location=stock.location, kind="cycle")
    stock.enter(made["id"], *lines).done()


def told(stock: Stock) -> list[tuple[str, str, int, int]]:
    """What was told: of what, why, over how many counts, and how far."""
    with stock.clinic.reading():
        rows = db.session.execute(sa.select(DriftAlert).order_by(DriftAlert.id)).scalars()
        return sorted((str(row.subject), str(row.reason), row.counts, row.sum_ug) for row in rows)


def drift(stock: Stock, **of: str) -> dict[str, Any]:
    """What the route says of one sum."""
    items = stock.nurse.get(f"/sites/{stock.clinic.site}/drift").done()["items"]
    return next(dict(each) for each in items if of.items() <= each.items())


def test_a_vial_that_is_a_little_short_again_and_again_is_told_once_though_no_count_was_a_case(stock: Stock) -> None:
    vial = stock.a_vial()
    for n in range(1, ONE_SIDED + 3):
        assert stock.tasks(DRIFT) == (0 if n <= ONE_SIDED else 2), n
        count(stock, read(vial, "9.6"))
    assert told(stock) == [("container", "one-sided", 4, -20_000), ("product", "one-sided", 4, -20_000)]
    assert (stock.tasks(DRIFT), stock.tasks(VARIANCE)) == (2, 0)
    assert stock.balance(vial).as_mg_text() == "500"
    assert stock.clinic.verify() == []


def test_after_somebody_looked_it_is_told_anew_only_when_it_drifts_on(stock: Stock) -> None:
    vial = stock.a_vial()
    for _ in range(ONE_SIDED):
        count(stock, read(vial, "9.6"))
    with stock.clinic.transaction(stock.nurse) as scope:
        for task in asked.open_tasks():
            if task.kind == DRIFT:
                tasks.close_task(task.id, "looked into", scope=scope)
    for _ in range(ONE_SIDED - 1):
        count(stock, read(vial, "9.6"))
    assert stock.tasks(DRIFT) == 0
    count(stock, read(vial, "9.6"))
    assert (stock.tasks(DRIFT), len(told(stock))) == (2, 4)


def test_many_vials_each_a_little_short_add_up_for_the_product_the_place_and_who_counted(stock: Stock) -> None:
    vials = [stock.a_vial() for _ in range(4)]
    count(stock, *(read(vial, "10") for vial in vials))
    assert told(stock) == []
    count(stock, *(read(vial, "9.6") for vial in vials))
    assert ("product", "adds-up", 2, -80_000) in told(stock)
    assert ("counter", "adds-up", 2, -80_000) in told(stock)
    assert not {each for each in told(stock) if each[0] == "container"}


def test_who_handled_a_vial_between_two_counts_is_shown_with_what_changed_meanwhile(stock: Stock) -> None:
    vial, visit = stock.a_vial(), stock.a_visit()
    count(stock, read(vial, "9.9"))
    stock.clinic.later(minutes=1)
    syringe = stock.draw(vial, "1", visit, person=stock.witness).syringe
    count(stock, read(vial, "8.5"), counted(syringe))
    ben = drift(stock, subject="handler", person=stock.witness.id)
    assert (ben["sum_ug"], ben["counts"], ben["one_sided"]) == (-20_000, 1, 1)
    ada = drift(stock, subject="handler", person=stock.nurse.id)
    assert (ada["sum_ug"], ada["counts"]) == (-5_000, 1)  # who received it, up to the first count
    assert drift(stock, subject="counter", person=stock.nurse.id)["sum_ug"] == -25_000


def test_the_route_shows_each_sum_beside_its_limits(stock: Stock, clinic: Clinic) -> None:
    vial = stock.a_vial()
    count(stock, read(vial, "9.9"))
    line = drift(stock, subject="container", container=str(vial))
    assert (line["sum_ug"], line["resolution_ug"], line["reason"]) == (-5_000, 25_000, None)
    assert (line["one_sided_counts"], line["times_resolution"], line["product"]) == (4, "3", "ketamine-50-mg-ml-10-ml")
    assert stock.nurse.get(f"/sites/{UUID(int=1)}/drift").status == 404
    assert clinic.front_desk().get(f"/sites/{clinic.site}/drift").status == 403


def test_a_line_that_was_counted_again_stands_aside_for_the_recount(stock: Stock, clinic: Clinic) -> None:
    vial = stock.a_vial()
    first = stock.count(read(vial, "9.6"))
    clinic.later(minutes=1)
    again = stock.nurse.does(f"/counts/{first['id']}/recount", containers=[str(vial)])
    stock.enter(again["id"], read(vial, "9.9"), by=clinic.custodian("Kim Keeper")).done()
    line = drift(stock, subject="container", container=str(vial))
    assert (line["counts"], line["sum_ug"]) == (1, -5_000)


def test_what_lies_further_back_than_the_policy_looks_is_not_added_up(stock: Stock, clinic: Clinic) -> None:
    vial = stock.a_vial()
    count(stock, read(vial, "9.6"))
    clinic.later(days=91)
    clinic.sign_in(stock.nurse)
    stock.nurse.does("/presences", site=clinic.site)
    count(stock, read(vial, "9.5"))
    with clinic.reading():
        seen = {each.drift.key.subject: each.drift for each in drifts.at_site(UUID(clinic.site))}
    assert {(each.counts, each.sum_ug) for each in seen.values()} == {(1, 0)}
