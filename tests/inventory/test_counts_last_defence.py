"""What the database refuses of counts and inventories when the application is wrong; on both engines, by hand."""

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from clinic_api.database.rows import Row
from clinic_api.inventory.models.counts import CountPart, CountRecount, CountTally, CountTallyLine, DriftAlert
from clinic_api.inventory.models.inventories import Inventory, InventoryCount, InventorySignature, InventoryTaken
from clinic_api.inventory.models.stock import Container
from tests.builders import Clinic
from tests.inventory.stock import Stock, read
from tests.inventory.test_inventories import taken
from tests.inventory.test_last_defence import refused, row_of, written

KEPT = (
    *("count_parts", "count_recounts", "count_tallies", "count_tally_lines", "drift_alerts"),
    *("inventories", "inventory_counts", "inventories_taken", "inventory_signatures"),
)


def counted_over(clinic: Clinic) -> Stock:
    """A safe with a row in each of these tables."""
    stock = Stock(clinic)
    vial = stock.a_vial()
    weighed = {"container": str(vial), "method": "weighed", "gross_g": "22.7", "tare_g": "13", "scale_g": "0.5"}
    count = taken(stock, weighed)["counts"][0]["count"]
    stock.nurse.does(f"/counts/{count}/recount", containers=[str(vial)])
    stock.a_vial()
    for _ in range(4):
        clinic.later(minutes=1)
        cycle = stock.nurse.does("/counts", location=stock.location, kind="cycle", products=["ketamine-50-mg-ml-10-ml"])
        stock.enter(cycle["id"], read(vial, "9.6")).done()
    return stock


pytestmark = pytest.mark.begins(at=counted_over)


def ids(stock: Stock, kind: type[Row], *where: sa.ColumnElement[bool]) -> dict[str, Any]:
    """One row as it stands."""
    with stock.clinic.reading():
        found = row_of(kind, *where)
    assert found, kind.__tablename__
    return found


def test_nobody_enters_after_themself_and_each_place_is_taken_once(stock: Stock) -> None:
    second, somebody = ids(stock, CountTally, CountTally.place == 2), UUID(stock.clinic.administrators[0].id)
    for wrong in (
        {"place": 3, "counted_by": second["first_by"]},
        {"place": 3, "first_by": somebody},
        {"place": 3, "first_by": None, "first_place": None},
        {"place": 3, "first_place": None},
        {"place": 3, "first_place": 2, "first_by": second["counted_by"], "counted_by": somebody},
        {"place": 3, "counted_by": uuid4()},
        {"place": 4},
        {"counted_by": somebody},
    ):
        written(stock, CountTally, CountTally.id == second["id"], **wrong)


def test_a_line_is_found_somehow_and_a_weighing_is_whole(stock: Stock) -> None:
    line = ids(stock, CountTallyLine, CountTallyLine.gross_mg.is_not(None))
    here, other = CountTallyLine.id == line["id"], ids(stock, Container, Container.label == "K-002")["id"]
    written(stock, CountTallyLine, here)  # the same container twice
    for wrong in (
        *({name: None} for name in ("gross_mg", "tare_mg", "scale_mg", "density", "tare_weighed", "method", "found")),
        {"tare_mg": line["gross_mg"] + 1},
        {"expected": sa.text("-1")},
        {"method": sa.text("'read'")},
        {"tally": uuid4()},
    ):
        written(stock, CountTallyLine, here, **{"container": other, **wrong})


def test_a_part_is_a_container_or_a_product(stock: Stock) -> None:
    part = ids(stock, CountPart, CountPart.product.is_not(None))
    container = ids(stock, CountTallyLine)["container"]
    for wrong in (
        {},
        {"product": None},
        {"product": "another", "container": container},
        {"product": None, "container": uuid4()},
    ):
        written(stock, CountPart, CountPart.id == part["id"], **wrong)


def test_a_recount_is_of_another_count(stock: Stock) -> None:
    again = ids(stock, CountRecount)
    written(stock, CountRecount, CountRecount.id == again["id"], id=again["of"])
    written(stock, CountRecount, CountRecount.id == again["id"], id=uuid4())


def test_a_drift_is_of_one_thing(stock: Stock) -> None:
    alert = ids(stock, DriftAlert, DriftAlert.container.is_not(None))
    person = ids(stock, CountTally)["counted_by"]
    for wrong in ({"container": None}, {"person": person}, {"location": uuid4()}, {"counts": 0}):
        written(stock, DriftAlert, DriftAlert.id == alert["id"], **wrong)


def test_an_inventory_is_asked_for_by_law_frozen_once_and_signed_by_two(stock: Stock) -> None:
    for wrong in ({"kind": sa.text("'closing'")}, {"persons": 3}, {"registration": uuid4()}):
        made = ids(stock, Inventory) | {"id": uuid4()} | wrong
        refused(stock, sa.insert(Inventory.__table__).values(made), IntegrityError)  # type: ignore[arg-type]
    written(stock, InventoryCount, inventory=uuid4())
    frozen, signature = ids(stock, InventoryTaken), ids(stock, InventorySignature)
    written(stock, InventoryTaken, id=frozen["id"], record=uuid4())
    written(stock, InventoryTaken, id=uuid4())
    here = InventorySignature.id == signature["id"]
    for place in (2, 3):
        written(stock, InventorySignature, here, place=place, signer=UUID(stock.clinic.administrators[0].id))
    written(stock, InventorySignature, here, inventory=uuid4())


def test_counts_and_inventories_are_kept(stock: Stock) -> None:
    with stock.clinic.nothing_changes():
        for table in KEPT:
            refused(stock, sa.text(f"DELETE FROM {table}"))
            refused(stock, sa.text(f"UPDATE {table} SET id = id, digest = digest"))
