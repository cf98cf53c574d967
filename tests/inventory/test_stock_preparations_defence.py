"""What the database refuses of bags and syringes that are made up for nobody in particular; on both engines."""

from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from clinic_api.database.rows import db
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.moves import Move
from clinic_api.inventory.models.preparations import StockPreparation
from clinic_api.inventory.queries import finding
from clinic_api.quantities import Mass, Volume
from tests.builders import Clinic
from tests.inventory.stock import Stock


def sharing(clinic: Clinic) -> Stock:
    """A safe and two nurses, in a clinic that shares what it makes up."""
    stock = Stock(clinic)
    stock.share()
    return stock


pytestmark = pytest.mark.begins(at=sharing)


def test_the_database_refuses_stock_that_is_not_what_it_says(stock: Stock) -> None:
    bag = stock.mix((stock.a_vial(), "10"))
    table: Any = StockPreparation.__table__
    with stock.clinic.reading():
        row = dict(db.session.execute(sa.select(table)).mappings().one())
        vial = finding.numbered("K-001").id
    for wrong in (
        {"id": vial},
        {"kind": "device"},
        {"drawn": Mass(1)},
        {"drawn_volume": Volume(0)},
        {"final_volume": Volume(1)},
        {"diluent": None},
        {"use_by": row["at"]},
        {"policy": uuid4()},
        {},
    ):
        _not_written(stock, table, row | wrong)
    for statement in ("UPDATE stock_preparations SET use_by = at", "DELETE FROM stock_preparations"):
        with pytest.raises(DBAPIError), stock.clinic.transaction():
            db.session.execute(sa.text(statement))
    assert row["final"] == Fraction(5)
    assert row["id"] == bag


def test_the_database_refuses_a_move_into_anything_but_a_case_or_a_stock_preparation(stock: Stock) -> None:
    bag, visit = stock.mix((stock.a_vial(), "10")), stock.a_visit()
    case = stock.draw(bag, "7", visit).syringe
    other = stock.draw(bag, "7", visit).syringe
    table: Any = Move.__table__
    with stock.clinic.reading() as scope:
        made = dict(db.session.execute(sa.select(table).where(Move.stock == bag)).mappings().one())
        drawn = dict(db.session.execute(sa.select(table).where(Move.to_container == case)).mappings().one())
        fresh = {"id": new_id(scope.at), "operation_id": uuid4()}
    for wrong in ({"stock": None}, {"stock": case}, {"to_container": case}, {"syringe": bag, "visit": visit}):
        _not_written(stock, table, made | fresh | wrong)
    for wrong in ({"stock": bag}, {"syringe": other}, {"visit": None, "syringe": None}, {"registration": uuid4()}):
        _not_written(stock, table, drawn | fresh | wrong)


def test_the_database_refuses_a_move_under_another_registration_than_both_its_ends(stock: Stock) -> None:
    bag = stock.mix((stock.a_vial(), "10"))
    second = UUID(stock.clinic.a_registration(dea_number="BC2749185"))
    table: Any = Move.__table__
    with stock.clinic.reading() as scope:
        made = dict(db.session.execute(sa.select(table).where(Move.stock == bag)).mappings().one())
        fresh = {"id": new_id(scope.at), "operation_id": uuid4()}
    _not_written(stock, table, made | fresh | {"registration": second})


def _not_written(stock: Stock, table: Any, row: dict[str, Any]) -> None:
    with pytest.raises(DBAPIError), stock.clinic.transaction():
        db.session.execute(sa.insert(table).values(row))
