"""What the database refuses of the ledger when the application is wrong; on both engines, by hand."""

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from clinic_api.database.rows import Row, db
from clinic_api.identifiers import new_id
from clinic_api.inventory.models.moves import Move, Waste, WastePosting
from clinic_api.inventory.models.stock import Container, Puncture
from clinic_api.quantities import Mass, Volume
from tests.builders import Clinic
from tests.inventory.stock import Stock

LEDGER = (
    *("products", "locations", "receipts", "receipt_lines", "containers", "punctures", "quarantines", "returns"),
    *("wastes", "waste_postings", "moves", "counts", "count_entries", "count_sheets", "count_signatures"),
    *("count_tallies", "count_tally_lines"),
)


def witnessed(clinic: Clinic) -> Stock:
    """A safe and two nurses, a vial that was drawn from, and a waste that was witnessed."""
    stock = Stock(clinic)
    vial, visit = stock.a_vial(), stock.a_visit()
    syringe = stock.draw(vial, "0.7", visit).syringe
    stock.give(syringe, "10.5", visit)
    stock.waste(syringe, "24")
    stock.propose(syringe, "0.5")
    return stock


pytestmark = pytest.mark.begins(at=witnessed)


def row_of(kind: type[Row], *where: sa.ColumnElement[bool]) -> dict[str, Any]:
    """One row as it stands."""
    table: Any = kind.__table__
    return dict(db.session.execute(sa.select(table).where(*where)).mappings().first() or {})


def refused(stock: Stock, statement: Any, by: type[DBAPIError] = DBAPIError) -> None:
    """The database refuses a statement, whatever the application thought."""
    with pytest.raises(by), stock.clinic.transaction():
        db.session.execute(statement)


def written(stock: Stock, kind: type[Row], *where: sa.ColumnElement[bool], **different: Any) -> None:
    """A copy of a row with something different, which must be refused."""
    with stock.clinic.reading() as scope:
        copy = row_of(kind, *where) | {"id": new_id(scope.at)} | different
    refused(stock, sa.insert(kind.__table__).values(copy), IntegrityError)  # type: ignore[arg-type]


def test_a_move_has_one_source_and_one_target_and_moves_something(stock: Stock) -> None:
    drawn = Move.from_container.is_not(None), Move.to_container.is_not(None)
    fresh: dict[str, Any] = {"operation_id": uuid4()}
    for wrong in (
        {"mass": Mass(0)},
        {"volume": Volume(0)},
        {"from_place": "supplier"},
        {"to_place": "waste"},
        {"from_container": None, "from_balance": None},
        {"to_container": None, "to_balance": None},
        {"from_balance": None},
        {"to_balance": None},
        {"from_balance": sa.text("-1")},
        {"visit": None},
        {"syringe": None},
    ):
        written(stock, Move, *drawn, **fresh, **wrong)
    with stock.clinic.reading():
        vial = row_of(Move, *drawn)["from_container"]
    written(stock, Move, *drawn, **fresh, to_container=vial)
    written(stock, Move, *drawn)  # the same operation from the same vial
    written(stock, Move, *drawn, **fresh, from_container=uuid4())
    with stock.clinic.reading() as scope:
        foreign = row_of(Move, *drawn) | fresh | {"id": new_id(scope.at), "organisation": uuid4()}
    refused(stock, sa.insert(Move.__table__).values(foreign))  # type: ignore[arg-type]


def test_drug_comes_from_outside_and_goes_outside_only_at_the_coded_places(stock: Stock) -> None:
    received, given = Move.from_container.is_(None), Move.identity_version.is_not(None)
    between_places = {"to_container": None, "to_balance": None, "to_place": "returned"}
    for wrong in ({"from_place": "patient"}, between_places):
        written(stock, Move, received, operation_id=uuid4(), **_coded(wrong))
    for missing in ({"to_place": "supplier"}, {"identity_version": None}, {"patient": None}, {"visit": None}):
        written(stock, Move, given, operation_id=uuid4(), **_coded(missing))


def test_a_waste_leaves_only_with_its_own_posting_and_once(stock: Stock) -> None:
    wasted = Move.waste.is_not(None)
    written(stock, Move, wasted, operation_id=uuid4(), waste=None)
    written(stock, Move, wasted, operation_id=uuid4())
    with stock.clinic.reading():
        pending = row_of(Waste, Waste.id.not_in(sa.select(WastePosting.id)))
    written(stock, Move, wasted, operation_id=uuid4(), waste=pending["id"])


def test_a_posting_needs_the_author_of_the_waste_and_another_person(stock: Stock) -> None:
    with stock.clinic.reading():
        pending, posted = row_of(Waste, Waste.id.not_in(sa.select(WastePosting.id))), row_of(WastePosting)
    witness, author = UUID(stock.witness.id), UUID(stock.nurse.id)
    for wrong in ({"witness": author}, {"author": witness, "witness": author}, {"attestation": uuid4()}, {}):
        copy = posted | {"id": pending["id"]} | wrong
        refused(stock, sa.insert(WastePosting.__table__).values(copy), IntegrityError)  # type: ignore[arg-type]


def test_a_balance_never_falls_below_zero_and_nothing_else_of_a_container_changes(stock: Stock) -> None:
    for change in ("balance = -1", "content = 1", "label = 'K-999'", "expiry = '2099-01-01'", "visit = NULL"):
        refused(stock, sa.text(f"UPDATE containers SET {change} WHERE label = 'K-001'"))
    written(stock, Container, label="K-999", content=Mass(0))
    written(stock, Container)


def test_the_first_opening_of_a_vial_is_written_once_and_never_moved(stock: Stock) -> None:
    with stock.clinic.reading():
        opened = row_of(Puncture)
    refused(stock, sa.insert(Puncture.__table__).values(opened), IntegrityError)  # type: ignore[arg-type]
    refused(stock, sa.text("UPDATE punctures SET at = use_by"))
    refused(stock, sa.text("UPDATE punctures SET use_by = at"))
    refused(stock, sa.text("DELETE FROM punctures"))


def test_no_row_of_the_ledger_is_deleted_or_overwritten(stock: Stock) -> None:
    _fill(stock)
    with stock.clinic.nothing_changes():
        for table in LEDGER:
            refused(stock, sa.text(f"DELETE FROM {table}"))
            refused(stock, sa.text(f"UPDATE {table} SET id = id, digest = digest"))


def _fill(stock: Stock) -> None:
    """A row in each table that has none yet: SQLite guards rows, not empty tables."""
    receiver = {"name": "Reverse", "address": "1 Depot", "dea_number": "BC2749185"}
    stock.nurse.does(f"/containers/{stock.a_vial()}/return", receiver=receiver, document="R-1")
    stock.nurse.does(f"/containers/{stock.a_vial()}/quarantine", reason="cap was loose")
    count = stock.nurse.does("/counts", location=stock.location, kind="closing")["id"]
    stock.enter_both(count)
    stock.nurse.does(f"/counts/{count}/signature")


def _coded(wrong: dict[str, Any]) -> dict[str, Any]:
    """Places as text that the column's own type would not let through."""
    return {
        name: sa.text(f"'{value}'") if name.endswith("_place") and value else value for name, value in wrong.items()
    }
